"""Row 13: our meter beside libebur128, on the same floats.  tests/conformance holds it to the EBU's own cases."""

import pytest

from tests.quality import bars
from tests.quality.ebur128 import reading
from tests.quality.pieces import synthetic
from tests.quality.renders import measured
from tests.quality.rulers.truepeak import true_peak_dbtp
from tests.sounds import music, sine

RATES_HZ = (22_050, 44_100, 48_000, 96_000)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_both_meters_read_the_same_at_every_rate(rate_hz: int) -> None:
    sound = music(8.0, rate_hz, seed=7)
    ours, theirs = measured(sound, rate_hz), reading(sound, rate_hz)

    assert ours.integrated_lufs == pytest.approx(theirs.integrated_lufs, abs=bars.METER_LU)
    assert ours.true_peak_dbtp is not None
    assert theirs.true_peak_dbtp is not None
    under, over = bars.METER_PEAK_DB
    assert under <= ours.true_peak_dbtp - true_peak_dbtp(sound) <= over


def test_both_meters_read_the_same_on_every_piece() -> None:
    for piece in synthetic():
        theirs = reading(piece.sound, piece.rate_hz, true_peak=False)

        assert piece.profile.integrated_lufs == pytest.approx(theirs.integrated_lufs, abs=bars.METER_LU), piece.name


def test_the_peer_is_heard_and_not_ourselves() -> None:
    """A tone whose loudness is known from the standard alone."""
    theirs = reading(sine(997.0, 5 * 48_000, 48_000, level_db=-20.0), 48_000)

    assert theirs.integrated_lufs == pytest.approx(-20.0, abs=0.02)
    assert theirs.range_lu == pytest.approx(0.0, abs=0.01)
    assert theirs.true_peak_dbtp == pytest.approx(-20.0, abs=0.1)
