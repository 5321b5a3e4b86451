"""Decoding: every file that is sound is read to the frame; everything else is refused with its reason."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.decode.decoder import Damage, Decoder, open_track
from auralisd.decode.sndfile import SndfileSource
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable


def noise(frames: int, channels: int = 2) -> Block:
    """Exact in 16 bits."""
    values = np.random.default_rng(7).integers(-30_000, 30_000, (frames, channels))
    return (values / 32_768).astype(np.float32)


def written(
    path: Path, frames: int = 30_000, *, channels: int = 2, rate_hz: int = 44_100, subtype: str = "PCM_16"
) -> Block:
    sound = noise(frames, channels)
    soundfile.write(path, sound, rate_hz, subtype=subtype)
    return sound


def all_of(decoder: Decoder, step: int = 4_096) -> Block:
    blocks = []
    while len(block := decoder.read(step)):
        blocks.append(block)
    return np.concatenate(blocks)


def refusal(path: Path) -> TrackUnreadable:
    with pytest.raises(TrackUnreadable) as caught:
        open_track(os.fsencode(path))
    return caught.value


@pytest.mark.parametrize(
    ("name", "subtype", "bits"),
    [("a.flac", "PCM_16", 16), ("a.flac", "PCM_24", 24), ("a.wav", "PCM_U8", 8), ("a.wav", "PCM_32", 32),
     ("a.wav", "FLOAT", 0), ("a.ogg", "VORBIS", 0), ("a.aiff", "PCM_16", 16)],
)  # fmt: skip
def test_the_precision_of_the_source_is_told(tmp_path: Path, name: str, subtype: str, bits: int) -> None:
    written(tmp_path / name, subtype=subtype)
    decoder = open_track(os.fsencode(tmp_path / name))

    assert (decoder.format.rate_hz, decoder.format.channels, decoder.format.bits) == (44_100, 2, bits)


def test_a_lossless_file_gives_its_own_samples_whatever_the_block_size(tmp_path: Path) -> None:
    sound = written(tmp_path / "a.flac", channels=3)

    assert np.array_equal(all_of(open_track(os.fsencode(tmp_path / "a.flac")), step=777), sound)


def test_a_seek_lands_on_the_frame(tmp_path: Path) -> None:
    sound = written(tmp_path / "a.flac")
    decoder = open_track(os.fsencode(tmp_path / "a.flac"))
    decoder.read(5_000)
    decoder.seek(12_345)

    assert np.array_equal(all_of(decoder), sound[12_345:])


def test_a_seek_past_the_end_is_the_end(tmp_path: Path) -> None:
    written(tmp_path / "a.flac")
    decoder = open_track(os.fsencode(tmp_path / "a.flac"))
    decoder.seek(99_999)

    assert len(decoder.read(10)) == 0


def without_length(path: Path) -> None:
    """What a stream leaves behind: the total of samples, the last 36 bits before the checksum in STREAMINFO, is 0."""
    head = bytearray(path.read_bytes())
    head[21] &= 0xF0
    head[22:26] = bytes(4)
    path.write_bytes(head)


@pytest.mark.parametrize("step", [1_000, 4_096, 65_536])
def test_a_streamed_file_that_does_not_say_its_length_is_read_to_its_last_frame(tmp_path: Path, step: int) -> None:
    sound = written(tmp_path / "a.flac")
    without_length(tmp_path / "a.flac")
    decoder = open_track(os.fsencode(tmp_path / "a.flac"))

    assert decoder.frames is None
    assert np.array_equal(all_of(decoder, step), sound)
    assert len(decoder.read(10)) == 0


def test_a_streamed_file_can_be_sought_near_its_end_and_past_it(tmp_path: Path) -> None:
    sound = written(tmp_path / "a.flac")
    without_length(tmp_path / "a.flac")
    decoder = open_track(os.fsencode(tmp_path / "a.flac"))
    decoder.seek(29_990)
    near = all_of(decoder)
    decoder.seek(99_999)

    assert np.array_equal(near, sound[29_990:])
    assert len(decoder.read(10)) == 0


def test_six_channels_of_vorbis_come_in_the_order_of_wav(tmp_path: Path) -> None:
    time_s = np.arange(48_000) / 48_000
    as_vorbis = [200, 400, 300, 600, 700, 60]  # left, centre, right, back left, back right, LFE
    sound = np.stack([0.2 * np.sin(2 * np.pi * hz * time_s) for hz in as_vorbis], axis=1)
    soundfile.write(tmp_path / "a.ogg", sound, 48_000, format="OGG", subtype="VORBIS")
    given = open_track(os.fsencode(tmp_path / "a.ogg")).read(48_000)
    strongest = np.abs(np.fft.rfft(given[12_000:36_000] * np.hanning(24_000)[:, None], axis=0)).argmax(axis=0) * 2

    assert strongest.tolist() == [200, 300, 400, 60, 600, 700]


def test_a_name_that_is_no_text_is_opened(tmp_path: Path) -> None:
    written(tmp_path / "a.wav")
    odd = os.fsencode(tmp_path) + b"/\xff\xfe.wav"
    os.rename(tmp_path / "a.wav", odd)

    assert open_track(odd).frames == 30_000


def test_what_is_no_number_in_a_float_file_becomes_silence(tmp_path: Path) -> None:
    sound = noise(100)
    sound[3] = (np.nan, np.inf)
    soundfile.write(tmp_path / "a.wav", sound, 44_100, subtype="FLOAT")

    assert np.array_equal(open_track(os.fsencode(tmp_path / "a.wav")).read(100)[3], (0.0, 0.0))


@pytest.mark.parametrize("keep", [0.3, 0.7])
def test_a_cut_off_file_ends_where_its_sound_ends_and_is_told(tmp_path: Path, keep: float) -> None:
    sound = written(tmp_path / "a.flac", frames=90_000)
    whole = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(whole[: int(len(whole) * keep)])
    told: list[Damage] = []
    given = all_of(open_track(os.fsencode(tmp_path / "a.flac"), told.append))

    assert len(given) > 90_000 * keep - 8_192
    assert np.array_equal(given, sound[: len(given)])
    assert told == [Damage(len(given), None, 44_100)]


@pytest.mark.parametrize("content", [b"no music at all", b"RIFF\x24\x00\x00\x00WAVE"])
def test_what_is_not_audio_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)

    assert refusal(tmp_path / "a.wav").code in {"not-audio", "damaged"}


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.flac").code == "missing"


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.flac").touch()

    assert refusal(tmp_path / "a.flac").code == "empty"


def test_a_file_without_frames_is_empty(tmp_path: Path) -> None:
    written(tmp_path / "a.wav", frames=0)

    assert refusal(tmp_path / "a.wav").code == "empty"


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.flac")

    assert refusal(tmp_path / "a.flac").code == "not-audio"


def test_a_link_that_took_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    written(tmp_path / "outside" / "a.wav")
    (tmp_path / "a.wav").symlink_to(tmp_path / "outside" / "a.wav")

    assert refusal(tmp_path / "a.wav").code == "unreadable"


@pytest.mark.parametrize("path", ["/dev/null", "/tmp"])
def test_devices_and_folders_are_refused(path: str) -> None:
    assert refusal(Path(path)).code == "not-audio"


def test_a_rate_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "a.wav", rate_hz=384_000)

    assert refusal(tmp_path / "a.wav").code == "unreadable"


def test_a_refusal_names_the_file_and_never_its_folder(tmp_path: Path) -> None:
    (tmp_path / "song.flac").write_bytes(b"no music at all")
    text = str(refusal(tmp_path / "song.flac"))

    assert "song.flac" in text
    assert str(tmp_path) not in text


def test_a_refused_file_is_not_left_open(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"no music at all")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        refusal(tmp_path / "a.flac")

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_file_that_is_spoiled_while_it_is_open_is_refused_and_nothing_worse(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    written(path)
    fd = os.open(path, os.O_RDONLY)
    source = SndfileSource(fd, os.fsencode(path))
    os.close(fd)
    path.write_bytes(bytes(path.stat().st_size))

    for attempt in (source.resume, lambda: source.seek(20_000), lambda: source.seek(100)):
        with pytest.raises(TrackUnreadable):
            attempt()
    source.close()
