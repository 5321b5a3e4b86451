"""Where a recording leaves a known piece and where it comes back to one, and how far that stands out of the music."""

import numpy as np

from auralisd.dsp.block import Block
from tests.quality.rulers.waveform import high_transient_db
from tests.system.hearing import Frames, find
from tests.system.sound_driver import RATE_HZ, RISE, RISE_FRAMES

_NEAR_FRAMES = 2_500
_SILENT_FRAMES = 200
_SURE_FRAMES = 400
"""So many frames in a row are those of one place in one piece only."""


def leaves(recording: Frames, piece: Frames, start: int) -> tuple[int, int] | None:
    """From `start` on the recording is some place of the piece: (where it no longer is, the piece's frame there)."""
    place = find(piece, recording[start : start + _SURE_FRAMES])
    if place is None:
        return None
    count = min(len(recording) - start, len(piece) - place)
    differ = np.flatnonzero(np.any(recording[start : start + count] != piece[place : place + count], axis=1))
    return (start + int(differ[0]), place + int(differ[0])) if len(differ) else None


def comes(recording: Frames, piece: Frames, end: int) -> tuple[int, int] | None:
    """Up to `end` the recording is some place of the piece: (from where on it is, the piece's frame there)."""
    place = find(piece, recording[end - _SURE_FRAMES : end])
    if place is None:
        return None
    last = place + _SURE_FRAMES
    count = min(end, last)
    differ = np.flatnonzero(np.any(recording[end - count : end] != piece[last - count : last], axis=1))
    back = count - 1 - int(differ[-1]) if len(differ) else count
    return end - back, last - back


def comes_up(recording: Frames, piece: Frames, frame: int, end: int) -> bool:
    """True when what was recorded before `end` came up from that very frame of the piece, out of silence."""
    seam = comes(recording, piece, end)
    if seam is None or not frame <= seam[1] <= frame + RISE_FRAMES:
        return False
    at, place = seam
    first = at - (place - frame)
    rising = piece[frame:place] * RISE[: place - frame]
    return (
        not recording[first - _SILENT_FRAMES : first].any() and np.abs(recording[first:at] - rising).max(initial=0) <= 2
    )


def fall_db(recording: Frames, piece: Frames, seam: tuple[int, int]) -> float:
    """How far the end of the music, behind which there is silence, stands out of the music above 10 kHz."""
    return _stands_out_db(recording, piece, seam, before=_NEAR_FRAMES, behind=silent_from(recording, seam[0]) - seam[0])


def rise_db(recording: Frames, piece: Frames, seam: tuple[int, int]) -> float:
    """The same of a beginning out of silence."""
    back = silent_from(recording[: seam[0]][::-1], 0)
    return _stands_out_db(recording, piece, seam, before=back, behind=_NEAR_FRAMES)


def silent_from(recording: Frames, at: int) -> int:
    """The first frame from `at` on behind which five milliseconds are silent, or all that is left."""
    loud = np.flatnonzero(np.any(recording[at:] != 0, axis=1))
    gaps = np.flatnonzero(np.diff(loud, append=len(recording) - at + 1) > _SILENT_FRAMES)
    return at + (int(loud[gaps[0]]) + 1 if len(loud) and len(gaps) else 0)


def _stands_out_db(recording: Frames, piece: Frames, seam: tuple[int, int], *, before: int, behind: int) -> float:
    """Against the music as it would be without a seam, a little silence included."""
    at, place = seam
    first = max(-before - _SILENT_FRAMES, -at, -place)
    last = min(behind + _SILENT_FRAMES, len(recording) - at, len(piece) - place)
    heard, whole = _floats(recording[at + first : at + last]), _floats(piece[place + first : place + last])
    return high_transient_db(heard, whole, np.zeros_like(whole), RATE_HZ)


def _floats(frames: Frames) -> Block:
    return frames.astype(np.float32) / np.float32(32_768)
