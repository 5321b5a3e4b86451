"""What a decoder is, and the one way to get one."""

import os
from typing import NamedTuple, Protocol

from auralisd.dsp.block import Block
from auralisd.model.audio import AudioFormat


class FileSignature(NamedTuple):
    """Which file was opened, and in which state: another one under the same name has another."""

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int


def signature_now(path: bytes) -> FileSignature | None:
    """That of the file which lies there; None when there is none."""
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return None
    return FileSignature(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Decoder(Protocol):
    """One open track, read from front to back."""

    @property
    def signature(self) -> FileSignature:
        """Of the very file that is decoded, as it was when it was opened."""
        ...

    @property
    def format(self) -> AudioFormat: ...

    @property
    def frames(self) -> int | None:
        """The length the file declares; None when it does not say."""
        ...

    def read(self, max_frames: int) -> Block:
        """The next frames, at most `max_frames`; no frames mean the end.

        Raises TrackUnreadable (`damaged`) where nothing more can be decoded, after every good frame was given.
        """
        ...

    def seek(self, frame: int) -> None:
        """Go to a frame, exactly; past the end is the end.  Raises TrackUnreadable (`damaged`)."""
        ...

    def close(self) -> None: ...


def open_track(path: bytes) -> Decoder:
    """Open a regular audio file.

    Raises TrackUnreadable: `missing`, `unreadable` (no permission, an I/O error, a format beyond our limits),
    `not-audio` (also folders, devices and pipes), `empty`, `damaged`.
    """
    # The codecs load when the first track is opened, so that starting up need not wait for them.
    from auralisd.decode.sndfile import SndfileDecoder

    return SndfileDecoder(path)
