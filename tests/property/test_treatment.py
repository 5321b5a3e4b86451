"""Whatever is asked, sound has been told what is wanted of what it plays, and is told nothing twice."""

import contextlib
from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from auralisd.doors import sound
from auralisd.errors import RequestRefused
from auralisd.model.knowledge import Knowledge
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import TaggedGain, Taste
from auralisd.playback import commands as ask
from auralisd.playback.queue import Listing, PlayQueue
from auralisd.playback.snapshot import STOPPED, Snapshot
from auralisd.playback.treatments import Resolved, plays_in_album_order, preset_in_effect, resolve
from tests.unit.playback.stage import Library, Sound, Stage, a_profile

TRACKS = (1, 2, 3, 4, 5)
MINE = Preset("mine", "Mine", "", -15.0, 0.5, own=True)
FENCE = 0.015625
"""A volume that nothing else sets: what was told before it is all that was told."""

knowledge = st.builds(
    Knowledge,
    profile=st.sampled_from([None, a_profile(-10.0), a_profile(-11.0)]),
    album=st.sampled_from(["", "A", "B"]),
    album_number=st.integers(1, 4),
    album_profile=st.sampled_from([None, a_profile(-12.0)]),
    preset=st.sampled_from(["", "", "warm", "mine"]),
    tagged_track=st.sampled_from([None, TaggedGain(-3.0)]),
    tagged_album=st.sampled_from([None, TaggedGain(-5.0)]),
)
presets = st.sampled_from([*PRESETS, "mine", "none-such"])
tracks = st.sampled_from(TRACKS)
wishes = st.one_of(
    st.builds(ask.SetEnabled, st.booleans()),
    st.builds(ask.SetPreset, presets),
    st.builds(ask.SetDefaultPreset, presets),
    st.builds(ask.RememberPreset, tracks, st.sampled_from(["track", "album"]), presets | st.just("")),
    st.builds(ask.SetIntensity, st.sampled_from([0.0, 0.5, 1.0, 2.0])),
    st.builds(ask.SetBypass, st.booleans()),
    st.builds(ask.SetTarget, st.sampled_from([0.0, -20.0, -1.0])),
    st.builds(ask.SetAlbumMode, st.booleans()),
    st.builds(ask.SetReplayGain, st.sampled_from(["off", "track", "album", "auto"])),
    st.builds(ask.SetPreamp, st.sampled_from([0.0, 3.0])),
    st.builds(ask.SetShuffle, st.sampled_from(["off", "tracks"])),
    st.builds(ask.SetLoop, st.sampled_from(["none", "track", "list"])),
    st.builds(ask.Append, st.tuples(tracks)),
    st.builds(ask.PlayNow, tracks),
    st.sampled_from([ask.Next(), ask.Previous(), ask.SeekBy(5), ask.Pause(), ask.Play()]),
)
news = st.one_of(st.tuples(tracks, knowledge), st.sampled_from(["mine appears", "mine goes", "next is heard"]))


class Told:
    """What sound knows, from the orders that it was given."""

    def __init__(self, process: Sound, generation: int, streams: Iterable[sound.Stream | None]) -> None:
        self._process = process
        self.generation = generation
        self.streams = {stream.entry: stream for stream in streams if stream is not None}
        self.following: int | None = max(self.streams)

    async def catch_up(self, stage: Stage) -> None:
        await stage.player.ask(ask.SetVolume(FENCE))
        while (order := await self._process.heard()) != sound.SetVolume(FENCE):
            self._take(order)
        await stage.player.ask(ask.SetVolume(1.0))
        assert await self._process.heard() == sound.SetVolume(1.0)

    def _take(self, order: Any) -> None:
        match order:
            case sound.Start():
                self.generation, self.streams, self.following = order.generation, {}, None
                self.streams[order.stream.entry] = order.stream
            case sound.QueueNext(stream=stream):
                self.following = None if stream is None else stream.entry
                if stream is not None:
                    self.streams[stream.entry] = stream
            case sound.Revise():
                assert order.generation == self.generation
                assert order.streams
                for stream in order.streams:
                    assert stream != self.streams[stream.entry], "told twice"
                    self.streams[stream.entry] = stream


async def hear_of(stage: Stage, told: Told, process: Sound, event: Any) -> None:
    match event:
        case (track, known):
            stage.library.known[track] = learned(stage.library.known.get(track, Knowledge()), known)
            stage.player.knowledge_changed((track,))
        case "mine appears":
            stage.shelf.put(MINE)
            stage.player.presets_changed()
        case "mine goes":
            stage.shelf.take_away("mine")
            stage.player.presets_changed()
        case _:
            snapshot = stage.player.snapshot
            if told.following in (None, snapshot.current_entry):
                return
            process.tell(sound.Audible(told.generation, told.following or 0, 44_100, None, 0))
            await stage.until(lambda now: now.current_entry == told.following)


def wanted(snapshot: Snapshot, library: Library, entry: int) -> Resolved:
    """What shall be done to an entry, found without the player."""
    queue = PlayQueue(listing=Listing(snapshot.entries), shuffle=snapshot.shuffle)
    known = library.known.get(queue.track_of(entry) or 0, Knowledge())
    preset = preset_in_effect(snapshot.taste, known, snapshot.presets)
    if entry == snapshot.current_entry:
        preset = snapshot.presets[snapshot.preset]
    in_order = plays_in_album_order(queue, entry, library.known)
    return resolve(snapshot.taste, known, preset, in_album_order=in_order)


def learned(known: Knowledge, news: Knowledge) -> Knowledge:
    """Measurements come and are replaced; they do not go."""
    album = known.album_profile if known.album == news.album else None
    return msgspec.structs.replace(
        news, profile=news.profile or known.profile, album_profile=news.album_profile or album
    )


@given(
    st.dictionaries(tracks, knowledge, max_size=5),
    st.lists(wishes | news, max_size=25),
    st.sampled_from([Taste(), Taste(album_mode=True), Taste(enabled=False, replay_gain="auto")]),
)
@settings(max_examples=100, deadline=None)
async def test_sound_knows_what_is_wanted_after_any_wishes_and_news(
    known: dict[int, Knowledge], story: list[Any], taste: Taste
) -> None:
    async with Stage(Library(dict(known)), taste=taste) as stage:
        process, first = await stage.play(*TRACKS)
        told = Told(process, stage.generation, (first, stage.following))
        for each in story:
            if isinstance(each, ask.Command):
                with contextlib.suppress(RequestRefused):
                    await stage.player.ask(each)
            else:
                await hear_of(stage, told, process, each)
            await told.catch_up(stage)
        assert stage.player.snapshot.status != STOPPED
        snapshot = stage.player.snapshot

        for entry in {snapshot.current_entry, told.following or snapshot.current_entry}:
            stream = told.streams[entry]
            assert (stream.treatment, stream.profile, stream.album) == wanted(snapshot, stage.library, entry)
        assert stage.player.snapshot.preset in stage.player.snapshot.presets
        assert stage.player.snapshot.default_preset in stage.player.snapshot.presets
