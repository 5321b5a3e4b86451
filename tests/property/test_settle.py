"""Settling, for any sequence of touches: nothing early, nothing lost, nothing put off for ever."""

from hypothesis import given
from hypothesis import strategies as st

from auralisd.watch.settle import Dirty, Settling

_FOLDERS = st.sampled_from([b"/m", b"/m/a", b"/m/a/b", b"/m/a/b/c", b"/m/ab", b"/m/c"])
_TOUCHES = st.lists(st.tuples(st.builds(Dirty, _FOLDERS, st.booleans()), st.floats(0.01, 2.0)), min_size=1, max_size=40)


def _sees(look: Dirty, dirty: Dirty) -> bool:
    if look.folder == dirty.folder:
        return look.recursive or not dirty.recursive
    return look.recursive and dirty.folder.startswith(look.folder + b"/")


@given(_TOUCHES)
def test_every_touch_is_followed_by_a_look_that_sees_it(touches: list[tuple[Dirty, float]]) -> None:
    settling, now_s = Settling(), 0.0
    owed: list[Dirty] = []
    for dirty, pause_s in touches:
        settling.touch(dirty, now_s=now_s)
        owed.append(dirty)
        now_s += pause_s
        looks = settling.take_due(now_s=now_s)
        owed = [dirty for dirty in owed if not any(_sees(look, dirty) for look in looks)]
    while (due_s := settling.next_due_s()) is not None:
        looks = settling.take_due(now_s=due_s)
        assert looks
        owed = [dirty for dirty in owed if not any(_sees(look, dirty) for look in looks)]

    assert owed == []


@given(_TOUCHES)
def test_no_folder_is_looked_at_before_it_has_been_quiet_or_waited_long(touches: list[tuple[Dirty, float]]) -> None:
    settling, now_s = Settling(), 0.0
    first: dict[Dirty, float] = {}
    last: dict[Dirty, float] = {}
    for dirty, pause_s in touches:
        settling.touch(dirty, now_s=now_s)
        first.setdefault(dirty, now_s)
        last[dirty] = now_s
        now_s += pause_s
        for look in settling.take_due(now_s=now_s):
            inside = [dirty for dirty in first if _sees(look, dirty)]
            quiet_s = now_s - max(last[dirty] for dirty in inside)
            waited_s = now_s - min(first[dirty] for dirty in inside)
            assert quiet_s > 0.999 or waited_s > 4.999
            for dirty in inside:
                del first[dirty], last[dirty]


@given(st.floats(0.01, 0.99))
def test_a_folder_that_never_becomes_quiet_is_looked_at_within_five_seconds(pause_s: float) -> None:
    settling, now_s = Settling(), 0.0
    while not settling.take_due(now_s=now_s):
        settling.touch(Dirty(b"/m", recursive=False), now_s=now_s)
        now_s += pause_s

    assert now_s <= 5.0 + pause_s


def test_ten_thousand_folders_settle_without_delay() -> None:
    settling = Settling()
    for number in range(10_000):
        settling.touch(Dirty(b"/m/%d/x" % number, recursive=True), now_s=0.0)
    settling.touch(Dirty(b"/m", recursive=True), now_s=0.1)

    assert settling.take_due(now_s=1.1) == [Dirty(b"/m", recursive=True)]
