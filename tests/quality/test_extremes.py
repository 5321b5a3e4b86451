"""Row 18: whatever a file holds, the whole way from it to the sound is finite, bounded, of full length and silent in
the log: pytest makes an error of every warning."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.model.profile import SoundProfile
from tests.quality.pieces import decoded
from tests.quality.renders import measured, planned, rendered
from tests.sounds import RATES_HZ, music, noise, sine

FRAMES = 50_000


def extremes() -> dict[str, np.ndarray]:
    holed = music(1.2, peak_db=-3.0)
    holed[20_000:20_010], holed[30_000], holed[40_000, 1] = np.nan, np.inf, -np.inf
    lone = np.zeros((FRAMES, 2))
    lone[25_000] = 1.0
    return {
        "silence": np.zeros((FRAMES, 2)),
        "constant": np.ones((FRAMES, 2)),
        "full-scale square": np.sign(sine(441.0, FRAMES, 44_100, degrees=1.0)),
        "one frame": np.ones((1, 2)),
        "two frames": np.array([[1.0, -1.0], [-1.0, 1.0]]),
        "denormal": np.full((FRAMES, 2), 1e-40),
        "just above the gate": noise(FRAMES, level_db=-68.0),
        "noise at +40 dB": noise(FRAMES, level_db=40.0),
        "one lone sample": lone,
        "no numbers at all": np.full((FRAMES, 2), np.nan),
        "infinite": np.full((FRAMES, 2), np.inf),
        "music with holes": holed,
        "one channel": music(1.2)[:, :1],
        "opposite channels": music(1.2)[:, :1] * np.array([1.0, -1.0]),
        "left alone": music(1.2) * np.array([1.0, 0.0]),
        "eight channels": noise(FRAMES, level_db=-12.0, channels=8),
    }


def finite(profile: SoundProfile) -> bool:
    figures = [
        value for value in (getattr(profile, name) for name in profile.__struct_fields__) if isinstance(value, float)
    ]
    levels = [level for _, level in (*profile.spectrum_mid, *profile.spectrum_side)]
    return bool(np.isfinite([*figures, *levels]).all())


@pytest.mark.parametrize("name", extremes())
@pytest.mark.parametrize("preset", ["adaptive", "live"])
def test_any_file_is_measured_planned_and_rendered(name: str, preset: str, tmp_path: Path) -> None:
    with np.errstate(over="ignore"):
        soundfile.write(tmp_path / "extreme.wav", extremes()[name].astype(np.float32), 44_100, subtype="FLOAT")
    sound, rate_hz = decoded(tmp_path / "extreme.wav")
    profile = measured(sound, rate_hz)
    chosen = planned(profile, preset)
    heard = rendered(sound, chosen, rate_hz).sound

    assert finite(profile)
    assert heard.shape == (len(extremes()[name]), 2)
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 10 ** (chosen.ceiling_dbtp / 20)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("preset", ["adaptive", "live"])
def test_every_rate_is_measured_planned_and_rendered(rate_hz: int, preset: str) -> None:
    sound = music(1.2, rate_hz, peak_db=3.0)
    chosen = planned(measured(sound, rate_hz), preset)
    heard = rendered(sound, chosen, rate_hz).sound

    assert heard.shape == sound.shape
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 10 ** (chosen.ceiling_dbtp / 20)
