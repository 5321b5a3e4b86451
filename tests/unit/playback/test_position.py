"""Where the current track is heard, and that it is never told to lie before where it was."""

import pytest

from auralisd.doors.clock import Heard
from auralisd.playback.position import Forward, heard_at_us
from auralisd.playback.queue import Listing, PlayQueue
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, Entry
from auralisd.playback.state import PlayerState

QUEUE = PlayQueue(listing=Listing((Entry(1, 10), Entry(2, 20))), current=1)
SECOND_NS = 1_000_000_000


def a_state(*, status: str = PLAYING, loaded: bool = True, generation: int = 3) -> PlayerState:
    return PlayerState(queue=QUEUE, status=status, loaded=loaded, generation=generation, start_us=77)


def heard(*, generation: int = 3, entry: int = 1, frame: int = 500, running: bool = True) -> Heard:
    return Heard(generation, entry, 1000, frame, SECOND_NS, 900, running)


@pytest.mark.parametrize(
    ("state", "clock", "now_ns", "length_us", "at_us"),
    [
        (a_state(), heard(), SECOND_NS, None, 500_000),
        (a_state(), heard(), SECOND_NS * 6 // 5, None, 700_000),
        (a_state(), heard(), SECOND_NS * 9, None, 900_000),
        (a_state(), heard(), SECOND_NS * 9, 850_000, 850_000),
        (a_state(), heard(running=False), SECOND_NS * 9, None, 500_000),
        (a_state(status=PAUSED, loaded=False), heard(), SECOND_NS, None, 77),
        (a_state(), heard(generation=2), SECOND_NS, None, 77),
        (a_state(status=STOPPED), heard(), SECOND_NS, None, 0),
        (a_state(), heard(entry=2), SECOND_NS, 850_000, 850_000),
        (a_state(), heard(entry=2), SECOND_NS, None, 0),
    ],
)
def test_the_position_is_that_of_the_frame_that_is_heard(
    state: PlayerState, clock: Heard, now_ns: int, length_us: int | None, at_us: int
) -> None:
    assert heard_at_us(state, clock, length_us, now_ns) == at_us


def test_within_one_hearing_no_position_lies_before_an_earlier_one() -> None:
    forward, state = Forward(), a_state()

    assert [forward.newest(state, at_us) for at_us in (5, 9, 7, 9, 10)] == [5, 9, 9, 9, 10]


def test_a_jump_and_a_repeat_begin_anew() -> None:
    forward = Forward()
    forward.newest(a_state(), 9)
    assert forward.newest(a_state(generation=4), 3) == 3
    forward.begin_anew()
    assert forward.newest(a_state(generation=4), 1) == 1
