"""Child processes: started with their end of a socket pair, and their death is an event.

A child is a fresh interpreter (`python -m auralisd.sound`, `python -m auralisd.worker`): nothing of
control's memory, locks or threads is inherited.  It ends by itself when its link closes.
"""

import asyncio
import contextlib
import socket
import sys
from typing import Any

from auralisd.doors.async_link import AsyncLink, connect

GRACE_S = 0.3
GONE_WITHIN_S = 1.0


class Child:
    """A running child process and the link to it."""

    def __init__(self, process: asyncio.subprocess.Process, link: AsyncLink[Any, Any]) -> None:
        self._process = process
        self.link = link

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait(self) -> int:
        """Its exit status, once it has ended (negative: the signal that ended it)."""
        return await self._process.wait()

    async def end(self) -> None:
        """Close the link and see it gone: kindly for 0.3 s, then by force.

        A process of idle priority on a busy machine may even need long to be killed: it is not waited for.
        """
        self.link.close()
        if not await self._gone_within(GRACE_S):
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            if not await self._gone_within(GONE_WITHIN_S):
                # asyncio has no public way to let go of a process that is still on its way out.
                self._process._transport.close()  # type: ignore[attr-defined]

    async def _gone_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._process.wait()
        except TimeoutError:
            return False
        return True


async def start_child(
    module: str, incoming: Any, *, arguments: tuple[str, ...] = (), inherit: tuple[int, ...] = ()
) -> Child:
    """Start `python -m MODULE LINK_FD ARGUMENTS…`; `incoming` is the union of messages it sends.

    `inherit` are further descriptors that keep their numbers in the child.
    """
    ours, theirs = socket.socketpair()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            str(theirs.fileno()),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            pass_fds=(theirs.fileno(), *inherit),
            process_group=0,  # Ctrl-C at the terminal is for control, which ends its children in order
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return Child(process, await connect(ours, incoming))
