"""How one track follows another, recorded at the sink, from the real daemon."""

import asyncio
import os
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from auralisd.decode.decoder import open_track
from auralisd.doors.sound import AskCache, Audible, CacheRead, DeviceState, Finished, Halt, QueueNext, Start
from auralisd.dsp.block import Block
from auralisd.dsp.resampler import Resampler
from tests.encoded import encode
from tests.system.hearing import Frames, find, noise, sounding
from tests.system.rig import Daemon, Recorder, World, wait_until
from tests.system.sound_driver import music, sound_process, stream, written
from tests.system.sound_driver import recorded as recorded_file

pytestmark = pytest.mark.system

RATE_HZ = 44_100
LEAD_S = 1.0


def recorded(world: World, folder: Path, tracks: int, *, crossfade_s: float = 0.0) -> Frames:
    """Everything that these files come to; what a busy machine kept from the sink is silence, and cut out."""
    daemon = Daemon(world, "--music", str(folder), "--output", "alsa", "--state-dir", str(folder.parent / f"s{tracks}"))
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == f"u {tracks}")
    world.set("Enhancement", "Enabled", "b", "false")
    world.set("Output", "Crossfade", "d", str(crossfade_s))
    recorder = Recorder(world)
    world.playerctl("play")
    wait_until(lambda: world.playerctl("status") == "Stopped", within_s=90, every_s=0.2)
    wait_until(lambda: not recorder.so_far()[-RATE_HZ // 4 :].any(), within_s=10, every_s=0.1)
    daemon.stop()
    return sounding(recorder.stop())


def behind_lead(folder: Path, *pieces: NDArray[np.int16]) -> Path:
    """A second at the device's rate, which keeps the device there, and then these pieces at 48 kHz."""
    folder.mkdir()
    soundfile.write(folder / "0.flac", noise(LEAD_S, seed=9), RATE_HZ, subtype="PCM_16")
    for number, piece in enumerate(pieces, 1):
        soundfile.write(folder / f"{number}.flac", piece, 48_000, subtype="PCM_16")
    return folder


@pytest.mark.alone
def test_a_track_cut_in_two_is_the_uncut_one_behind_a_resampler_too(world: World, tmp_path: Path) -> None:
    piece = noise(8, rate_hz=48_000, seed=7)
    cut = 4 * 48_000 + 1_234
    uncut = recorded(world, behind_lead(tmp_path / "uncut", piece), 2)
    joined = recorded(world, behind_lead(tmp_path / "cut", piece[:cut], piece[cut:]), 3)
    difference = (uncut.astype(np.float64) - joined[: len(uncut)]) / 32_768

    assert len(uncut) == len(joined)
    assert abs(len(uncut) - (LEAD_S + 8) * RATE_HZ) <= 2
    residual_db = 20 * np.log10(max(np.sqrt((difference**2).mean()), 1e-9))
    differs = np.flatnonzero(difference.any(axis=1))
    where = f"{len(differs)} frames differ, from {differs[0]} to {differs[-1]}" if len(differs) else "none differs"
    print(f"residual of the cut behind a resampler: {residual_db:.1f} dBFS; {where}")
    assert residual_db <= -90


PAIRS = {
    "mp3": ("MP3", "MPEG_LAYER_III", 44_100),
    "ogg": ("OGG", "VORBIS", 44_100),
    "m4a": ("", "", 44_100),
    "opus": ("OGG", "OPUS", 48_000),
}


def halves(folder: Path, suffix: str, number: int, *, seed: int) -> tuple[int, Block]:
    """A recording that is cut in two and encoded: how many of its frames there are at the device's rate, and what its
    halves are decoded to, one behind the other, at that rate."""
    container, subtype, rate_hz = PAIRS[suffix]
    piece = noise(3, rate_hz=rate_hz, seed=seed, peak=12_000) / np.float32(32_768)
    cut, given = rate_hz + 1_234, [np.empty((0, 2), np.float32)]
    for half, sound in enumerate((piece[:cut], piece[cut:])):
        path = folder / f"{number + half}.{suffix}"
        if container:
            soundfile.write(path, sound, rate_hz, format=container, subtype=subtype)
        else:
            encode(path, sound.astype(np.float32), rate_hz)
        decoder = open_track(os.fsencode(path))
        while len(block := decoder.read(65_536)):
            given.append(block)
        decoder.close()
    resampler = Resampler(rate_hz, RATE_HZ)
    return 3 * RATE_HZ, np.concatenate((resampler.process(np.concatenate(given)), resampler.flush()))


@pytest.mark.alone
def test_halves_of_every_lossy_format_are_heard_with_no_frame_more_or_less(world: World, tmp_path: Path) -> None:
    (folder := tmp_path / "pairs").mkdir()
    soundfile.write(folder / "0.flac", noise(LEAD_S, seed=9), RATE_HZ, subtype="PCM_16")
    pairs = {suffix: halves(folder, suffix, 1 + 2 * number, seed=20 + number) for number, suffix in enumerate(PAIRS)}
    heard = recorded(world, folder, 9).astype(np.float64) / 32_768
    at = round(LEAD_S * RATE_HZ)

    assert len(heard) == at + sum(frames for frames, _ in pairs.values())
    for suffix, (frames, wanted) in pairs.items():
        assert len(wanted) == frames, suffix
        assert np.abs(wanted).max(axis=1).min() > 2 / 32_768, "no frame may be taken for a gap"
        difference = heard[at : at + frames] - wanted.clip(-1, 1)
        residual_db = 20 * np.log10(max(np.sqrt((difference**2).mean()), 1e-9))
        print(f"residual of the halves in {suffix}: {residual_db:.1f} dBFS")
        assert residual_db <= -90, suffix
        at += frames


def test_songs_overlap_as_the_formula_says(world: World, tmp_path: Path) -> None:
    (folder := tmp_path / "songs").mkdir()
    songs = [noise(21, seed=seed) for seed in (1, 2)]
    for number, song in enumerate(songs):
        soundfile.write(folder / f"{number}.flac", song, RATE_HZ, subtype="PCM_16")
    heard = recorded(world, folder, 2, crossfade_s=3.0)
    fade = 3 * RATE_HZ // 8 * 8
    start = len(songs[0]) - fade
    angle = (np.arange(fade) + 0.5)[:, None] / fade * np.pi / 2
    both = songs[0][start:] * np.cos(angle) + songs[1][:fade] * np.sin(angle)

    assert len(heard) == 2 * len(songs[0]) - fade
    assert find(heard, songs[0][: start - 44_100]) == 0
    assert find(heard[len(songs[0]) + 44_100 :], songs[1][fade + 44_100 :]) == 0
    assert np.abs(heard[start : len(songs[0])] - both).max() <= 2  # rounded once, dithered once


# --- the sound process alone, into a file ------------------------------------------------------------------


async def test_a_skip_with_a_fade_has_no_silence_and_lands_on_the_first_frame(tmp_path: Path) -> None:
    first, second = music(25), music(22, seed=2)
    paths = written(tmp_path / "1.flac", first), written(tmp_path / "2.flac", second)
    fade = RATE_HZ
    async with sound_process(f"file:{tmp_path / 'out.wav'}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True), QueueNext(1, None))
        await process.frame_reached(20_000, entry=10)
        coming = msgspec.structs.replace(stream(paths[1], 11), overlap_s=1.0)
        process.send(Start(2, coming, playing=True), QueueNext(2, None))
        audible = await process.told(Audible, generation=2, entry=11)
        await process.frame_reached(2 * fade, entry=11)
        frame, heard = process.frame(), process.heard()
        process.send(Halt(3))
        await process.told(DeviceState, state="paused")

        assert audible.frame == 0
        assert (heard.generation, heard.running) == (2, True)
        assert not process.all_of(Finished)
    sound = recorded_file(tmp_path / "out.wav")
    at = int(np.flatnonzero((sound[: len(first)] != first[: len(sound)]).any(axis=1))[0])

    assert 20_000 <= at < 60_000
    silent = np.flatnonzero(np.abs(sound[: at + frame - RATE_HZ // 10]).max(axis=1) == 0)
    assert len(silent) < 100  # music is hardly ever silent, and nowhere for long
    settled = sound[at + 2 * fade - 8_000 : at + 2 * fade]
    starts = np.flatnonzero((second[: 4 * fade] == settled[0]).all(axis=1))
    assert any(np.array_equal(settled, second[start : start + len(settled)]) for start in starts)


async def test_a_stop_right_behind_a_skip_with_a_fade_is_silence(tmp_path: Path) -> None:
    paths = written(tmp_path / "1.flac", music(25)), written(tmp_path / "2.flac", music(22, seed=2))
    async with sound_process(f"file:{tmp_path / 'out.wav'}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True), QueueNext(1, None))
        await process.frame_reached(15_000, entry=10)
        process.send(Start(2, msgspec.structs.replace(stream(paths[1], 11), overlap_s=1.0), playing=True), Halt(3))
        await process.told(DeviceState, state="paused")
        process.send(AskCache(1))
        await process.told(CacheRead)
        await asyncio.sleep(0.3)

        assert not process.heard().running
        assert not process.all_of(Audible, generation=2)


async def test_a_skip_with_a_fade_from_silence_begins_at_once(tmp_path: Path) -> None:
    second = music(22, seed=2)
    path = written(tmp_path / "2.flac", second)
    async with sound_process(f"file:{tmp_path / 'out.wav'}") as process:
        process.send(Start(1, msgspec.structs.replace(stream(path, 11), overlap_s=1.0), playing=True))
        await process.frame_reached(10_000, entry=11)
        process.send(Halt(2))
        await process.told(DeviceState, state="paused")
    assert np.array_equal(recorded_file(tmp_path / "out.wav")[:8_000], second[:8_000])
