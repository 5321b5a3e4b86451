"""What a decoder is, and the one way to get one."""

import os
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from auralisd.model.audio import AudioFormat


class FileSignature(NamedTuple):
    """Which file was opened, and in which state: another one under the same name has another."""

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int


_SAME_S: Final = 1.0
"""A second look at a damaged stretch, from another place, may put its start elsewhere."""


class Damage(NamedTuple):
    """From `frame` on, `frames` could not be decoded; None: nothing that follows could."""

    frame: int
    frames: int | None
    rate_hz: int

    @property
    def end(self) -> int:
        """Behind what is known to be damaged."""
        return self.frame + (self.frames or 0)

    def is_same_as(self, other: "Damage") -> bool:
        """True when both are the same stretch of one track, as two looks at it found it."""
        slack = round(_SAME_S * self.rate_hz)
        return self.frame <= other.end + slack and self.end >= other.frame - slack


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
        """The length the file declares, which may be more or less than it gives; None when it does not say."""
        ...

    def read(self, max_frames: int) -> Block:
        """The next frames, at most `max_frames`; no frames mean the end.

        What is damaged comes as silence, faded out and in.  Raises TrackUnreadable: `damaged` where nothing at all can
        be decoded, `unreadable` where the drive fails.
        """
        ...

    def seek(self, frame: int) -> None:
        """Go to a frame, exactly; past the end is the end.  Raises TrackUnreadable."""
        ...

    def close(self) -> None: ...


def refuse_damage(damage: Damage) -> None:
    """For whoever wants the whole track or none: raises TrackUnreadable."""
    raise TrackUnreadable("damaged", f"the track is damaged from frame {damage.frame} on")


def refuse_break_off(damage: Damage) -> None:
    """For whoever can do without a stretch, and not without the rest: raises TrackUnreadable."""
    if damage.frames is None:
        refuse_damage(damage)


def open_track(path: bytes, on_damage: Callable[[Damage], None] = lambda _: None) -> Decoder:
    """Open a regular audio file; each damaged stretch is told once, when it is met, and what `on_damage` raises
    comes out of `read`.

    Raises TrackUnreadable: `missing`, `unreadable` (no permission, an I/O error, a format beyond our limits or one that
    needs a part that is not installed), `not-audio` (also folders, devices and pipes), `empty`, `damaged`.
    """
    # The codecs load when the first track is opened, so that starting up need not wait for them.
    from auralisd.decode.mending import MendedDecoder
    from auralisd.decode.opening import open_source

    source, rescue = open_source(path)
    return MendedDecoder(source, rescue, on_damage)
