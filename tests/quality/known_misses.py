"""What misses its bar on the small set and is known to: each line's beginning, and why it is so.

The bar stays where it is.  A miss that is not named here fails the run, and so does a name that no longer misses.
"""

from collections.abc import Iterable
from typing import Final

CRUSHING: Final = (
    # Tone alone, no limiter: it lifts what is heard of a dense sound more than its peaks.  Holding it back by as much
    # as the forecast says left two presets closer to each other than 1 dB on 18 dense tracks of 70.
    "02 Window, Closed, live: peak to loudness",
    "04 Cellar Dub, warm: peak to loudness",
    "04 Cellar Dub, bright: peak to loudness",
)


TONE: Final = (
    # 04 Cellar Dub is at its target and passes as it is, far from the aim; the other nine fall by more than 20 %.
    "adaptive: the distance from the aim falls by 17.",
)


def news(missed: Iterable[str], known: Iterable[str]) -> list[str]:
    """The misses that nobody expects, and the known ones that did not happen."""
    missed, known = list(missed), list(known)
    unexpected = [line for line in missed if not any(line.startswith(name) for name in known)]
    mended = [f"{name}: does not miss any more" for name in known if not any(line.startswith(name) for line in missed)]
    return unexpected + mended
