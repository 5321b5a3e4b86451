"""Probes: a question that a process of its own answers once.  What hangs or crashes under it takes nobody along."""

import asyncio
import contextlib
import sys
from typing import Any, Final

import msgspec

_GONE_WITHIN_S: Final = 0.5


class ProbeEnded(Exception):
    """It ended without an answer, with this exit status."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"status {status}")
        self.status = status


async def probe(module: str, answer: Any, *, within_s: float) -> Any:
    """What `python -m MODULE` prints, as JSON of the type `answer`.

    Raises TimeoutError, and ProbeEnded for one that says something else or nothing.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        process_group=0,
    )
    try:
        async with asyncio.timeout(within_s):
            said, _ = await process.communicate()
        return msgspec.json.decode(said, type=answer)
    except msgspec.DecodeError:
        raise ProbeEnded(process.returncode) from None
    finally:
        if process.returncode is None:
            process.kill()
            with contextlib.suppress(TimeoutError):  # one that hangs in the kernel goes when that lets it
                async with asyncio.timeout(_GONE_WITHIN_S):
                    await process.wait()
