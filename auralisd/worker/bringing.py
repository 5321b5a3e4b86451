"""Bringing: a file copied into a music folder, read again to be sure of it, and given a name that nobody has."""

import contextlib
import hashlib
import os
from typing import BinaryIO

from auralisd.doors.worker import Bring, Brought
from auralisd.errors import NotWritten, TrackUnreadable
from auralisd.export.naming import safe_name
from auralisd.export.refusing import not_written
from auralisd.export.workshop import Workshop
from auralisd.model.track import MOST_IMPORTED_BYTES
from auralisd.tags.opening import open_regular
from auralisd.tags.signature import audio_signature

_BLOCK_BYTES = 1 << 20


def bring(task: Bring) -> Brought:
    """Copy one file.  Whatever happens, no partial file is left."""
    try:
        with Workshop(task.workshop) as workshop:
            stem, suffix = _parted(task.path)
            copy = workshop.place(0, suffix)
            _copy(task.path, copy)
            _verify(task.path, copy)
            (name,) = workshop.publish([(copy, stem, suffix)])
    except (NotWritten, TrackUnreadable) as refusal:
        return Brought(task.task, "", refusal.code, str(refusal))
    return Brought(task.task, name)


def _parted(path: bytes) -> tuple[str, str]:
    """A name that is no text, too long to be numbered, or refused by some file system, becomes one that is not."""
    stem, suffix = os.path.splitext(os.path.basename(path).decode("utf-8", "replace"))
    return safe_name(stem), suffix


def _copy(path: bytes, copy: bytes) -> None:
    """Copy all of it, and read it again from the disk.  Raises TrackUnreadable, NotWritten."""
    with open_regular(path) as source:
        status = os.fstat(source.fileno())
        if status.st_size > MOST_IMPORTED_BYTES:
            raise TrackUnreadable("too-large", "the file is larger than 500 MB")
        try:
            with open(copy, "xb") as target:
                written = _poured(source, target)
                target.flush()
                os.fsync(target.fileno())
                os.utime(target.fileno(), ns=(status.st_atime_ns, status.st_mtime_ns))
        except OSError as failure:
            raise not_written(failure) from failure
    with open(copy, "rb") as target:
        with contextlib.suppress(OSError):  # what is not in memory is read from the disk
            os.posix_fadvise(target.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if _digest(target) != written:
            raise NotWritten("not-verified", "what was written is not what was read; check the drive")


def _poured(source: BinaryIO, target: BinaryIO) -> bytes:
    hashed = hashlib.blake2b()
    for block in iter(lambda: _read(source), b""):
        hashed.update(block)
        target.write(block)
    return hashed.digest()


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(_BLOCK_BYTES)
    except OSError:
        raise TrackUnreadable("unreadable", "the file cannot be read") from None


def _digest(file: BinaryIO) -> bytes:
    hashed = hashlib.blake2b()
    for block in iter(lambda: file.read(_BLOCK_BYTES), b""):
        hashed.update(block)
    return hashed.digest()


def _verify(path: bytes, copy: bytes) -> None:
    """A source that somebody changed while it was copied sounds otherwise now."""
    if audio_signature(copy) != audio_signature(path):
        raise TrackUnreadable("changed", "the file changed while it was copied")
