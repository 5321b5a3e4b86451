"""How one track follows another: what is decided, what is told to sound, and what is told while both are heard."""

import math

import pytest

from auralisd.doors import sound
from auralisd.errors import InvalidRequest
from auralisd.model.joins import Joins
from auralisd.model.knowledge import Knowledge
from auralisd.model.listening import PLAYED
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.hearing import Outcome
from auralisd.playback.snapshot import StreamEnded, StreamStarted
from tests.unit.playback.stage import Library, Stage
from tests.unit.playback.stepping import MINUTE_US, playing, run, told

IN_ALBUM = Library({track: Knowledge(album="A", album_number=track // 10) for track in (10, 20, 30)})


def fading(*tracks: int) -> s.PlayerState:
    """The second entry is the current one, and the end of the first still sounds."""
    state = playing(*tracks)
    return run(state, sound.Audible(state.generation, 2, 44_100, None, 0), position_us=2 * MINUTE_US)[0]


# --- what is wanted -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("joins", "in_album", "overlap_s"),
    [
        (Joins(), False, 0.0),
        (Joins(crossfade_s=4.0), False, 4.0),
        (Joins(crossfade_s=4.0), True, 0.0),
        (Joins(gapless=False, crossfade_s=4.0), False, 4.0),
        (Joins(gapless=False, crossfade_s=4.0), True, -1.0),
        (Joins(gapless=False), False, -1.0),
    ],
)
def test_tracks_overlap_touch_or_lie_a_second_apart(joins: Joins, in_album: bool, overlap_s: float) -> None:
    assert joins.overlap_s(in_album=in_album) == overlap_s


@pytest.mark.parametrize("value", [-0.1, 12.1, math.nan, math.inf])
def test_a_crossfade_that_makes_no_sense_is_refused(value: float) -> None:
    with pytest.raises(InvalidRequest):
        run(playing(), ask.SetCrossfade(value))


async def test_what_follows_comes_in_over_the_end_of_what_plays() -> None:
    async with Stage(Library()) as stage:
        await stage.player.ask(ask.SetCrossfade(5.0))
        _, first = await stage.play(10, 20)

        assert stage.following is not None
        assert (first.overlap_s, stage.following.overlap_s) == (0.0, 5.0)
        assert stage.player.snapshot.joins == Joins(crossfade_s=5.0)


@pytest.mark.parametrize(("tracks", "overlap_s"), [((10, 20), 0.0), ((10, 30), 0.0), ((20, 10), 5.0), ((10, 40), 5.0)])
async def test_an_album_that_is_played_in_order_is_never_faded(tracks: tuple[int, int], overlap_s: float) -> None:
    async with Stage(IN_ALBUM) as stage:
        await stage.player.ask(ask.SetCrossfade(5.0))
        await stage.play(*tracks)

        assert stage.following is not None
        assert stage.following.overlap_s == overlap_s


async def test_a_track_that_repeats_is_not_faded_onto_itself() -> None:
    async with Stage(Library()) as stage:
        await stage.player.ask(ask.SetCrossfade(5.0))
        await stage.player.ask(ask.SetLoop("track"))
        await stage.play(10, 20)

        assert stage.following is not None
        assert (stage.following.track, stage.following.overlap_s) == (10, 0.0)


async def test_another_crossfade_is_told_at_once_of_what_follows_alone() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        await stage.player.ask(ask.SetCrossfade(7.0))
        order = await process.heard()

        assert isinstance(order, sound.Revise)
        assert [(stream.track, stream.overlap_s) for stream in order.streams] == [(20, 7.0)]


# --- what is told while both are heard --------------------------------------------------------------------


def test_the_first_track_ends_when_it_is_silent_and_has_completed() -> None:
    state = playing()
    state, effects = run(state, sound.Audible(state.generation, 2, 44_100, None, 0))
    later, after = run(state, sound.Finished(state.generation, 1, 500))

    assert told(effects) == [StreamStarted(2, 20)]
    assert told(after) == [StreamEnded(1, "completed", 500)]
    assert (later.sounding, later.fading, later.queue.current) == (2, None, 2)


@pytest.mark.parametrize("command", [ask.SeekBy(1_000_000), ask.Previous()])
def test_whoever_seeks_while_both_are_heard_leaves_the_first_track(command: ask.Command) -> None:
    after, effects = run(fading(), command, position_us=4_000_000)

    assert StreamEnded(1, "skipped", 7) in told(effects)
    assert not [event for event in told(effects) if isinstance(event, StreamEnded) and event.entry == 2]
    assert (after.fading, after.sounding) == (None, 2)


@pytest.mark.parametrize(("command", "reason"), [(ask.Next(), "skipped"), (ask.Stop(), "stopped")])
def test_whoever_goes_on_or_stops_leaves_both(command: ask.Command, reason: str) -> None:
    _, effects = run(fading(), command)
    ended = [event for event in told(effects) if isinstance(event, StreamEnded)]

    assert {(event.entry, event.reason) for event in ended} == {(1, "skipped"), (2, reason)}


def test_a_first_track_that_fails_at_its_end_is_told_as_that() -> None:
    state = fading()
    after, effects = run(state, sound.Unreadable(state.generation, 1, "damaged", 9))

    assert told(effects)[-1] == StreamEnded(1, "failed", 7)
    assert (after.fading, after.sounding) == (None, 2)


def test_the_first_track_was_played_and_the_second_is_heard_on_when_the_first_has_ended() -> None:
    state = playing()
    state, effects = run(state, sound.Audible(state.generation, 2, 44_100, None, 0), position_us=2 * MINUTE_US)
    hearing = state.hearing
    after, late = run(state, sound.Finished(state.generation, 1, 500), position_us=1_000_000)

    assert [effect.outcome for effect in effects if isinstance(effect, s.Count)] == [Outcome(1, 10, PLAYED)]
    assert not [effect for effect in late if isinstance(effect, s.Count)]
    assert hearing is not None
    assert after.hearing == hearing


# --- where the listener goes to another track -------------------------------------------------------------


async def skipped_to(stage: Stage, library_tracks: tuple[int, ...], command: ask.Command) -> sound.Stream:
    """The stream that sound is told to start by a command, while the first of these is heard."""
    process, _ = await stage.play(*library_tracks)
    process.tell(sound.Audible(stage.generation, 1, 44_100, None, 0))
    await stage.told(lambda event: isinstance(event, StreamStarted))
    await stage.player.ask(command)
    while not isinstance(order := await process.heard(), sound.Start):
        pass
    return order.stream


@pytest.mark.parametrize(("on_skip", "overlap_s"), [(True, 5.0), (False, 0.0)])
async def test_a_skip_is_faded_where_that_was_asked_for(on_skip: bool, overlap_s: float) -> None:
    async with Stage(Library()) as stage:
        await stage.player.ask(ask.SetCrossfade(5.0))
        await stage.player.ask(ask.SetCrossfadeOnSkip(on_skip))

        assert (await skipped_to(stage, (10, 40), ask.Next())).overlap_s == overlap_s


async def test_a_skip_to_the_next_of_an_album_and_a_seek_are_not_faded() -> None:
    for command in (ask.Next(), ask.SeekBy(1_000_000)):
        async with Stage(IN_ALBUM) as stage:
            await stage.player.ask(ask.SetCrossfade(5.0))
            await stage.player.ask(ask.SetCrossfadeOnSkip(True))

            assert (await skipped_to(stage, (10, 20), command)).overlap_s == 0.0


async def test_what_does_not_play_is_not_faded_from() -> None:
    async with Stage(Library()) as stage:
        await stage.player.ask(ask.SetCrossfade(5.0))
        await stage.player.ask(ask.SetCrossfadeOnSkip(True))
        process, _ = await stage.play(10, 40)
        await stage.player.ask(ask.Pause())
        await stage.player.ask(ask.GoTo(2))
        while not isinstance(order := await process.heard(), sound.Start):
            pass

        assert order.stream.overlap_s == 0.0
