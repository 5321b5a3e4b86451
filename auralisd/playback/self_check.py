"""What this machine can do with sound, asked of a process that tries it: part of every start."""

from auralisd.doors.probe import ProbeEnded, probe

WITHIN_S = 15.0
"""A cold disk takes some seconds to load the libraries; one that takes longer will not play either."""


async def sound_capabilities(within_s: float = WITHIN_S) -> dict[str, str]:
    """Part → "" when it is available, else why it is not.

    Never raises: a process that fails is itself the finding, under `sound`.
    """
    try:
        known: dict[str, str] = await probe("auralisd.sound.capabilities", dict[str, str], within_s=within_s)
    except TimeoutError:
        return {"sound": f"its libraries do not load within {within_s:.0f} s; look at the disk"}
    except ProbeEnded as end:
        return {"sound": f"its libraries end the process that loads them ({end}); run make setup"}
    return known
