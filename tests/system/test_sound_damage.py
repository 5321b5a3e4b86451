"""Files that cannot be decoded, or not all of them: the whole sound process, judged by the file it plays into."""

from pathlib import Path

import numpy as np
import pytest

from auralisd.doors.sound import Audible, Damaged, Drained, Finished, QueueNext, Start, Unreadable
from tests.system.sound_driver import music, recorded, sound_process, stream, written

pytestmark = pytest.mark.system


async def test_a_file_that_cannot_be_decoded_is_skipped(tmp_path: Path, wav: Path) -> None:
    broken = tmp_path / "broken.flac"
    broken.write_bytes(b"no music at all")
    first, last = written(tmp_path / "1.flac", music(0.5)), written(tmp_path / "2.flac", music(0.3, seed=2))
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(first, 10), playing=True), QueueNext(1, stream(broken, 11)))
        await process.told(Unreadable, entry=11, code="not-audio")
        process.send(QueueNext(1, stream(last, 12)))
        await process.told(Drained)

        assert [report.entry for report in process.all_of(Audible)] == [10, 12]


async def test_a_first_file_that_cannot_be_decoded_gives_way_to_the_next(tmp_path: Path, wav: Path) -> None:
    path = written(tmp_path / "1.flac", music(0.2))
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(tmp_path / "absent.flac", 10), playing=True), QueueNext(1, stream(path, 11)))

        assert await process.told(Unreadable, entry=10, code="missing")
        assert await process.told(Finished, entry=11)


async def test_nothing_but_unreadable_files_is_the_end(tmp_path: Path) -> None:
    async with sound_process("silent") as process:
        process.send(Start(1, stream(tmp_path / "absent.flac", 10), playing=True))

        assert await process.told(Drained, generation=1)


async def test_a_damaged_stretch_is_silent_and_told_and_the_rest_is_in_its_place(tmp_path: Path, wav: Path) -> None:
    sound = music(2.0)
    damaged = written(tmp_path / "1.flac", sound)
    whole = damaged.read_bytes()
    middle = len(whole) // 2
    damaged.write_bytes(whole[:middle] + bytes(2_000) + whole[middle + 2_000 :])
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(damaged, 10), playing=True))
        damage = await process.told(Damaged, entry=10)
        finished = await process.told(Finished, entry=10)

    end = damage.frame + (damage.frames or 0)
    heard = recorded(wav)
    assert damage.frames
    assert finished.frames == len(sound)
    assert np.allclose(heard[: damage.frame], sound[: damage.frame], atol=2.0**-22)  # the fades are dithered
    assert np.allclose(heard[end : len(sound)], sound[end:], atol=2.0**-22)


async def test_a_damaged_file_is_heard_up_to_its_damage_and_the_music_goes_on(tmp_path: Path, wav: Path) -> None:
    sound, last = music(1.0), music(0.2, seed=2)
    damaged = written(tmp_path / "1.flac", sound)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(damaged, 10), playing=True))
        process.send(QueueNext(1, stream(written(tmp_path / "2.flac", last), 11)))
        damage = await process.told(Damaged, entry=10, frames=None)
        await process.told(Drained)

        assert [report.entry for report in process.all_of(Finished)] == [10, 11]
    whole_sound = np.concatenate((sound[: damage.frame], last))
    assert np.array_equal(recorded(wav)[: len(whole_sound)], whole_sound)
