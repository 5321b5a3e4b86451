from auralisd.bus.names import MPRIS_NAME, OUR_NAME, Names


class Desk:
    """A registry of names, some of them taken."""

    def __init__(self, *taken: str) -> None:
        self.taken = set(taken)
        self.log: list[str] = []

    async def request_name(self, name: str) -> bool:
        if name in self.taken:
            return False
        self.log.append(f"+{name}")
        return True

    async def release_name(self, name: str) -> None:
        self.log.append(f"-{name}")


async def test_the_first_instance_owns_both_names() -> None:
    desk = Desk()
    await Names(desk, pid=42).settle(lambda: True)

    assert desk.log == [f"+{MPRIS_NAME}", f"+{OUR_NAME}"]


async def test_a_second_instance_owns_only_a_name_of_its_own() -> None:
    desk = Desk(MPRIS_NAME, OUR_NAME)
    await Names(desk, pid=42).settle(lambda: True)

    assert desk.log == [f"+{MPRIS_NAME}.instance42"]


async def test_the_player_s_name_comes_and_goes_with_the_queue() -> None:
    desk = Desk()
    names = Names(desk, pid=42)
    for is_player in (False, True, True, False):
        await names.settle(lambda is_player=is_player: is_player)  # type: ignore[misc]

    assert desk.log == [f"+{OUR_NAME}", f"+{MPRIS_NAME}", f"-{MPRIS_NAME}"]


async def test_the_player_s_name_is_given_back_first() -> None:
    desk = Desk()
    names = Names(desk, pid=42)
    await names.settle(lambda: True)
    await names.release()

    assert desk.log[2:] == [f"-{MPRIS_NAME}", f"-{OUR_NAME}"]


async def test_a_name_that_was_taken_away_is_asked_for_again() -> None:
    desk = Desk()
    names = Names(desk, pid=42)
    await names.settle(lambda: True)

    assert names.lost(MPRIS_NAME)
    await names.settle(lambda: True)
    assert desk.log[2:] == [f"+{MPRIS_NAME}"]


async def test_a_name_that_we_gave_back_is_not_missed() -> None:
    names = Names(Desk(), pid=42)
    await names.settle(lambda: True)
    await names.release()

    assert not names.lost(MPRIS_NAME)
    assert not names.lost(OUR_NAME)
