"""The clock: stamps of containers become frames, exactly where they can, and gaps where something is missing."""

from fractions import Fraction

import pytest

from auralisd.decode.clock import Clock

RATE_HZ = 44_100


def clock(tick: Fraction | int = 1, *, block_frames: int = 1_024, origin: Fraction | int = 0, slack: int = 16) -> Clock:
    return Clock(RATE_HZ, Fraction(tick), block_frames, origin=Fraction(origin), slack=slack)


@pytest.mark.parametrize("frame", [0, 1, 1_023, 1_024, 158_760_000])
def test_fine_ticks_are_exact_both_ways(frame: int) -> None:
    fine = clock(Fraction(44_100, 28_224_000), origin=353_600)

    assert fine.frame(fine.ticks(frame)) == frame


def test_blocks_of_a_container_that_counts_milliseconds_lie_on_their_grid() -> None:
    coarse = clock(Fraction(44_100, 1_000), block_frames=2_048, origin=92)
    stamps = [round(92 + number * 2_048 / 44.1) for number in range(10_000)]

    assert [coarse.frame_after_jump(stamp) for stamp in stamps] == [number * 2_048 for number in range(10_000)]


def test_a_grid_begins_with_the_second_block_where_the_first_was_cut() -> None:
    coarse = clock(Fraction(44_100, 1_000), origin=0)
    coarse.in_step(960)

    assert coarse.frame_after_jump(round((960 + 5 * 1_024) / 44.1)) == 960 + 5 * 1_024


def test_a_stamp_beside_the_count_means_nothing() -> None:
    assert clock(slack=16).frame_in_turn(10_016, 10_000) == 10_000


def test_a_stamp_further_on_is_a_gap() -> None:
    assert clock().frame_in_turn(14_608, 10_000) == 14_608


def test_a_stamp_that_went_back_begins_another_stream_which_follows() -> None:
    chained = clock()

    assert chained.frame_in_turn(0, 500_000) == 500_000
    assert chained.frame_in_turn(1_024, 501_024) == 501_024


def test_nobody_waits_for_a_gap_of_hours() -> None:
    wild = clock()
    after = wild.frame_in_turn(10_000 + 3_600 * RATE_HZ, 10_000)

    assert after == 10_000 + RATE_HZ // 2
    assert wild.frame_in_turn(10_000 + 3_600 * RATE_HZ + 1_024, after + 1_024) == after + 1_024
