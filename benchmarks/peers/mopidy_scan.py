"""How long mopidy-local takes to read a music folder; it reads with GStreamer and writes to SQLite, as we do."""

import re
import shutil
import subprocess
from pathlib import Path

_CONFIG = """[core]
cache_dir = {folder}/cache
data_dir = {folder}/data
config_dir = {folder}/config
[local]
enabled = true
media_dir = {music}
[audio]
output = fakesink
[http]
enabled = false
[file]
enabled = false
[m3u]
enabled = false
[stream]
enabled = false
"""
_DONE = re.compile(r"Scanned (\d+) of \d+ files in ([0-9.]+)s")


def mopidy_scan(music: Path, folder: Path, files: int) -> tuple[float, int] | None:
    """By its own clock, the seconds that it took for the first `files` files, and how many those were; None without
    mopidy."""
    if shutil.which("mopidy") is None:
        return None
    folder.mkdir()
    config = folder / "mopidy.conf"
    config.write_text(_CONFIG.format(music=music, folder=folder))
    command = ("mopidy", "--config", str(config), "local", "scan", "--limit", str(files))
    told = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
    found = _DONE.findall(told)
    return (float(found[-1][1]), int(found[-1][0])) if found else None
