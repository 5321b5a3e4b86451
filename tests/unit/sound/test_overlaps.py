"""One song comes in over the end of another: what is heard, when the next one is the current one, and what may change
while it happens."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from auralisd.doors.sound import Damaged, Finished, Planned
from auralisd.dsp.blend import reach_frames
from auralisd.dsp.block import Block
from auralisd.sound.orders import RateGiven
from tests.quality.rulers.truepeak import true_peak_dbtp
from tests.sounds import music
from tests.unit.sound.studio import ADAPTIVE, Studio, noise, stream, written

RATE_HZ = 8_000
FADE_S = 4.0
FADE = round(FADE_S * RATE_HZ)
FIRST = noise(24.0, seed=1, rate_hz=RATE_HZ)
SECOND = noise(23.0, seed=2, rate_hz=RATE_HZ)
THIRD = noise(22.0, seed=3, rate_hz=RATE_HZ)
LOUD = msgspec.structs.replace(ADAPTIVE, target_lufs=-9.0)
START = len(FIRST) - FADE
"""Where the overlap begins."""


@pytest.fixture
def songs(tmp_path: Path) -> tuple[Path, Path, Path]:
    first, second, third = (
        written(tmp_path / f"{number}.wav", sound, rate_hz=RATE_HZ)
        for number, sound in enumerate((FIRST, SECOND, THIRD))
    )
    return first, second, third


def crossed(songs: tuple[Path, Path, Path], *, block: int = 1_000, frame: int = 0) -> Studio:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10, frame=frame), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(block=block)
    return studio


def level_db(sound: Block) -> float:
    return 10 * float(np.log10((sound.astype(np.float64) ** 2).mean()))


def test_both_sound_at_equal_power_and_apart_from_that_each_as_it_is(songs: tuple[Path, Path, Path]) -> None:
    heard = crossed(songs).heard

    assert len(heard) == len(FIRST) + len(SECOND) - FADE
    assert np.array_equal(heard[:START], FIRST[:START])
    assert np.array_equal(heard[len(FIRST) :], SECOND[FADE:])
    angle = (np.arange(FADE) + 0.5)[:, None] / FADE * np.pi / 2
    both = FIRST[START:] * np.cos(angle) + SECOND[:FADE] * np.sin(angle)
    assert np.abs(heard[START : len(FIRST)] - both).max() < 1e-6
    levels = [level_db(heard[START:][at : at + RATE_HZ]) for at in range(0, FADE, RATE_HZ // 2)]
    assert max(levels) - min(levels) < 0.3


def test_the_next_is_the_current_one_from_the_middle_and_the_first_has_ended_when_it_is_silent(
    songs: tuple[Path, Path, Path],
) -> None:
    studio = crossed(songs)

    end = len(studio.heard)
    assert studio.told() == [
        (0, "Audible", 10),
        (START + FADE // 2, "Audible", 11),
        (len(FIRST), "Finished", 10),
        (end, "Finished", 11),
    ]
    mark = studio.begins(11)
    assert mark.frame_at(mark.at, RATE_HZ) == FADE // 2


@pytest.mark.parametrize("block", [13, 441, 4_096, 24_000])
def test_an_overlap_has_the_same_bytes_for_every_block_size(songs: tuple[Path, Path, Path], block: int) -> None:
    assert np.array_equal(crossed(songs, block=block).heard, crossed(songs).heard)


@pytest.mark.parametrize("place", [-FADE, -2_000, -100, -8, 0, 1, 3_333, FADE // 2 - 1, FADE // 2, FADE - 1])
def test_a_seek_into_an_overlap_gives_the_bytes_of_continuous_play(songs: tuple[Path, Path, Path], place: int) -> None:
    frame = START + place

    assert np.array_equal(crossed(songs, frame=frame).heard, crossed(songs).heard[frame:])


@pytest.mark.parametrize("place", [-500, 1, 700, 5_555, FADE - 300])
def test_a_seek_to_where_the_overlap_is_ducked_gives_the_same_bytes_too(tmp_path: Path, place: int) -> None:
    loud_ones = [written(tmp_path / f"{n}.wav", loud(24.0, seed=n), rate_hz=RATE_HZ) for n in (1, 2)]
    paths = loud_ones[0], loud_ones[1], loud_ones[1]
    whole = crossed(paths).heard
    ducked = np.abs(whole[START : START + FADE]).max()

    assert ducked <= 1.0
    assert np.array_equal(crossed(paths, frame=START + place).heard, whole[START + place :])


def loud(seconds: float, *, seed: int) -> Block:
    """Half its frames at full scale: whatever it is added to goes over."""
    return np.clip(noise(seconds, seed=seed, rate_hz=RATE_HZ, peak=4.0), -1.0, 32_767 / 32_768)


def test_two_mastered_songs_together_stay_below_the_ceiling(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / f"{seed}.wav", music(22.0, RATE_HZ, seed=seed), rate_hz=RATE_HZ, subtype="PCM_24")
        for seed in (1, 2)
    ]
    studio = Studio(RATE_HZ)
    studio.start(stream(paths[0], 10, treatment=LOUD), stream(paths[1], 11, overlap_s=6.0, treatment=LOUD))
    studio.listen()
    (ceiling_dbtp,) = {report.plan.ceiling_dbtp for report in studio.reports if isinstance(report, Planned)}
    overlap = studio.heard[16 * RATE_HZ - 2_000 :][: 6 * RATE_HZ + 4_000]

    assert ceiling_dbtp == -1.0
    assert -1.6 < true_peak_dbtp(overlap, but_frames=64) <= ceiling_dbtp + 0.05


def test_the_duck_comes_and_goes_smoothly_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    time = np.arange(22 * RATE_HZ) / RATE_HZ
    songs = [np.stack((np.sin(hz * time),) * 2, axis=1).astype(np.float32) * 0.99 for hz in (700.0, 1_100.0)]
    paths = [written(tmp_path / f"{n}.wav", song, rate_hz=RATE_HZ, subtype="FLOAT") for n, song in enumerate(songs)]
    studio = Studio(RATE_HZ)
    studio.start(stream(paths[0], 10), stream(paths[1], 11, overlap_s=4.0))
    studio.listen()
    heard, start, end = studio.heard, 18 * RATE_HZ, 22 * RATE_HZ
    reach = reach_frames(RATE_HZ)

    assert true_peak_dbtp(heard[start - 200 : end + 200], but_frames=100) <= 0.0
    assert np.array_equal(heard[: start - reach], songs[0][: start - reach])
    assert np.array_equal(heard[end + reach :], songs[1][4 * RATE_HZ + reach :])
    fourth = np.abs(np.diff(heard, n=4, axis=0)).max()
    assert fourth < 1.05 * np.abs(np.diff(songs[1], n=4, axis=0)).max()


def test_songs_of_other_rates_and_channels_overlap_too(tmp_path: Path) -> None:
    first = written(tmp_path / "1.wav", noise(22.0, seed=1, rate_hz=11_025, channels=1), rate_hz=11_025)
    second = written(tmp_path / "2.wav", SECOND, rate_hz=RATE_HZ)
    studio = Studio(RATE_HZ)
    studio.start(stream(first, 10), stream(second, 11, overlap_s=FADE_S))
    studio.listen()

    assert abs(len(studio.heard) - (22 * RATE_HZ + len(SECOND) - FADE)) <= 1
    assert np.array_equal(studio.heard[-len(SECOND) + FADE :], SECOND[FADE:])
    assert [what for _, what, _ in studio.told()] == ["Audible", "Audible", "Finished", "Finished"]


@pytest.mark.parametrize(("seconds", "overlap"), [(19.9, 0), (20.0, 20 / 3), (30.0, 22 / 3)])
def test_a_short_track_is_joined_and_no_fade_takes_more_than_a_third(
    tmp_path: Path, songs: tuple[Path, Path, Path], seconds: float, overlap: float
) -> None:
    short = written(tmp_path / "s.wav", noise(seconds, seed=5, rate_hz=RATE_HZ), rate_hz=RATE_HZ)
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[2], 10), stream(short, 11, overlap_s=12.0))
    studio.listen()

    assert len(studio.heard) == pytest.approx(len(THIRD) + (seconds - overlap) * RATE_HZ, abs=8)


def test_what_was_to_come_in_gives_way_before_it_is_heard(songs: tuple[Path, Path, Path]) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(START - 12_000)
    studio.render()
    assert studio.begins(11)
    studio.programme.follow(stream(songs[2], 12, overlap_s=FADE_S))
    studio.listen()
    other = Studio(RATE_HZ)
    other.start(stream(songs[0], 10), stream(songs[2], 12, overlap_s=FADE_S))
    other.listen()

    assert np.array_equal(studio.heard, other.heard)
    assert [entry for _, what, entry in studio.told() if what == "Audible"] == [10, 12]


def test_a_song_that_is_taken_away_while_it_comes_in_leaves_the_first_as_it_was(songs: tuple[Path, Path, Path]) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(START + FADE // 4)
    studio.programme.follow(None)
    studio.listen()

    assert len(studio.heard) == len(FIRST)
    settled = START + FADE // 4 + round(0.2 * RATE_HZ)
    assert np.array_equal(studio.heard[settled:], FIRST[settled:])
    assert [what for _, what, _ in studio.told()] == ["Audible", "Finished"]


def test_another_song_takes_the_place_of_one_that_comes_in_already(songs: tuple[Path, Path, Path]) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(START + FADE // 4)
    studio.programme.follow(stream(songs[2], 12, overlap_s=FADE_S))
    studio.listen()

    assert np.array_equal(studio.heard[-10_000:], THIRD[-10_000:])
    assert [entry for _, what, entry in studio.told() if what == "Audible"] == [10, 12]
    assert [entry for _, what, entry in studio.told() if what == "Finished"] == [10, 12]
    begin = studio.begins(12)
    assert START + FADE // 4 < begin.origin - studio.origin < len(FIRST) - FADE // 4
    assert len(studio.heard) == begin.origin - studio.origin + len(THIRD)


@pytest.mark.parametrize("place", [FADE // 4, FADE * 3 // 4])
def test_another_treatment_within_an_overlap_is_heard_and_nothing_moves(
    songs: tuple[Path, Path, Path], place: int
) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(START + place)
    wanted = (stream(songs[0], 10, treatment=ADAPTIVE), stream(songs[1], 11, overlap_s=FADE_S, treatment=ADAPTIVE))
    studio.programme.revise(wanted)
    studio.listen()
    other = Studio(RATE_HZ)
    other.start(*wanted)
    other.listen()
    plain = crossed(songs)
    settled = START + place + round(0.05 * RATE_HZ)

    assert np.array_equal(studio.heard[: START + place], plain.heard[: START + place])
    assert np.array_equal(studio.heard[len(FIRST) + 2_000 :], other.heard[len(FIRST) + 2_000 :])
    if place < FADE // 2:
        assert np.array_equal(studio.heard[settled : len(FIRST)], other.heard[settled : len(FIRST)])
    assert studio.told() == plain.told()


def test_the_overlap_is_there_again_when_the_device_comes_back_at_another_rate(songs: tuple[Path, Path, Path]) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(START + FADE // 4)
    at = studio.ring.read_at
    studio.programme.rate_given(RateGiven(1, 16_000, at))
    studio.listen()
    rest = studio.heard[START + FADE // 4 :]

    assert len(rest) == pytest.approx(2 * (FADE * 3 // 4 + len(SECOND) - FADE), abs=2)
    assert [entry for _, what, entry in studio.told() if what == "Audible"][-1] == 11


def test_what_fades_out_has_its_end_told_though_the_device_comes_back_at_another_rate(
    songs: tuple[Path, Path, Path],
) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(START + FADE * 3 // 4)
    studio.programme.rate_given(RateGiven(1, 2 * RATE_HZ, at=studio.ring.read_at))
    going_on = studio.ring.marks[0]

    assert going_on.ended == Finished(1, 10, len(FIRST))
    assert going_on.serial > studio.begins(11).serial  # else it was told already


def test_a_pause_between_two_tracks_is_silent_and_belongs_to_neither(songs: tuple[Path, Path, Path]) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=-1.0))
    studio.listen()
    silence = np.zeros((RATE_HZ, 2), np.float32)
    mark = studio.begins(11)

    assert np.array_equal(studio.heard, np.concatenate((FIRST, silence, SECOND)))
    assert [mark.frame_at(len(FIRST) + at, RATE_HZ) for at in (0, 7_999, 8_000, 8_010)] == [0, 0, 0, 10]


def test_no_more_than_the_overlap_is_held_in_memory(songs: tuple[Path, Path, Path]) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    most = 0
    for _ in range(40):
        studio.listen(RATE_HZ)
        most = max(most, studio.reel.tail.frames)

    assert most <= FADE + 2 * 16_384 + reach_frames(RATE_HZ)


@pytest.mark.parametrize("place", [0, 1_000, START + FADE // 3])
def test_a_song_that_is_skipped_to_comes_in_over_what_is_heard(songs: tuple[Path, Path, Path], place: int) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(place)
    studio.render()
    if not place:
        studio.listen(1)
    assert studio.programme.take_over(2, stream(songs[2], 12, overlap_s=2.0))
    studio.programme.follow(stream(songs[1], 13))
    begin, fade = studio.reel.score.parts[-1].begin.at, 2 * RATE_HZ
    studio.listen()
    skipped = studio.heard[begin:]
    mark = studio.begins(12)

    assert (mark.generation, mark.frame_at(begin, RATE_HZ)) == (2, 0)
    assert place <= begin <= place + 1
    assert np.array_equal(skipped[fade + reach_frames(RATE_HZ) : len(THIRD)], THIRD[fade + reach_frames(RATE_HZ) :])
    assert np.array_equal(skipped[len(THIRD) :], SECOND)
    assert level_db(skipped[: RATE_HZ // 10]) == pytest.approx(level_db(studio.heard[: max(1, begin)]), abs=3.5)
    assert [(what, entry) for _, what, entry in studio.told()][1:] == [
        ("Audible", 12),
        ("Finished", 12),
        ("Audible", 13),
        ("Finished", 13),
    ]


def test_nothing_is_taken_over_where_nothing_is_heard_or_the_song_is_short(
    tmp_path: Path, songs: tuple[Path, Path, Path]
) -> None:
    short = written(tmp_path / "s.wav", noise(5.0, seed=5, rate_hz=RATE_HZ), rate_hz=RATE_HZ)
    studio = Studio(RATE_HZ)
    assert not studio.programme.take_over(2, stream(songs[2], 12, overlap_s=2.0))
    studio.start(stream(songs[0], 10))
    studio.listen(1_000)
    before = studio.ring.write_at
    assert not studio.programme.take_over(2, stream(short, 12, overlap_s=2.0))
    assert not studio.programme.take_over(2, stream(tmp_path / "absent.wav", 12, overlap_s=2.0))
    assert studio.ring.write_at == before
    studio.listen()

    assert np.array_equal(studio.heard, FIRST)


@pytest.mark.parametrize("seconds", [22.0, 5.0])
def test_damage_at_the_head_of_a_song_that_is_skipped_to_is_told_once_and_of_its_generation(
    seconds: float, tmp_path: Path, songs: tuple[Path, Path, Path]
) -> None:
    broken = written(tmp_path / "b.flac", noise(seconds, seed=6, rate_hz=RATE_HZ), rate_hz=RATE_HZ)
    spoil(broken)
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10))
    studio.listen(1_000)
    over = stream(broken, 12, overlap_s=2.0, treatment=ADAPTIVE)
    if not studio.programme.take_over(2, over):
        studio.start(over, generation=2)
    studio.listen()

    told = [report for report in studio.reports if isinstance(report, Damaged)]
    assert [(report.generation, report.entry) for report in told] == [(2, 12)]


def spoil(path: Path) -> None:
    """A stretch within the first half second cannot be decoded."""
    octets = bytearray(path.read_bytes())
    at = 8_192 + len(octets) // 200
    octets[at : at + 2_000] = bytes(2_000)
    path.write_bytes(octets)
