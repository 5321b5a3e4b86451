"""What it costs to play: CPU and memory of all processes, beside MPD and Mopidy on the same sound server.

    python -m benchmarks.playing [--seconds N]

Each plays the same file after the other, so that a busy machine is as busy for all; what counts is the ratio.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SECONDS: Final = 30.0
MUST, AIM = {"enhanced": 0.03, "plain": 0.015}, {"enhanced": 0.015, "plain": 0.008}
_TRACK_S: Final = 240


def main() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    seconds = parser.parse_args().seconds if __name__ == "__main__" else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        for line in _measured(Path(folder), seconds):
            print(line, flush=True)


def _measured(folder: Path, seconds: float) -> Iterator[str]:
    import soundfile

    from benchmarks.peers.players import mopidy_playing, mpd_playing
    from tests.sounds import music as a_mix
    from tests.system.rig import Daemon, a_world, descendants, wait_until

    (music := folder / "Music").mkdir()
    soundfile.write(music / "1.flac", a_mix(_TRACK_S, 44_100), 44_100, subtype="PCM_16")
    with a_world(folder) as world:
        daemon = Daemon(world, "--music", str(music), "--output", "alsa")
        daemon.wait_ready()
        wait_until(lambda: world.get("Queue", "Length") == "u 1", 60)
        wait_until(lambda: not daemon.children("auralisd.worker"), 240, every_s=0.5)
        world.playerctl("loop", "Track")
        world.playerctl("play")
        wait_until(lambda: world.get("Output", "State") == 's "running"')
        for name, enabled in (("enhanced", "true"), ("plain", "false")):
            world.set("Enhancement", "Enabled", "b", enabled)
            time.sleep(8)  # the ring has filled
            wait_until(lambda: not daemon.children("auralisd.worker"), 240, every_s=0.5)
            everybody = [daemon.process.pid, *daemon.children("auralisd.sound")]
            yield f"auralisd, {name}: {_cost(everybody, seconds)} (must {MUST[name]:.1%}, aim {AIM[name]:.1%})"
        daemon.stop()
        for name, playing in (("MPD", mpd_playing), ("Mopidy", mopidy_playing)):
            with playing(world, music, folder / name) as pid:
                if pid is None:
                    yield f"{name}: absent"
                    continue
                time.sleep(5)
                yield f"{name}: {_cost([pid, *descendants(pid)], seconds)}"


def _cost(pids: list[int], seconds: float) -> str:
    from tests.system.rig import cpu_s, pss_bytes

    used_s, since_s = cpu_s(pids), time.monotonic()
    time.sleep(seconds)
    share = (cpu_s(pids) - used_s) / (time.monotonic() - since_s)
    return f"{share:.2%} of one core, {pss_bytes(pids) / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
