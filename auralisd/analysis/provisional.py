"""A profile from excerpts: enough to begin with, in the moment between Play and the first sound.

K-weighting is done on power spectra (Parseval), so scipy.signal is not needed.  Within an excerpt the spread of
loudness over its hops is taken from the unweighted wave.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis import gating
from auralisd.analysis.hops import Hops
from auralisd.analysis.kweighting import power_gains
from auralisd.analysis.peaks import PeakMeter
from auralisd.analysis.spectrum import Spectrum, band_levels, passages, zones_at_hops
from auralisd.analysis.stereo import StereoMeter
from auralisd.dsp.block import Block, Planes, decibels, make_sane, planes_of
from auralisd.dsp.channels import to_stereo
from auralisd.model.profile import BAND_OF_ZONE, SoundProfile


def profile_from_excerpts(excerpts: Sequence[Block], rate_hz: int, channels: int, frames: int) -> SoundProfile:
    """What can be told of a track of `frames` frames from pieces (frames, channels) of it, spread over its length.

    With 48 pieces of 0.4 s: loudness within 0.9 LU of the full measurement, in 84 ms of one core.
    """
    spectrum, stereo = Spectrum(rate_hz), StereoMeter()
    weights = power_gains(spectrum.frequencies_hz, rate_hz)
    energies, peaks, zones, highest = [np.empty(0)], [np.empty(0)], [np.empty((0, len(BAND_OF_ZONE)))], 0.0
    for excerpt in excerpts:
        planes = planes_of(to_stereo(excerpt))
        make_sane(planes)
        stereo.feed(planes)
        power, powers = spectrum.excerpt(planes)
        # left² + right² = 2 (mid² + side²)
        loud, plain = 2.0 * float(power.sum(axis=0) @ weights), 2.0 * float(power.sum())
        energies.append(_hop_energies(planes, rate_hz) * (loud / plain if plain > 0.0 else 0.0))
        zones.append(zones_at_hops(powers, len(energies[-1]), rate_hz))
        meter = PeakMeter(rate_hz)
        meter.feed(planes)
        meter.finish()
        peaks.append(meter.hop_peaks())
        highest = max(highest, meter.highest())
    joined, at_hops = np.concatenate(energies), np.concatenate(zones)
    loudness = gating.gated(joined, rate_hz)
    mid, side = spectrum.bands()
    return SoundProfile(
        rate_hz=rate_hz,
        channels=channels,
        frames=frames,
        integrated_lufs=loudness.lufs,
        true_peak_dbtp=decibels(highest) if highest > 0.0 else None,
        spectrum_mid=mid,
        spectrum_side=side,
        peak_stretches=gating.peak_stretches(joined, np.concatenate(peaks), loudness.counts, at_hops),
        loudness_stretches=gating.loudness_stretches(joined, at_hops, rate_hz),
        passages=passages(spectrum.zone_powers()),
        bands=band_levels(spectrum.zone_powers()),
        loudness_histogram=gating.histogram(joined, rate_hz),
        crest_db=stereo.crest_db,
        width=stereo.width,
        correlation=stereo.correlation,
        complete=False,
    )


def _hop_energies(planes: Planes, rate_hz: int) -> NDArray[np.float64]:
    hops = Hops(rate_hz, np.add)
    squares: NDArray[np.floating[Any]] = np.einsum("cf,cf->f", planes, planes)
    hops.feed(squares)
    return hops.whole(planes.shape[1])
