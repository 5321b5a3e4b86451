"""SoundProfile: what was measured of a track.  Measurements are kept; decisions are derived from them anew."""

import msgspec

MEASURED_VERSION = 1
"""Raised whenever a measurement means something else: older profiles are then measured again."""

Curve = tuple[tuple[float, float], ...]
"""Pairs of (Hz, dB), ascending in Hz."""


class SoundProfile(msgspec.Struct, frozen=True):
    """One track, measured on the float decode folded to stereo: what the listener hears.

    `integrated_lufs` is None when nothing passes the absolute gate of ITU-R BS.1770-5 (silence),
    `true_peak_dbtp` is None for digital silence.
    `spectrum_mid` and `spectrum_side` are 1/3-octave band levels (dB re full scale, mean over the track).
    `loudness_by_peak` pairs a true peak (dBTP, upper edge of a 1 dB bin) with the share (0..1) of the gated
    K-weighted energy that lies in stretches of that peak (10 ms that have it, or still feel one before them): from
    it a plan foretells what a limiter will take.
    `complete` is False for a provisional profile made from excerpts.
    """

    rate_hz: int
    channels: int
    frames: int
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    spectrum_mid: Curve
    spectrum_side: Curve
    loudness_by_peak: Curve
    complete: bool = True
    measured_version: int = MEASURED_VERSION
