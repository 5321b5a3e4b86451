"""The librarian: answers questions about the library, and keeps it true while files come and go."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from auralisd.errors import NotFound, NotKept, NotSupported, StartRefused, Unavailable
from auralisd.library.asking import ListedFolder, Page, PartsPage
from auralisd.library.counts import Counts, Tell
from auralisd.library.errands import Errands, WorkerDied, WorkerStarter, more_readers, start_worker
from auralisd.library.events import KnowledgeChanged, LibraryEvent, ProfileReady
from auralisd.library.housing import Housing
from auralisd.library.keeping import Keeper
from auralisd.library.ledger import Ledger
from auralisd.library.leisure import Leisure
from auralisd.library.looks import CarryOut, Look
from auralisd.library.measuring import Measurer
from auralisd.library.query import cursor_after, wanted_page, wanted_parts
from auralisd.library.reckoning import Reckoning
from auralisd.library.remembering import remember
from auralisd.library.replacing import Replacer
from auralisd.library.steward import Steward
from auralisd.library.telling import Teller
from auralisd.library.upkeep import Upkeep
from auralisd.model.knowledge import AlbumPlace, Knowledge, Rehearsal
from auralisd.model.profile import SoundProfile
from auralisd.model.track import Track
from auralisd.store.adopting import adopt_file
from auralisd.store.albums import album_places
from auralisd.store.browsing import find_parts
from auralisd.store.counting import count_in_folders
from auralisd.store.database import Database
from auralisd.store.hits import Hits
from auralisd.store.knowing import AlbumProfiles, knowledge
from auralisd.store.listening import unknown_among
from auralisd.store.profiles import KeptProfiles, forget_profiles, kept_profiles, load_profile
from auralisd.store.rows import OUTSIDE, ReadFile
from auralisd.store.search import album_order, find_page, find_tracks
from auralisd.store.tracks import id_at
from auralisd.supervise import Supervisor


class Librarian:
    """Implements `asking.Library`.  Lives on the loop; the store's thread and the workers do what takes time.

    `watching` False: one look at everything at the start, and no more.  `leisure` says when the library is measured
    (None: at any time).  `by_default`, `private`: see `Housing`.
    """

    def __init__(
        self,
        *,
        database: Database,
        folders: Sequence[Path],
        publish: Callable[[LibraryEvent], None],
        supervisor: Supervisor,
        start: WorkerStarter = start_worker,
        watching: bool = True,
        measuring: bool = True,
        leisure: Leisure | None = None,
        by_default: bool = False,
        private: Sequence[Path] = (),
    ) -> None:
        self._database = database
        self._supervisor = supervisor
        self._measuring = measuring
        self._errands = Errands("scanning", start, supervisor)
        self._more_readers = more_readers(start, supervisor)
        self._measuring_errands = Errands("measuring", start, supervisor)
        self._measurer = Measurer(database, self._measuring_errands, self._on_measured, leisure)
        self._publish = publish
        self._albums = AlbumProfiles()
        self._hits = Hits(reuse=True)
        self._teller = Teller(database, publish, self._measurer.look_again)
        readers = (self._errands, *self._more_readers)
        self._keeper = Keeper(database, readers, publish, self._teller, watching=watching)
        self._steward = Steward(database, self._start_anew, lambda: self.revision)
        self._ledger = Ledger(database, self._teller.numbers_changed, lambda: self.revision)
        self.replacing = Replacer(database, self._keeper.resting, self._on_replaced, lambda: self.revision)
        self.housing = Housing(
            database,
            self._keeper,
            folders,
            by_default=by_default,
            private=private,
            publish=publish,
            supervisor=supervisor,
        )

    async def open(self) -> None:
        """Learn the music folders and their numbers.  Raises StartRefused where they cannot be kept."""
        try:
            await self._teller.open()
            await self.housing.open()
        except NotKept as refusal:
            raise StartRefused(str(refusal)) from refusal
        self._keeper.begin_with(self.housing.all)

    async def run(self) -> None:
        """Keep the library true until cancelled."""
        self.housing.empty_the_rest()
        if self._measuring:
            self._supervisor.start("measuring", self._measurer.run())
        await self._keeper.run(self._supervisor)

    async def scanned_once(self) -> None:
        """Wait until every music folder has been looked at, or found missing, since the start."""
        await self._keeper.scanned_once.wait()

    def scan_through(self, carry_out: CarryOut) -> None:
        """From now on the library's own scans are begun in this way, which calls `scan`."""
        self._keeper.carry_out = carry_out

    def wanted_scan(self, folders: tuple[int, ...]) -> Look:
        """A scan of these music folders, () all.  Raises NotFound."""
        return self._keeper.wanted(folders)

    async def scan(self, look: Look, tell: Tell) -> Counts:
        """Make the library say what the disk says, after the scan before it.  Raises NotKept."""
        return await self._keeper.scan(look, tell)

    def resumed(self) -> None:
        """The machine was suspended, and is awake again."""
        self._keeper.resumed()

    def leisure_changed(self) -> None:
        """What the library is measured under is another: see at once whether it may be."""
        self._measurer.look_again()

    async def close(self) -> None:
        """End the workers."""
        workers = (self._errands, *self._more_readers, self._measuring_errands)
        await asyncio.gather(*(errands.close() for errands in workers))

    async def measure_now(
        self, tracks: tuple[int, ...], on_track: Callable[[Track], None] = lambda _: None
    ) -> dict[int, str]:
        """Measure these before the rest of the library, and answer what came of each: see `Measurer.measure`."""
        return await self._measurer.measure_now(tracks, on_track)

    @property
    def scanning_pid(self) -> int | None:
        """The process that scans, None while there is none."""
        return self._errands.pid

    # --- asking.Library ------------------------------------------------------------------------------

    @property
    def track_count(self) -> int:
        return self._teller.track_count

    @property
    def revision(self) -> int:
        return self._teller.revision

    @property
    def scanning(self) -> bool:
        return self._keeper.scanning

    @property
    def upkeep(self) -> Upkeep:
        return self._steward

    @property
    def music_folders(self) -> tuple[bytes, ...]:
        """The paths of all music folders."""
        return tuple(folder.path for folder in self.housing.all)

    def music_folder(self, folder: int) -> bytes:
        """The path of a music folder.  Raises NotFound."""
        if folder not in self.housing.all:
            raise NotFound(f"there is no music folder {folder}")
        return self.housing.all[folder].path

    @property
    def reckoning(self) -> Reckoning:
        return self._ledger

    async def count(self, entry: int, track: int, outcome: str) -> None:
        """Count a play or a skip: see `Ledger.count`."""
        await self._ledger.count(entry, track, outcome)

    async def query(
        self, expression: str, *, cursor: str, limit: int, sort: str, descending: bool, offset: int
    ) -> Page:
        wanted = wanted_page(expression, cursor=cursor, limit=limit, sort=sort, descending=descending, offset=offset)
        revision = self.revision  # of before it is asked: what is answered may be newer, and is never older
        rows, after, total = await self._database.ask(lambda connection: find_page(connection, wanted, hits=self._hits))
        return Page(tuple(rows), cursor_after(after, expression, wanted), total, revision)

    async def browse(
        self, kind: str, expression: str, *, cursor: str, limit: int, descending: bool, offset: int
    ) -> PartsPage:
        wanted = wanted_parts(kind, expression, cursor=cursor, limit=limit, descending=descending, offset=offset)
        revision = self.revision
        rows, after, total = await self._database.ask(
            lambda connection: find_parts(connection, wanted, hits=self._hits)
        )
        return PartsPage(tuple(rows), cursor_after(after, expression, wanted), total, revision)

    async def list_folders(self) -> tuple[ListedFolder, ...]:
        counts = await self._database.ask(count_in_folders)
        return tuple(
            ListedFolder(
                folder.id,
                folder.name,
                folder.path,
                available=self._keeper.fault_of(folder.id) in ("", "watch-limit"),
                watched=self._keeper.watches(folder.id),
                removable=self.housing.may_go(folder),
                tracks=counts.get(folder.id, 0),
            )
            for folder in self.housing.all
        )

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        return await self._database.ask(lambda connection: find_tracks(connection, ids))

    async def unknown_among(self, ids: tuple[int, ...]) -> int | None:
        return await self._database.ask(lambda connection: unknown_among(connection, ids))

    async def albums(self, ids: tuple[int, ...]) -> dict[int, AlbumPlace]:
        return await self._database.ask(lambda connection: album_places(connection, ids))

    async def album_order(self) -> tuple[int, ...]:
        return await self._database.ask(album_order)

    async def profile(self, track: int) -> SoundProfile | None:
        return await self._database.ask(lambda connection: load_profile(connection, track))

    async def knowledge(self, track: int) -> Knowledge:
        def ask(connection: sqlite3.Connection) -> tuple[Knowledge, Track | None]:
            return knowledge(connection, track, self._albums), find_tracks(connection, (track,)).get(track)

        known, found = await self._database.ask(ask)
        if found is None:
            return known
        return msgspec.structs.replace(known, rehearsed=self._measurer.rehearsals.of(found))

    async def remember_preset(self, track: int, scope: str, preset: str) -> None:
        touched = await self._database.run(lambda connection: remember(connection, track, scope, preset))
        self._publish(KnowledgeChanged(touched))

    def measure_soon(self, tracks: tuple[int, ...]) -> None:
        self._measurer.wish(tracks)

    def rehearse_soon(self, rehearsals: tuple[Rehearsal, ...]) -> None:
        self._measurer.rehearse(rehearsals)

    async def kept_profiles(self, track: int = 0) -> KeptProfiles:
        return await self._database.ask(lambda connection: kept_profiles(connection, track))

    async def forget_profiles(self, track: int = 0) -> int:
        size_bytes, tracks = await self._database.run(lambda connection: forget_profiles(connection, track))
        if tracks:
            self._publish(KnowledgeChanged(tracks))
            self._teller.numbers_changed(len(tracks))
            self._measurer.look_again()
        return size_bytes

    async def adopt(self, path: bytes) -> int:
        if (place := self.housing.all.place_of(path)) is not None:
            known = await self._database.ask(lambda connection: id_at(connection, place))
            if known is not None:
                return known
        file = await self._inspect(path)
        track, outcome = await self._database.run(lambda connection: adopt_file(connection, file, int(time.time())))
        if outcome and file.place[0] != OUTSIDE:
            await self._teller.changed(msgspec.convert({outcome: 1}, Counts))
        return track

    def _on_measured(self, event: ProfileReady | KnowledgeChanged) -> None:
        self._publish(event)
        if isinstance(event, ProfileReady):
            self._teller.measured()

    async def _on_replaced(self, old: int, new: int) -> None:
        self._publish(KnowledgeChanged((old, new)))
        await self._teller.changed(Counts(changed=2))

    async def _start_anew(self, removed: int) -> None:
        """Everything was forgotten: tell it, and scan every folder again."""
        await self._teller.changed(Counts(removed=removed))
        self._keeper.look_at_all()

    async def _inspect(self, path: bytes) -> ReadFile:
        """Read a file that is not in the library.  Raises NotFound, NotSupported."""
        name = path.rpartition(b"/")[2].decode("utf-8", "replace")
        try:
            seen = await self._errands.inspect(path)
        except WorkerDied as death:
            if death.crashed:
                raise NotSupported(f"{name}: the file is damaged") from None
            if death.hung:
                raise Unavailable(f"{name}: its drive does not answer") from None
            raise Unavailable("files cannot be read: the worker does not start") from None
        if seen.file.code == "missing":
            raise NotFound(f"{name}: there is no such file")
        place = self.housing.all.place_of(seen.real_path)
        if place is None and self.housing.all.place_of(path) is not None:
            raise NotSupported(f"{name}: a link that leads out of the music folder is not followed")
        if seen.file.facts is None or seen.file.stream is None or seen.file.tags is None:
            raise NotSupported(f"{name}: this cannot be played ({seen.file.code})")
        return ReadFile(place or (OUTSIDE, seen.real_path), seen.file.facts, seen.file.stream, seen.file.tags)
