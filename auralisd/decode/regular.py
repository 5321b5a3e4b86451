"""Regular files and limits: what every decoder refuses, in one place."""

import os
import stat

from auralisd.decode.decoder import FileSignature
from auralisd.errors import TrackUnreadable
from auralisd.model.audio import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ, AudioFormat


def open_regular(path: bytes) -> int:
    """A descriptor of a regular, non-empty file; never waits for a pipe, never touches a device.

    A symbolic link at the end of `path` is refused: it may have taken the place of a track of the library, and lead out
    of the music folders.
    """
    name = name_of(path)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise TrackUnreadable("missing", f"{name} is not there any more") from missing
    except OSError as refusal:
        raise TrackUnreadable("unreadable", f"{name}: {refusal.strerror}") from refusal
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        os.close(fd)
        raise TrackUnreadable("not-audio", f"{name} is not a regular file")
    if status.st_size == 0:
        os.close(fd)
        raise TrackUnreadable("empty", f"{name} is empty")
    return fd


def name_of(path: bytes) -> str:
    """A file's name as it may be told: never its folder."""
    return os.path.basename(path).decode("utf-8", "replace")


def signature_of(fd: int) -> FileSignature:
    status = os.fstat(fd)
    return FileSignature(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def refuse_limits(sound: AudioFormat, frames: int | None, name: str) -> None:
    """Raises TrackUnreadable: `empty` for no frames, `unreadable` for a format beyond our limits."""
    if frames == 0:
        raise TrackUnreadable("empty", f"{name} holds no sound")
    rate_hz, channels = sound.rate_hz, sound.channels
    if not (MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ and 1 <= channels <= MAX_CHANNELS):
        raise TrackUnreadable(
            "unreadable",
            f"{name}: {channels} channels at {rate_hz} Hz are beyond {MAX_CHANNELS} channels"
            f" or {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz",
        )
