"""Position: where the current track is heard, by the frames that the device has played.  Pure."""

from auralisd.doors.clock import Heard, frame_now
from auralisd.model.audio import frames_to_us
from auralisd.playback.snapshot import STOPPED
from auralisd.playback.state import PlayerState


def heard_at_us(state: PlayerState, heard: Heard, length_us: int | None, now_ns: int) -> int:
    """In the current track; never past its end, 0 while stopped."""
    if state.status == STOPPED:
        return 0
    if not state.loaded or heard.generation != state.generation:
        return state.start_us
    if heard.entry != state.queue.current:  # the border was heard, its report is on the way
        return length_us or 0
    at_us = frames_to_us(frame_now(heard, now_ns), max(1, heard.rate_hz))
    return at_us if length_us is None else min(at_us, length_us)
