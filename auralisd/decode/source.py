"""What a source is: one file as one library decodes it, with its damage where it lies."""

from typing import Protocol

from auralisd.decode.decoder import FileSignature
from auralisd.dsp.block import Block
from auralisd.model.audio import AudioFormat


class Source(Protocol):
    """As `decoder.Decoder`, and `resume`."""

    @property
    def signature(self) -> FileSignature: ...

    @property
    def format(self) -> AudioFormat: ...

    @property
    def frames(self) -> int | None: ...

    def read(self, max_frames: int) -> Block:
        """The next frames; none at the end.  Raises TrackUnreadable: `damaged` where frames are missing, after every
        good one before was given, and `unreadable` where the drive fails."""
        ...

    def resume(self) -> int | None:
        """After damage: go on at the next frame that can be decoded, and tell it; None when there is none."""
        ...

    def seek(self, frame: int) -> None: ...

    def close(self) -> None: ...
