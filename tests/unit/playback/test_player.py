"""The player's shell: what it keeps, and when."""

from auralisd.model.profile import SoundProfile
from auralisd.model.track import Track
from auralisd.playback import commands as ask
from auralisd.playback.player import Player
from auralisd.playback.state import PlayerState
from auralisd.supervise import Supervisor
from tests.builders import a_track


class Library:
    """Has every track that is asked for."""

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        return {track: a_track(track) for track in ids}

    async def profile(self, track: int) -> SoundProfile | None:
        return None

    def measure_soon(self, tracks: tuple[int, ...]) -> None:
        pass


class Diary:
    """A memory that notes what it was given to keep."""

    def __init__(self) -> None:
        self.queues: list[tuple[int, ...]] = []
        self.places: list[int] = []

    async def keep_queue(self, state: PlayerState) -> None:
        self.queues.append(tuple(entry.track for entry in state.queue.entries))

    async def keep_place(self, state: PlayerState, position_us: int) -> None:
        self.places.append(state.queue.current)


async def test_a_change_of_track_keeps_the_place_and_not_the_whole_queue_again() -> None:
    diary, supervisor = Diary(), Supervisor(lambda *_: None)
    player = Player(
        tracks=Library(),
        memory=diary,
        publish=lambda _: None,
        supervisor=supervisor,
        output="silent",
        sound_idle_s=1.0,
        state=PlayerState(),
    )
    supervisor.start("player", player.run())
    await player.ask(ask.SetQueue((10, 20), 0, False))
    await player.ask(ask.Next())
    await player.ask(ask.Append((30,)))
    await supervisor.close()

    assert diary.queues == [(10, 20), (10, 20, 30)]
    assert diary.places == [1, 2]
