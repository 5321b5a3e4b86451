"""The K-weighting of ITU-R BS.1770-5, for any sample rate.

The standard prints coefficients for 48 kHz.  Its two filters are a high shelf and a high-pass; designing the same
analogue prototypes anew for another rate gives the printed numbers at 48 kHz to better than 1e-8.
"""

from math import pi, tan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_SHELF_HZ: Final = 1681.974450955533
_SHELF_DB: Final = 3.999843853973347
_SHELF_Q: Final = 0.7071752369554196
_SHELF_MID_POWER: Final = 0.4996667741545416
_PASS_HZ: Final = 38.13547087602444
_PASS_Q: Final = 0.5003270373238773


def sections(rate_hz: int) -> NDArray[np.float64]:
    """Two second-order sections, shape (2, 6): b0 b1 b2 1 a1 a2."""
    return np.array([_shelf(rate_hz), _high_pass(rate_hz)])


def power_gains(frequencies_hz: NDArray[np.floating[Any]], rate_hz: int) -> NDArray[np.float64]:
    """|H|² at each frequency."""
    z = np.exp(-2j * pi * frequencies_hz / rate_hz)
    delays = np.stack((np.ones_like(z), z, z * z))
    gains = np.ones(len(frequencies_hz))
    for section in sections(rate_hz):
        gains *= np.abs(section[:3] @ delays) ** 2 / np.abs(section[3:] @ delays) ** 2
    return gains


def _shelf(rate_hz: int) -> list[float]:
    k = tan(pi * _SHELF_HZ / rate_hz)
    high = 10.0 ** (_SHELF_DB / 20.0)
    middle = high**_SHELF_MID_POWER
    scale, *poles = _poles(k, _SHELF_Q)
    zeros = [high + middle * k / _SHELF_Q + k * k, 2.0 * (k * k - high), high - middle * k / _SHELF_Q + k * k]
    return [zero / scale for zero in zeros] + [1.0, *poles]


def _high_pass(rate_hz: int) -> list[float]:
    _, *poles = _poles(tan(pi * _PASS_HZ / rate_hz), _PASS_Q)
    # The standard leaves this numerator as it is; normalising it reads 0.043 LU low.
    return [1.0, -2.0, 1.0, 1.0, *poles]


def _poles(k: float, q: float) -> tuple[float, float, float]:
    scale = 1.0 + k / q + k * k
    return scale, 2.0 * (k * k - 1.0) / scale, (1.0 - k / q + k * k) / scale
