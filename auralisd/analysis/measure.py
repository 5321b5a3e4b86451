"""The full measurement of one track, in a worker: loudness, true peak and spectrum in one pass.

Imports scipy.signal (72 MB): never import this from the sound process; `provisional` is its stand-in there.
"""

from auralisd.analysis.gating import gated, loudness_by_peak
from auralisd.analysis.loudness import LoudnessMeter
from auralisd.analysis.peaks import PeakMeter
from auralisd.analysis.spectrum import Spectrum
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

    def feed(self, block: Block) -> None:
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(f"expected blocks of shape (frames, {self._channels}), not {block.shape}")
        planes = planes_of(to_stereo(block))
        make_sane(planes)
        self._frames += planes.shape[1]
        self._loudness.feed(planes)
        self._peaks.feed(planes)
        self._spectrum.feed(planes)

    def result(self) -> SoundProfile:
        """What was measured; the track has ended and nothing more may be fed."""
        self._peaks.finish()
        self._spectrum.close()
        energies, hop_peaks = self._loudness.energies(), self._peaks.hop_peaks()
        loudness = gated(energies, self._rate_hz)
        mid, side = self._spectrum.bands()
        highest = self._peaks.highest()
        return SoundProfile(
            rate_hz=self._rate_hz,
            channels=self._channels,
            frames=self._frames,
            integrated_lufs=loudness.lufs,
            true_peak_dbtp=decibels(highest) if highest > 0.0 else None,
            spectrum_mid=mid,
            spectrum_side=side,
            loudness_by_peak=loudness_by_peak(energies, hop_peaks, loudness.counts),
        )
