"""How soon a change of the disk shows over D-Bus: from the last write to a client's answer that says so."""

import os
import statistics
import time
from pathlib import Path

import pytest

from tests.music import tag, write_music
from tests.system.rig import Daemon, World, wait_until

pytestmark = [pytest.mark.system, pytest.mark.alone]

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
TIMES = 50 if LONG else 5


def shows_after_s(world: World, words: str, name: str, *, gone: bool = False) -> float:
    """Seconds until a client that asks for these words is told of the file of that name, or no longer is."""
    began_s = time.monotonic()
    question = ("Library", "Query", "sassua{sv}", words, "2", "title", "file_name", "", "50", "0")
    wait_until(lambda: (name in world.call(*question)) != gone, within_s=30, every_s=0.01)
    return time.monotonic() - began_s


def test_what_is_new_changed_moved_or_deleted_shows_within_two_seconds(
    world: World, music: Path, tmp_path: Path
) -> None:
    daemon = Daemon(world, "--music", str(music), "--state-dir", str(tmp_path / "state"))
    daemon.wait_ready()
    took_s: dict[str, list[float]] = {"new": [], "changed": [], "moved": [], "deleted": []}
    for number in range(TIMES):
        fresh = write_music(tmp_path / "fresh.flac", title=f"Aria{number}x", track=number)
        path = fresh.rename(music / f"{number}.flac")
        took_s["new"].append(shows_after_s(world, f"aria{number}x", path.name))
        tag(path, title=f"Bolero{number}x")
        took_s["changed"].append(shows_after_s(world, f"bolero{number}x", path.name))
        path = path.rename(music / f"moved{number}.flac")
        took_s["moved"].append(shows_after_s(world, f"bolero{number}x", path.name))
        path.unlink()
        took_s["deleted"].append(shows_after_s(world, f"bolero{number}x", path.name, gone=True))
    medians_s = {what: statistics.median(each) for what, each in took_s.items()}
    print(", ".join(f"{what} {median_s:.2f} s" for what, median_s in medians_s.items()), f"medians of {TIMES}")

    assert max(medians_s.values()) <= 2.0, medians_s
