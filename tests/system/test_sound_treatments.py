"""Another treatment while the music plays: the whole sound process, judged by the file it plays into."""

from pathlib import Path

import numpy as np
import pytest

from auralisd.doors.sound import Drained, Planned, QueueNext, Revise, Start
from auralisd.dsp.block import Block
from tests.system.sound_driver import (
    ADAPTIVE,
    RATE_HZ,
    music,
    recorded,
    sharpest_bend,
    sound_process,
    stream,
    the_profile_of,
    without_silence,
    written,
)

pytestmark = pytest.mark.system


@pytest.mark.alone
async def test_another_treatment_is_heard_soon_and_does_not_click(tmp_path: Path, wav: Path) -> None:
    time_s = np.arange(round(2.5 * RATE_HZ)) / RATE_HZ
    # Sine and cosine: wherever the change falls, one side is far from zero.
    sound = 0.2 * np.stack((np.sin(700 * time_s), np.cos(700 * time_s)), axis=1).astype(np.float32)
    sound = (np.rint(sound * 2**23) / 2**23).astype(np.float32)
    path = written(tmp_path / "a.flac", sound, subtype="PCM_24")
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.frame_reached(30_000, entry=10)
        asked_at = process.frame()
        process.send(Revise(1, (stream(path, 10, treatment=ADAPTIVE),)))
        planned = await process.told(Planned, count=2, entry=10)
        await process.told(Drained)
    heard = recorded(wav)
    changed = int(np.flatnonzero((heard[: len(sound)] != sound).any(axis=1))[0])

    assert planned.plan.state == "provisional"
    assert abs(changed - planned.effective_frame) < 600
    assert (changed - asked_at) / RATE_HZ < 0.35  # on a busy machine; benchmarks/ring.py has the figure
    assert sharpest_bend(heard[30_000:90_000]) < 1e-4
    assert np.abs(heard[90_000:100_000]).max() > 1.2 * np.abs(sound).max()
    assert nothing_lost(heard, sound)


def nothing_lost(heard: Block, sound: Block) -> bool:
    """True when nothing was lost or heard twice: all that follows the source's length is silence."""
    return len(heard) >= len(sound) and not heard[len(sound) :].any()


async def test_enhancement_off_gives_the_files_samples_again(tmp_path: Path, wav: Path) -> None:
    sound = music(2.5)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10, treatment=ADAPTIVE), playing=True))
        await process.frame_reached(20_000, entry=10)
        process.send(Revise(1, (stream(path, 10),)))
        planned = await process.told(Planned, count=2)
        await process.told(Drained)
    fade = round(0.04 * RATE_HZ)
    heard = recorded(wav)

    assert not np.array_equal(heard[:20_000], sound[:20_000])
    settled = planned.effective_frame + fade
    assert np.array_equal(heard[settled : len(sound)], sound[settled:])


async def test_a_full_measurement_takes_over_from_a_provisional_plan(tmp_path: Path, wav: Path) -> None:
    sound = music(3.5)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10, treatment=ADAPTIVE), playing=True))
        await process.told(Planned)
        profile = the_profile_of(sound)
        await process.frame_reached(5_000, entry=10)
        process.send(Revise(1, (stream(path, 10, treatment=ADAPTIVE, profile=profile),)))
        planned = await process.told(Planned, count=2)
        await process.told(Drained)
    heard = recorded(wav)

    assert (planned.plan.state, planned.plan.input_lufs) == ("adaptive", profile.integrated_lufs)
    assert sharpest_bend(heard[: len(sound)]) < 2 * sharpest_bend(heard[-RATE_HZ : len(sound)])
    assert nothing_lost(heard, sound)


async def test_another_treatment_joins_behind_a_resampler_too(tmp_path: Path, wav: Path) -> None:
    first = written(tmp_path / "1.flac", music(0.2))
    second = written(tmp_path / "2.flac", music(2.0, seed=2, rate_hz=48_000), rate_hz=48_000)
    plain, treated = wav.with_name("plain.wav"), wav.with_name("treated.wav")
    for output, change in ((plain, False), (treated, True)):
        async with sound_process(f"file:{output}") as process:
            process.send(Start(1, stream(first, 10), playing=True), QueueNext(1, stream(second, 11)))
            await process.frame_reached(10_000, entry=11)
            if change:
                plain_again = Revise(1, (stream(second, 11),))
                process.send(Revise(1, (stream(second, 11, treatment=ADAPTIVE),)), plain_again)
                process.send(Revise(1, (stream(second, 11, treatment=ADAPTIVE),)))
                await process.told(Planned, count=2, entry=11)
                process.send(plain_again)
            await process.told(Drained)
    one, other = without_silence(recorded(plain)), without_silence(recorded(treated))

    assert abs(len(one) - len(other)) <= 1
    tail = slice(-round(0.3 * RATE_HZ), -2_000)
    assert np.abs(one[tail] - other[tail]).max() < 1e-3
