"""Files: the presets of a folder as they lie there.  Blocks; called on a thread of its own."""

import os
import stat
from pathlib import Path

import msgspec

from auralisd.model.preset import Preset
from auralisd.presets.reading import PresetRefused, check_name, preset_of

MOST_FILES = 200
MOST_BYTES = 64 * 1024
_SUFFIX = ".toml"


class Fault(msgspec.Struct, frozen=True):
    """Why a file is no preset."""

    reason: str
    remedy: str


class Shelved(msgspec.Struct, frozen=True):
    """A file: the preset in it, or why there is none."""

    file_name: str
    found: Preset | Fault

    @property
    def name(self) -> str:
        return self.file_name.removesuffix(_SUFFIX)


class Looked(msgspec.Struct, frozen=True):
    """All files of the folder by name; `fault` says why not all could be seen, and what was seen before stays."""

    files: tuple[Shelved, ...] = ()
    fault: Fault | None = None


def look_into(folder: Path) -> Looked:
    """Read the folder; one that does not exist holds nothing."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(_SUFFIX) and not name.startswith("."))
    except FileNotFoundError:
        return Looked()
    except OSError as refusal:
        return Looked(fault=Fault(f"the folder cannot be read ({refusal.strerror})", "mend its permissions"))
    fault = None
    if len(names) > MOST_FILES:
        fault = Fault(f"{len(names)} files, of which the first {MOST_FILES} are read", "move some of them away")
    files = (_shelved(folder, name) for name in names[:MOST_FILES])
    return Looked(tuple(file for file in files if file is not None), fault)


def _shelved(folder: Path, file_name: str) -> Shelved | None:
    """None when it has gone since the folder was listed."""
    name = file_name.removesuffix(_SUFFIX)
    try:
        check_name(name)
        return Shelved(file_name, preset_of(name, _content(folder / file_name)))
    except FileNotFoundError:
        return None
    except PresetRefused as refusal:
        return Shelved(file_name, Fault(refusal.reason, refusal.remedy))
    except OSError as refusal:
        return Shelved(file_name, Fault(f"it cannot be read ({refusal.strerror})", "mend its permissions"))


def _content(path: Path) -> bytes:
    """What a file holds.  Waits for no FIFO, touches no device, follows no link.  Raises PresetRefused, OSError."""
    _check_kind(os.lstat(path))
    # It may be replaced after the look: the same is asked of what was opened.
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY)
    with os.fdopen(fd, "rb") as file:
        _check_kind(os.fstat(fd))
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise PresetRefused("it is too large for a preset", f"keep it below {MOST_BYTES // 1024} KiB")
    return content


def _check_kind(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise PresetRefused("it is a link, and none is followed", "put the file itself here")
    if not stat.S_ISREG(status.st_mode):
        raise PresetRefused("it is no file", "move it away")
