"""A recording that was cut in two is heard as the uncut one, at the file's own rate and at any other."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from mutagen.mp4 import MP4, MP4FreeForm

from auralisd.decode.decoder import Damage, Decoder, open_track
from auralisd.dsp.block import Block
from auralisd.sound import programme
from tests.encoded import encode
from tests.unit.sound.studio import Studio, noise, stream, written


def heard_of(rate_hz: int, *paths: Path) -> Studio:
    """All of them, one behind the other, as they are heard at this rate."""
    studio = Studio(rate_hz)
    following = [stream(path, 10 + number) for number, path in enumerate(paths)]
    studio.start(following[0], following[1] if len(paths) > 1 else None)
    for each in following[2:]:
        studio.render()
        studio.programme.follow(each)
    studio.listen()
    return studio


def residual_db(one: Block, other: Block) -> float:
    """How loud the difference is beside the sound itself, at its loudest 10 ms."""
    difference = np.abs(one.astype(np.float64) - other).max()
    return 20 * float(np.log10(max(difference, 1e-12) / np.abs(other).max()))


@pytest.mark.parametrize(
    ("source_hz", "ring_hz"), [(44_100, 44_100), (48_000, 44_100), (44_100, 48_000), (8_000, 48_000)]
)
@pytest.mark.parametrize("cut", [17_777, 30_001])
def test_a_cut_recording_is_heard_as_the_uncut_one(tmp_path: Path, source_hz: int, ring_hz: int, cut: int) -> None:
    piece = noise(1.3, seed=1, rate_hz=48_000)
    whole = written(tmp_path / "0.flac", piece, rate_hz=source_hz)
    parts = [
        written(tmp_path / f"{n}.flac", part, rate_hz=source_hz) for n, part in enumerate((piece[:cut], piece[cut:]), 1)
    ]
    uncut, joined = heard_of(ring_hz, whole), heard_of(ring_hz, *parts)

    assert len(joined.heard) == len(uncut.heard)
    assert residual_db(joined.heard, uncut.heard) < -120
    border = joined.begins(11).at - joined.origin
    assert border == (2 * cut * ring_hz + source_hz) // (2 * source_hz)
    assert [what for _, what, _ in joined.told()] == ["Audible", "Finished", "Audible", "Finished"]


def test_many_short_pieces_do_not_drift(tmp_path: Path) -> None:
    piece = noise(2.0, seed=1, rate_hz=48_000)
    whole = written(tmp_path / "0.flac", piece, rate_hz=48_000)
    borders = [0, 9_001, 20_003, 33_337, 50_000, 71_111, len(piece)]
    parts = [
        written(tmp_path / f"{n}.flac", piece[one:other], rate_hz=48_000)
        for n, (one, other) in enumerate(pairwise(borders), 1)
    ]
    studio = Studio(44_100)
    studio.start(stream(parts[0], 10))
    for number, path in enumerate(parts[1:], 11):
        studio.programme.follow(stream(path, number))
        studio.render()
        studio.listen(studio.begins(number).at + 1 - studio.ring.read_at)
    studio.listen()

    assert residual_db(studio.heard, heard_of(44_100, whole).heard) < -120


def test_at_a_change_of_rate_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    def tone(seconds: float, rate_hz: int, start_s: float = 0.0) -> Block:
        time = start_s + np.arange(round(seconds * rate_hz)) / rate_hz
        return np.repeat(0.25 * np.sin(2 * np.pi * 440 * time)[:, None], 2, axis=1).astype(np.float32)

    first = written(tmp_path / "1.flac", tone(1.0, 48_000), rate_hz=48_000, subtype="PCM_24")
    second = written(tmp_path / "2.flac", tone(1.0, 96_000, 1.0), rate_hz=96_000, subtype="PCM_24")
    heard = heard_of(44_100, first, second).heard
    wanted = tone(2.0, 44_100)

    assert len(heard) == len(wanted)
    # Each resampler begins and ends with silence around its stream, which rings for a few samples at the border.
    quiet = np.ones(len(wanted), bool)
    quiet[44_100 - 400 : 44_100 + 400] = quiet[:400] = quiet[-400:] = False
    assert residual_db(heard[quiet], wanted[quiet]) < -80


def test_a_next_that_is_replaced_behind_a_resampler_leaves_the_first_whole(tmp_path: Path) -> None:
    first, second, third = (
        written(tmp_path / f"{n}.flac", noise(0.9, seed=n, rate_hz=48_000), rate_hz=48_000) for n in (1, 2, 3)
    )
    studio = Studio(44_100)
    studio.start(stream(first, 10), stream(second, 11))
    studio.render()
    assert studio.begins(11)
    studio.programme.follow(stream(third, 12))
    studio.listen()
    other = heard_of(44_100, first, third)

    assert len(studio.heard) == len(other.heard)
    assert [entry for _, what, entry in studio.told() if what == "Audible"] == [10, 12]
    border = 39_690
    assert residual_db(studio.heard[: border - 400], other.heard[: border - 400]) < -120
    assert residual_db(studio.heard[border + 400 :], other.heard[border + 400 :]) < -120


def sweep(seconds: float, rate_hz: int) -> Block:
    """A rising tone: every stretch of it tells where it lies."""
    phase = 2 * np.pi * np.cumsum(np.linspace(300, 2_000, round(seconds * rate_hz))) / rate_hz
    return np.repeat(0.3 * np.sin(phase)[:, None], 2, axis=1).astype(np.float32)


def lag_frames(one: Block, other: Block) -> int:
    """How much later one of two stretches is than the other."""
    size = 2 * len(one)
    product = np.fft.irfft(np.fft.rfft(one[:, 0], size) * np.conj(np.fft.rfft(other[:, 0], size)))
    best = int(np.argmax(product))
    return best if best < size // 2 else best - size


def by_libsndfile(path: Path, sound: Block) -> Path:
    with soundfile.SoundFile(
        path, "w", 48_000, 2, format="MP3" if path.suffix == ".mp3" else "OGG", subtype=_KINDS[path.suffix]
    ) as file:
        for start in range(0, len(sound), 48_000):  # Vorbis is not to be written in one go
            file.write(sound[start : start + 48_000])
    return path


def by_ffmpeg(path: Path, sound: Block) -> Path:
    return encode(path, sound, 48_000)


def as_itunes_does(path: Path, sound: Block) -> Path:
    """With the delay of iTunes, which no edit list tells."""
    led = np.concatenate((np.zeros((_ITUNES_DELAY - 1_024, 2), np.float32), sound))
    encode(path, led, 48_000, muxing={"use_editlist": "0"})
    file: Any = MP4(path)  # type: ignore[no-untyped-call]
    behind = -(_ITUNES_DELAY + len(sound)) % 1_024
    text = f" 00000000 {_ITUNES_DELAY:08X} {behind:08X} {len(sound):016X} 00000000 00000000"
    file["----:com.apple.iTunes:iTunSMPB"] = [MP4FreeForm(text.encode())]  # type: ignore[no-untyped-call]
    file.save()
    return path


_KINDS = {".mp3": "MPEG_LAYER_III", ".ogg": "VORBIS", ".opus": "OPUS"}
_ITUNES_DELAY = 2_112


@pytest.mark.parametrize(
    ("suffix", "encoded"),
    [
        (".mp3", by_libsndfile),
        (".ogg", by_libsndfile),
        (".opus", by_libsndfile),
        (".m4a", by_ffmpeg),
        (".m4a", as_itunes_does),
    ],
    ids=["MP3 by LAME", "Vorbis", "Opus", "AAC with an edit list", "AAC with iTunSMPB"],
)
@pytest.mark.parametrize("ring_hz", [48_000, 44_100])
def test_lossy_halves_join_where_they_were_cut(
    tmp_path: Path, suffix: str, encoded: Callable[[Path, Block], Path], ring_hz: int
) -> None:
    piece, cut = sweep(4.0, 48_000), 2 * 48_000 + 777
    paths = [encoded(tmp_path / f"{number}{suffix}", half) for number, half in enumerate((piece[:cut], piece[cut:]))]
    heard, wanted = (
        heard_of(ring_hz, *paths).heard,
        heard_of(ring_hz, written(tmp_path / "w.wav", piece, rate_hz=48_000)).heard,
    )
    border = round(cut * ring_hz / 48_000)

    assert len(heard) == len(wanted)
    for start in (border - 6_000, border - 2_000, border + 500):
        assert lag_frames(heard[start : start + 4_000], wanted[start : start + 4_000]) == 0
    # Around the cut a codec may smear, but it is never silent there: a quarter of a wave of 1 kHz is 12 frames.
    near = np.abs(heard[border - 480 : border + 480]).max(axis=1).reshape(-1, 48).max(axis=1)
    assert near.min() > 0.1


def test_a_seek_goes_on_with_the_open_file_and_meets_another_one_that_took_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []

    def noted(path: bytes, on_damage: Callable[[Damage], None]) -> Decoder:
        opened.append(path)
        return open_track(path, on_damage)

    monkeypatch.setattr(programme, "open_track", noted)
    sounds = [noise(30.0, seed=seed, rate_hz=8_000) for seed in (1, 2)]
    path = written(tmp_path / "a.wav", sounds[0], rate_hz=8_000)
    studio = Studio(8_000)
    studio.start(stream(path, 10))
    studio.listen(1_000)
    studio.start(stream(path, 10, frame=5_000), generation=2)
    studio.listen(1_000)

    assert len(opened) == 1
    assert np.array_equal(studio.heard, sounds[0][5_000:6_000])
    written(tmp_path / "b.wav", sounds[1], rate_hz=8_000).replace(path)
    studio.start(stream(path, 10, frame=5_000), generation=3)
    studio.listen(1_000)
    assert len(opened) == 2
    assert np.array_equal(studio.heard, sounds[1][5_000:6_000])


def test_a_next_that_comes_as_the_music_was_about_to_end_loses_no_frame_of_the_first(tmp_path: Path) -> None:
    lead = written(tmp_path / "0.flac", noise(1.0, seed=9, rate_hz=44_100), rate_hz=44_100)
    piece, cut = noise(8.0, seed=1, rate_hz=48_000), 4 * 48_000 + 1_234
    halves = [written(tmp_path / f"{n}.flac", part, rate_hz=48_000) for n, part in ((1, piece[:cut]), (2, piece[cut:]))]
    whole = written(tmp_path / "3.flac", piece, rate_hz=48_000)
    studio = Studio(44_100)
    studio.start(stream(lead, 10), stream(halves[0], 11))
    while studio.reel.stopping is None:
        studio.listen(500)
    studio.programme.follow(stream(halves[1], 12))
    studio.listen()

    assert residual_db(studio.heard, heard_of(44_100, lead, whole).heard) < -120
