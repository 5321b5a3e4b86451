"""What this machine can do with sound, asked of a process that tries it: part of every start."""

import asyncio
import sys

import msgspec

WITHIN_S = 15.0
"""A cold disk takes some seconds to load the libraries; one that takes longer will not play either."""


async def sound_capabilities(within_s: float = WITHIN_S) -> dict[str, str]:
    """Part → "" when it is available, else why it is not.

    Never raises: a process that fails is itself the finding, under `sound`.
    """
    probe = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "auralisd.sound.capabilities",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        process_group=0,
    )
    try:
        async with asyncio.timeout(within_s):
            answer, _ = await probe.communicate()
        return msgspec.json.decode(answer, type=dict[str, str])
    except TimeoutError:
        return {"sound": f"its libraries do not load within {within_s:.0f} s; look at the disk"}
    except msgspec.DecodeError:
        return {"sound": f"its libraries end the process that loads them (status {probe.returncode}); run make setup"}
    finally:
        if probe.returncode is None:
            probe.kill()
            await probe.wait()
