"""The demo album: composed once for all of these tests, which takes about ten seconds."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import mutagen
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from auralisd.analysis.measure import Measuring
from auralisd.demo import pieces
from auralisd.demo.album import ALBUM, TRACKS, compose, sixteen_bits
from auralisd.model.profile import Curve, SoundProfile

pytestmark = pytest.mark.system

# Title: integrated loudness in LUFS as designed, and how far a change of numpy may move it.
DESIGNED_LUFS: Final = {
    "Before Dawn": -26.0,
    "Window, Closed": -18.0,
    "Window, Open": -15.0,
    "Cellar Dub": -14.5,
    "Tin Parade": -8.5,
    "Old Wireless": -19.0,
    "Evening Post": -16.0,
}


@pytest.fixture(scope="module")
def album(demo_album: Path) -> Path:
    return demo_album


@pytest.fixture(scope="module")
def profiles(album: Path) -> dict[str, SoundProfile]:
    return {track.title: measure(album / track.file_name) for track in TRACKS}


def measure(path: Path) -> SoundProfile:
    with soundfile.SoundFile(path) as file:
        measuring = Measuring(file.samplerate, file.channels)
        for block in file.blocks(blocksize=1 << 16, dtype="float32", always_2d=True):
            measuring.feed(block)
    return measuring.result()


def energy_share(curve: Curve, low_hz: float, high_hz: float) -> float:
    """The share of the energy that lies in the bands from `low_hz` to `high_hz`."""
    energies = {hz: float(10.0 ** (db / 10.0)) for hz, db in curve}
    return sum(energy for hz, energy in energies.items() if low_hz <= hz <= high_hz) / sum(energies.values())


def test_the_album_is_seven_files_and_a_cover(album: Path) -> None:
    assert sorted(path.name for path in album.iterdir() if not path.name.startswith(".")) == [
        *(track.file_name for track in TRACKS),
        "cover.png",
    ]


def test_the_tracks_differ_in_rate_channels_and_coding(album: Path) -> None:
    formats = [soundfile.info(album / track.file_name) for track in TRACKS]

    assert [(each.samplerate, each.channels, each.subtype) for each in formats] == [
        (96_000, 2, "PCM_24"),
        (44_100, 2, "PCM_16"),
        (44_100, 2, "PCM_16"),
        (44_100, 2, "VORBIS"),
        (44_100, 2, "MPEG_LAYER_III"),
        (22_050, 1, "PCM_16"),
        (48_000, 2, "OPUS"),
    ]
    assert all(25.0 < each.duration < 45.0 for each in formats)


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.title)
def test_every_track_says_what_it_is(album: Path, track: Any) -> None:
    easy: Any = mutagen.File(album / track.file_name, easy=True)
    frames = {"title": "TIT2", "albumartist": "TPE2", "album": "TALB", "tracknumber": "TRCK", "date": "TDRC"}
    # mutagen has easy names for every container but AIFF.
    said = {name: str(easy[frame if track.container == "AIFF" else name][0]) for name, frame in frames.items()}

    assert said == {
        "title": track.title,
        "albumartist": "Auralis Ensemble",
        "album": ALBUM,
        "tracknumber": f"{track.number}/7",
        "date": "2026",
    }


def test_flac_and_mp3_carry_the_cover_that_lies_beside_them(album: Path) -> None:
    cover = (album / "cover.png").read_bytes()
    flac: Any = mutagen.File(album / TRACKS[0].file_name)
    mp3: Any = mutagen.File(album / TRACKS[4].file_name)

    assert cover[16:24] == (600).to_bytes(4, "big") * 2
    assert flac.pictures[0].data == mp3.tags.getall("APIC")[0].data == cover


def test_the_window_is_one_recording_cut_in_the_middle_of_a_note(album: Path) -> None:
    halves = [soundfile.read(album / track.file_name, dtype="int16")[0] for track in TRACKS[1:3]]
    uncut, rate_hz = pieces.window()
    cut = len(halves[0])

    # Each half has the dither of its own track; the music below it was composed a second time from the same seed.
    again = [sixteen_bits(uncut[:, :cut], seed=2), sixteen_bits(uncut[:, cut:], seed=3)]

    assert np.array_equal(np.concatenate(halves), np.concatenate(again, axis=1).T)
    assert rms(uncut[:, cut - rate_hz // 20 : cut]) > 0.03
    assert rms(uncut[:, cut : cut + rate_hz // 20]) > 0.03


def rms(samples: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(samples**2)))


@pytest.mark.parametrize(("title", "lufs"), DESIGNED_LUFS.items())
def test_each_track_has_the_loudness_it_was_given(profiles: dict[str, SoundProfile], title: str, lufs: float) -> None:
    measured = profiles[title].integrated_lufs

    assert measured == pytest.approx(lufs, abs=0.7)


def test_nothing_clips(profiles: dict[str, SoundProfile]) -> None:
    peaks = {title: profile.true_peak_dbtp for title, profile in profiles.items()}

    assert max(peak for peak in peaks.values() if peak is not None) < 0.0, peaks


def test_one_track_is_all_bass_one_is_dull_and_one_is_harsh(profiles: dict[str, SoundProfile]) -> None:
    below_150 = {title: energy_share(profile.spectrum_mid, 0, 150) for title, profile in profiles.items()}
    above_2500 = {title: energy_share(profile.spectrum_mid, 2500, 20_000) for title, profile in profiles.items()}

    assert below_150["Cellar Dub"] > 0.8
    assert max(above_2500, key=lambda title: above_2500[title]) == "Tin Parade"
    assert above_2500["Old Wireless"] < 0.01 < 0.1 < above_2500["Tin Parade"]


def test_every_recording_begins_and_ends_without_a_click(album: Path) -> None:
    for track in (TRACKS[0], TRACKS[5]):
        samples = soundfile.read(album / track.file_name, always_2d=True)[0]
        edges = np.concatenate([np.abs(samples[:8]), np.abs(samples[-8:])])

        assert edges.max() < 0.0005, track.title


def test_an_album_that_is_whole_is_left_alone(album: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in album.iterdir()}
    titles: list[str] = []
    compose(album.parent, report=titles.append)

    assert titles == []
    assert {path: path.stat().st_mtime_ns for path in album.iterdir()} == before


def test_an_older_edition_is_replaced_and_nothing_of_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / ALBUM
    old.mkdir()
    (old / ".edition").write_text("0")
    (old / "08 Withdrawn.flac").touch()
    monkeypatch.setattr("auralisd.demo.album._write_files", lambda made, report: (made / "new").touch())
    compose(tmp_path, report=lambda _title: None)

    assert [path.name for path in old.iterdir()] == ["new"]
    assert not list(tmp_path.glob(".composing-*"))


def test_a_composition_that_was_killed_is_never_taken_for_an_album(tmp_path: Path) -> None:
    composing = subprocess.Popen(
        [sys.executable, "-m", "auralisd.demo", str(tmp_path)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    with composing:
        assert composing.stderr is not None
        composing.stderr.readline()
        os.kill(composing.pid, signal.SIGKILL)

    assert not (tmp_path / ALBUM).exists()
    assert len(list(tmp_path.glob(".composing-*"))) == 1


def test_an_interrupted_composition_cleans_up_and_says_so_by_its_exit_code(tmp_path: Path) -> None:
    composing = subprocess.Popen(
        [sys.executable, "-m", "auralisd.demo", str(tmp_path)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    with composing:
        assert composing.stderr is not None
        composing.stderr.readline()
        os.kill(composing.pid, signal.SIGINT)
        left_over = composing.stderr.read()

    assert (composing.returncode, b"Traceback" in left_over) == (130, False)
    assert [path.name for path in tmp_path.iterdir()] == [".composing.lock"]


def test_a_folder_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    answer = subprocess.run(
        [sys.executable, "-m", "auralisd.demo", str(blocked)], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 1
    assert answer.stderr == f"demo: cannot write {blocked}: File exists; name another folder\n"
