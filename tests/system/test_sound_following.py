"""How one stream follows another: the whole sound process, judged by the file it plays into."""

from pathlib import Path

import numpy as np
import pytest

from auralisd.doors.sound import Audible, Drained, Finished, Planned, QueueNext, Start
from tests.encoded import encode
from tests.system.sound_driver import music, recorded, sound_process, stream, without_silence, written

pytestmark = pytest.mark.system


async def test_a_file_cut_in_two_sounds_like_the_uncut_one(tmp_path: Path, wav: Path) -> None:
    sound, cut = music(1.0), 17_777
    first, second = written(tmp_path / "1.flac", sound[:cut]), written(tmp_path / "2.flac", sound[cut:])
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(first, 10), playing=True), QueueNext(1, stream(second, 11)))
        await process.told(Drained)

        told = [type(report) for report in process.reports if isinstance(report, Audible | Finished | Drained)]
        assert told == [Audible, Finished, Audible, Finished, Drained]
    assert np.array_equal(recorded(wav)[: len(sound)], sound)


async def test_another_next_takes_the_place_of_one_that_was_rendered_ahead(tmp_path: Path, wav: Path) -> None:
    first, second, third = music(0.8), music(0.3, seed=2), music(0.3, seed=3)
    paths = [written(tmp_path / f"{name}.flac", sound) for name, sound in enumerate((first, second, third))]
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True), QueueNext(1, stream(paths[1], 11)))
        await process.told(Planned, entry=11)  # it is in the ring
        process.send(QueueNext(1, stream(paths[2], 12)))
        await process.told(Drained)

        assert [report.entry for report in process.all_of(Audible)] == [10, 12]
    assert np.array_equal(recorded(wav)[: len(first) + len(third)], np.concatenate((first, third)))


async def test_a_next_that_is_taken_away_again_is_not_heard(tmp_path: Path, wav: Path) -> None:
    first, second = music(0.6), music(0.3, seed=2)
    paths = [written(tmp_path / f"{name}.flac", sound) for name, sound in enumerate((first, second))]
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True), QueueNext(1, stream(paths[1], 11)))
        await process.told(Planned, entry=11)
        process.send(QueueNext(1, None))
        await process.told(Drained)

        assert [report.entry for report in process.all_of(Finished)] == [10]
    assert np.array_equal(without_silence(recorded(wav)), without_silence(first))


async def test_a_next_that_comes_after_all_was_rendered_still_joins_without_a_gap(tmp_path: Path, wav: Path) -> None:
    first, second = music(0.6), music(0.3, seed=2)
    paths = [written(tmp_path / f"{name}.flac", sound) for name, sound in enumerate((first, second))]
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True))
        await process.frame_reached(8_000, entry=10)
        process.send(QueueNext(1, stream(paths[1], 11)))
        await process.told(Finished, entry=11)
    assert np.array_equal(recorded(wav)[: len(first) + len(second)], np.concatenate((first, second)))


@pytest.mark.parametrize(("name", "codec"), [("m4a", "alac"), ("wv", "wavpack"), ("tta", "tta")])
async def test_two_halves_join_to_the_sample_in_every_lossless_format(
    tmp_path: Path, wav: Path, name: str, codec: str
) -> None:
    sound, cut = music(1.5), 31_415
    first = encode(tmp_path / f"1.{name}", sound[:cut], codec=codec)
    second = encode(tmp_path / f"2.{name}", sound[cut:], codec=codec)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(first, 10), playing=True))
        process.send(QueueNext(1, stream(second, 11)))
        await process.told(Drained)

    assert np.array_equal(recorded(wav)[: len(sound)], sound)


@pytest.mark.alone
async def test_a_next_of_another_rate_is_joined_at_the_running_rate(tmp_path: Path, wav: Path) -> None:
    first, second = music(0.5), music(0.5, seed=2, rate_hz=48_000)
    paths = written(tmp_path / "1.flac", first), written(tmp_path / "2.flac", second, rate_hz=48_000)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True), QueueNext(1, stream(paths[1], 11)))
        await process.told(Drained)

        assert [report.rate_hz for report in process.all_of(Audible)] == [44_100, 48_000]
        assert [report.frames for report in process.all_of(Finished)] == [len(first), len(second)]
    heard = without_silence(recorded(wav))
    assert abs(len(heard) - len(first) - round(len(second) * 44_100 / 48_000)) <= 2
    assert np.array_equal(heard[: len(first)], first)
