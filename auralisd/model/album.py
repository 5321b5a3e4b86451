"""An album as if it were one recording, from what was measured of its tracks.

Exact to the width of a histogram's bin: integrated loudness (ITU-R BS.1770-5, both gates over the blocks of all
tracks; the few blocks that would lie across two tracks are missing), maxima, true peak, frames.  Exact: spectra, mean
levels of bands, width, correlation, crest.  Approximate, because a percentile does not follow from percentiles:
the loud level of a band (power mean of the tracks') and the range (see `_range_lu`).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from auralisd.model.profile import (
    BAND_OF_ZONE,
    MOST_PASSAGES,
    BandLevels,
    Curve,
    LoudnessStretch,
    PeakStretch,
    SoundProfile,
)

_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_BLOCKS_A_SECOND = 10.0
_BIN_LU = 0.1

Blocks = list[tuple[float, float]]
"""Loudness (LUFS) and how many gating blocks have it, ascending."""

_Part = tuple[float, float, tuple[int, ...]]
"""A bin, its weight, and the zones of its sound in centibel."""


def album_profile(profiles: Sequence[SoundProfile]) -> SoundProfile | None:
    """The tracks of one album, in order, as one recording at the rate of the first; None when none of them sounds.

    Everything is weighted by playing time, so that a track at 96 kHz counts no more than one at 48.  Curves keep the
    bands that all tracks have.  Silence at the head is the first track's, at the tail the last one's.
    """
    tracks = [(profile, profile.frames / profile.rate_hz) for profile in profiles if profile.frames]
    blocks = _summed(_blocks(profile) for profile, _ in tracks)
    passing = _gated(blocks, _RELATIVE_GATE_LU)
    if not passing:
        return None
    first, last = tracks[0][0], tracks[-1][0]
    return SoundProfile(
        rate_hz=first.rate_hz,
        channels=max(profile.channels for profile, _ in tracks),
        frames=sum(_at_rate(profile.frames, profile, first) for profile, _ in tracks),
        integrated_lufs=_mean_lufs(passing),
        true_peak_dbtp=_highest(profile.true_peak_dbtp for profile, _ in tracks),
        spectrum_mid=_mean_curve([(profile.spectrum_mid, seconds) for profile, seconds in tracks]),
        spectrum_side=_mean_curve([(profile.spectrum_side, seconds) for profile, seconds in tracks]),
        peak_stretches=_merged_peaks([profile for profile, _ in tracks], above_lufs=passing[0][0]),
        loudness_stretches=_merged_passages([profile for profile, _ in tracks]),
        passages=_joined_passages([profile for profile, _ in tracks]),
        bands=_mean_bands(tracks),
        loudness_histogram=tuple(blocks),
        range_lu=_range_lu([profile for profile, _ in tracks]),
        max_momentary_lufs=_highest(profile.max_momentary_lufs for profile, _ in tracks),
        max_short_term_lufs=_highest(profile.max_short_term_lufs for profile, _ in tracks),
        crest_db=_crest_db(tracks),
        width=_width(tracks),
        correlation=_correlation(tracks),
        silent_head_frames=first.silent_head_frames,
        silent_tail_frames=_at_rate(last.silent_tail_frames, last, first),
        complete=all(profile.complete for profile, _ in tracks),
    )


# --- loudness --------------------------------------------------------------------------------------------


def _blocks(profile: SoundProfile) -> Blocks:
    """A track's gating blocks above the absolute gate; where they were not kept, all at its integrated loudness."""
    if profile.integrated_lufs is None:
        return []
    if not profile.loudness_histogram:
        return [(profile.integrated_lufs, max(1.0, profile.frames / profile.rate_hz * _BLOCKS_A_SECOND))]
    return sorted((lufs, count) for lufs, count in profile.loudness_histogram if lufs > _ABSOLUTE_GATE_LUFS)


def _summed(tracks: Iterable[Blocks]) -> Blocks:
    counts: dict[float, float] = {}
    for lufs, count in (block for track in tracks for block in track):
        counts[round(lufs, 3)] = counts.get(round(lufs, 3), 0.0) + count
    return sorted(counts.items())


def _gated(blocks: Blocks, relative_lu: float) -> Blocks:
    """Those within `relative_lu` of the mean of all."""
    if not blocks:
        return []
    gate_lufs = _mean_lufs(blocks) + relative_lu
    return [(lufs, count) for lufs, count in blocks if lufs > gate_lufs]


def _mean_lufs(blocks: Blocks) -> float:
    return _decibels(sum(_power(lufs) * count for lufs, count in blocks) / sum(count for _, count in blocks))


def _range_lu(profiles: Sequence[SoundProfile]) -> float:
    """EBU Tech 3342 over what is known of each track's short-term loudness.

    Kept are the range, which is of windows of 3 s, and the distribution of blocks of 400 ms, which is wider and has
    the same mean power.  So each track's blocks are drawn together until they spread as far as its windows did, and
    moved until their mean power is what it was; over all of them the standard's gate and percentiles are taken.  One
    track alone keeps its range; steps of loudness between tracks come out as far as they are.
    """
    blocks: Blocks = []
    for profile in profiles:
        blocks += _short_term(_blocks(profile), profile.range_lu)
    return _spread_lu(sorted(blocks))


def _short_term(blocks: Blocks, range_lu: float) -> Blocks:
    passing = _gated(blocks, _RANGE_GATE_LU)
    spread_lu = _spread_lu(blocks)
    if not passing or spread_lu <= 0.0:
        return passing
    mean_lufs, ratio = _mean_lufs(passing), range_lu / spread_lu
    drawn = [(mean_lufs + ratio * (lufs - mean_lufs), count) for lufs, count in passing]
    shift_lu = mean_lufs - _mean_lufs(drawn)
    return [(lufs + shift_lu, count) for lufs, count in drawn]


def _spread_lu(blocks: Blocks) -> float:
    """From the 10th to the 95th percentile of what passes the gate of the range."""
    passing = _gated(blocks, _RANGE_GATE_LU)
    return _at_share(passing, 0.95) - _at_share(passing, 0.10) if passing else 0.0


def _at_share(blocks: Blocks, share: float) -> float:
    wanted = share * sum(count for _, count in blocks)
    for lufs, count in blocks:
        wanted -= count
        if wanted <= 0.0:
            return lufs
    return blocks[-1][0]


# --- power -----------------------------------------------------------------------------------------------


def _mean_curve(curves: Sequence[tuple[Curve, float]]) -> Curve:
    """Power means over time, at the frequencies that all have.  A track without a curve is silence."""
    levels = [(dict(curve), seconds) for curve, seconds in curves if curve]
    whole_s = sum(seconds for _, seconds in curves)
    if not levels:
        return ()
    common = [hz for hz in levels[0][0] if all(hz in level for level, _ in levels)]
    return tuple(
        (hz, _decibels(sum(_power(level[hz]) * seconds for level, seconds in levels) / whole_s)) for hz in common
    )


def _mean_bands(tracks: Sequence[tuple[SoundProfile, float]]) -> tuple[BandLevels, ...]:
    counts = {len(profile.bands) for profile, _ in tracks if profile.bands}
    if len(counts) != 1:
        return ()

    def mean(band: int, level: Callable[[BandLevels], float]) -> float:
        powers = (_power(level(profile.bands[band])) * seconds for profile, seconds in tracks if profile.bands)
        return _decibels(sum(powers) / sum(seconds for _, seconds in tracks))

    return tuple(
        BandLevels(mean(band, lambda levels: levels.mean_db), mean(band, lambda levels: levels.loud_db))
        for band in range(counts.pop())
    )


def _merged_peaks(profiles: Sequence[SoundProfile], above_lufs: float) -> tuple[PeakStretch, ...]:
    """Bin by bin, each track weighted by its energy in the blocks that pass the album's gates."""
    parts: list[_Part] = []
    for profile in profiles:
        energy = sum(_power(lufs) * count for lufs, count in _blocks(profile) if lufs > above_lufs - _BIN_LU / 2)
        parts += [(part.peak_dbtp, part.share * energy, part.zones_cb) for part in profile.peak_stretches]
    whole = sum(weight for _, weight, _ in parts)
    return tuple(PeakStretch(peak, weight / whole, zones_cb) for peak, weight, zones_cb in _by_bin(parts))


def _merged_passages(profiles: Sequence[SoundProfile]) -> tuple[LoudnessStretch, ...]:
    parts = [(part.lufs, part.count, part.zones_cb) for profile in profiles for part in profile.loudness_stretches]
    return tuple(LoudnessStretch(*part) for part in _by_bin(parts))


def _joined_passages(profiles: Sequence[SoundProfile]) -> bytes:
    """One track after the other; of a long album every second passage, or every third, and so on."""
    joined = b"".join(profile.passages for profile in profiles)
    zones = len(BAND_OF_ZONE)
    every = zones * -(-len(joined) // (zones * MOST_PASSAGES)) if joined else zones
    return b"".join(joined[at : at + zones] for at in range(0, len(joined), every))


def _by_bin(parts: Iterable[_Part]) -> Iterator[_Part]:
    """The parts of each bin as one: their weights added up, their zones as weighted means of power."""
    weights: dict[float, float] = {}
    powers: dict[float, list[float]] = {}
    for place, weight, zones_cb in parts:
        weights[place] = weights.get(place, 0.0) + weight
        sums = powers.setdefault(place, [0.0] * len(zones_cb))
        for zone, level_cb in enumerate(zones_cb):
            sums[zone] += weight * _power(level_cb / 10.0)
    for place in sorted(weights):
        if (weight := weights[place]) > 0.0:
            yield place, weight, tuple(round(10.0 * _decibels(power / weight)) for power in powers[place])


def _crest_db(tracks: Sequence[tuple[SoundProfile, float]]) -> float | None:
    """The highest peak over the RMS of all: each track's RMS is known from its spectrum, its peak from its crest."""
    peaks_db = [
        profile.crest_db + _decibels(_mid(profile) + _side(profile))
        for profile, _ in tracks
        if profile.crest_db is not None
    ]
    power = sum((_mid(profile) + _side(profile)) * seconds for profile, seconds in tracks)
    return max(peaks_db) - _decibels(power / sum(seconds for _, seconds in tracks)) if peaks_db else None


def _width(tracks: Sequence[tuple[SoundProfile, float]]) -> float:
    mid = sum(_mid(profile) * seconds for profile, seconds in tracks)
    side = sum(_mid(profile) * profile.width**2 * seconds for profile, seconds in tracks)
    return math.sqrt(side / mid) if mid > 0.0 else max(profile.width for profile, _ in tracks)


def _correlation(tracks: Sequence[tuple[SoundProfile, float]]) -> float:
    weights = [(_mid(profile) + _side(profile)) * seconds for profile, seconds in tracks]
    if not sum(weights):
        return min(profile.correlation for profile, _ in tracks)
    products = (weight * profile.correlation for weight, (profile, _) in zip(weights, tracks, strict=True))
    return sum(products) / sum(weights)


def _mid(profile: SoundProfile) -> float:
    return sum(_power(level) for _, level in profile.spectrum_mid)


def _side(profile: SoundProfile) -> float:
    return sum(_power(level) for _, level in profile.spectrum_side)


# --- numbers ---------------------------------------------------------------------------------------------


def _highest(levels: Iterable[float | None]) -> float | None:
    return max((level for level in levels if level is not None), default=None)


def _at_rate(frames: int, profile: SoundProfile, first: SoundProfile) -> int:
    return round(frames * first.rate_hz / profile.rate_hz)


def _power(level_db: float) -> float:
    return math.pow(10.0, level_db / 10.0)


def _decibels(power: float) -> float:
    return 10.0 * math.log10(max(power, 1.0e-20))
