"""`auralisd check`: what would keep the daemon from working here, and what to do about it."""

import asyncio
import contextlib
import ctypes.util
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote

import msgspec

from auralisd.config import Config
from auralisd.playback.self_check import sound_capabilities
from auralisd.store.database import FILE_NAME
from auralisd.store.folders import Choices, find_choices

DEVICE_WITHIN_S = 5.0
WATCH_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at.  `remedy` is "" when it is well; `fatal` keeps the daemon from starting."""

    what: str
    remedy: str = ""
    fatal: bool = False


def check(config: Config) -> int:
    """Print every finding; 0 when nothing fatal was found."""
    findings = [finding for look in LOOKS for finding in look(config)]
    for finding in findings:
        mark = "ok  " if not finding.remedy else ("FAIL" if finding.fatal else "warn")
        print(f"{mark} {finding.what}" + (f" — {finding.remedy}" if finding.remedy else ""))
    return int(any(finding.fatal for finding in findings))


def _sound(config: Config) -> Iterable[Finding]:
    """The very question that a starting daemon asks."""
    for part, reason in asyncio.run(sound_capabilities()).items():
        yield Finding(f"{part} is available" if not reason else f"{part} is not available", reason)


def _database(config: Config) -> Iterable[Finding]:
    options = {row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options")}
    well = "ENABLE_FTS5" in options
    yield Finding(
        f"SQLite {sqlite3.sqlite_version}", "" if well else "its FTS5 is missing; use another Python", not well
    )


def _state(config: Config) -> Iterable[Finding]:
    there = config.state_dir
    while not there.exists():
        there = there.parent
    well = os.access(there, os.W_OK)
    remedy = "" if well else "make it writable or name another with --state-dir"
    yield Finding(f"state folder {config.state_dir}", remedy, fatal=not well)


def _folders(config: Config) -> Iterable[Finding]:
    for folder in music_folders(config):
        if not folder.is_dir():
            yield Finding(f"music folder {folder} is not there", "create it, mount it or name another with --music")
        elif not os.access(folder, os.R_OK | os.X_OK):
            yield Finding(f"music folder {folder} cannot be read", "mend its permissions")
        else:
            yield Finding(f"music folder {folder}")


def music_folders(config: Config) -> list[Path]:
    """Those of the configuration and those that were added, as a daemon that starts now would have them."""
    choices = _choices(config.state_dir / FILE_NAME)
    left_out = choices.removed if config.music_by_default else frozenset()
    chosen = [*(bytes(folder) for folder in config.music_folders if bytes(folder) not in left_out), *choices.added]
    return [Path(os.fsdecode(folder)) for folder in dict.fromkeys(chosen)]


def _choices(database: Path) -> Choices:
    if not database.is_file():
        return Choices()
    try:
        with contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return find_choices(connection)
    except sqlite3.Error:  # it is of an older version, which knew no choices, or is damaged, which the start tells
        return Choices()


def _watches(config: Config) -> Iterable[Finding]:
    limit = int(WATCH_LIMIT.read_text(encoding="ascii"))
    needed = sum(1 for folder in music_folders(config) for _ in os.walk(folder))
    remedy = "" if needed < limit else f"raise it: sudo sysctl fs.inotify.max_user_watches={2 * needed}"
    yield Finding(f"{needed} folders to watch, {limit} allowed", remedy)


def _bus(config: Config) -> Iterable[Finding]:
    address = config.bus_address or f"unix:path=/run/user/{os.getuid()}/bus"
    reasons = [_no_bus_at(one) for one in address.split(";") if one]
    if "" in reasons:
        yield Finding("session bus answers")
    else:
        remedy = "log in to a desktop or run under `dbus-run-session -- auralisd`"
        yield Finding(f"session bus {address} ({', '.join(reasons)})", remedy, fatal=True)


def _no_bus_at(address: str) -> str:
    """Why nobody answers at one address (D-Bus Specification, "Server Addresses"); "" when somebody does."""
    transport, _, said = address.partition(":")
    options = {key: unquote(value) for key, _, value in (part.partition("=") for part in said.split(","))}
    try:
        if transport == "tcp":
            socket.create_connection((options.get("host", ""), options.get("port", "")), DEVICE_WITHIN_S).close()
        else:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(options.get("path") or "\0" + options.get("abstract", ""))
    except OSError as reason:
        return reason.strerror or str(reason)
    return ""


def _device(config: Config) -> Iterable[Finding]:
    """In a process of its own: opening a dead device can hang with Python's global lock held."""
    probe = [sys.executable, "-m", "auralisd.output.probe", config.output]
    try:
        tried = subprocess.run(probe, capture_output=True, text=True, timeout=DEVICE_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        yield Finding(f"sound device {config.output} hangs", "restart the sound server or name another device")
        return
    words, _, said = (tried.stdout.strip() or f"sound device {config.output} does not open").partition("; ")
    remedy = said or "start a sound server, or name --output alsa:DEVICE"
    yield Finding(words, "" if tried.returncode == 0 else remedy)


def _libraries(config: Config) -> Iterable[Finding]:
    well = ctypes.util.find_library("asound") is not None
    yield Finding("ALSA library", "" if well else "install libasound2", fatal=not well)


LOOKS: tuple[Callable[[Config], Iterable[Finding]], ...] = (
    _libraries,
    _sound,
    _database,
    _state,
    _folders,
    _watches,
    _bus,
    _device,
)
