"""Questions: what is asked of the sound process and answered by it, or not in time."""

import asyncio
from typing import Final

from auralisd.doors.sound import AskCache, AskMeters, CacheRead, MetersRead
from auralisd.playback.sound_link import SoundLink

WITHIN_S: Final = 0.5

Answer = MetersRead | CacheRead


class Questions:
    """Each is None when no sound process runs or it does not answer in time."""

    def __init__(self, link: SoundLink) -> None:
        self._link = link
        self._waiting: dict[int, asyncio.Future[Answer]] = {}

    async def meters(self) -> MetersRead | None:
        read = await self._asked(AskMeters(self._next()))
        return read if isinstance(read, MetersRead) else None

    async def cache(self, *, clear: bool, track: int) -> CacheRead | None:
        read = await self._asked(AskCache(self._next(), clear, track))
        return read if isinstance(read, CacheRead) else None

    def answered(self, answer: Answer) -> None:
        waiting = self._waiting.get(answer.request)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    def _next(self) -> int:
        return max(self._waiting, default=0) + 1

    async def _asked(self, question: AskMeters | AskCache) -> Answer | None:
        if not self._link.running:
            return None
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[question.request] = waiting
        self._link.send_if_running(question)
        try:
            async with asyncio.timeout(WITHIN_S):
                return await waiting
        except TimeoutError:
            return None
        finally:
            del self._waiting[question.request]
