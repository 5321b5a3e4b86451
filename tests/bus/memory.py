"""A player and a library in memory, with the shapes that the bus asks for.

They keep a snapshot true enough for a client to see its own doing; how the real player decides is tested with it.
"""

import asyncio
import itertools
import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from auralisd.doors.sound import CacheRead, MetersRead
from auralisd.errors import InvalidRequest, NotFound, NotSupported, RequestRefused
from auralisd.jobs.events import JobEvent
from auralisd.jobs.job import Result
from auralisd.jobs.ports import Tell
from auralisd.library.asking import ListedFolder, Page, PartsPage
from auralisd.library.events import LibraryChanged
from auralisd.library.reckoning import HistoryPage
from auralisd.library.replacing import OffersPage
from auralisd.library.upkeep import DuplicatesPage
from auralisd.model.knowledge import TRACK, Knowledge, Rehearsal
from auralisd.model.profile import SoundProfile
from auralisd.model.track import Track
from auralisd.playback import commands
from auralisd.playback.devices import Device, spec_of
from auralisd.playback.machine import step
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, Entry, Event, Seeked, Snapshot, StateChanged
from auralisd.playback.state import Moment, PlayerState
from auralisd.playback.tasting import tasted
from auralisd.store.browsing import Album, Part
from auralisd.store.listening import Heard
from auralisd.store.profiles import KeptProfiles
from auralisd.store.replacing import Offer
from auralisd.store.statistics import Statistics

Publish = Callable[[Event | LibraryChanged | JobEvent], None]


class MemoryReckoning:
    """Numbers of the tracks of a library; what was heard is put there by a test, the newest last."""

    def __init__(self, by_id: dict[int, Track]) -> None:
        self._by_id = by_id
        self.heard: list[Heard] = []

    async def set_favourite(self, tracks: tuple[int, ...], *, favourite: bool) -> None:
        self._change(tracks, favourite=favourite)

    async def set_rating(self, tracks: tuple[int, ...], rating: float | None) -> None:
        self._change(tracks, rating=rating)

    async def history(self, cursor: str, limit: int) -> HistoryPage:
        found = [heard for heard in reversed(self.heard) if not cursor or heard.id < int(cursor)]
        rows = tuple(found[:limit])
        return HistoryPage(rows, str(rows[-1].id) if len(found) > limit else "", len(self.heard), 7)

    async def clear_history(self) -> None:
        self.heard.clear()

    async def statistics(self) -> Statistics:
        numbers = [track.numbers for track in self._by_id.values()]
        rated = sum(each.rating is not None for each in numbers)
        favourites = sum(each.favourite for each in numbers)
        return Statistics(len(numbers), 0, 1, 1, 0, 0, 2**40, 2**41, favourites, rated, 3, 4, 2, 2**42)

    def _change(self, tracks: tuple[int, ...], **news: Any) -> None:
        for track in tracks:
            if track not in self._by_id:
                raise NotFound(f"there is no track {track}")
        for track in tracks:
            known = self._by_id[track]
            self._by_id[track] = msgspec.structs.replace(known, numbers=msgspec.structs.replace(known.numbers, **news))


class MemoryLibrary:
    """Tracks by id; the expression is one prefix of the title."""

    def __init__(self, tracks: tuple[Track, ...]) -> None:
        self.by_id = {track.id: track for track in tracks}
        self.remembered: dict[int, str] = {}
        self.profile_bytes: dict[int, int] = {}
        self.profiles: dict[int, SoundProfile] = {}
        self.wished: list[int] = []
        self.reckoning = MemoryReckoning(self.by_id)
        self.revision = 7
        self.scanning = False
        self.upkeep = MemoryUpkeep(self)
        self.housing = MemoryHousing()
        self.replacing = MemoryReplacing()

    @property
    def track_count(self) -> int:
        return len(self.by_id)

    async def query(
        self, expression: str, *, cursor: str, limit: int, sort: str, descending: bool, offset: int
    ) -> Page:
        found = [t for t in self.by_id.values() if (t.tags.title or "").lower().startswith(expression.lower())]
        found.sort(key=lambda track: track.id, reverse=descending)
        if cursor and not cursor.isdecimal():
            raise InvalidRequest("the cursor is none of ours")
        start = int(cursor or 0) + offset
        end = start + limit
        return Page(tuple(found[start:end]), str(end) if end < len(found) else "", len(found), self.revision)

    async def browse(
        self, kind: str, expression: str, *, cursor: str, limit: int, descending: bool, offset: int
    ) -> PartsPage:
        """Every track is an album, and its artist is one too."""
        names = sorted({track.tags.album or "" for track in self.by_id.values()}, reverse=descending)[offset:]
        rows: list[Part | Album] = [Part(number, name, 2, 1) for number, name in enumerate(names, 2**40)]
        if kind == "albums":
            rows = [Album(number, name, None, None, 1, 2**40, True) for number, name in enumerate(names, 2**40)]
        return PartsPage(tuple(rows[:limit]), cursor, len(rows), self.revision)

    async def list_folders(self) -> tuple[ListedFolder, ...]:
        return (
            ListedFolder(
                2**40, "Music", b"/music/\xff", available=True, watched=False, removable=True, tracks=len(self.by_id)
            ),
        )

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        if any(number >= 2**63 for number in ids):
            raise OverflowError("SQLite takes no such number")
        return {number: self.by_id[number] for number in ids if number in self.by_id}

    async def album_order(self) -> tuple[int, ...]:
        return tuple(self.by_id)

    async def profile(self, track: int) -> SoundProfile | None:
        return self.profiles.get(track)

    async def knowledge(self, track: int) -> Knowledge:
        return Knowledge(preset=self.remembered.get(track, ""), preset_scope=TRACK if track in self.remembered else "")

    async def remember_preset(self, track: int, scope: str, preset: str) -> None:
        if track not in self.by_id:
            raise NotFound(f"track {track}: there is no such track")
        self.remembered[track] = preset

    async def kept_profiles(self, track: int = 0) -> KeptProfiles:
        found = [size for number, size in self.profile_bytes.items() if track in (0, number)]
        return KeptProfiles(len(found), sum(found))

    async def forget_profiles(self, track: int = 0) -> int:
        gone = (await self.kept_profiles(track)).size_bytes
        self.profile_bytes = {number: size for number, size in self.profile_bytes.items() if track not in (0, number)}
        return gone

    async def adopt(self, path: bytes) -> int:
        name = os.path.basename(os.fsdecode(path))
        if not name.endswith(".flac"):
            raise NotSupported(f"{name} is not audio")
        for track in self.by_id.values():
            if track.path == path:
                return track.id
        raise NotFound(f"there is no file {name}")

    def measure_soon(self, tracks: tuple[int, ...]) -> None:
        self.wished += tracks

    def rehearse_soon(self, rehearsals: tuple[Rehearsal, ...]) -> None:
        self.wished += tuple(rehearsal.track for rehearsal in rehearsals)


class MemoryHousing:
    """Paths of music folders by id."""

    def __init__(self) -> None:
        self.paths: dict[int, bytes] = {}

    async def add(self, path: bytes) -> int:
        if not path.startswith(b"/"):
            raise InvalidRequest("folder must be an absolute path or a file:// URI")
        number = 2**41 + len(self.paths)
        self.paths[number] = path
        return number

    async def remove(self, number: int) -> None:
        if self.paths.pop(number, None) is None:
            raise NotFound(f"there is no music folder {number}")


class MemoryReplacing:
    """Offers, until they are taken or declined."""

    def __init__(self) -> None:
        self.offers = [Offer(1, 2, True, "musicbrainz"), Offer(3, 2**40, False, "tags")]
        self.taken: list[tuple[int, int]] = []

    async def find_offers(self, cursor: str, limit: int) -> OffersPage:
        rows = tuple(self.offers[int(cursor or 0) : int(cursor or 0) + limit])
        return OffersPage(rows, str(limit) if limit < len(self.offers) else "", len(self.offers), 7)

    async def replace(self, old: int, new: int) -> None:
        await self.keep_both(old, new)
        self.taken.append((old, new))

    async def keep_both(self, old: int, new: int) -> None:
        left = [offer for offer in self.offers if (offer.old, offer.new) != (old, new)]
        if len(left) == len(self.offers):
            raise NotFound(f"track {new} is not offered for {old}")
        self.offers = left


class MemoryUpkeep:
    """Tracks of one title sound the same."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    async def find_duplicates(self, cursor: str, limit: int) -> DuplicatesPage:
        if cursor and not cursor.isdecimal():
            raise InvalidRequest("the cursor is none of ours")
        titles: dict[str | None, list[int]] = {}
        for track in self._library.by_id.values():
            titles.setdefault(track.tags.title, []).append(track.id)
        groups = [tuple(ids) for ids in titles.values() if len(ids) > 1]
        end = int(cursor or 0) + limit
        page = tuple(groups[int(cursor or 0) : end])
        return DuplicatesPage(page, str(end) if end < len(groups) else "", len(groups), self._library.revision)

    async def holding_sound(self, signature: bytes) -> tuple[int, ...]:
        return ()

    async def forget_everything(self) -> None:
        self._library.by_id.clear()


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
