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


def ahead_s(state: PlayerState, heard: Heard) -> float:
    """How much sound is rendered ahead of the ear; 0 while nothing is loaded."""
    return heard.buffered_ms / 1000 if state.loaded and heard.generation == state.generation else 0.0


class Forward:
    """Positions that were told: within one hearing of an entry none lies before an earlier one.

    Between two words of the sound process the position is reckoned, and may run ahead of what it says next.
    """

    def __init__(self) -> None:
        self._of: tuple[int, int] = (0, 0)
        self._us = 0
        self._begun = 0

    def newest(self, state: PlayerState, at_us: int) -> int:
        of = (state.generation, state.queue.current)
        self._us = max(self._us, at_us) if of == self._of else at_us
        self._of = of
        return self._us

    def begins(self, generation: int) -> None:
        """An entry begins to be heard.  The second in a generation may be the first once more, which repeats; the first
        goes on from where it was asked to begin, which lies beside a frame."""
        if generation == self._begun:
            self._of = (0, 0)
        self._begun = generation
