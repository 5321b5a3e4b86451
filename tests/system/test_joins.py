"""How one track follows another, recorded at the sink, from the real daemon."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.system.hearing import Frames, find, noise, sounding
from tests.system.rig import Daemon, Recorder, World, wait_until

pytestmark = pytest.mark.system

RATE_HZ = 44_100
LEAD_S = 1.0


def recorded(world: World, music: Path, tracks: int, *, crossfade_s: float = 0.0) -> Frames:
    """Everything that these files come to; what a busy machine kept from the sink is silence, and cut out."""
    daemon = Daemon(world, "--music", str(music), "--output", "alsa", "--state-dir", str(music.parent / f"s{tracks}"))
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


def test_a_track_cut_in_two_is_the_uncut_one_behind_a_resampler_too(world: World, tmp_path: Path) -> None:
    piece = noise(8, rate_hz=48_000, seed=7)
    cut = 4 * 48_000 + 1_234
    uncut = recorded(world, behind_lead(tmp_path / "uncut", piece), 2)
    joined = recorded(world, behind_lead(tmp_path / "cut", piece[:cut], piece[cut:]), 3)
    difference = (uncut.astype(np.float64) - joined[: len(uncut)]) / 32_768

    assert len(uncut) == len(joined)
    assert abs(len(uncut) - (LEAD_S + 8) * RATE_HZ) <= 2
    residual_db = 20 * np.log10(max(np.sqrt((difference**2).mean()), 1e-9))
    print(f"residual of the cut behind a resampler: {residual_db:.1f} dBFS")
    assert residual_db <= -90


def test_songs_overlap_as_the_formula_says(world: World, music: Path) -> None:
    songs = [noise(21, seed=seed) for seed in (1, 2)]
    for number, song in enumerate(songs):
        soundfile.write(music / f"{number}.flac", song, RATE_HZ, subtype="PCM_16")
    heard = recorded(world, music, 2, crossfade_s=3.0)
    fade = 3 * RATE_HZ // 8 * 8
    start = len(songs[0]) - fade
    angle = (np.arange(fade) + 0.5)[:, None] / fade * np.pi / 2
    both = songs[0][start:] * np.cos(angle) + songs[1][:fade] * np.sin(angle)

    assert len(heard) == 2 * len(songs[0]) - fade
    assert find(heard, songs[0][: start - 44_100]) == 0
    assert find(heard[len(songs[0]) + 44_100 :], songs[1][fade + 44_100 :]) == 0
    assert np.abs(heard[start : len(songs[0])] - both).max() <= 2  # rounded once, dithered once
