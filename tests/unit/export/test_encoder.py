"""Finished sound into files."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.errors import InvalidRequest, NotWritten
from auralisd.export.encoder import Encoder
from auralisd.export.formats import format_of
from tests.sounds import music


@pytest.mark.parametrize(
    ("name", "bits", "subtype", "worst_db"),
    [
        ("flac", 0, "PCM_24", -134.0),
        ("flac", 16, "PCM_16", -86.0),
        ("wav", 0, "PCM_24", -134.0),
        ("wav", 16, "PCM_16", -86.0),
        ("wav", 32, "FLOAT", -400.0),
    ],
)
def test_what_is_written_is_what_was_given_to_the_step(
    tmp_path: Path, name: str, bits: int, subtype: str, worst_db: float
) -> None:
    sound, path = music(1.5), tmp_path / "a"
    encoder = Encoder(bytes(path), format_of(name, bits), 44_100)
    for start in range(0, len(sound), 20_000):
        encoder.write(sound[start : start + 20_000])
    encoder.close()
    heard, rate_hz = soundfile.read(path, dtype="float32")

    assert (soundfile.info(path).subtype, rate_hz, heard.shape) == (subtype, 44_100, sound.shape)
    assert 20 * np.log10(np.abs(heard.astype(float) - sound).max() + 1e-30) < worst_db


def test_sound_of_few_bits_comes_out_bit_for_bit(tmp_path: Path) -> None:
    sound = (np.round(music(0.5) * 32768) / 32768).astype(np.float32)
    encoder = Encoder(bytes(tmp_path / "a"), format_of("flac", 16), 44_100)
    encoder.write(sound)
    encoder.close()

    assert np.array_equal(soundfile.read(tmp_path / "a", dtype="float32")[0], sound)


def test_opus_has_every_frame_and_about_160_kbit(tmp_path: Path) -> None:
    sound, path = music(10.0, 48_000), tmp_path / "a"
    encoder = Encoder(bytes(path), format_of("opus"), 48_000)
    encoder.write(sound)
    encoder.close()

    assert soundfile.info(path).frames == len(sound)
    assert 100_000 < path.stat().st_size * 8 / 10 < 220_000


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"theirs")

    with pytest.raises(NotWritten):
        Encoder(bytes(tmp_path / "a"), format_of("flac"), 44_100)
    assert (tmp_path / "a").read_bytes() == b"theirs"


@pytest.mark.parametrize(("name", "bits"), [("mp3", 0), ("flac", 32), ("wav", 8), ("opus", 16)])
def test_what_a_format_cannot_hold_is_refused(name: str, bits: int) -> None:
    with pytest.raises(InvalidRequest):
        format_of(name, bits)


_FULL_DISK = """
import resource, sys
import numpy as np
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
from auralisd.errors import NotWritten
from auralisd.export.encoder import Encoder
from auralisd.export.formats import format_of
try:
    encoder = Encoder(sys.argv[1].encode(), format_of(sys.argv[2]), 48_000)
    sound = np.random.default_rng(1).standard_normal((144_000, 2)).astype(np.float32) * 0.1
    for _ in range(20):
        encoder.write(sound)
    encoder.close()
except NotWritten as refusal:
    print(refusal.code)
"""


@pytest.mark.parametrize("name", ["flac", "wav", "opus"])
def test_a_disk_that_takes_no_more_is_noticed(tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", _FULL_DISK, str(tmp_path / "a"), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": "."})

    assert done.stdout == "no-space\n", done.stderr
