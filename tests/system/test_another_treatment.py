"""What is done to a stream changes while it is heard: for whom it was asked, soon, and without a click."""

import asyncio
from pathlib import Path

import msgspec
import numpy as np
import pytest

from auralisd.doors.sound import (
    AskCache,
    Audible,
    CacheRead,
    DeviceState,
    Drained,
    Finished,
    Hold,
    Planned,
    QueueNext,
    Release,
    Revise,
    Start,
)
from auralisd.dsp.block import Block
from tests.system.sound_driver import (
    ADAPTIVE,
    RATE_HZ,
    WARM,
    Sound,
    comes_up,
    music,
    recorded,
    sound_process,
    stream,
    the_profile_of,
    without_silence,
    written,
)

pytestmark = pytest.mark.system

FADE = round(0.04 * RATE_HZ)


def first_difference(one: Block, other: Block) -> int:
    length = min(len(one), len(other))
    return int(np.flatnonzero((one[:length] != other[:length]).any(axis=1))[0])


async def settled(process: Sound) -> None:
    """Every order that was sent is carried out."""
    request = len(process.all_of(CacheRead)) + 1
    process.send(AskCache(request))
    await process.told(CacheRead, request=request)


async def test_a_revision_that_comes_to_the_same_plan_changes_nothing(tmp_path: Path, wav: Path) -> None:
    sound = music(1.5)
    path, profile = written(tmp_path / "a.flac", sound), the_profile_of(sound)
    also_levelled = msgspec.structs.replace(ADAPTIVE, preamp_db=3.0)  # which acts only where nothing is enhanced
    heard = []
    for asked in (False, True):
        output = wav.with_name(f"{asked}.wav")
        async with sound_process(f"file:{output}") as process:
            wanted = stream(path, 10, treatment=ADAPTIVE, profile=profile)
            process.send(Start(1, wanted, playing=True))
            await process.frame_reached(15_000, entry=10)
            if asked:
                process.send(Revise(1, (wanted,)), Revise(1, (stream(path, 10, treatment=ADAPTIVE),)))
                await settled(process)
                process.send(Revise(1, (stream(path, 10, treatment=also_levelled, profile=profile),)))
            await process.told(Drained)

            assert len(process.all_of(Planned)) == 1
        heard.append(without_silence(recorded(output)))
    assert np.array_equal(heard[0], heard[1])


async def test_a_revision_of_a_generation_we_left_changes_nothing(tmp_path: Path, wav: Path) -> None:
    sound = music(0.8)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(2, stream(path, 10), playing=True))
        await process.frame_reached(5_000, entry=10)
        process.send(Revise(1, (stream(path, 10, treatment=ADAPTIVE),)))
        await process.told(Drained)
    assert np.array_equal(recorded(wav)[: len(sound)], sound)


async def test_only_the_named_entry_is_treated_otherwise(tmp_path: Path, wav: Path) -> None:
    first, second = music(0.8), music(0.8, seed=2)
    paths = written(tmp_path / "1.flac", first), written(tmp_path / "2.flac", second)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True), QueueNext(1, stream(paths[1], 11)))
        await process.told(Planned, entry=11)  # it is in the ring
        process.send(Revise(1, (stream(paths[1], 11, treatment=ADAPTIVE),)))
        planned = await process.told(Planned, count=2, entry=11)
        await process.told(Drained)

        assert planned.plan.state == "provisional"
        assert [report.entry for report in process.all_of(Audible)] == [10, 11]
        assert len(process.all_of(Planned, entry=10)) == 1
        assert [report.frames for report in process.all_of(Finished)] == [len(first), len(second)]
    heard = recorded(wav)
    # The write that holds the border is dithered whole.
    assert np.array_equal(heard[:20_000], first[:20_000])
    assert np.abs(heard[: len(first)] - first).max() <= 2**-22
    assert not np.array_equal(heard[len(first) :][:1000], second[:1000])


async def test_a_next_that_is_only_queued_is_begun_as_it_was_revised(tmp_path: Path, wav: Path) -> None:
    first, second = music(6.0), music(0.3, seed=2)
    paths = written(tmp_path / "1.flac", first), written(tmp_path / "2.flac", second)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(paths[0], 10, frame=60_000), playing=True), QueueNext(1, stream(paths[1], 11)))
        await process.told(Planned, entry=10)
        process.send(Revise(1, (stream(paths[1], 11, treatment=ADAPTIVE),)))

        assert (await process.told(Planned, entry=11)).plan.state == "provisional"
        await settled(process)
        assert len(process.all_of(Planned, entry=11)) == 1


async def test_a_change_in_the_pause_is_heard_when_it_goes_on(tmp_path: Path, wav: Path) -> None:
    sound = music(1.5)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.frame_reached(10_000, entry=10)
        process.send(Hold())
        await process.told(DeviceState, state="paused")
        held_at = process.frame()
        process.send(Revise(1, (stream(path, 10, treatment=ADAPTIVE),)))
        planned = await process.told(Planned, count=2)
        process.send(Release())
        await process.told(Drained)
    heard = recorded(wav)

    assert held_at <= planned.effective_frame < held_at + 0.2 * RATE_HZ
    assert abs(first_difference(heard, sound) - planned.effective_frame) < FADE
    assert not comes_up(heard[held_at:], sound[held_at:], within=1_500)
    assert not heard[len(sound) + 1_500 :].any()  # what died away in the pause is heard twice


async def test_a_change_when_all_is_rendered_is_heard_and_the_next_still_follows(tmp_path: Path, wav: Path) -> None:
    first, second = music(0.9), music(0.5, seed=2)
    paths = written(tmp_path / "1.flac", first), written(tmp_path / "2.flac", second)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(paths[0], 10), playing=True), QueueNext(1, stream(paths[1], 11)))
        await process.frame_reached(8_000, entry=10)
        process.send(Revise(1, tuple(stream(path, 10 + n, treatment=WARM) for n, path in enumerate(paths))))
        await process.told(Drained)

        assert [report.entry for report in process.all_of(Finished)] == [10, 11]
        assert [report.plan.preset for report in process.all_of(Planned)][-2:] == ["warm", "warm"]
    heard = recorded(wav)
    assert 8_000 < first_difference(heard, first) < 30_000
    assert not np.array_equal(heard[len(first) :][:1000], second[:1000])
    assert not heard[len(first) + len(second) :].any()


async def test_a_stream_that_is_being_opened_begins_as_it_was_revised(tmp_path: Path, wav: Path) -> None:
    sound = music(0.4)
    path = written(tmp_path / "a.flac", sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True), Revise(1, (stream(path, 10, treatment=ADAPTIVE),)))
        await process.told(Drained)

        assert process.all_of(Planned)[-1].plan.state == "provisional"
    heard = recorded(wav)[len(sound) - 5_000 : len(sound)]
    assert len(heard) == 5_000
    assert not np.array_equal(heard, sound[-5_000:])


async def test_of_many_revisions_the_newest_wins(tmp_path: Path, wav: Path) -> None:
    sound = music(2.0)
    path, profile = written(tmp_path / "a.flac", sound), the_profile_of(sound)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, stream(path, 10), playing=True))
        await process.frame_reached(5_000, entry=10)
        for number in range(101):
            wish = ADAPTIVE if number % 2 else WARM
            process.send(Revise(1, (stream(path, 10, treatment=wish, profile=profile),)))
        await settled(process)

        plans = process.all_of(Planned)
        assert plans[-1].plan.preset == "warm"
        assert len(plans) < 60
        await process.told(Finished, frames=len(sound))


async def test_clearing_the_cache_is_not_heard(tmp_path: Path, wav: Path) -> None:
    sound = music(2.5)
    path, profile = written(tmp_path / "a.flac", sound), the_profile_of(sound)
    wanted, warm = (stream(path, 10, treatment=each, profile=profile) for each in (ADAPTIVE, WARM))
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, wanted, playing=True))
        await process.frame_reached(5_000, entry=10)
        process.send(Revise(1, (warm,)), AskCache(7))
        kept = await process.told(CacheRead, request=7)
        process.send(AskCache(8, clear=True), Revise(1, (wanted,)))
        cleared = await process.told(CacheRead, request=8)
        await process.told(Drained)

        assert kept.chunks == 1
        assert (cleared.chunks, cleared.bytes, cleared.freed_bytes) == (0, 0, kept.bytes)
        assert await process.told(Finished, frames=len(sound))
    heard = recorded(wav)
    async with sound_process(f"file:{wav}") as process:
        process.send(Start(1, wanted, playing=True))
        await process.told(Drained)
    tail = slice(len(sound) - 40_000, len(sound))
    assert np.array_equal(heard[tail], recorded(wav)[tail])


async def test_what_was_heard_before_is_there_again_after_a_seek_back(tmp_path: Path) -> None:
    sound = music(25.0)
    path, profile = written(tmp_path / "a.flac", sound), the_profile_of(sound)
    wanted = stream(path, 10, treatment=ADAPTIVE, profile=profile)
    async with sound_process("silent") as process:
        process.send(Start(1, stream(path, 10, frame=9 * RATE_HZ, treatment=ADAPTIVE, profile=profile), playing=True))
        await process.told(Audible, generation=1)
        await asyncio.sleep(0.3)
        process.send(Start(2, stream(path, 10, frame=10 * RATE_HZ, treatment=ADAPTIVE, profile=profile), playing=True))
        await process.told(Audible, generation=2)
        process.send(AskCache(1))
        read = await process.told(CacheRead, request=1)
        process.send(AskCache(2, track=wanted.track), AskCache(3, track=999))

        assert read.hits == 1
        assert (await process.told(CacheRead, request=2)).bytes == read.bytes > 0
        assert (await process.told(CacheRead, request=3)).chunks == 0


async def test_what_a_rehearsal_came_to_takes_over_as_slowly_as_other_knowledge(tmp_path: Path, wav: Path) -> None:
    sound = music(4.0)
    path, profile = written(tmp_path / "a.flac", sound), the_profile_of(sound)
    trimmed = msgspec.structs.replace(ADAPTIVE, trim_lu=1.0)
    heard = {}
    for name, begun, revised in (("before", ADAPTIVE, ()), ("after", trimmed, ()), ("both", ADAPTIVE, (trimmed,))):
        output = wav.with_name(f"{name}.wav")
        async with sound_process(f"file:{output}") as process:
            process.send(Start(1, stream(path, 10, treatment=begun, profile=profile), playing=True))
            await process.frame_reached(5_000, entry=10)
            for treatment in revised:
                process.send(Revise(1, (stream(path, 10, treatment=treatment, profile=profile),)))
            await process.told(Drained)
        heard[name] = without_silence(recorded(output))
    left = first_difference(heard["before"], heard["both"])
    arrived = np.flatnonzero((heard["after"] != heard["both"]).any(axis=1))
    faded_s = (arrived[arrived > left][-1] - left) / RATE_HZ

    assert faded_s == pytest.approx(2.0, abs=0.05)
