"""SoundProfile: what was measured of a track.  Measurements are kept; decisions are derived from them anew."""

import msgspec

MEASURED_VERSION = 2
"""Raised whenever a measurement means something else: older profiles are then measured again."""

Curve = tuple[tuple[float, float], ...]
"""Pairs of (Hz, dB), ascending in Hz."""

ZONE_EDGES_HZ = (70.8, 141.3, 223.9, 446.7, 891.3, 1_778.3, 2_818.4, 5_623.4, 11_220.2)
"""Ten zones of about an octave, in which a passage's spectrum is told; they end where third octaves end."""

BAND_EDGES_HZ = (ZONE_EDGES_HZ[2], ZONE_EDGES_HZ[6])
"""Where the three bands of the dynamics part: bass, middle, treble."""

BAND_OF_ZONE = (0, 0, 0, 1, 1, 1, 1, 2, 2, 2)
"""In which of the three bands each zone lies."""


class BandLevels(msgspec.Struct, frozen=True, array_like=True):
    """One of the three bands, over stretches of about 0.2 s, in dB re full scale (mean square of mid and side).

    `mean_db` is the level of its mean power, `loud_db` the level that it passes in a tenth of the sounding time.
    """

    mean_db: float
    loud_db: float


class PeakStretch(msgspec.Struct, frozen=True, array_like=True):
    """All stretches whose true peak lies in one bin of 1 dB, of which `peak_dbtp` is the upper edge.

    `share` (0..1) is their part of the gated K-weighted energy; `zones_cb` is their mean power in each zone, in
    centibel (0.1 dB) re full scale.  From them a plan foretells what the limiter will take from the loudness.
    """

    peak_dbtp: float
    share: float
    zones_cb: tuple[int, ...]


class LoudnessStretch(msgspec.Struct, frozen=True, array_like=True):
    """All stretches whose momentary loudness lies in one bin of 1 LU around `lufs`: how many, and their zones.

    From them a plan foretells what tone and dynamics do to the gated loudness: quiet passages have another spectrum.
    """

    lufs: float
    count: float
    zones_cb: tuple[int, ...]


MOST_PASSAGES = 1_024


class SoundProfile(msgspec.Struct, frozen=True):
    """One track, measured on the float decode folded to stereo: what the listener hears.

    `integrated_lufs` is None when nothing passes the absolute gate of ITU-R BS.1770-5 (silence), the loudest
    momentary (400 ms) and short-term (3 s) loudness are None when the track is too short for one window,
    `true_peak_dbtp` is None for digital silence.  `range_lu` is the loudness range of EBU Tech 3342.
    `crest_db` is the highest sample peak over the RMS of the whole track.  `width` is the RMS of the side over that
    of the mid (0 = mono), `correlation` (−1..1) that of left and right.
    `spectrum_mid` and `spectrum_side` are 1/3-octave band levels (dB re full scale, mean over the track).
    `passages` tells the track in time: from head to tail in equal steps of 0.7 s or more (at most MOST_PASSAGES), for
    each the levels of the ten zones, one byte a zone: how far it lies below full scale, in half dB.  From them a plan
    foretells how far tone and dynamics would ride the level.
    `loudness_histogram` pairs a loudness (LUFS, centre of a 0.1 LU bin) with how many gating blocks have it.
    `silent_head_frames` and `silent_tail_frames` count what lies before and behind the first and last frame above
    −90 dBFS.  `complete` is False for a provisional profile made from excerpts.
    """

    rate_hz: int
    channels: int
    frames: int
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    spectrum_mid: Curve
    spectrum_side: Curve
    peak_stretches: tuple[PeakStretch, ...] = ()
    loudness_stretches: tuple[LoudnessStretch, ...] = ()
    bands: tuple[BandLevels, ...] = ()
    loudness_histogram: Curve = ()
    range_lu: float = 0.0
    max_momentary_lufs: float | None = None
    max_short_term_lufs: float | None = None
    crest_db: float | None = None
    width: float = 0.0
    correlation: float = 1.0
    silent_head_frames: int = 0
    silent_tail_frames: int = 0
    passages: bytes = b""
    complete: bool = True
    measured_version: int = MEASURED_VERSION

    @property
    def plr_db(self) -> float | None:
        """Peak to loudness: how far the true peak stands above the integrated loudness."""
        if self.true_peak_dbtp is None or self.integrated_lufs is None:
            return None
        return self.true_peak_dbtp - self.integrated_lufs
