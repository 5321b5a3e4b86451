"""The transforms: single precision, and the inverse of each other."""

import numpy as np
import pytest

from auralisd.dsp.transforms import fast_length, rows_of, spectra_over_n


def test_the_spectra_are_those_of_the_rows_divided_by_their_length() -> None:
    rows = np.random.default_rng(1).standard_normal((3, 5120)).astype(np.float32)
    spectra = spectra_over_n(rows)

    assert spectra.dtype == np.complex64
    assert np.abs(spectra * 5120 - np.fft.rfft(rows.astype(np.float64))).max() < 1e-3


def test_there_and_back_is_the_rows_divided_by_their_length() -> None:
    rows = np.random.default_rng(2).standard_normal((2, 4096)).astype(np.float32)
    back = rows_of(spectra_over_n(rows), 4096)

    assert back.dtype == np.float32
    assert np.abs(back * 4096 - rows).max() < 1e-5


@pytest.mark.parametrize(("least", "length"), [(1, 1), (7, 8), (4410, 4500), (4800, 4800), (1103, 1125)])
def test_a_fast_length_has_only_small_factors(least: int, length: int) -> None:
    assert fast_length(least) == length
