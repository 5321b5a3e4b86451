"""Measuring: every track once, those that are wished for first, one at a time and at idle priority."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable

import msgspec

from auralisd.doors.worker import Measured
from auralisd.errors import NotKept
from auralisd.library.errands import Errands, WorkerDied
from auralisd.library.events import KnowledgeChanged, ProfileReady
from auralisd.library.leisure import AGAIN_S, Leisure
from auralisd.model.profile import SoundProfile
from auralisd.model.track import FileFacts, Track
from auralisd.store.database import Database
from auralisd.store.knowing import known_anew
from auralisd.store.profiles import is_measured, keep_profile, refuse_measure, unmeasured
from auralisd.store.search import find_tracks
from auralisd.supervise import aside

log = logging.getLogger(__name__)

_AHEAD = 64
_TRIES = 2
_LASTING = frozenset({"damaged", "not-audio", "empty"})

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
        self._wishes: deque[int] = deque()
        self._asked: deque[Asked] = deque()
        self._library: deque[int] = deque()
        self._passed = 0
        self._woken = asyncio.Event()

    def wish(self, tracks: tuple[int, ...]) -> None:
        """These before all others, after the file in progress; replaces the last wish."""
        self._wishes = deque(dict.fromkeys(tracks))
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
        self._library = deque()
        self._passed = 0
        self._woken.set()

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            self._woken.clear()
            try:
                while (turn := await self._next()) is not None:
                    with self._leisure.working():
                        await self._take(turn)
            except NotKept as refusal:  # to measure on would be in vain
                log.warning("measuring waits reason=%s", refusal)
            try:
                async with asyncio.timeout(AGAIN_S if self._pause else None):
                    await self._woken.wait()
            except TimeoutError:
                continue  # is the machine at leisure by now?

    # --- whose turn it is ----------------------------------------------------------------------------

    async def _next(self) -> int | Asked | None:
        while self._wishes:
            wish = self._wishes.popleft()
            if not await self._database.run(lambda connection, wish=wish: is_measured(connection, wish)):  # type: ignore[misc]
                return wish
        while self._asked:
            if not (asked := self._asked.popleft()).outcome.done():
                return asked
        if not self._library:
            # Should the library change meanwhile, this fills a list that nobody reads any more: `look_again` made a
            # new one, which begins with the first track again.
            library, after = self._library, self._passed
            library.extend(await self._database.run(lambda connection: unmeasured(connection, after, _AHEAD)))
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

    async def _take(self, turn: int | Asked) -> None:
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
        track = (await self._database.run(lambda connection: find_tracks(connection, (number,)))).get(number)
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
