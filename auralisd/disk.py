"""Disk: what is written, safe from a power cut."""

import os
from pathlib import Path


def to_disk(path: bytes | Path) -> None:
    """Returns once all of a file, or the names in a folder, are on the disk.  Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
