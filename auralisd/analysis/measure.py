"""The full measurement of one track, in a worker: every figure of a SoundProfile in one pass.

Imports scipy.signal (72 MB): never import this from the sound process; `provisional` is its stand-in there.
"""

from auralisd.analysis import gating
from auralisd.analysis.loudness import LoudnessMeter
from auralisd.analysis.peaks import PeakMeter
from auralisd.analysis.spectrum import Spectrum, band_levels, passages, zones_at_hops
from auralisd.analysis.stereo import StereoMeter
from auralisd.dsp.block import Block, decibels, make_sane, planes_of
from auralisd.dsp.channels import to_stereo
from auralisd.model.profile import SoundProfile


class Measuring:
    """One measurement under way.  Feed it the whole track, in blocks (frames, channels) of any size."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._frames = 0
        self._loudness = LoudnessMeter(rate_hz)
        self._peaks = PeakMeter(rate_hz)
        self._spectrum = Spectrum(rate_hz)
        self._stereo = StereoMeter()

    def feed(self, block: Block) -> None:
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(f"expected blocks of shape (frames, {self._channels}), not {block.shape}")
        planes = planes_of(to_stereo(block))
        make_sane(planes)
        self._frames += planes.shape[1]
        self._loudness.feed(planes)
        self._peaks.feed(planes)
        self._spectrum.feed(planes)
        self._stereo.feed(planes)

    def result(self) -> SoundProfile:
        """What was measured; the track has ended and nothing more may be fed."""
        self._peaks.finish()
        self._spectrum.close()
        energies = self._loudness.energies()
        loudness = gating.gated(energies, self._rate_hz)
        mid, side = self._spectrum.bands()
        highest = self._peaks.highest()
        powers = self._spectrum.zone_powers()
        zones = zones_at_hops(powers, len(energies), self._rate_hz)
        return SoundProfile(
            rate_hz=self._rate_hz,
            channels=self._channels,
            frames=self._frames,
            integrated_lufs=loudness.lufs,
            true_peak_dbtp=decibels(highest) if highest > 0.0 else None,
            spectrum_mid=mid,
            spectrum_side=side,
            peak_stretches=gating.peak_stretches(energies, self._peaks.hop_peaks(), loudness.counts, zones),
            loudness_stretches=gating.loudness_stretches(energies, zones, self._rate_hz),
            passages=passages(powers),
            bands=band_levels(powers),
            loudness_histogram=gating.histogram(energies, self._rate_hz),
            range_lu=self._loudness.range_lu(),
            max_momentary_lufs=gating.highest(self._loudness.momentary()),
            max_short_term_lufs=gating.highest(self._loudness.short_term()),
            crest_db=self._stereo.crest_db,
            width=self._stereo.width,
            correlation=self._stereo.correlation,
            silent_head_frames=self._stereo.silent_head_frames,
            silent_tail_frames=self._stereo.silent_tail_frames,
        )
