"""The agenda: which folders are to be looked at, when, and what it was that asked for it."""

import asyncio

from auralisd.watch.settle import QUIET_S, Dirty, Settling, covers
from auralisd.watch.watcher import Hint


class Agenda:
    """Folders that settle, and those to be looked at later.  Lives on the loop; sleeps while nothing is due."""

    def __init__(self) -> None:
        self._settling = Settling()
        self._woken = asyncio.Event()
        self._later: dict[Dirty, asyncio.TimerHandle] = {}
        self._triggers: dict[Dirty, str] = {}

    def note(self, hint: Hint) -> None:
        """Something may have changed there."""
        now_s = asyncio.get_running_loop().time()
        self._settling.touch(hint.dirty, now_s=now_s - (QUIET_S if hint.fresh else 0.0))
        self._woken.set()

    def look_now(self, dirty: Dirty, trigger: str) -> None:
        """Look there at once, because of `trigger`."""
        if (waiting := self._later.pop(dirty, None)) is not None:
            waiting.cancel()
        self.ask(dirty, trigger)
        self.note(Hint(dirty, fresh=True))

    def ask(self, dirty: Dirty, trigger: str) -> None:
        """The next look there, whenever it comes, is made because of `trigger`."""
        self._triggers[dirty] = trigger

    def look_later(self, dirty: Dirty, after_s: float, trigger: str) -> None:
        """Look there after so long, unless something asks for it earlier in this way."""
        if (waiting := self._later.pop(dirty, None)) is not None:
            waiting.cancel()
        self._later[dirty] = asyncio.get_running_loop().call_later(after_s, self.look_now, dirty, trigger)

    async def due(self) -> tuple[list[Dirty], str]:
        """Sleep until some folders have become quiet: these, and what asked for a look at them ("": nothing did)."""
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            if due := self._settling.take_due(now_s=loop.time()):
                return due, self._take_trigger(due)
            try:
                async with asyncio.timeout_at(self._settling.next_due_s()):
                    await self._woken.wait()
            except TimeoutError:
                continue

    def forget(self, folder: bytes) -> None:
        """This music folder is none any more: nothing is asked of it, now or later."""
        whole = Dirty(folder, recursive=True)
        for dirty in [dirty for dirty in self._later if covers(whole, dirty)]:
            self._later.pop(dirty).cancel()
        self._take_trigger([whole])

    def _take_trigger(self, due: list[Dirty]) -> str:
        """That of what is looked at now, of which some may have waited with a folder above it."""
        taken = [dirty for dirty in self._triggers if any(covers(outer, dirty) for outer in due)]
        triggers = [self._triggers.pop(dirty) for dirty in taken]
        return triggers[0] if triggers else ""
