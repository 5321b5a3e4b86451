"""The whole sound process, driven as control drives it and judged by the file it plays into."""

import asyncio
import os
import time
from pathlib import Path

import numpy as np
import pytest

from auralisd.doors.sound import (
    AskMeters,
    Audible,
    DeviceState,
    Drained,
    Finished,
    Halt,
    Hold,
    MetersRead,
    Planned,
    QueueNext,
    Quit,
    Ready,
    Release,
    SetVolume,
    Start,
)
from tests.system.sound_driver import (
    ADAPTIVE,
    RISE_FRAMES,
    comes_up,
    music,
    recorded,
    sharpest_bend,
    size_bytes,
    sound_process,
    stream,
    without_silence,
    written,
)

pytestmark = pytest.mark.system


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
async def test_what_is_heard_is_the_file_bit_for_bit(tmp_path: Path, wav: Path, subtype: str) -> None:
    sound = music(0.7)
    if subtype == "PCM_24":
        sound = (np.rint(sound * 0.777 * 2**23) / 2**23).astype(np.float32)
    path = written(tmp_path / "a.flac", sound, subtype=subtype)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.told(Drained, generation=1)

        assert await process.told(Finished, entry=10, frames=len(sound))
    assert np.array_equal(recorded(wav)[: len(sound)], sound)


async def test_a_pause_and_volume_one_leave_every_sample_in_its_place(tmp_path: Path, wav: Path) -> None:
    sound = music(1.2)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(SetVolume(1.0), Start(1, stream(path, 10), playing=True))
        await process.frame_reached(20_000, entry=10)
        process.send(Hold())
        await process.told(DeviceState, state="paused")
        held_at = process.frame()
        await asyncio.sleep(0.3)

        assert process.frame() == held_at
        process.send(Release())
        await process.told(Drained)
    heard = recorded(wav)

    assert np.array_equal(heard[: held_at - RISE_FRAMES // 2], sound[: held_at - RISE_FRAMES // 2])
    assert comes_up(heard[held_at:], sound[held_at:], within=1_500)


async def test_a_start_in_the_middle_plays_that_frame_first(tmp_path: Path, wav: Path) -> None:
    sound = music(0.8)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10, frame=12_345), playing=True))

        assert (await process.told(Audible)).frame == 12_345
        await process.told(Drained)
    assert comes_up(recorded(wav), sound[12_345:])


async def test_a_seek_is_heard_from_its_frame_and_nothing_of_before_follows(tmp_path: Path, wav: Path) -> None:
    sound = music(3.0)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.frame_reached(10_000, entry=10)
        process.send(Start(2, stream(path, 10, frame=100_000), playing=True))
        await process.told(Drained, generation=2)
    heard = recorded(wav)
    jumps = np.flatnonzero((heard[:-1] != sound[: len(heard) - 1]).any(axis=1))
    seek = int(jumps[0])

    assert 10_000 <= seek < 30_000
    assert comes_up(heard[seek:], sound[100_000:], within=1_500)


async def test_a_stream_that_was_left_is_not_heard_of_again(tmp_path: Path, wav: Path) -> None:
    left, wanted = written(tmp_path / "1.flac", music(2.0)), written(tmp_path / "2.flac", music(0.3, seed=2))
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(left, 10), playing=True), QueueNext(1, stream(wanted, 11)))
        process.send(Start(2, stream(wanted, 12), playing=True), QueueNext(1, stream(left, 13)))
        await process.told(Drained, generation=2)

        assert {report.entry for report in process.all_of(Audible)} == {12}
    assert np.array_equal(without_silence(recorded(wav)), without_silence(music(0.3, seed=2)))


async def test_a_held_start_is_silent_until_it_is_released(tmp_path: Path, wav: Path) -> None:
    sound = music(0.4)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10, frame=5_000), playing=False))
        await process.told(Planned)
        await asyncio.sleep(0.2)

        assert (process.heard().frame, process.heard().running, size_bytes(wav)) == (5_000, False, 0)
        process.send(Release())
        await process.told(Drained)
    assert comes_up(recorded(wav), sound[5_000:])


async def test_halt_is_silence_at_once(tmp_path: Path, wav: Path) -> None:
    path = written(tmp_path / "a.flac", music(3.0))
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.frame_reached(15_000, entry=10)
        process.send(Halt(2))
        await process.told(DeviceState, state="paused")
        length = size_bytes(wav)
        await asyncio.sleep(0.2)

        assert size_bytes(wav) == length
        assert not process.heard().running
        assert not process.all_of(Drained)


async def test_half_volume_halves_every_sample(tmp_path: Path, wav: Path) -> None:
    sound = music(0.4)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(SetVolume(0.5), Start(1, stream(path, 10), playing=True))
        await process.told(Drained)
    assert np.abs(recorded(wav)[: len(sound)] - sound * 0.5).max() < 2**-22


async def test_mute_glides_to_silence(tmp_path: Path, wav: Path) -> None:
    sound = music(1.0)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.frame_reached(10_000, entry=10)
        process.send(SetVolume(1.0, muted=True))
        await process.told(Drained)
    heard = recorded(wav)

    assert sharpest_bend(heard) <= sharpest_bend(sound)
    assert not heard[30_000:].any()


async def test_meters_follow_the_frame_that_is_heard(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac", music(1.5))
    async with sound_process("silent") as process:
        process.send(AskMeters(1))
        process.send(Start(1, stream(path, 10, treatment=ADAPTIVE), playing=True))
        await process.frame_reached(30_000, entry=10)
        process.send(AskMeters(2))
        before, during = await process.told(MetersRead, request=1), await process.told(MetersRead, request=2)

        assert before == MetersRead(1)
        assert during.momentary_in_lufs is not None
        assert during.momentary_out_lufs is not None
        assert during.momentary_out_lufs > during.momentary_in_lufs
        assert during.true_peak_out_dbtp is not None
        assert during.true_peak_out_dbtp <= -0.9


async def test_a_device_that_does_not_open_is_told_and_tried_again_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "asound.conf"
    configuration.write_text("")
    os.utime(configuration, (1, 1))  # ALSA reads it again when its second of change is another
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(configuration))
    path = written(tmp_path / "a.flac", music(0.3))
    async with sound_process("alsa:card") as process:
        process.send(Start(1, stream(path, 10, frame=500), playing=True))
        lost = await process.told(DeviceState, state="lost")
        configuration.write_text("pcm.card { type null }")
        process.send(Release())
        await process.told(Drained)

        assert (lost.code, lost.device) == ("no-device", "card")
        assert "card" in lost.note
        assert (await process.told(Audible)).frame == 500


async def test_a_device_that_plays_nothing_is_given_back_and_taken_again_at_the_frame(
    tmp_path: Path, wav: Path
) -> None:
    sound = music(0.6)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.frame_reached(8_000, entry=10)
        process.send(Hold())
        await process.told(DeviceState, state="closed")
        held_at = process.frame()
        process.send(Release())
        await process.told(Drained)
    assert comes_up(recorded(wav)[held_at:], sound[held_at:], within=1_500)


async def test_the_process_leaves_soon_after_quit(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac", music(2.0))
    async with sound_process("silent") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.told(Audible)
        asked_s = time.monotonic()
        process.send(Quit())

        assert await process.child.wait() == 0
        assert time.monotonic() - asked_s < 0.4


async def test_the_process_ends_when_control_is_gone(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac", music(2.0))
    async with sound_process("silent") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.told(Audible)
        process.child.link.close()
        async with asyncio.timeout(1.0):
            assert await process.child.wait() == 0


async def test_what_a_library_prints_does_not_reach_our_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + bytes(4_000))
    async with sound_process("silent") as process:
        process.send(Start(1, stream(tmp_path / "a.mp3", 10), playing=True))
        await process.told(Drained)
    printed = capfd.readouterr().err

    assert "track unreadable" in printed or not printed
    assert all("mpg123" not in line and str(tmp_path) not in line for line in printed.splitlines())


async def test_ready_tells_what_there_is(tmp_path: Path) -> None:
    async with sound_process("silent") as process:
        assert (await process.told(Ready)).capabilities == {"alsa": "", "libsndfile": ""}
