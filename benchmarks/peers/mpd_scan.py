"""How long MPD takes to read a music folder, from its start, at which it begins by itself, to the last song."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

_CONFIG = """music_directory "{music}"
db_file "{folder}/database"
bind_to_address "{folder}/socket"
auto_update "no"
audio_output {{
  type "null"
  name "none"
}}
"""
_DEADLINE_S = 600.0


def mpd_scan_s(music: Path, folder: Path) -> tuple[float, float, int] | None:
    """Seconds of the first update and of one that finds nothing new, and the songs found; None without MPD."""
    if shutil.which("mpd") is None:
        return None
    folder.mkdir()
    (folder / "mpd.conf").write_text(_CONFIG.format(music=music, folder=folder))
    began_s = time.perf_counter()
    with _mpd(folder) as ask:
        _wait(ask)
        first_s, began_s = time.perf_counter() - began_s, time.perf_counter()
        ask("update")
        _wait(ask)
        return first_s, time.perf_counter() - began_s, int(ask("stats")["songs"])


class _Client:
    def __init__(self, connection: socket.socket) -> None:
        self._stream = connection.makefile("rw", encoding="utf-8")
        self._stream.readline()

    def __call__(self, command: str) -> dict[str, str]:
        self._stream.write(f"{command}\n")
        self._stream.flush()
        answer: dict[str, str] = {}
        while (line := self._stream.readline().rstrip("\n")) != "OK":
            key, _, value = line.partition(": ")
            assert key, "MPD has left"
            assert not key.startswith("ACK"), line
            answer[key] = value
        return answer


@contextlib.contextmanager
def mpd_at(place: Path) -> Iterator[_Client]:
    """A client of the MPD that listens there, or will within seconds."""
    deadline_s = time.monotonic() + 10
    with socket.socket(socket.AF_UNIX) as connection:
        while connection.connect_ex(str(place)):
            assert time.monotonic() < deadline_s, "MPD does not start"
            time.sleep(0.02)
        connection.settimeout(_DEADLINE_S)
        yield _Client(connection)


@contextlib.contextmanager
def _mpd(folder: Path) -> Iterator[_Client]:
    process = subprocess.Popen(
        ("mpd", "--no-daemon", str(folder / "mpd.conf")), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with mpd_at(folder / "socket") as ask:
            yield ask
    finally:
        process.terminate()
        process.wait()


def _wait(ask: _Client) -> None:
    while "updating_db" in ask("status"):
        time.sleep(0.005)
