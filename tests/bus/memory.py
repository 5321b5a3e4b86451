"""A player and what stands beside it in memory, with the shapes that the bus asks for.

It keeps a snapshot true enough for a client to see its own doing; how the real player decides is tested with it.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from auralisd.doors.sound import CacheRead, MetersRead
from auralisd.errors import InvalidRequest, NotFound, RequestRefused
from auralisd.jobs.events import JobEvent
from auralisd.jobs.job import Result
from auralisd.jobs.ports import Tell
from auralisd.library.events import LibraryChanged
from auralisd.playback import commands
from auralisd.playback.devices import Device, spec_of
from auralisd.playback.machine import step
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, Entry, Event, Seeked, Snapshot, StateChanged
from auralisd.playback.state import Moment, PlayerState
from auralisd.playback.tasting import tasted
from tests.bus.memory_library import MemoryLibrary

Publish = Callable[[Event | LibraryChanged | JobEvent], None]


class MemoryDevices:
    """Two, and the one in use."""

    def __init__(self) -> None:
        self.refusal: RequestRefused | None = None

    async def ask(self, in_use: str) -> tuple[Device, ...]:
        if self.refusal is not None:
            raise self.refusal
        return (Device("default", "Everything"), Device("hw:CARD=Amp", "Amp"), Device(in_use, in_use, present=False))


class MemoryPlayer:
    """Carries commands out on its snapshot; `clock_us` is where the current track is heard."""

    def __init__(self, library: MemoryLibrary, publish: Publish) -> None:
        self.snapshot = Snapshot()
        self.clock_us = 0
        self.asked: list[commands.Command] = []
        self.rendered: dict[int, int] = {}
        self.read: MetersRead | None = None
        self.sleep_s = 0.0
        self._library = library
        self._publish = publish
        self._ids = itertools.count(1)

    def position_us(self) -> int:
        return 0 if self.snapshot.status == STOPPED else self.clock_us

    def sleep_left_s(self) -> float:
        return self.sleep_s

    def buffered_s(self) -> float:
        return 2.5

    async def meters(self) -> MetersRead | None:
        return self.read

    async def cache(self, *, clear: bool = False, track: int = 0) -> CacheRead | None:
        """Chunks of 100 bytes, by their track; there is no sound process while there are none."""
        found = {number: count for number, count in self.rendered.items() if track in (0, number)}
        if not self.rendered:
            return None
        if clear:
            self.rendered = {number: count for number, count in self.rendered.items() if number not in found}
        left, gone = (0, sum(found.values())) if clear else (sum(found.values()), 0)
        return CacheRead(1, left, left * 100, budget_bytes=1_000, hits=3, misses=4, freed_bytes=gone * 100)

    def become(self, **changes: object) -> None:
        """Another snapshot, told as the real player tells it."""
        self.snapshot = msgspec.structs.replace(self.snapshot, **changes)
        self._publish(StateChanged(self.snapshot))

    def jump(self, position_us: int) -> None:
        self.clock_us = position_us
        self._publish(Seeked(position_us))

    async def ask(self, command: commands.Command) -> tuple[int, ...]:
        self.asked.append(command)
        self._steer(command)
        self._move(command)
        self._wish(command)
        self._adjust(command)
        return self._edit(command)

    def _move(self, command: commands.Command) -> None:
        now = self.snapshot
        match command:
            case commands.Next():
                self._select(now.current_index + 1)
            case commands.Previous():
                self._select(now.current_index - 1)
            case commands.SeekBy(offset_us):
                self.jump(max(0, min(self.clock_us + offset_us, now.length_us or 0)))
            case commands.SeekTo(entry, position_us):
                if entry == now.current_entry and 0 <= position_us <= (now.length_us or 0):
                    self.jump(position_us)

    def _adjust(self, command: commands.Command) -> None:
        match command:
            case commands.SetDevice(device):
                spec_of(device)
                self.become(device_name=device)
            case commands.SetMuted(muted):
                self.become(muted=muted)

    def _wish(self, command: commands.Command) -> None:
        match command:
            case commands.SetLoop(loop):
                self.become(loop=loop)
            case commands.SetShuffle(shuffle):
                self.become(shuffle=shuffle)
            case commands.SetConsume(consume):
                self.become(consume=consume)
            case commands.SetStopAfter(stop_after):
                self.become(stop_after=stop_after)
            case commands.SetSleepTimer(seconds):
                self.sleep_s = seconds
            case commands.SetVolume(volume):
                self.become(volume=min(1.0, max(0.0, volume)))
            case commands.RememberPreset(track) if track not in self._library.by_id:
                raise NotFound(f"there is no track {track}")
        if isinstance(command, commands.JoinCommand):
            self.become(joins=step(PlayerState(joins=self.snapshot.joins), command, Moment())[0].joins)
        if isinstance(command, commands.TasteCommand):
            state = tasted(PlayerState(taste=self.snapshot.taste), command, Moment(presets=self.snapshot.presets))
            self.become(taste=state.taste, preset=state.taste.preset, default_preset=state.taste.preset)

    def _edit(self, command: commands.Command) -> tuple[int, ...]:
        match command:
            case commands.SetQueue(tracks, start, _):
                return self.fill((), tracks, start)
            case commands.Append(tracks):
                return self.fill(self.snapshot.entries, tracks, self.snapshot.current_index)
            case commands.PlayNow(track):
                added = self.fill(self.snapshot.entries, (track,), len(self.snapshot.entries))
                self.become(status=PLAYING)
                return added
        return ()

    def _steer(self, command: commands.Command) -> None:
        if self.snapshot.current is None:
            return
        match command:
            case commands.Stop():
                self.become(status=STOPPED)
            case commands.Pause() | commands.Toggle() if self.snapshot.status == PLAYING:
                self.become(status=PAUSED)
            case commands.Play() | commands.Toggle():
                self.become(status=PLAYING)

    def fill(self, kept: tuple[Entry, ...], tracks: tuple[int, ...], index: int) -> tuple[int, ...]:
        """The queue: what is kept of it, then `tracks`; the entry at `index` becomes current."""
        if unknown := set(tracks) - set(self._library.by_id):
            raise NotFound(f"there is no track {min(unknown)}")
        added = tuple(Entry(next(self._ids), track) for track in tracks)
        self.snapshot = msgspec.structs.replace(self.snapshot, entries=kept + added)
        if not self._select(index):
            self.become(current=None, current_index=-1, current_entry=0, length_us=None)
        return tuple(entry.id for entry in added)

    def _select(self, index: int) -> bool:
        entries = self.snapshot.entries
        if not 0 <= index < len(entries):
            return False
        current = self._library.by_id[entries[index].track]
        self.clock_us = 0
        self.become(
            current_index=index,
            current_entry=entries[index].id,
            current=current,
            length_us=current.stream.duration_us,
            can_go_next=index + 1 < len(entries),
            can_go_previous=index > 0,
        )
        return True


class MemoryHealth:
    """Well, until told otherwise."""

    def __init__(self) -> None:
        self.faults: tuple[str, ...] = ()
        self.capabilities = {"flac": "", "aac": "no decoder"}


class AskedKind:
    """A kind of job that works when a test says so; `works` are its jobs in their order."""

    def __init__(self) -> None:
        self.specs: list[Mapping[str, Any]] = []
        self.works: list[AskedWork] = []

    async def prepare(self, spec: Mapping[str, Any]) -> "AskedWork":
        if not spec.get("tracks") and not spec.get("uris") and "folders" not in spec:
            raise InvalidRequest("spec.tracks must name at least one track")
        if 99 in spec.get("folders", ()):
            raise NotFound("there is no music folder 99")
        self.specs.append(spec)
        self.works.append(AskedWork(" ".join(map(str, spec.get("folders", ())))))
        return self.works[-1]


class AskedWork:
    """One of its jobs: `outcome` is set by the test, `tell` takes its steps."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.outcome: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.started = asyncio.Event()
        self.cancelled = False
        self.tell: Tell = lambda _step: None

    async def run(self, tell: Tell) -> Result:
        self.tell = tell
        self.started.set()
        try:
            return await self.outcome
        except asyncio.CancelledError:
            self.cancelled = True
            raise
