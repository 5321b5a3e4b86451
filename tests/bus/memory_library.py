"""A library in memory, with the shapes that the bus asks for."""

import os
from typing import Any

import msgspec

from auralisd.errors import InvalidRequest, NotFound, NotSupported
from auralisd.library.asking import ListedFolder, Page, PartsPage
from auralisd.library.reckoning import HistoryPage
from auralisd.library.replacing import OffersPage
from auralisd.library.upkeep import DuplicatesPage
from auralisd.model.knowledge import TRACK, Knowledge, Rehearsal
from auralisd.model.profile import SoundProfile
from auralisd.model.track import Track
from auralisd.store.browsing import Album, Part
from auralisd.store.listening import Heard
from auralisd.store.profiles import KeptProfiles
from auralisd.store.replacing import Offer
from auralisd.store.statistics import Statistics


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
