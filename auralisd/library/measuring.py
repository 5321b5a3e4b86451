"""Measuring: every track once, those that are wished for first, one at a time and at idle priority."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from auralisd.doors.worker import Measured
from auralisd.errors import NotKept
from auralisd.library.errands import Errands, WorkerDied
from auralisd.library.events import ProfileReady
from auralisd.model.profile import SoundProfile
from auralisd.model.track import FileFacts, Track
from auralisd.store.database import Database
from auralisd.store.profiles import is_measured, keep_profile, load_profile, refuse_measure, unmeasured
from auralisd.store.search import find_tracks

log = logging.getLogger(__name__)

_AHEAD = 64
_TRIES = 2
_LASTING = frozenset({"damaged", "not-audio", "empty"})


class Measurer:
    """The one queue of measurements.  Sleeps when there is nothing to measure."""

    def __init__(self, database: Database, errands: Errands, publish: Callable[[ProfileReady], None]) -> None:
        self._database = database
        self._errands = errands
        self._publish = publish
        self._wishes: deque[int] = deque()
        self._library: deque[int] = deque()
        self._passed = 0
        self._woken = asyncio.Event()
        self._asked = 0

    async def measure_now(self, tracks: tuple[int, ...], on_track: Callable[[Track], None]) -> dict[int, str]:
        """Measure these, in their order, while the rest of the library waits; wishes are still met in between.

        Answers what came of each: `measured`, `already`, or the code that says why not.
        """
        self._asked += 1
        try:
            return {track: await self._measure(track, on_track) for track in tracks}
        finally:
            self._asked -= 1
            self._woken.set()

    def wish(self, tracks: tuple[int, ...]) -> None:
        """These before all others, after the file in progress; replaces the last wish."""
        self._wishes = deque(dict.fromkeys(tracks))
        self._woken.set()

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
                while (track := await self._next()) is not None:
                    await self._measure(track)
            except NotKept as refusal:  # to measure on would be in vain
                log.warning("measuring waits reason=%s", refusal)
            await self._woken.wait()

    async def _next(self) -> int | None:
        while self._wishes:
            wish = self._wishes.popleft()
            if not await self._database.run(lambda connection, wish=wish: is_measured(connection, wish)):  # type: ignore[misc]
                return wish
        if self._asked:
            return None
        if not self._library:
            # Should the library change meanwhile, this fills a list that nobody reads any more: `look_again` made a
            # new one, which begins with the first track again.
            library, after = self._library, self._passed
            library.extend(await self._database.run(lambda connection: unmeasured(connection, after, _AHEAD)))
        if not self._library:
            return None
        self._passed = self._library.popleft()
        return self._passed

    async def _measure(self, number: int, on_track: Callable[[Track], None] | None = None) -> str:
        """Measure one track and keep it; answers what came of it."""
        track = (await self._database.run(lambda connection: find_tracks(connection, (number,)))).get(number)
        if track is None or not track.available:
            return "missing"
        if on_track is not None:
            on_track(track)
        if await self._database.run(lambda connection: load_profile(connection, number)) is not None:
            return "already"
        answer = await self._answer(track.path)
        if answer.profile is not None and answer.facts is not None:
            return "measured" if await self._keep(track, answer.facts, answer.profile) else "changed"
        if answer.code in _LASTING:
            log.info("track not measured file=%s code=%s", track.file_name, answer.code)
            await self._database.run(lambda connection: refuse_measure(connection, number, track.facts, answer.code))
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

    async def _keep(self, track: Track, facts: FileFacts, profile: SoundProfile) -> bool:
        """False when the file is another one by now."""
        kept = await self._database.run(lambda connection: keep_profile(connection, track.id, facts, profile))
        if kept:
            self._publish(ProfileReady(track.id, profile))
        return kept
