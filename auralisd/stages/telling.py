"""How a measurement and a recommendation read on a terminal: each figure with its unit."""

from collections.abc import Iterator
from typing import Final

from auralisd.mastering.figures import FIGURE_UNITS
from auralisd.mastering.recommend import Recommendation
from auralisd.mastering.situations import SITUATIONS
from auralisd.model.profile import BAND_EDGES_HZ, BandLevels, SoundProfile

_LABEL: Final = 14
_POINTS_A_LINE: Final = 10
_BANDS: Final = (f"bass to {BAND_EDGES_HZ[0]:.0f} Hz", "middle", f"treble from {BAND_EDGES_HZ[1]:.0f} Hz")


def labelled(label: str, text: str) -> str:
    """One line of the answer."""
    return f"{label:{_LABEL}}{text}"


def profile_lines(profile: SoundProfile) -> list[str]:
    """Everything that was measured."""
    seconds = profile.frames / profile.rate_hz
    head_s, tail_s = profile.silent_head_frames / profile.rate_hz, profile.silent_tail_frames / profile.rate_hz
    return [
        labelled("length", f"{seconds:.1f} s, {profile.rate_hz} Hz, {profile.channels} channels"),
        labelled("loudness", f"{_figure(profile.integrated_lufs, 'LUFS')} integrated (ITU-R BS.1770-5)"),
        labelled("loudest", f"{_figure(profile.max_momentary_lufs, 'LUFS')} in 400 ms"),
        labelled("", f"{_figure(profile.max_short_term_lufs, 'LUFS')} in 3 s"),
        labelled("range", f"{profile.range_lu:.2f} LU (EBU Tech 3342)"),
        labelled("true peak", f"{_figure(profile.true_peak_dbtp, 'dBTP')}"),
        labelled("", f"{_figure(profile.plr_db, 'dB')} above the loudness, {_figure(profile.crest_db, 'dB')} of crest"),
        labelled("stereo", f"width {profile.width:.2f} (side over mid), correlation {profile.correlation:+.2f}"),
        labelled("silence", f"{head_s:.2f} s at the head, {tail_s:.2f} s at the tail"),
        *_band_lines(profile.bands),
        *_spectrum_lines(profile),
    ]


def recommendation_lines(advice: Recommendation) -> list[str]:
    """What suits the track, why, and what else would."""
    told = [f"{advice.preset} at intensity {advice.intensity:g}, {advice.confidence:.0%} sure"]
    if advice.situation:
        told.append(f"{advice.situation}: {_description_of(advice.situation)}")
    if advice.reasons:
        told.append(", ".join(_reason(code, figure) for code, figure in advice.reasons))
    if advice.alternatives:
        told.append("or " + ", ".join(f"{preset} ({score:.0%})" for preset, score in advice.alternatives))
    return _block("suits it", told)


def _block(label: str, texts: list[str]) -> list[str]:
    """Lines of which only the first carries the label."""
    return [labelled("" if number else label, text) for number, text in enumerate(texts)]


def _band_lines(bands: tuple[BandLevels, ...]) -> list[str]:
    told = [
        f"{name} {band.mean_db:.1f} dB on average, {band.loud_db:.1f} dB when loud"
        for name, band in zip(_BANDS, bands, strict=False)
    ]
    return _block("bands", told)


def _spectrum_lines(profile: SoundProfile) -> Iterator[str]:
    """Mid and side in dB re full scale, below the 1/3-octave centres in Hz."""
    points = list(zip(profile.spectrum_mid, profile.spectrum_side, strict=False))
    for first in range(0, len(points), _POINTS_A_LINE):
        row = points[first : first + _POINTS_A_LINE]
        yield labelled("" if first else "spectrum Hz", "".join(f"{hz:>8g}" for (hz, _), _ in row))
        yield labelled("  mid dB", "".join(f"{level:>8.1f}" for (_, level), _ in row))
        yield labelled("  side dB", "".join(f"{level:>8.1f}" for _, (_, level) in row))


def _description_of(name: str) -> str:
    return next(situation.description for situation in SITUATIONS if situation.name == name)


def _reason(code: str, figure: float) -> str:
    return f"{code} {figure:g} {FIGURE_UNITS[code]}".rstrip()


def _figure(value: float | None, unit: str) -> str:
    return f"none in {unit}" if value is None else f"{value:.2f} {unit}"
