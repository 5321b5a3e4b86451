"""How soon the sound process does what it is told, at the default fill and without a sink's own latency.

`python -m benchmarks.promptness [MINUTES]` drives the real process over its link, with the silent output, which paces
as a device does.  MINUTES is the length of the tracks that are sought in (60).
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.system.sound_driver import Sound

TIMES = 20
FORMATS = {
    "flac": ("FLAC", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
}
RATE_HZ = 48_000


def main(arguments: list[str]) -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    minutes = float(arguments[0]) if arguments else 60.0
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), minutes))


async def _measure(folder: Path, minutes: float) -> None:
    from tests.system.sound_driver import sound_process

    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; medians of {TIMES} and the worst")
    for suffix in FORMATS:
        path = _written(folder / f"long.{suffix}", minutes)
        async with sound_process("silent") as process:
            player = _Player(process, path)
            await player.start(0)
            seeks = [await player.seek(minutes) for _ in range(TIMES)]
            print(f"seek in {minutes:g} minutes of {suffix} to its first frame: {_ms(seeks)}")
            if suffix == "flac":
                rows = [(await player.pause(), await player.start(0), await player.stop()) for _ in range(TIMES)]
                pauses, skips, stops = zip(*rows, strict=True)
                print(f"pause to the held device: {_ms(pauses)}")
                print(f"skip, or Play behind a stop, to its first frame: {_ms(skips)}")
                print(f"stop to the silent device: {_ms(stops)}")
        path.unlink()
    for words, muted in (("mute", True), ("volume", False)):
        took = [await _turned_down(folder / f"{muted}{number}.wav", muted=muted) for number in range(TIMES // 2)]
        print(f"{words} to half of its glide: {_ms(took)}")


class _Player:
    def __init__(self, process: "Sound", path: Path) -> None:
        self._process = process
        self._path = path
        self._generation = 0
        self._dice = random.Random(1)

    async def start(self, frame: int) -> float:
        from auralisd.doors.sound import Audible, Start
        from tests.system.sound_driver import UNTOUCHED, stream

        self._generation += 1
        wanted = Start(self._generation, stream(self._path, 1, frame=frame, treatment=UNTOUCHED), playing=True)
        took_s = await _took(self._told_after(wanted, Audible, generation=self._generation))
        await asyncio.sleep(0.3)
        return took_s

    async def seek(self, minutes: float) -> float:
        return await self.start(self._dice.randrange(round(minutes * 60 - 20) * RATE_HZ))

    async def pause(self) -> float:
        """From a paused or stopped device it plays again first."""
        from auralisd.doors.sound import DeviceState, Hold

        await self.start(0)
        count = len(self._process.all_of(DeviceState, state="paused")) + 1
        return await _took(self._told_after(Hold(), DeviceState, count, state="paused"))

    async def stop(self) -> float:
        from auralisd.doors.sound import DeviceState, Halt

        self._generation += 1
        count = len(self._process.all_of(DeviceState, state="paused")) + 1
        return await _took(self._told_after(Halt(self._generation), DeviceState, count, state="paused"))

    async def _told_after(self, order: object, kind: type, count: int = 1, **fields: object) -> None:
        self._process.send(order)  # type: ignore[arg-type]
        await self._process.told(kind, count, **fields)


async def _turned_down(output: Path, *, muted: bool) -> float:
    """Into a file, whose every frame was heard: it was not taken back.  A steady level shows what is done to it."""
    import numpy as np

    from auralisd.doors.sound import Audible, Halt, SetVolume, Start
    from tests.system.sound_driver import UNTOUCHED, recorded, sound_process, stream, written

    path = written(output.with_name("even.wav"), np.full((RATE_HZ * 5, 2), 0.25, np.float32), rate_hz=RATE_HZ)
    async with sound_process(f"file:{output}") as process:
        process.send(Start(1, stream(path, 1, treatment=UNTOUCHED), playing=True))
        await process.told(Audible)
        await asyncio.sleep(0.5)
        asked_at = process.frame()
        process.send(SetVolume(1.0 if muted else 0.0, muted=muted))
        await asyncio.sleep(0.5)
        process.send(Halt(2))
        await asyncio.sleep(0.1)
    return (int(np.argmax(recorded(output)[:, 0] < 0.125)) - asked_at) / RATE_HZ


async def _took(doing: Awaitable[object]) -> float:
    began_s = time.monotonic()
    await doing
    return time.monotonic() - began_s


def _written(path: Path, minutes: float) -> Path:
    import numpy as np
    import soundfile

    container, subtype = FORMATS[path.suffix[1:]]
    second = np.random.default_rng(1).normal(0, 0.1, (RATE_HZ, 2)).astype(np.float32)
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, format=container, subtype=subtype) as file:
        for number in range(round(minutes * 60)):
            file.write(np.roll(second, 7 * number, axis=0))
    return path


def _ms(seconds: "list[float] | tuple[float, ...]") -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms (worst {max(seconds) * 1000:.0f})"


if __name__ == "__main__":
    main(sys.argv[1:])
