from auralisd.bus.pace import Pace


def spoken_within(seconds: float, *, start: float = 100.0) -> list[float]:
    """When somebody who always has something to say gets a word in."""
    pace, now, times = Pace(), start, []
    while now < start + seconds:
        if (wait := pace.wait_s(now)) == 0:
            pace.spend(now)
            times.append(now)
        now += max(wait, 0.001)
    return times


def test_the_first_two_may_speak_at_once() -> None:
    assert spoken_within(0.01) == [100.0, 100.001]


def test_nobody_speaks_more_than_ten_times_in_any_second() -> None:
    times = spoken_within(10.0)

    assert max(sum(t <= other < t + 1.0 for other in times) for t in times) <= 10


def test_a_pause_gives_the_burst_back() -> None:
    pace = Pace()
    pace.spend(0.0)
    pace.spend(0.0)

    assert pace.wait_s(0.0) > 0
    assert pace.wait_s(10.0) == 0
