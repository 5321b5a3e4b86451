"""Measuring: every track once, those that are wished for first, one at a time and at idle priority; what is about to
be heard is rehearsed, too."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable

import msgspec

from auralisd.doors.worker import Measured, Trimmed
from auralisd.errors import NotKept
from auralisd.library.errands import Errands, WorkerDied
from auralisd.library.events import KnowledgeChanged, ProfileReady
from auralisd.library.leisure import AGAIN_S, Leisure
from auralisd.library.rehearsals import Rehearsals
from auralisd.library.wishes import Wishes
from auralisd.model.knowledge import Rehearsal
from auralisd.model.profile import SoundProfile
from auralisd.model.track import FileFacts, Track
from auralisd.store.database import Database
from auralisd.store.knowing import known_anew
from auralisd.store.profiles import is_measured, keep_profile, load_profile, refuse_measure, unmeasured
from auralisd.store.search import find_tracks
from auralisd.supervise import aside

log = logging.getLogger(__name__)

_AHEAD = 64
_TRIES = 2
_LASTING = frozenset({"damaged", "not-audio", "empty"})

SETTLE_S = 1.0
"""So long another treatment is waited for before one is rehearsed: a slider on its way asks for ten a second."""

MEASURED = "measured"
ALREADY = "already"

OnTrack = Callable[[Track], None]


class Asked(msgspec.Struct, frozen=True):
    """A measurement that somebody waits for; `on_track` is called when its turn has come."""

    track: int
    on_track: OnTrack
    outcome: "asyncio.Future[str]"


class Measurer:
    """The one queue of measurements: wishes, then what is waited for, then the library at its leisure.

    Sleeps when there is nothing to measure.
    """

    def __init__(
        self,
        database: Database,
        errands: Errands,
        publish: Callable[[ProfileReady | KnowledgeChanged], None],
        leisure: Leisure | None = None,
    ) -> None:
        self._database = database
        self._errands = errands
        self._publish = publish
        self._leisure = leisure or Leisure()
        self._pause = ""
        self._wishes = Wishes()
        self._settling: asyncio.TimerHandle | None = None
        self._asked: deque[Asked] = deque()
        self._library: deque[int] = deque()
        self._passed = 0
        self._woken = asyncio.Event()
        self.rehearsals = Rehearsals()

    def wish(self, tracks: tuple[int, ...]) -> None:
        """These before all others, after the file in progress; replaces the last wish."""
        self._wishes.measure(tracks)
        self._woken.set()

    def rehearse(self, rehearsals: tuple[Rehearsal, ...]) -> None:
        """Rehearse these, as `Wishes` puts them in order, once no others have come for a second; replaces the last
        ones.  What is known already, or was in vain, is not rehearsed again."""
        if self._wishes.rehearse(rehearsals):
            if self._settling is not None:
                self._settling.cancel()
            self._wishes.held = True
            self._settling = asyncio.get_running_loop().call_later(SETTLE_S, self._settled)
        self._woken.set()

    def _settled(self) -> None:
        self._wishes.held = False
        self._woken.set()

    async def measure(self, track: int, on_track: OnTrack = lambda _: None) -> str:
        """Measure it before the library, after wishes, and say what came of it.

        MEASURED, ALREADY, or the code that says why not: those of TrackUnreadable, or `changed` (it was written while
        it was read; it will be measured again).  Raises NotKept.
        """
        return (await self.measure_now((track,), on_track))[track]

    async def measure_now(self, tracks: tuple[int, ...], on_track: OnTrack = lambda _: None) -> dict[int, str]:
        """The same for many, in this order.  Whoever is cancelled leaves those that have not begun unmeasured."""
        loop = asyncio.get_running_loop()
        asked = [Asked(track, on_track, loop.create_future()) for track in dict.fromkeys(tracks)]
        self._asked.extend(asked)
        self._woken.set()
        try:
            return {each.track: await each.outcome for each in asked}
        finally:
            for each in asked:
                each.outcome.cancel()

    def look_again(self) -> None:
        """The library has changed: what was passed over is tried again."""
        self._begin_again()
        self._woken.set()

    def _begin_again(self) -> None:
        self._library = deque()
        self._passed = 0

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            self._woken.clear()
            kept = True
            try:
                while (turn := await self._next()) is not None:
                    with self._leisure.working():
                        await self._take(turn)
            except NotKept as refusal:  # to measure on would be in vain
                log.warning("measuring waits reason=%s", refusal)
                kept = False
                self._begin_again()  # the track at hand is not passed over
            try:
                async with asyncio.timeout(AGAIN_S if self._pause or not kept else None):
                    await self._woken.wait()
            except TimeoutError:
                continue  # is the machine at leisure by now, or the disk?

    # --- whose turn it is ----------------------------------------------------------------------------

    async def _next(self) -> int | Rehearsal | Asked | None:
        while (wish := self._wishes.take()) is not None:
            if isinstance(wish, Rehearsal):
                return wish
            if not await self._database.ask(lambda connection, wish=wish: is_measured(connection, wish)):  # type: ignore[misc]
                return wish
        while self._asked:
            if not (asked := self._asked.popleft()).outcome.done():
                return asked
        if not self._library:
            # Should the library change meanwhile, this fills a list that nobody reads any more: `look_again` made a
            # new one, which begins with the first track again.
            library, after = self._library, self._passed
            library.extend(await self._database.ask(lambda connection: unmeasured(connection, after, _AHEAD)))
        if not self._library:
            self._pause = ""
            return None
        if await self._is_paused():
            # Meanwhile a wish may have come: it finds the event set, and its turn at once.
            return None
        if self._wishes or self._asked:
            return await self._next()
        self._passed = self._library.popleft()
        return self._passed

    async def _is_paused(self) -> bool:
        if self._leisure.always:
            return False
        pause = await aside("leisure", self._leisure.pause)
        if pause != self._pause:
            log.info("measuring of the library %s", f"pauses reason={pause}" if pause else "goes on")
        self._pause = pause
        return bool(pause)

    async def _take(self, turn: int | Rehearsal | Asked) -> None:
        if isinstance(turn, Rehearsal):
            await self._rehearse(turn)
            return
        if not isinstance(turn, Asked):
            await self._measure(turn, lambda _: None)
            return
        try:
            outcome = await self._measure(turn.track, turn.on_track)
        except NotKept as refusal:
            if not turn.outcome.done():
                turn.outcome.set_exception(refusal)
        else:
            if not turn.outcome.done():
                turn.outcome.set_result(outcome)

    # --- one track -----------------------------------------------------------------------------------

    async def _measure(self, number: int, on_track: OnTrack) -> str:
        track = (await self._database.ask(lambda connection: find_tracks(connection, (number,)))).get(number)
        if track is None or not track.available:
            return "missing"
        on_track(track)
        if track.analysed:
            return ALREADY
        answer = await self._answer(track.path)
        if answer.profile is not None and answer.facts is not None:
            return await self._keep(track, answer.facts, answer.profile)
        if answer.code in _LASTING:
            log.info("track not measured file=%s code=%s", track.file_name, answer.code)
            await self._refuse(track, answer.code)
        return answer.code

    async def _answer(self, path: bytes) -> Measured:
        """Measure a file; the second crash on it is its own fault."""
        crashed = False
        for _ in range(_TRIES):
            try:
                return await self._errands.measure(path)
            except WorkerDied as death:
                crashed = death.crashed
        return Measured(0, path, None, None, "damaged" if crashed else "unreadable")

    async def _keep(self, track: Track, facts: FileFacts, profile: SoundProfile) -> str:
        def keep(connection: sqlite3.Connection) -> tuple[int, ...] | None:
            if not keep_profile(connection, track.id, facts, profile):
                return None
            return known_anew(connection, track.id)

        if (touched := await self._database.run(keep)) is None:
            return "changed"
        self._publish(ProfileReady(track.id, profile))
        self._publish(KnowledgeChanged(touched))
        return MEASURED

    async def _refuse(self, track: Track, code: str) -> None:
        def refuse(connection: sqlite3.Connection) -> tuple[int, ...]:
            refuse_measure(connection, track.id, track.facts, code)
            return known_anew(connection, track.id)

        self._publish(KnowledgeChanged(await self._database.run(refuse)))

    # --- one rehearsal -------------------------------------------------------------------------------

    async def _rehearse(self, rehearsal: Rehearsal) -> None:
        """Hear how loud it comes out; what was never measured is measured first."""
        if await self._known(rehearsal.track) is None:
            await self._measure(rehearsal.track, lambda _: None)
        if (known := await self._known(rehearsal.track)) is None:
            return
        track, profile = known
        if self.rehearsals.is_done(rehearsal, track.facts):
            return
        try:
            heard = await self._errands.rehearse(track.path, profile, rehearsal.treatment)
        except WorkerDied:
            heard = Trimmed(0, track.facts, 0.0, "worker-died")
        if heard.code:
            # Once is enough: without a rehearsal the track is as loud as foretold, to some tenths of a LU.
            log.info("track not rehearsed file=%s code=%s", track.file_name, heard.code)
            self.rehearsals.keep(rehearsal, track.facts, None)
        elif heard.facts is not None and heard.facts.same_content(track.facts):
            self.rehearsals.keep(rehearsal, track.facts, heard.trim_lu)
            if heard.trim_lu:
                self._publish(KnowledgeChanged((track.id,)))

    async def _known(self, number: int) -> tuple[Track, SoundProfile] | None:
        def known(connection: sqlite3.Connection) -> tuple[Track, SoundProfile] | None:
            track, profile = find_tracks(connection, (number,)).get(number), load_profile(connection, number)
            return None if track is None or not track.available or profile is None else (track, profile)

        return await self._database.ask(known)
