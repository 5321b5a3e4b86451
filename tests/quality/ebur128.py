"""libebur128 (MIT, the EBU R 128 library of most players) as a second opinion on loudness: a peer for tests alone."""

import ctypes
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from auralisd.dsp.block import Block

_MODE_I: Final = (1 << 2) | (1 << 0)
_MODE_LRA: Final = (1 << 3) | (1 << 1) | (1 << 0)
_MODE_TRUE_PEAK: Final = (1 << 5) | (1 << 4) | (1 << 0)
"""EBUR128_MODE_I, _LRA and _TRUE_PEAK of ebur128.h; each includes what it stands on."""

_AT_ONCE: Final = 1 << 16


class Reading(NamedTuple):
    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float | None


def reading(sound: Block, rate_hz: int, *, true_peak: bool = True) -> Reading:
    """Integrated loudness, range and (slow) true peak.  Raises OSError where the library is not installed."""
    library = _library()
    mode = _MODE_I | _MODE_LRA | (_MODE_TRUE_PEAK if true_peak else 0)
    state = ctypes.c_void_p(library.ebur128_init(sound.shape[1], rate_hz, mode))
    if not state:
        raise MemoryError("ebur128_init gave nothing")
    try:
        for start in range(0, len(sound), _AT_ONCE):
            block = np.ascontiguousarray(sound[start : start + _AT_ONCE], np.float32)
            frames = ctypes.c_size_t(len(block))
            _checked(library.ebur128_add_frames_float(state, block.ctypes.data_as(ctypes.c_void_p), frames))
        peaks = [_value(library.ebur128_true_peak, state, channel) for channel in range(sound.shape[1] * true_peak)]
        return Reading(
            _value(library.ebur128_loudness_global, state),
            _value(library.ebur128_loudness_range, state),
            20.0 * float(np.log10(max(*peaks, 1e-12))) if true_peak else None,
        )
    finally:
        library.ebur128_destroy(ctypes.byref(state))


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libebur128.so.1")
    library.ebur128_init.restype = ctypes.c_void_p
    library.ebur128_init.argtypes = (ctypes.c_uint, ctypes.c_ulong, ctypes.c_int)
    return library


def _value(function: Callable[..., int], state: ctypes.c_void_p, *channel: int) -> float:
    value = ctypes.c_double()
    _checked(function(state, *map(ctypes.c_uint, channel), ctypes.byref(value)))
    return value.value


def _checked(code: int) -> None:
    if code:
        raise ValueError(f"libebur128 answers error {code}")
