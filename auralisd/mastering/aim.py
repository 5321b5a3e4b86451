"""The aim of tone: the mean spectrum of well-liked records (Pestana et al., AES 135, paper 8960).

It falls 5 dB an octave per hertz from 100 Hz to 4 kHz, faster above, with a low cut at 60 Hz.  Pure Python: control
asks for it too.
"""

from bisect import bisect_right
from math import log2
from typing import Final

AIM_POINTS: Final = ((25.0, -22.0), (60.0, -1.0), (100.0, 0.0), (4000.0, -10.6), (20000.0, -21.1))
"""In 1/3-octave bands, which widen by 3 dB an octave: −2 dB an octave up to 4 kHz and −4.5 above."""


def aim_db(hz: float) -> float:
    """The level aimed at, in dB re that at 100 Hz; straight lines over the logarithm of the frequency."""
    right = min(max(bisect_right([point for point, _ in AIM_POINTS], hz), 1), len(AIM_POINTS) - 1)
    (low_hz, low_db), (high_hz, high_db) = AIM_POINTS[right - 1 : right + 1]
    share = min(max(log2(hz / low_hz) / log2(high_hz / low_hz), 0.0), 1.0)
    return low_db + share * (high_db - low_db)
