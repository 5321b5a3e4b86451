"""Other players on the same sound server, playing the same file: MPD, and Mopidy where it is installed."""

import contextlib
import json
import shutil
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.peers.mpd_scan import mpd_at
from tests.system.rig import World, end, wait_until

_MPD: Final = """music_directory "{music}"
db_file "{folder}/database"
bind_to_address "{folder}/socket"
auto_update "no"
audio_output {{
  type "alsa"
  name "ear"
  device "default"
}}
"""

_MOPIDY: Final = """[core]
data_dir = {folder}/data
cache_dir = {folder}/cache
config_dir = {folder}/config
[audio]
output = alsasink
[file]
enabled = true
media_dirs = {music}
[http]
enabled = true
hostname = 127.0.0.1
port = {port}
[m3u]
enabled = false
[stream]
enabled = true
"""


@contextlib.contextmanager
def mpd_playing(world: World, music: Path, folder: Path) -> Iterator[int | None]:
    """Its process id while it plays the folder; None where it is not installed."""
    if shutil.which("mpd") is None:
        yield None
        return
    folder.mkdir()
    (folder / "mpd.conf").write_text(_MPD.format(music=music, folder=folder))
    process = world.spawn("mpd", "--no-daemon", str(folder / "mpd.conf"))
    try:
        with mpd_at(folder / "socket") as ask:
            wait_until(lambda: "updating_db" not in ask("status"), 60)
            ask("update")
            wait_until(lambda: "updating_db" not in ask("status"), 60)
            ask("add /")
            ask("repeat 1")
            ask("play")
            wait_until(lambda: float(ask("status").get("elapsed", 0)) > 1, 20)
            yield process.pid
    finally:
        end(process)


@contextlib.contextmanager
def mopidy_playing(world: World, music: Path, folder: Path) -> Iterator[int | None]:
    """The same of Mopidy; None also where its parts are missing."""
    if shutil.which("mopidy") is None:
        yield None
        return
    folder.mkdir()
    port = _free_port()
    (folder / "mopidy.conf").write_text(_MOPIDY.format(music=music, folder=folder, port=port))
    process = world.spawn("mopidy", "--config", str(folder / "mopidy.conf"))
    try:
        wait_until(lambda: _rpc(port, "core.get_version") is not None or process.poll() is not None, 60, every_s=0.2)
        if process.poll() is not None:
            yield None
            return
        _rpc(port, "core.tracklist.add", uris=[path.as_uri() for path in sorted(music.iterdir())])
        _rpc(port, "core.tracklist.set_repeat", value=True)
        _rpc(port, "core.playback.play")
        wait_until(lambda: (_rpc(port, "core.playback.get_time_position") or 0) > 1000, 30, every_s=0.2)
        yield process.pid
    finally:
        end(process)


def _rpc(port: int, method: str, **parameters: Any) -> Any:
    """What Mopidy answers; None while it does not."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/mopidy/rpc", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer).get("result")
    except OSError:
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
