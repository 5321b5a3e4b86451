"""Controls act at once: asked for over D-Bus, heard at the monitor of the sink, whose own latency is taken off."""

import asyncio
import os
import random
import statistics
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from dbus_fast import Variant

from auralisd.sound.fill import LEAST_S
from tests.bus.client import OUR_NAME, PLAYER, Client, a_client
from tests.quality.rulers.waveform import high_transient_db
from tests.system.hearing import noise
from tests.system.rig import Daemon, World
from tests.system.stopwatch import Stopwatch

pytestmark = [pytest.mark.system, pytest.mark.alone]

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
TIMES = 20 if LONG else 5
MINUTES = 60 if LONG else 1
RATE_HZ = 44_100
PERIOD = RATE_HZ // 2
FORMATS = {
    "flac": ("FLAC", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
}
OUTPUT, ENHANCEMENT, QUEUE = (f"{OUR_NAME}.{name}" for name in ("Output", "Enhancement", "Queue"))


@pytest.fixture
def stopwatch(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopwatch]:
    for name in ("ALSA_CONFIG_PATH", "PULSE_SERVER", "PULSE_CLIENTCONFIG", "HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, world.environment[name])
    watch = Stopwatch(world)
    yield watch
    watch.stop()


async def until(true: Callable[[], bool], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 -- a recording tells nobody
            await asyncio.sleep(0.02)


class Listener:
    """Who asks, and hears what becomes of it; `took_ms` are the figures by what was asked for."""

    def __init__(self, client: Client, watch: Stopwatch, sink_ms: float) -> None:
        self.client, self.watch, self.sink_ms = client, watch, sink_ms
        self.took_ms: dict[str, list[float]] = {}
        self.clicks_db: list[float] = []
        self._dice = random.Random(1)

    async def silenced(self, what: str, member: str) -> None:
        asked_at = await self._ask(member)
        await until(self.watch.is_silent)
        self._note(what, self.watch.ended_ms(asked_at))

    async def sounding(self, what: str, member: str, *words: object, out_of_silence: bool) -> None:
        asked_at = await self._ask(member, *words)
        await asyncio.sleep(0.3)
        await until(lambda: not self.watch.is_silent())
        self._note(what, self.watch.began_ms(asked_at, out_of_silence=out_of_silence))

    async def muted(self) -> None:
        await self._rest()
        asked_at = self.watch.now()
        await self.client.set(OUTPUT, "Muted", Variant("b", True))
        await until(self.watch.is_silent)
        self._note("mute", self.watch.ended_ms(asked_at))
        await self.client.set(OUTPUT, "Muted", Variant("b", False))
        await until(lambda: not self.watch.is_silent())

    async def softer(self) -> None:
        """To half of the glide down to a hundredth."""
        await self._rest()
        asked_at = self.watch.now()
        await self.client.set(PLAYER, "Volume", Variant("d", 0.01))
        await asyncio.sleep(0.4)
        recording = np.abs(self.watch.so_far()[asked_at:].astype(np.float64)).max(axis=1)
        windows = recording[: len(recording) // 44 * 44].reshape(-1, 44).max(axis=1)
        loud = np.flatnonzero(windows > 0.1 * np.median(windows[:10]))
        self._note("volume", (int(loud[-1]) + 1) * 44 / RATE_HZ * 1000)
        await self.client.set(PLAYER, "Volume", Variant("d", 1.0))

    async def changed(self, interface: str, name: str, value: Variant) -> None:
        """Of music that repeats itself every `PERIOD` frames: how soon half of the change is heard, and its click."""
        await self._rest()
        asked_at = self.watch.now()
        await self.client.set(interface, name, value)
        await until(lambda: len(self.watch.so_far()) > asked_at + 2 * PERIOD)
        old, mixed, new = (
            self.watch.so_far()[asked_at + away : asked_at + away + PERIOD].astype(np.float32) / np.float32(32_768)
            for away in (-PERIOD, 0, PERIOD)
        )
        windows = np.square(mixed - old)[: PERIOD // 44 * 44].reshape(-1, 44 * 2).mean(axis=1)
        settled = np.median(windows[-len(windows) // 5 :])
        assert settled > 1e-6, f"{name} = {value.value} is not heard"
        self._note(name, int(np.argmax(windows > settled / 4)) * 44 / RATE_HZ * 1000)
        self.clicks_db.append(high_transient_db(mixed, old, new, RATE_HZ))

    def median_ms(self, what: str) -> float:
        took_ms = self.took_ms[what]
        median = statistics.median(took_ms)
        print(
            f"{what}: median {median:.0f} ms, worst {max(took_ms):.0f}, of {len(took_ms)}; the sink {self.sink_ms:.0f}"
        )
        return median

    async def _ask(self, member: str, *words: object) -> int:
        await self._rest()
        asked_at = self.watch.now()
        await self.client.player(member, "x" * len(words), *words)
        return asked_at

    async def _rest(self) -> None:
        await asyncio.sleep(0.4 + self._dice.random() * 0.05)  # at any moment of a step

    def _note(self, what: str, ms: float) -> None:
        self.took_ms.setdefault(what, []).append(ms - self.sink_ms)


@pytest.fixture
async def listener(world: World, music: Path, stopwatch: Stopwatch) -> AsyncIterator[Listener]:
    """To a daemon that is ready, with enhancement off and what is in the folder by then."""
    await until(lambda: len(stopwatch.so_far()) > 0)
    sink_ms = await asyncio.to_thread(stopwatch.sink_ms)
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as client:
        async with asyncio.timeout(20):
            while await client.get(QUEUE, "CurrentIndex") != 0:  # noqa: ASYNC110 -- it may have been told before
                await asyncio.sleep(0.05)
        await client.set(ENHANCEMENT, "Enabled", Variant("b", False))
        await client.set(PLAYER, "LoopStatus", Variant("s", "Playlist"))
        yield Listener(client, stopwatch, sink_ms)
    daemon.stop()
    assert "Traceback" not in daemon.log()


@pytest.fixture
def tracks(music: Path) -> None:
    for number in range(3):
        soundfile.write(music / f"{number}.flac", noise(60, seed=number), RATE_HZ, subtype="PCM_16")


@pytest.mark.usefixtures("tracks")
async def test_pause_stop_and_mute_are_heard_within_60_ms_play_and_skip_within_100(listener: Listener) -> None:
    await listener.sounding("the first play", "Play", out_of_silence=True)
    for _ in range(TIMES):
        await listener.silenced("pause", "Pause")
        await listener.sounding("play after a pause", "Play", out_of_silence=True)
        await listener.silenced("stop", "Stop")
        await listener.sounding("play after a stop", "Play", out_of_silence=True)
        await listener.sounding("skip", "Next", out_of_silence=False)
        await listener.muted()
        await listener.softer()
    medians = {what: listener.median_ms(what) for what in listener.took_ms}

    assert max(medians["pause"], medians["stop"], medians["mute"]) <= 60
    assert max(medians["play after a pause"], medians["play after a stop"], medians["skip"]) <= 100
    assert medians["volume"] <= LEAST_S * 1000 + 40


@pytest.fixture
def repeating(music: Path) -> None:
    piece = noise(PERIOD / RATE_HZ, seed=3)
    soundfile.write(music / "again.flac", np.tile(piece, (180, 1)), RATE_HZ, subtype="PCM_16")


@pytest.mark.usefixtures("repeating")
async def test_another_treatment_is_heard_within_150_ms_and_without_a_click(listener: Listener) -> None:
    await listener.client.set(PLAYER, "LoopStatus", Variant("s", "Track"))
    await listener.client.set(ENHANCEMENT, "Enabled", Variant("b", True))
    await listener.sounding("the first play", "Play", out_of_silence=True)
    for preset in ("bright", "warm"):  # each is planned, and rehearsed where it must be, before it is timed
        await listener.client.set(ENHANCEMENT, "Preset", Variant("s", preset))
        async with asyncio.timeout(60):
            while await listener.client.get(ENHANCEMENT, "State") != "adaptive":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(3)
    for _ in range(TIMES):
        await listener.changed(ENHANCEMENT, "Preset", Variant("s", "bright"))
        await listener.changed(ENHANCEMENT, "Preset", Variant("s", "warm"))
        await listener.changed(ENHANCEMENT, "Enabled", Variant("b", False))
        await listener.changed(ENHANCEMENT, "Enabled", Variant("b", True))
    click_db = statistics.median(listener.clicks_db)
    print(f"above 10 kHz a change stands out by {click_db:.2f} dB, {max(listener.clicks_db):.2f} at worst")

    assert max(listener.median_ms(name) for name in ("Preset", "Enabled")) <= 150
    assert click_db <= 0.5


@pytest.fixture(params=list(FORMATS))
def long_track(request: pytest.FixtureRequest, music: Path) -> str:
    container, subtype = FORMATS[request.param]
    second = np.random.default_rng(1).normal(0, 0.1, (48_000, 2)).astype(np.float32)
    path = music / f"long.{request.param}"
    with soundfile.SoundFile(path, "w", 48_000, 2, format=container, subtype=subtype) as file:
        for number in range(MINUTES * 60):
            file.write(np.roll(second, 7 * number, axis=0))
    name: str = request.param
    return name


async def test_a_seek_is_heard_within_120_ms(long_track: str, listener: Listener) -> None:
    dice = random.Random(2)
    await listener.sounding("the first play", "Play", out_of_silence=True)
    at_us = 0
    for _ in range(TIMES):
        wanted_us = dice.randrange((MINUTES * 60 - 20) * 1_000_000)
        await listener.sounding(f"seek in {long_track}", "Seek", wanted_us - at_us, out_of_silence=False)
        at_us = await listener.client.get(PLAYER, "Position")

    assert listener.median_ms(f"seek in {long_track}") <= 120
