"""What a player stands on: a library, presets and a memory, and the sound process's side of the link."""

import asyncio
from collections.abc import Callable, Mapping
from socket import socketpair
from typing import Any

import msgspec

from auralisd.doors import sound
from auralisd.doors.async_link import AsyncLink, connect
from auralisd.doors.clock import ClockWriter
from auralisd.model.knowledge import AlbumPlace, Knowledge, Rehearsal
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Taste
from auralisd.model.track import Track
from auralisd.playback import commands as ask
from auralisd.playback.player import Player
from auralisd.playback.snapshot import Event, Snapshot
from auralisd.playback.state import PlayerState
from auralisd.supervise import Supervisor
from tests.builders import a_track


def a_profile(lufs: float = -14.0) -> SoundProfile:
    return SoundProfile(
        rate_hz=44_100,
        channels=2,
        frames=44_100,
        integrated_lufs=lufs,
        true_peak_dbtp=-1.0,
        spectrum_mid=(),
        spectrum_side=(),
    )


class Library:
    """Has every track below 1000; of those in `known`, more than that they are there."""

    def __init__(self, known: dict[int, Knowledge] | None = None) -> None:
        self.known = known or {}
        self.wishes: list[tuple[int, ...]] = []
        self.rehearsals: list[tuple[Rehearsal, ...]] = []
        self.questions = 0
        self.counted: list[tuple[int, int, str]] = []

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        self.questions += 1
        return {track: a_track(track, path=b"/music/%d.flac" % track) for track in ids if track < 1000}

    async def unknown_among(self, ids: tuple[int, ...]) -> int | None:
        return next((track for track in ids if track >= 1000), None)

    async def albums(self, ids: tuple[int, ...]) -> dict[int, AlbumPlace]:
        """Ten tracks are an album: 10 to 19 are one."""
        return {track: AlbumPlace(str(track // 10), number=track % 10) for track in ids}

    async def knowledge(self, track: int) -> Knowledge:
        self.questions += 1
        return self.known.get(track, Knowledge())

    def measure_soon(self, tracks: tuple[int, ...]) -> None:
        self.wishes.append(tracks)

    def rehearse_soon(self, rehearsals: tuple[Rehearsal, ...]) -> None:
        self.rehearsals.append(rehearsals)

    async def remember_preset(self, track: int, scope: str, preset: str) -> None:
        self.remember(track, preset=preset, preset_scope=scope if preset else "")

    async def count(self, entry: int, track: int, outcome: str) -> None:
        self.counted.append((entry, track, outcome))

    def remember(self, track: int, **news: Any) -> None:
        self.known[track] = msgspec.structs.replace(self.known.get(track, Knowledge()), **news)


class Shelf:
    """The presets that come with the product, and own ones."""

    def __init__(self) -> None:
        self.presets: Mapping[str, Preset] = PRESETS

    def put(self, preset: Preset) -> None:
        self.presets = {**self.presets, preset.name: preset}

    def take_away(self, name: str) -> None:
        self.presets = {each: preset for each, preset in self.presets.items() if each != name}


class Diary:
    """A memory that notes what it was given to keep."""

    def __init__(self) -> None:
        self.queues: list[tuple[int, ...]] = []
        self.places: list[int] = []
        self.held: asyncio.Event | None = None

    async def keep_queue(self, state: PlayerState, position_us: int) -> None:
        self.queues.append(tuple(entry.track for entry in state.queue.entries))
        await self.keep_place(state, position_us)

    async def keep_place(self, state: PlayerState, position_us: int) -> None:
        self.places.append(state.queue.current)
        if self.held is not None:
            await self.held.wait()


class Sound:
    """The other end of the link: hears orders, and tells what the test says."""

    def __init__(self, ours: AsyncLink[Any, Any], theirs: AsyncLink[Any, Any]) -> None:
        self.link = ours
        self._theirs = theirs
        self._gone = asyncio.Event()

    async def wait(self) -> int:
        await self._gone.wait()
        return 0

    async def end(self) -> None:
        self._theirs.close()
        self.link.close()
        self._gone.set()

    async def heard(self) -> Any:
        """The next order."""
        async with asyncio.timeout(5):
            return await self._theirs.receive()

    def tell(self, report: sound.Report) -> None:
        self._theirs.send(report)


class Stage:
    """A player, and all that it stands on."""

    def __init__(self, library: Library, taste: Taste | None = None) -> None:
        self.library, self.shelf, self.diary = library, Shelf(), Diary()
        self.events: list[Event] = []
        self._told = asyncio.Event()
        self.generation = 0
        self.following: sound.Stream | None = None
        self.deaths: list[str] = []
        self._supervisor = Supervisor(lambda name, _: self.deaths.append(name))
        self._sounds: asyncio.Queue[Sound] = asyncio.Queue()
        self.player = Player(
            tracks=self.library,
            presets=self.shelf,
            memory=self.diary,
            publish=self._on_event,
            supervisor=self._supervisor,
            output="silent",
            sound_idle_s=lambda: 60.0,
            state=PlayerState(taste=taste or Taste()),
            start=self._start,
        )

    def _on_event(self, event: Event) -> None:
        self.events.append(event)
        self._told.set()

    async def _start(self, clock_fd: int, _output: str) -> Sound:
        self.clock = ClockWriter(clock_fd)
        one, other = socketpair()
        started = Sound(await connect(one, sound.Report), await connect(other, sound.Order))
        self._sounds.put_nowait(started)
        return started

    async def __aenter__(self) -> "Stage":
        self._supervisor.start("player", self.player.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.diary.held is not None:
            self.diary.held.set()
        await self._supervisor.close()
        await self.player.close()
        assert self.deaths == []

    async def started(self) -> Sound:
        """The sound process that was started last."""
        async with asyncio.timeout(5):
            return await self._sounds.get()

    async def until(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        """The first snapshot of which it holds."""
        async with asyncio.timeout(5):
            while not holds(self.player.snapshot):
                self._told.clear()
                await self._told.wait()
        return self.player.snapshot

    async def told(self, is_it: Callable[[Event], bool]) -> None:
        """Wait until such an event was published."""
        async with asyncio.timeout(5):
            while not any(is_it(event) for event in self.events):
                self._told.clear()
                await self._told.wait()

    async def play(self, *tracks: int) -> tuple[Sound, sound.Stream]:
        """Play these; answers the sound process and the stream that it was told to start.  What follows is told."""
        await self.player.ask(ask.SetQueue(tracks, 0, True))
        process = await self.started()
        assert isinstance(await process.heard(), sound.SetVolume)
        start = await process.heard()
        self.generation = start.generation
        joined = await process.heard()
        assert isinstance(joined, sound.QueueNext)
        self.following = joined.stream
        return process, start.stream


async def revised(process: Sound) -> dict[int, sound.Stream]:
    """The streams of the next order, which must revise them, by track; something else may follow meanwhile."""
    order = await process.heard()
    if isinstance(order, sound.QueueNext):
        order = await process.heard()
    assert isinstance(order, sound.Revise)
    return {stream.track: stream for stream in order.streams}


async def heard_nothing(stage: Stage, process: Sound) -> None:
    """Whatever was asked before, sound was told nothing of it."""
    await stage.player.ask(ask.SetVolume(0.125))
    assert await process.heard() == sound.SetVolume(0.125)
