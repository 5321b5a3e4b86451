"""Fourier transforms of real rows in single precision, from numpy alone.

scipy.fft is as fast, but the first sound after a start would wait 0.3 s for it, and 20 MB would stay.  numpy keeps to
single precision only where a transform is scaled by 1/n: unscaled it computes in double precision and is six times
slower (measured with 2.4).  Hence both ways are scaled here, and who multiplies spectra puts one factor n back.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray


def spectra_over_n(rows: NDArray[np.float32]) -> NDArray[np.complex64]:
    """The spectra of rows (last axis, n long) divided by n: n // 2 + 1 bins each."""
    return cast("NDArray[np.complex64]", np.fft.rfft(rows, axis=-1, norm="forward"))


def rows_of(spectra: NDArray[np.complex64], n: int) -> NDArray[np.float32]:
    """The inverse transform with its own factor 1/n."""
    # The stubs of numpy say float64; the arithmetic and its result are float32.
    return cast("NDArray[np.float32]", np.fft.irfft(spectra, n, axis=-1, norm="backward"))


def fast_length(least: int) -> int:
    """The smallest number from `least` on that has no prime factor above 5."""
    length = least
    while _without_small_factors(length) != 1:
        length += 1
    return length


def _without_small_factors(number: int) -> int:
    for factor in (2, 3, 5):
        while number % factor == 0:
            number //= factor
    return number
