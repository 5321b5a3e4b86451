"""The desktop file: shown to clients only where it is installed, as MPRIS 2.2 wants it."""

import configparser
from collections.abc import Iterable
from pathlib import Path

from auralisd.bus.properties import IDENTITY

ENTRY = "auralisd"


def installed_entry(data_dirs: Iterable[Path]) -> str:
    """`auralisd` when one of the XDG data folders holds our desktop file, else ""."""
    return ENTRY if any(_is_ours(folder / "applications" / f"{ENTRY}.desktop") for folder in data_dirs) else ""


def _is_ours(file: Path) -> bool:
    entry = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    try:
        entry.read_string(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return False  # not there, or not a desktop file: then there is none
    return entry.get("Desktop Entry", "Name", fallback="") == IDENTITY
