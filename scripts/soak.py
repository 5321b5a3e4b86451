"""Play for long and see whether anything grows: `make soak HOURS=24`, or `.venv/bin/python scripts/soak.py 2 [MUSIC]`.

The real daemon in a private world (its own bus, its own PulseAudio with a null sink) plays a folder round and round:
the corpus of `make corpus`, else the demo album.  Every minute its descriptors, threads and memory are counted, control
and sound apart; one line an hour (or a sixth of a shorter run) is printed, and the page is kept in build/soak.md.
Exits with 1 when memory grew by more than 5 MB or descriptors or threads by any after the first such stretch, when a
loop stalled or a sound was not continuous (an underrun), or when the music stood still.
"""

import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

REPOSITORY: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from auralisd.demo.album import compose  # noqa: E402
from tests.system.rig import Daemon, World, a_world, cpu_s, pss_bytes, wait_until  # noqa: E402

LOOK_EVERY_S: Final = 60.0
MOST_GROWTH_BYTES: Final = 5_000_000
PAGE: Final = REPOSITORY / "build" / "soak.md"


class Look(NamedTuple):
    """One count of control and sound together."""

    descriptors: int
    threads: int
    memory_bytes: int
    cpu_s: float
    underruns: int
    stalls: int
    position: str


class Stretch(NamedTuple):
    """The most of each within one stretch; CPU is a share of one core."""

    descriptors: int
    threads: int
    memory_bytes: int
    cpu: float
    underruns: int
    stalls: int


def look(world: World, daemon: Daemon) -> Look:
    pids = [daemon.process.pid, *daemon.children("auralisd.sound")]
    return Look(
        descriptors=sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids),
        threads=sum(len(os.listdir(f"/proc/{pid}/task")) for pid in pids),
        memory_bytes=pss_bytes(pids),
        cpu_s=cpu_s(pids),
        underruns=int(world.get("Output", "Underruns").removeprefix("t ")),
        stalls=len(daemon.stalls()),
        position=world.playerctl("position") + world.playerctl("metadata", "mpris:trackid"),
    )


def summed_up(looks: list[Look], seconds: float) -> Stretch:
    return Stretch(
        descriptors=max(each.descriptors for each in looks),
        threads=max(each.threads for each in looks),
        memory_bytes=max(each.memory_bytes for each in looks),
        cpu=(looks[-1].cpu_s - looks[0].cpu_s) / seconds,
        underruns=looks[-1].underruns - looks[0].underruns,
        stalls=looks[-1].stalls - looks[0].stalls,
    )


def line(hours: float, stretch: Stretch) -> str:
    cells = (
        f"{hours:.2f}",
        str(stretch.descriptors),
        str(stretch.threads),
        f"{stretch.memory_bytes / 1e6:.1f}",
        f"{stretch.cpu:.2%}",
        str(stretch.underruns),
        str(stretch.stalls),
    )
    return f"| {' | '.join(cells)} |"


def faults(stretches: list[Stretch], stood_still: int) -> list[str]:
    """What must not be."""
    first, last = stretches[0], stretches[-1]
    found = []
    if last.memory_bytes > first.memory_bytes + MOST_GROWTH_BYTES:
        found.append(f"memory grew by {(last.memory_bytes - first.memory_bytes) / 1e6:.1f} MB")
    found += [
        f"{what} grew from {getattr(first, what)} to {getattr(last, what)}"
        for what in ("descriptors", "threads")
        if getattr(last, what) > getattr(first, what)
    ]
    if underruns := sum(each.underruns for each in stretches):
        found.append(f"{underruns} underruns")
    if stalls := sum(each.stalls for each in stretches):
        found.append(f"{stalls} stalls of the loop")
    if stood_still:
        found.append(f"the music stood still {stood_still} times")
    return found


def soaked(world: World, daemon: Daemon, hours: float, say: "Page") -> list[str]:
    stretch_s = min(3600.0, hours * 3600 / 6)
    every_s = min(LOOK_EVERY_S, stretch_s / 4)
    began_s, stretches, stood_still = time.monotonic(), list[Stretch](), 0
    before = look(world, daemon)
    while time.monotonic() - began_s < hours * 3600 - 1:
        looks, since_s = [before], time.monotonic()
        while time.monotonic() - since_s < stretch_s - every_s / 2:
            time.sleep(every_s)
            now = look(world, daemon)
            stood_still += now.position == looks[-1].position
            looks.append(now)
        before = looks[-1]
        stretches.append(summed_up(looks, time.monotonic() - since_s))
        say(line((time.monotonic() - began_s) / 3600, stretches[-1]))
    return faults(stretches, stood_still)


class Page:
    """Lines that are printed and kept as they come."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        self._file = path.open("w", encoding="utf-8")

    def __call__(self, text: str) -> None:
        print(text, flush=True)
        print(text, file=self._file, flush=True)

    def close(self) -> None:
        self._file.close()


def music_folder(scratch: Path, named: str | None) -> Path:
    corpus = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "auralis" / "corpus"
    if named is not None:
        return Path(named)
    if corpus.is_dir():
        return corpus
    return compose(scratch / "demo", report=lambda _title: None)


def main(words: list[str]) -> int:
    hours = float(words[0]) if words else 24.0
    say = Page(PAGE)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, a_world(Path(folder)) as world:
        music = music_folder(Path(folder), words[1] if len(words) > 1 else None)
        daemon = Daemon(world, "--music", str(music), "--output", "alsa", "--play")
        daemon.wait_ready(60)
        wait_until(lambda: world.playerctl("status") == "Playing", 60)
        world.playerctl("loop", "Playlist")
        wait_until(lambda: not daemon.children("auralisd.worker"), 3600, every_s=1)
        say(f"# {hours:g} hours of play\n")
        say(f"Python {platform.python_version()}, {os.cpu_count()} cores; music: {music.name}\n")
        say("| hours | descriptors | threads | memory, MB | CPU | underruns | stalls |")
        say("|--:|--:|--:|--:|--:|--:|--:|")
        found = soaked(world, daemon, hours, say)
        if "Traceback" in daemon.log():
            found.append("a traceback in the log")
        say(f"\n{'; '.join(found) or 'Nothing grew, nothing was late.'}")
    say.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
