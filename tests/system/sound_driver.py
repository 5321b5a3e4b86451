"""The sound process as control sees it: started as control does, driven over the link, read by its clock."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile

from auralisd.analysis.measure import Measuring
from auralisd.doors.child import Child, start_child
from auralisd.doors.clock import ClockReader, Heard, frame_now, make_clock
from auralisd.doors.sound import Order, Report, Stream
from auralisd.dsp.block import Block
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import ENHANCED, OFF, Treatment

PATIENCE_S = 10.0
RATE_HZ = 44_100

UNTOUCHED = Treatment(mode=OFF)
ADAPTIVE = Treatment(mode=ENHANCED, preset=PRESETS["adaptive"])
WARM = Treatment(mode=ENHANCED, preset=PRESETS["warm"])

ReportType = TypeVar("ReportType")


class Sound:
    """`reports` holds everything the process has told, in order."""

    def __init__(self, child: Child, clock: ClockReader) -> None:
        self.child = child
        self.reports: list[Report] = []
        self._clock = clock
        self._news = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    def send(self, *orders: Order) -> None:
        for order in orders:
            self.child.link.send(order)

    async def told(self, kind: type[ReportType], count: int = 1, **fields: object) -> ReportType:
        """The `count`-th report of a kind with these fields, once it is there."""
        async with asyncio.timeout(PATIENCE_S):
            while len(found := self.all_of(kind, **fields)) < count:
                self._news.clear()
                await self._news.wait()
        return found[count - 1]

    def all_of(self, kind: type[ReportType], **fields: object) -> list[ReportType]:
        return [
            report
            for report in self.reports
            if isinstance(report, kind) and all(getattr(report, name) == value for name, value in fields.items())
        ]

    def heard(self) -> Heard:
        return self._clock.read()

    def frame(self) -> int:
        return frame_now(self.heard(), time.monotonic_ns())

    async def frame_reached(self, frame: int, entry: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.heard().entry != entry or self.frame() < frame:  # noqa: ASYNC110 -- shared memory tells nobody
                await asyncio.sleep(0.005)

    async def _listen(self) -> None:
        try:
            while True:
                self.reports.append(await self.child.link.receive())
                self._news.set()
        except EOFError:
            self._news.set()


@asynccontextmanager
async def sound_process(output: str) -> AsyncIterator[Sound]:
    """Ends it, whatever happened."""
    clock_fd = make_clock()
    child = await start_child(
        "auralisd.sound", Report, arguments=(str(clock_fd), output, "64", "software", "20"), inherit=(clock_fd,)
    )
    sound = Sound(child, ClockReader(clock_fd))
    os.close(clock_fd)
    try:
        yield sound
    finally:
        await child.end()
        await sound._listening


def music(seconds: float, *, seed: int = 1, rate_hz: int = RATE_HZ) -> Block:
    """Chords with a little noise, exact in 16 bits: every stretch is unlike every other."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    random = np.random.default_rng(seed)
    waves = sum(np.sin(2 * np.pi * hz * time_s + seed) for hz in (110.0 * seed, 275.0, 660.5)) * 0.12
    sides = np.stack((waves, waves * 0.7), axis=1) + random.normal(0, 0.01, (len(time_s), 2))
    return (np.rint(sides * 32_768) / 32_768).astype(np.float32)


def written(path: Path, sound: Block, *, rate_hz: int = RATE_HZ, subtype: str = "PCM_16") -> Path:
    with soundfile.SoundFile(path, "w", rate_hz, sound.shape[1], subtype=subtype) as file:
        for start in range(0, len(sound), rate_hz):  # Vorbis is not to be written in one go
            file.write(sound[start : start + rate_hz])
    return path


RISE_FRAMES = 441
"""Ten milliseconds: so long does what begins in the middle of a track take to come up."""

RISE = (0.5 - 0.5 * np.cos(np.pi * (np.arange(RISE_FRAMES) + 0.5) / RISE_FRAMES)).astype(np.float32)[:, None]


def comes_up(heard: Block, sound: Block, *, within: int = 1) -> bool:
    """True when `heard` holds `sound`, as it comes up out of silence, from one of its first `within` frames on."""
    rising = sound[:RISE_FRAMES] * RISE
    for at in range(min(within, len(heard) - len(sound) + 1)):
        close = np.abs(heard[at : at + RISE_FRAMES] - rising).max() < 1e-6
        if close and np.array_equal(heard[at : at + len(sound)][RISE_FRAMES:], sound[RISE_FRAMES:]):
            return True
    return False


def stream(
    path: Path,
    entry: int,
    *,
    frame: int = 0,
    treatment: Treatment = UNTOUCHED,
    profile: SoundProfile | None = None,
) -> Stream:
    """Without a treatment its samples pass untouched."""
    return Stream(entry, entry + 1000, os.fsencode(path), start_frame=frame, treatment=treatment, profile=profile)


def recorded(path: Path) -> Block:
    sound: Block = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return sound


def size_bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def without_silence(sound: Block) -> Block:
    """Without the padding around it."""
    sounding = np.flatnonzero(np.abs(sound).sum(axis=1))
    return sound[sounding[0] : sounding[-1] + 1] if len(sounding) else sound[:0]


def sharpest_bend(sound: Block) -> float:
    """The largest third difference: in smooth sound a click stands out of it."""
    return float(np.abs(np.diff(sound, n=3, axis=0)).max())


def the_profile_of(sound: Block) -> SoundProfile:
    measuring = Measuring(RATE_HZ, 2)
    measuring.feed(sound)
    return measuring.result()
