"""How tracks, times and plans read on a terminal."""

from auralisd.mastering.explain import explain
from auralisd.model.plan import MasteringPlan
from auralisd.model.taste import OFF
from auralisd.model.track import Track
from auralisd.playback.snapshot import Snapshot

_SENTENCES = 3
"""Level, tone and what stands in the way: a terminal has no room for more."""


def track_name(track: Track) -> str:
    """`Title · Artist · Album`, as much of it as is known; the file's name stands for a missing title."""
    parts = (track.tags.title or track.file_name, ", ".join(track.tags.artists), track.tags.album or "")
    return " · ".join(part for part in parts if part)


def clock_text(position_us: int) -> str:
    """`3:07` or `1:02:03`."""
    minutes, seconds = divmod(position_us // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def bar(value: float | None, low: float, high: float, cells: int) -> str:
    """A bar of eighths of `cells` characters from `low` to `high`; empty for None."""
    share = 0.0 if value is None else min(1.0, max(0.0, (value - low) / (high - low)))
    full, rest = divmod(round(share * cells * 8), 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(cells)


def what_the_plan_does(snapshot: Snapshot) -> str:
    """A few sentences for the listener; "" while it is not known."""
    if snapshot.taste.mode == OFF:
        return "enhancement off: the samples of the file, untouched"
    return "" if snapshot.mastering.plan is None else _in_words(snapshot.mastering.plan)


def _in_words(plan: MasteringPlan) -> str:
    gain = f"gain {plan.gain_db:+.1f} dB".replace("-", "−")
    match plan.state:
        case "bypassed":
            return f"bypassed: the original at the loudness of the enhanced sound, {gain}"
        case "levelled":
            return f"ReplayGain of the {'album' if plan.album else 'track'}: {gain}"
        case _:
            return " ".join(explain(plan)[:_SENTENCES])
