"""Import, albums, duplicates and a reset of the real daemon, asked by busctl."""

import contextlib
import os
import struct
import time
from pathlib import Path

import pytest

from tests.music import write_music
from tests.system.rig import Daemon, World, cpu_s, wait_until

pytestmark = pytest.mark.system


def measurer(daemon: Daemon, name: str) -> int | None:
    """The worker that has had a file of this name open for a second of work."""
    for worker in daemon.children("auralisd.worker"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            opened = [os.readlink(file) for file in Path(f"/proc/{worker}/fd").iterdir()]
            if any(path.endswith(name) for path in opened) and cpu_s([worker]) > 1:
                return worker
    return None


def test_a_worker_that_measures_ends_with_a_daemon_that_is_killed(world: World, music: Path) -> None:
    data_bytes = 1_900_000_000  # three hours: long to measure, and nothing to write
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, 44_100, 176_400, 4, 16)
    head = struct.pack("<4sI4s", b"RIFF", 36 + data_bytes, b"WAVE") + form + struct.pack("<4sI", b"data", data_bytes)
    (music / "long.wav").write_bytes(head)
    os.truncate(music / "long.wav", len(head) + data_bytes)
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    daemon.wait_tracks(1)
    wait_until(lambda: measurer(daemon, "long.wav") is not None, 60)
    worker = measurer(daemon, "long.wav")
    daemon.process.kill()
    daemon.process.wait()
    since_s = time.monotonic()
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), 30)

    assert time.monotonic() - since_s < 10


def test_what_was_imported_is_an_album_at_once_and_what_was_forgotten_comes_anew(
    world: World, music: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    files = [
        write_music(stick / f"song {number}.flac", artist=artist, album="Sampler", track=number)
        for number, artist in enumerate(("Ada", "Bob", "Cora"), 1)
    ]
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    uris = [path.as_uri() for path in (*files, files[0])]
    job = world.call("Library", "Import", "asta{sv}", str(len(uris)), *uris, "1", "0").split('"')[1].rpartition("/")[2]
    wait_until(
        lambda: f'job/{job}" "kind" s "import" ' in world.call("Jobs", "List", "a{sv}", "1", "state", "s", "done")
    )
    daemon.wait_tracks(3)
    albums = world.call("Library", "Browse", "sssua{sv}", "albums", "", "", "0", "0")
    again = world.call("Library", "Import", "asta{sv}", "1", uris[1], "1", "1", "duplicates", "b", "true")
    daemon.wait_tracks(4)
    duplicates = world.call("Library", "FindDuplicates", "su", "", "0")
    world.call("Library", "Reset", "s", "forget everything")
    daemon.wait_tracks(4)
    ids = world.call("Library", "Query", "sassua{sv}", "", "1", "id", "", "0", "0")

    assert "/job/" in again
    assert {path.name for path in music.iterdir()} == {"song 1.flac", "song 2.flac", "song 3.flac", "song 2 (2).flac"}
    assert '"title" s "Sampler" "tracks" u 3 "duration_us" x 600000 "compilation" b true' in albums
    assert '"tracks" at 2 ' in duplicates
    assert [f'"id" t {number}' in ids for number in range(1, 9)] == [False] * 4 + [True] * 4
    assert "Traceback" not in daemon.log()
    assert str(music) not in daemon.log()
