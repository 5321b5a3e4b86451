"""What PyAV decodes: its own length to the frame, no lag, any seek exact, whatever container, rate and channels."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutagen.mp4 import MP4, MP4FreeForm

from auralisd.decode.avstream import AvStream
from auralisd.decode.decoder import Damage, Decoder, open_track
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from tests.encoded import encode, repeated, tone, write_ape
from tests.sounds import music, sine

RATE_HZ = 44_100
FRAMES = 123_457
SOUND = (np.rint(music(3.0)[:FRAMES] * 2**15) / 2**15).astype(np.float32)


def opened(path: Path, told: list[Damage] | None = None) -> Decoder:
    heard: list[Damage] = [] if told is None else told
    return open_track(os.fsencode(path), heard.append)


def all_of(decoder: Decoder, step: int = 4_096) -> Block:
    blocks = [np.empty((0, decoder.format.channels), np.float32)]
    while len(block := decoder.read(step)):
        blocks.append(block)
    return np.concatenate(blocks)


def lag_of(given: Block, sound: Block) -> int:
    """By how many frames `given` comes late."""
    count = min(len(given), len(sound), 65_536)
    spectrum = np.fft.rfft(given[:count, 0], 2 * count) * np.conj(np.fft.rfft(sound[:count, 0], 2 * count))
    at = int(np.argmax(np.fft.irfft(spectrum)))
    return at if at < count else at - 2 * count


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "alac"), ("a.wv", ""), ("a.tta", ""), ("a.flac", "")])
@pytest.mark.parametrize("step", [777, 65_536])
def test_lossless_formats_give_their_own_samples(tmp_path: Path, name: str, codec: str, step: int) -> None:
    decoder = opened(encode(tmp_path / name, SOUND, codec=codec))

    assert np.array_equal(all_of(decoder, step), SOUND)
    assert (decoder.frames, decoder.format.bits) == (FRAMES, 16)


def test_monkeys_audio_gives_its_own_samples_from_anywhere(tmp_path: Path) -> None:
    decoder = opened(write_ape(tmp_path / "a.ape"))
    whole = all_of(decoder)
    decoder.seek(321)

    assert np.array_equal(whole, tone())
    assert np.array_equal(all_of(decoder), tone()[321:])


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "alac"), ("a.wv", "")])
def test_24_bits_are_kept(tmp_path: Path, name: str, codec: str) -> None:
    fine = (np.rint(SOUND * 2.0**22 + 0.4) / 2**23).astype(np.float32)
    decoder = opened(encode(tmp_path / name, fine, codec=codec, bits=32))

    assert np.array_equal(all_of(decoder), fine)
    assert decoder.format.bits == 24


@pytest.mark.parametrize(
    "muxing",
    [{}, {"movie_timescale": "44100"}, {"use_editlist": "0"}, {"movflags": "frag_keyframe+empty_moov"}],
    ids=["edit list", "exact edit list", "no edit list", "fragments"],
)
def test_aac_in_mp4_has_its_own_length_and_no_lag(tmp_path: Path, muxing: dict[str, str]) -> None:
    given = all_of(opened(encode(tmp_path / "a.m4a", SOUND, muxing=muxing)))

    assert len(given) == FRAMES
    assert lag_of(given, SOUND) == 0


@pytest.mark.parametrize("muxing", [{}, {"use_editlist": "0"}])
def test_what_itunes_says_of_delay_and_length_is_followed(tmp_path: Path, muxing: dict[str, str]) -> None:
    path = encode(tmp_path / "a.m4a", SOUND, muxing=muxing)
    file: Any = MP4(path)  # type: ignore[no-untyped-call]
    text = f" 00000000 00000400 00000240 {FRAMES - 100:016X} 00000000 00000000"
    file["----:com.apple.iTunes:iTunSMPB"] = [MP4FreeForm(text.encode())]  # type: ignore[no-untyped-call]
    file.save()
    decoder = opened(path)
    given = all_of(decoder)

    assert decoder.frames == len(given) == FRAMES - 100
    assert lag_of(given, SOUND) == 0


def test_bare_aac_of_a_known_encoder_has_no_lag_and_no_more_than_a_block_behind_it(tmp_path: Path) -> None:
    decoder = opened(encode(tmp_path / "a.aac", SOUND))
    given = all_of(decoder)

    assert decoder.frames == len(given)
    assert FRAMES <= len(given) < FRAMES + 1_024
    assert lag_of(given, SOUND) == 0


def test_an_mp3_of_varying_bit_rate_without_a_header_is_played_to_its_end(tmp_path: Path) -> None:
    told: list[Damage] = []
    quiet = SOUND * np.linspace(0.001, 1.0, FRAMES, dtype=np.float32)[:, None]
    decoder = opened(encode(tmp_path / "a.mp3", quiet, muxing={"write_xing": "0"}), told)
    given = all_of(decoder)

    assert decoder.frames == len(given)
    assert FRAMES <= len(given) < FRAMES + 2 * 1_152 + 1_105
    assert told == []


def test_several_mp3_files_in_one_are_played_to_the_last(tmp_path: Path) -> None:
    first = encode(tmp_path / "a.mp3", SOUND).read_bytes()
    (tmp_path / "a.mp3").write_bytes(3 * first)

    assert 3 * FRAMES <= len(all_of(opened(tmp_path / "a.mp3"))) < 3 * FRAMES + 12_000


PLACES = [0, 1, 500, 1_023, 1_024, 1_105, 2_048, 44_099, 61_111, 90_000, FRAMES - 1_500, FRAMES - 1]


@pytest.mark.parametrize(
    ("name", "codec", "muxing"),
    [
        ("a.m4a", "aac", {}),
        ("a.m4a", "aac", {"use_editlist": "0"}),
        ("a.m4a", "alac", {}),
        ("a.aac", "", {}),
        ("a.wv", "", {}),
        ("a.tta", "", {}),
        ("a.wma", "", {}),
        ("a.mp3", "", {"write_xing": "0"}),
    ],
)
def test_a_seek_lands_where_asked(tmp_path: Path, name: str, codec: str, muxing: dict[str, str]) -> None:
    decoder = opened(encode(tmp_path / name, SOUND, codec=codec, muxing=muxing))
    whole = all_of(decoder)
    for place in (*PLACES, *reversed(PLACES)):
        decoder.seek(place)

        assert np.array_equal(decoder.read(3_000), whole[place : place + 3_000]), place


@pytest.mark.parametrize("name", ["a.m4a", "a.aac", "a.wv", "a.wma"])
def test_a_seek_past_the_end_is_the_end(tmp_path: Path, name: str) -> None:
    told: list[Damage] = []
    decoder = opened(encode(tmp_path / name, SOUND), told)
    decoder.seek(10 * FRAMES)

    assert len(decoder.read(10)) == 0
    assert told == []


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("name", ["a.m4a", "a.wv"])
def test_each_channel_stays_in_its_place(tmp_path: Path, name: str, channels: int) -> None:
    # Below 120 Hz, since one of them may be the LFE.
    tones = [sine(20.0 + 10 * number, 24_000, 48_000, level_db=-12)[:, 0] for number in range(channels)]
    sound = np.stack(tones, axis=1)
    given = opened(encode(tmp_path / name, sound, 48_000)).read(24_000)

    assert given.shape == (24_000, channels)
    likeness = np.corrcoef(given[4_800:].T, sound[4_800:].T)[:channels, channels:]
    assert np.array_equal(likeness.argmax(axis=1), np.arange(channels))


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 48_000, 96_000, 192_000])
def test_any_rate_is_decoded_to_its_last_frame(tmp_path: Path, rate_hz: int) -> None:
    sound = SOUND[: rate_hz // 2 + 7]
    decoder = opened(encode(tmp_path / "a.wv", sound, rate_hz))

    assert decoder.format.rate_hz == rate_hz
    assert np.array_equal(all_of(decoder), sound)


def test_a_stream_that_changes_rate_and_channels_on_the_way_goes_on_as_it_began(tmp_path: Path) -> None:
    tone = sine(440.0, 2 * 48_000, 48_000, level_db=-6)
    first = encode(tmp_path / "a.aac", SOUND).read_bytes()
    second = encode(tmp_path / "b.aac", tone[:, :1], 48_000).read_bytes()
    (tmp_path / "a.aac").write_bytes(first + second)
    decoder = opened(tmp_path / "a.aac")
    given = all_of(decoder)
    part = given[-RATE_HZ : -RATE_HZ // 2, 0]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))

    assert (decoder.format.rate_hz, decoder.format.channels) == (RATE_HZ, 2)
    assert abs(len(given) - FRAMES - 2 * RATE_HZ) < 6_000
    assert np.argmax(spectrum) * RATE_HZ / len(part) == pytest.approx(440.0, abs=3.0)


def test_a_rate_beyond_the_limits_is_halved(tmp_path: Path) -> None:
    decoder = opened(encode(tmp_path / "a.wv", SOUND, 384_000))

    assert decoder.format.rate_hz == 192_000
    assert abs(len(all_of(decoder)) - FRAMES // 2) < 64


def test_a_refused_file_is_not_left_open(tmp_path: Path) -> None:
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(500))
    opened_before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with pytest.raises(TrackUnreadable):
            opened(tmp_path / "a.m4a")

    assert len(os.listdir("/proc/self/fd")) == opened_before


def test_a_seek_lands_where_asked_in_an_hour(tmp_path: Path) -> None:
    block = np.concatenate((SOUND, SOUND[::-1]))[:, :1]
    rate_hz, seconds = 8_000, 3_600
    hour = np.tile(block, (rate_hz * seconds // len(block) + 1, 1)) * np.float32(0.5)
    decoder = opened(encode(tmp_path / "a.m4a", hour, rate_hz, codec="alac"))
    places = [rate_hz * second + 77 for second in (1, 600, 1_801, 2_999, 3_599)]
    expected, at = dict[int, Block](), 0
    while len(given := decoder.read(65_536)):
        for place in places:
            if at <= place and place + 500 <= at + len(given):
                expected[place] = given[place - at : place - at + 500]
        at += len(given)
    for place in (3_599 * rate_hz + 77, *places):
        decoder.seek(place)

        assert place not in expected or np.array_equal(decoder.read(500), expected[place])
    assert len(expected) >= 4


BARE = {"write_xing": "0", "id3v2_version": "0"}


@pytest.mark.parametrize("name", ["a.aac", "a.mp3", "a.wv"])
def test_ffmpeg_does_not_walk_through_an_hour_without_a_table_to_land_where_asked(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate_hz = 8_000
    minute = np.concatenate([SOUND * level for level in (0.5, 0.3, 0.7, 0.4)])[: 60 * rate_hz, :1]
    hour = repeated(encode(tmp_path / name, minute, rate_hz, kbit=24, muxing=BARE), 60)
    packets = 0

    def counted(stream: AvStream, within: Any = AvStream._packets) -> Iterator[Any]:
        nonlocal packets
        for packet in within(stream):
            packets += 1
            yield packet

    def walk(*_: object) -> None:
        raise AssertionError("FFmpeg reads all that comes before")

    places = [rate_hz * second + 77 for second in (3_599, 61, 600, 1_801, 2_999)]
    sought = {}
    for place in places:
        decoder = opened(hour)
        monkeypatch.setattr(AvStream, "_packets", counted)
        monkeypatch.setattr(AvStream, "seek", walk)
        packets = 0
        decoder.seek(place)
        sought[place] = decoder.read(500)
        decoder.close()
        assert packets < 30
        monkeypatch.undo()
    decoder, at = opened(hour), 0
    while len(given := decoder.read(65_536)):
        for place in places:
            if at <= place and place + 500 <= at + len(given):
                assert np.array_equal(sought.pop(place), given[place - at : place - at + 500]), place
        at += len(given)

    assert len(sought) <= 1
    assert abs(at - 3_600 * rate_hz) < 120_000


@pytest.mark.parametrize("name", ["a.aac", "a.mp3"])
def test_a_seek_behind_a_tag_between_joined_files_lands_where_asked(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path / name, SOUND, muxing={"write_xing": "0"})
    tag = b"ID3\x04\0\0\0\0\x0f\x50" + 2_000 * b"\0"
    path.write_bytes(tag.join([path.read_bytes()] * 4))
    decoder = opened(path)
    plain = all_of(decoder)
    for place in (3 * FRAMES, FRAMES // 2, 2 * FRAMES + 321, 10):
        decoder.seek(place)

        assert np.array_equal(decoder.read(3_000), plain[place : place + 3_000]), place


@pytest.mark.parametrize("name", ["a.aac", "a.mp3", "a.wv"])
def test_a_seek_to_either_side_of_damage_lands_where_asked(tmp_path: Path, name: str) -> None:
    path = repeated(encode(tmp_path / name, SOUND, muxing=BARE), 5)
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + np.random.default_rng(3).bytes(3_000) + whole[middle + 3_000 :])
    decoder = opened(path)
    plain = all_of(decoder)
    places = [1_000, 2 * FRAMES, 4 * FRAMES + 321, 5 * FRAMES - 4_000]
    for place in (*places, *reversed(places), 3 * FRAMES + 11, 5):
        decoder.seek(place)

        assert np.array_equal(decoder.read(3_000), plain[place : place + 3_000]), place


def test_memory_does_not_grow_with_the_length_of_a_track(tmp_path: Path) -> None:
    longer = encode(tmp_path / "a.m4a", np.tile(SOUND, (40, 1)), codec="alac")  # 112 s, 40 MB of samples
    decoder = opened(longer)
    decoder.read(65_536)
    before = resident_bytes()
    frames = 65_536
    while len(block := decoder.read(65_536)):
        frames += len(block)

    assert frames == 40 * FRAMES
    assert resident_bytes() - before < 12_000_000


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
