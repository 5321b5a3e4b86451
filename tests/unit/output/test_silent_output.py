"""The silent output plays in real time, by a clock that is an argument."""

from auralisd.output.silent import SilentOutput

SECOND_NS = 1_000_000_000
FRAME_BYTES = 4


class Clock:
    """Time that passes only when it is slept or told to."""

    def __init__(self) -> None:
        self.now_ns = 0

    def read(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += round(seconds * SECOND_NS)


def opened(clock: Clock) -> SilentOutput:
    output = SilentOutput(now_ns=clock.read, sleep=clock.sleep)
    output.open(48_000)
    return output


def frames(count: int) -> memoryview:
    return memoryview(bytes(count * FRAME_BYTES))


def test_frames_are_played_at_the_rate() -> None:
    clock = Clock()
    output = opened(clock)
    output.write(frames(9_600))
    clock.now_ns += SECOND_NS // 10

    assert output.unheard_frames() == 4_800


def test_looking_often_loses_no_time() -> None:
    clock = Clock()
    output = opened(clock)
    output.write(frames(24_000))
    for _ in range(10_000):
        clock.now_ns += 10_007
        output.unheard_frames()

    assert abs(output.unheard_frames() - (24_000 - 10_000 * 10_007 * 48_000 // SECOND_NS)) <= 1


def test_a_full_device_blocks_until_there_is_room() -> None:
    clock = Clock()
    output = opened(clock)
    output.write(frames(24_000))
    output.write(frames(4_800))

    assert clock.now_ns == SECOND_NS // 10


def test_what_was_not_written_is_not_played() -> None:
    clock = Clock()
    output = opened(clock)
    output.write(frames(480))
    clock.now_ns += SECOND_NS
    output.write(frames(480))

    assert output.unheard_frames() == 480


def test_dropped_frames_are_forgotten() -> None:
    output = opened(Clock())
    output.write(frames(4_800))
    output.drop()

    assert output.unheard_frames() == 0
