"""The sound process while it plays: how soon it sounds, how soon a change is heard, and what it costs.

`python -m benchmarks.ring` drives the real process over its link, with the silent output, which paces as a device does.
"""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from auralisd.model.taste import Treatment

COLD, WARM_STARTS, CHANGES = 5, 10, 8
PLAYING_S = 10.0


def main() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> None:
    from auralisd.doors.sound import Audible, Planned, Revise, Start
    from tests.system.sound_driver import (
        ADAPTIVE,
        UNTOUCHED,
        WARM,
        music,
        sound_process,
        stream,
        the_profile_of,
        written,
    )

    sound = music(60.0)
    path, profile = written(folder / "a.ogg", sound, subtype="VORBIS"), the_profile_of(sound)

    cold = []
    for _ in range(COLD):
        began_s = time.monotonic()
        async with sound_process("silent") as process:
            process.send(Start(1, stream(path, 1, treatment=ADAPTIVE), playing=True))
            await process.told(Audible)
            cold.append(time.monotonic() - began_s)
    print(f"cold start of a never measured track to its first frame: {_ms(cold)}")

    async with sound_process("silent") as process:
        process.send(Start(1, stream(path, 1, treatment=UNTOUCHED), playing=True))
        await process.told(Audible)
        warm = []
        for generation in range(2, 2 + WARM_STARTS):
            never_seen = folder / f"{generation}.ogg"
            never_seen.write_bytes(path.read_bytes())
            began_s = time.monotonic()
            process.send(Start(generation, stream(never_seen, generation, treatment=ADAPTIVE), playing=True))
            await process.told(Audible, generation=generation)
            warm.append(time.monotonic() - began_s)
        print(f"warm start of a never measured track to its first frame: {_ms(warm)}")
        for words, frames in (("somewhere else", range(1_000_000, 2_000_000, 100_000)), ("back", [1_001_000] * 10)):
            seeks = []
            for frame in frames:
                generation += 1
                began_s = time.monotonic()
                wanted = stream(path, 1, frame=frame, treatment=ADAPTIVE, profile=profile)
                process.send(Start(generation, wanted, playing=True))
                await process.told(Audible, generation=generation)
                seeks.append(time.monotonic() - began_s)
            print(f"seek {words} to its first frame: {_ms(seeks)}")
        await asyncio.sleep(1.0)
        for words, pause_s in (("", 4.0), (" and back within a second", 0.4)):
            changes = []
            for number in range(CHANGES):
                asked_at = process.frame()
                before = len(process.all_of(Planned))
                treatment = ADAPTIVE if number % 2 else WARM
                process.send(Revise(generation, (stream(path, 1, treatment=treatment, profile=profile),)))
                planned = await process.told(Planned, count=before + 1)
                changes.append((planned.effective_frame - asked_at) / 44_100)
                await asyncio.sleep(pause_s)
            print(f"change of preset{words} to the ear: {_ms(changes)}")

    for name, treatment in (("plain", UNTOUCHED), ("enhanced", ADAPTIVE)):
        await _measure_playing(path, name, treatment)


async def _measure_playing(path: Path, name: str, treatment: Treatment) -> None:
    from auralisd.doors.sound import Audible, Start
    from tests.system.sound_driver import sound_process, stream

    async with sound_process("silent") as process:
        process.send(Start(1, stream(path, 1, treatment=treatment), playing=True))
        await process.told(Audible)
        await asyncio.sleep(2.0)
        cpu_s, wakeups = _spent(process.child.pid)
        await asyncio.sleep(PLAYING_S)
        cpu_then_s, wakeups_then = _spent(process.child.pid)
        print(f"playing {name}, CPU: {(cpu_then_s - cpu_s) / PLAYING_S:.2%} of one core")
        print(f"playing {name}, wakeups: {(wakeups_then - wakeups) / PLAYING_S:.0f}/s")
        print(f"playing {name}, memory: {_pss_mb(process.child.pid):.0f} MB (PSS)")


def _spent(pid: int) -> tuple[float, int]:
    """CPU seconds and voluntary context switches of all threads."""
    ran_ns = wakeups = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        ran_ns += int((task / "schedstat").read_text().split()[0])
        switches = (line for line in (task / "status").read_text().splitlines() if line.startswith("voluntary"))
        wakeups += int(next(switches).split()[1])
    return ran_ns / 1e9, wakeups


def _pss_mb(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1]) / 1024


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms (median of {len(seconds)}, worst {max(seconds) * 1000:.0f})"


if __name__ == "__main__":
    main()
