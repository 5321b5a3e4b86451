"""Logs: one line for each thing that happened, and no path of the music folder above DEBUG.

Owns the one formatter: it rewrites every absolute path below a music folder to `<folder's name>/relative name`, in
texts and tracebacks alike.  Under systemd each line carries its syslog level for the journal.
"""

import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TextIO

from auralisd.errors import NotSupported

LEVELS: Final = {
    "emerg": 60,
    "alert": 55,
    "crit": logging.CRITICAL,
    "err": logging.ERROR,
    "warning": logging.WARNING,
    "notice": 25,
    "info": logging.INFO,
    "debug": logging.DEBUG,
}
"""The words of syslog, and what Python's logging makes of them."""

_JOURNAL_LEVELS = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class PrivateFormatter(logging.Formatter):
    """Rewrites the paths of `folders`; longer ones first, so that a folder inside a folder keeps its own name."""

    def __init__(self, folders: tuple[Path, ...], *, journal: bool) -> None:
        super().__init__("%(message)s" if journal else "%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")
        self._journal = journal
        self._names: tuple[tuple[str, str], ...] = ()
        self.conceal(folders)

    def conceal(self, folders: Iterable[Path]) -> None:
        """These too from now on, for ever: what was a music folder may still be spoken of."""
        names = {*self._names, *((str(folder), folder.name or "music") for folder in folders if str(folder) != "/")}
        self._names = tuple(sorted(names, key=lambda name: len(name[0]), reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if record.levelno > logging.DEBUG:
            for path, name in self._names:
                text = text.replace(path, name)
        if self._journal:
            level = _JOURNAL_LEVELS.get(record.levelno, 6)
            text = "\n".join(f"<{level}>{line}" for line in text.splitlines())
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


class StderrNow:
    """Writes to what sys.stderr is at that moment: the live view stands in its place while it draws."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def start_logging(
    folders: tuple[Path, ...], *, level: str, journal: bool, stream: TextIO | StderrNow | None = None
) -> PrivateFormatter:
    """Send every log line of this process to `stream`, to stderr unless one is named; answers who writes them."""
    lines = logging.StreamHandler(stream or StderrNow())
    formatter = PrivateFormatter(folders, journal=journal)
    lines.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    return formatter


class Log:
    """How much of it there is, and where it goes; for `org.freedesktop.LogControl1`.

    `on_level` hears of another level, so that other processes can be told.
    """

    def __init__(self, *, journal: bool, on_level: Callable[[], None] = lambda: None) -> None:
        self._own_target = "journal" if journal else "console"
        self._on_level = on_level
        self._silent = False

    @property
    def level(self) -> str:
        number = logging.getLogger().level
        return min(LEVELS, key=lambda word: abs(LEVELS[word] - number))

    def set_level(self, level: str) -> None:
        logging.getLogger().setLevel(LEVELS[level])
        self._on_level()

    @property
    def target(self) -> str:
        return "null" if self._silent else self._own_target

    def set_target(self, target: str) -> None:
        """Raises NotSupported."""
        if target not in ("auto", "null", self._own_target):
            raise NotSupported(f"this daemon was started to log to {self._own_target}; say that, auto or null")
        self._silent = target == "null"
        for lines in logging.getLogger().handlers:
            lines.setLevel(logging.CRITICAL + 100 if self._silent else logging.NOTSET)
