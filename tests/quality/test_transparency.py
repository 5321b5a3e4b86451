"""Row 16: the limiter alone as ViSQOL hears it, beside ffmpeg's.  The long form; scripts/peers brings ViSQOL."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.dsp.block import Block
from auralisd.dsp.resampler import Resampler
from benchmarks.peers import tools
from tests.quality import bars
from tests.quality.campaign import corpus, middle_of
from tests.quality.pieces import decoded
from tests.quality.renders import limiter_alone, measured, planned, rendered
from tests.quality.rulers.loudness import loudness

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
RATE_HZ = 48_000
SECONDS = 15.0
PIECES = 6
"""ViSQOL takes as long as the sound lasts."""


def at_48_khz(file: Path) -> Block:
    sound, rate_hz = decoded(file)
    resampler = Resampler(rate_hz, RATE_HZ)
    return np.concatenate((resampler.process(middle_of(sound, round(SECONDS * rate_hz))), resampler.flush()))


def written(file: Path, sound: Block) -> Path:
    """At one loudness, so that what is judged is not the level."""
    level = loudness(sound, RATE_HZ).integrated_lufs
    assert level is not None
    soundfile.write(file, sound * np.float32(10 ** ((-23.0 - level) / 20)), RATE_HZ, subtype="FLOAT")
    return file


@pytest.mark.skipif(not LONG, reason="the long form (make campaign) asks ViSQOL")
def test_the_limiter_alone_is_hardly_heard_and_less_than_ffmpegs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (tools.has_package("visqol") and tools.has_ffmpeg()):
        pytest.skip("no peers: scripts/peers fetches them")
    files = corpus()[:: len(corpus()) // PIECES][:PIECES]
    if not files:
        pytest.skip("no corpus: make corpus fetches it")
    pairs = []
    for number, file in enumerate(files):
        sound = at_48_khz(file)
        raw, reference = tmp_path / f"{number}-raw.wav", written(tmp_path / f"{number}.wav", sound)
        soundfile.write(raw, sound, RATE_HZ, subtype="FLOAT")
        profile = measured(sound, RATE_HZ)
        for target_lufs in (-14.0, -8.0):
            gain_db = target_lufs - (profile.integrated_lufs or 0.0)
            plan = limiter_alone(planned(profile), gain_db=gain_db)
            ours = written(tmp_path / f"{number}{target_lufs}-ours.wav", rendered(sound, plan, RATE_HZ).sound)
            theirs = tmp_path / f"{number}{target_lufs}-theirs.wav"
            tools.alimiter(raw, theirs, RATE_HZ, gain_db=gain_db)
            written(theirs, soundfile.read(theirs, dtype="float32", always_2d=True)[0])
            pairs += [(reference, ours), (reference, theirs)]
    scores = np.array(tools.visqol(pairs)).reshape(-1, 2, 2)
    with capsys.disabled():
        for file, ((ours, theirs), (driven, their_driven)) in zip(files, scores, strict=True):
            print(
                f"\n{file.stem}: −14 LUFS {ours:.2f} ({theirs:.2f}), −8 LUFS {driven:.2f} ({their_driven:.2f})", end=""
            )

    assert scores[:, 0, 0].min() >= bars.VISQOL_AT_14
    assert (scores[:, 1, 0] >= scores[:, 1, 1] - 0.01).all()
