"""Questions: what was asked of the sound process and is not answered yet."""

import asyncio
from typing import Final

from auralisd.doors.sound import CacheRead, MetersRead

_WITHIN_S: Final = 0.5

Answer = MetersRead | CacheRead


class Questions:
    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[Answer]] = {}

    def new(self) -> int:
        """The number of a question that is about to be asked; `answer` must follow."""
        request = max(self._waiting, default=0) + 1
        self._waiting[request] = asyncio.get_running_loop().create_future()
        return request

    async def answer(self, request: int) -> Answer | None:
        """None when there is none in time."""
        try:
            async with asyncio.timeout(_WITHIN_S):
                return await self._waiting[request]
        except TimeoutError:
            return None
        finally:
            del self._waiting[request]

    def answered(self, answer: Answer) -> None:
        waiting = self._waiting.get(answer.request)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
