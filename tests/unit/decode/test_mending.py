"""Mending: silence in the place of what is damaged, faded on both sides, told once, and nothing good is touched."""

import os
from pathlib import Path

import numpy as np
import pytest

from auralisd.decode.decoder import Damage, FileSignature, open_track
from auralisd.decode.mending import MendedDecoder
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from auralisd.model.audio import AudioFormat
from tests.encoded import encode
from tests.sounds import music, sine

RATE_HZ = 44_100
FADE = RATE_HZ // 100


class Holed:
    """A source of which some stretches are missing."""

    signature = FileSignature(1, 2, 3, 4)
    format = AudioFormat(RATE_HZ, 2)

    def __init__(self, sound: Block, *holes: tuple[int, int], frames: int | None = None) -> None:
        self.frames = len(sound) if frames is None else frames
        self._sound = sound
        self._holes = holes
        self._at = 0
        self.closed = False

    def read(self, max_frames: int) -> Block:
        for start, end in self._holes:
            if start <= self._at < end:
                raise TrackUnreadable("damaged", "a hole")
            if self._at < start:
                max_frames = min(max_frames, start - self._at)
        block = self._sound[self._at : self._at + max_frames]
        self._at += len(block)
        return block

    def resume(self) -> int | None:
        for start, end in self._holes:
            if start <= self._at < end:
                self._at = end
        return self._at if self._at < len(self._sound) else None

    def seek(self, frame: int) -> None:
        self._at = min(frame, len(self._sound))

    def close(self) -> None:
        self.closed = True


def mended(source: Holed, told: list[Damage] | None = None, rescue: Holed | None = None) -> MendedDecoder:
    heard = [] if told is None else told
    return MendedDecoder(source, lambda: rescue, heard.append)


def all_of(decoder: MendedDecoder, step: int = 4_096) -> Block:
    blocks = [np.empty((0, 2), np.float32)]
    while len(block := decoder.read(step)):
        assert len(block) <= step
        blocks.append(block)
    return np.concatenate(blocks)


TONE = sine(440.0, 60_000, RATE_HZ, level_db=-6.0)


@pytest.mark.parametrize("step", [100, 4_096, 65_536])
def test_every_good_frame_is_left_as_it_is_and_in_its_place(step: int) -> None:
    given = all_of(mended(Holed(TONE, (20_000, 30_000))), step)

    assert len(given) == len(TONE)
    assert np.array_equal(given[:20_000], TONE[:20_000])
    assert np.array_equal(given[30_000:], TONE[30_000:])


def test_between_the_fades_there_is_silence() -> None:
    given = all_of(mended(Holed(TONE, (20_000, 30_000))))

    assert not given[20_000 + FADE : 30_000 - FADE].any()
    assert given[20_000 : 20_000 + FADE // 2].any()
    assert given[30_000 - FADE // 2 : 30_000].any()


@pytest.mark.parametrize("length", [1, 50, FADE, 2 * FADE - 1, 5_000, 3 * RATE_HZ])
def test_neither_border_clicks(length: int) -> None:
    tone = sine(440.0, 60_000 + length, RATE_HZ, level_db=-6.0)
    given = all_of(mended(Holed(tone, (20_000, 20_000 + length))))
    steepest = float(np.abs(np.diff(tone, axis=0)).max())

    # A hole as short as a step is one step; where the fades of both sides meet, they add up.
    assert np.abs(np.diff(given[19_000 : 21_000 + length], axis=0)).max() <= (2.5 if length < 2 * FADE else 1.3) * max(
        steepest, 0.5 / length
    )


def test_each_stretch_is_told_once_whoever_comes_back_to_it() -> None:
    told: list[Damage] = []
    decoder = mended(Holed(TONE, (10_000, 10_500), (58_000, 58_100), frames=len(TONE)), told)
    all_of(decoder)
    for again in (0, 10_200, 58_000):
        decoder.seek(again)
        all_of(decoder)

    assert told == [Damage(10_000, 500, RATE_HZ), Damage(58_000, 100, RATE_HZ)]


def test_a_seek_into_a_hole_is_silent_up_to_its_end_and_then_in_place() -> None:
    decoder = mended(Holed(TONE, (20_000, 30_000)))
    decoder.seek(25_000)
    given = all_of(decoder)

    assert not given[: 5_000 - FADE].any()
    assert np.array_equal(given[5_000:], TONE[30_000:])


def test_a_file_of_which_nothing_follows_ends_there() -> None:
    told: list[Damage] = []
    given = all_of(mended(Holed(TONE, (20_000, 60_000)), told))

    assert np.array_equal(given, TONE[:20_000])
    assert told == [Damage(20_000, None, RATE_HZ)]


def test_a_file_that_ends_before_it_says_is_told() -> None:
    told: list[Damage] = []
    given = all_of(mended(Holed(TONE, frames=90_000), told))

    assert len(given) == 60_000
    assert told == [Damage(60_000, None, RATE_HZ)]


def test_an_estimate_that_is_a_little_off_is_no_damage() -> None:
    told: list[Damage] = []
    all_of(mended(Holed(TONE, frames=61_326), told))

    assert told == []


def test_a_file_of_which_nothing_can_be_decoded_is_damaged() -> None:
    with pytest.raises(TrackUnreadable):
        mended(Holed(TONE, (0, 60_000))).read(1_000)


def test_another_library_takes_over_at_the_frame() -> None:
    first, second = Holed(TONE, (20_000, 60_000)), Holed(TONE, (25_000, 26_000))
    told: list[Damage] = []
    given = all_of(mended(first, told, rescue=second))

    assert first.closed
    assert np.array_equal(given[:25_000], TONE[:25_000])
    assert np.array_equal(given[26_000:], TONE[26_000:])
    assert told == [Damage(25_000, 1_000, RATE_HZ)]


def test_another_library_that_cannot_go_there_is_let_go_and_the_first_one_goes_on() -> None:
    class Fails(Holed):
        def seek(self, frame: int) -> None:
            raise TrackUnreadable("unreadable", f"the drive fails at {frame}")

    second = Fails(TONE)
    given = all_of(mended(Holed(TONE, (20_000, 21_000)), rescue=second))

    assert second.closed
    assert np.array_equal(given[21_000:], TONE[21_000:])


def test_what_a_listener_raises_comes_out_of_the_read() -> None:
    def refuse(damage: Damage) -> None:
        raise TrackUnreadable("damaged", f"from {damage.frame} on")

    decoder = MendedDecoder(Holed(TONE, (20_000, 30_000)), lambda: None, refuse)
    with pytest.raises(TrackUnreadable, match="from 20000 on"):
        all_of(decoder)


# --- real files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codec", "most_lost"),
    [("a.flac", "", 9_216), ("a.wv", "", 44_100), ("a.tta", "", 92_160), ("a.m4a", "aac", 16_384)],
)
def test_a_damaged_block_of_a_file_costs_no_more_than_itself(
    tmp_path: Path, name: str, codec: str, most_lost: int
) -> None:
    sound = music(10.0)
    path = encode(tmp_path / name, sound, codec=codec)
    whole = path.read_bytes()
    good = all_of(open_track(os.fsencode(path)))  # type: ignore[arg-type]
    place = round(len(whole) * 0.46)
    path.write_bytes(whole[:place] + np.random.default_rng(5).bytes(2_000) + whole[place + 2_000 :])
    told: list[Damage] = []
    given = all_of(open_track(os.fsencode(path), told.append))  # type: ignore[arg-type]
    differs = np.flatnonzero(np.abs(given - good).max(axis=1) > 1e-4)

    assert len(given) == len(good)
    assert len(told) == 1
    assert 0 < differs[-1] - differs[0] <= most_lost
    assert told[0].frame - 1_024 <= differs[0] <= told[0].frame + FADE


@pytest.mark.parametrize("without_pyav", [False, True])
def test_flac_goes_on_behind_its_damage_with_and_without_pyav(
    tmp_path: Path, without_pyav: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = music(10.0)
    path = encode(tmp_path / "a.flac", sound)
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes(9_000) + whole[middle + 9_000 :])
    if without_pyav:
        monkeypatch.setattr("auralisd.decode.opening._ffmpeg", lambda: None)
    told: list[Damage] = []
    given = all_of(open_track(os.fsencode(path), told.append))  # type: ignore[arg-type]
    [damage] = told

    assert damage.frames is not None
    assert len(given) == len(sound)
    assert np.allclose(given[: damage.frame], sound[: damage.frame], atol=2.0**-15)
    assert np.allclose(given[damage.frame + damage.frames :], sound[damage.frame + damage.frames :], atol=2.0**-15)
    assert damage.frames < RATE_HZ
