"""What the player counts as heard and as skipped."""

from auralisd.doors import sound
from auralisd.doors.clock import Heard
from auralisd.model.listening import PLAYED, SKIPPED
from auralisd.playback import commands as ask
from auralisd.playback.snapshot import StreamStarted
from tests.unit.playback.stage import Library, Sound, Stage


async def heard_until(stage: Stage, process: Sound, entry: int, seconds: int) -> None:
    """The entry begins, and its frame at `seconds` is heard."""
    process.tell(sound.Audible(stage.generation, entry, 1000, 60_000, 0))
    await stage.told(lambda event: isinstance(event, StreamStarted) and event.entry == entry)
    stage.clock.publish(Heard(stage.generation, entry, 1000, seconds * 1000, 0, seconds * 1000, False))


async def test_a_skip_is_counted_by_what_the_clock_says_was_heard() -> None:
    async with Stage(Library()) as stage:
        process, first = await stage.play(10, 20)
        await heard_until(stage, process, first.entry, 12)
        await stage.player.ask(ask.Next())

        assert stage.library.counted == [(first.entry, 10, SKIPPED)]


async def test_a_play_is_counted_at_the_latest_when_the_daemon_ends() -> None:
    async with Stage(Library()) as stage:
        process, first = await stage.play(10, 20)
        await heard_until(stage, process, first.entry, 31)
        assert stage.library.counted == []

    assert stage.library.counted == [(first.entry, 10, PLAYED)]


async def test_an_end_of_the_daemon_is_no_skip() -> None:
    async with Stage(Library()) as stage:
        process, first = await stage.play(10, 20)
        await heard_until(stage, process, first.entry, 12)

    assert stage.library.counted == []
