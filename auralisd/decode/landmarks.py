"""Landmarks: at which byte of a file without a table a stamp lies, so that what comes before need not be read."""

from typing import Any, NamedTuple, Protocol

Buffer = Any
"""Whatever `memoryview` takes."""


class Landmark(NamedTuple):
    """A packet begins at the byte `offset`, and its first frame has this stamp."""

    offset: int
    stamp: int


class Landmarks(Protocol):
    def before(self, stamp: int) -> Landmark | None:
        """The packet with this stamp, or one that comes before it: shortly, in a file that is whole.  None where FFmpeg
        finds it as well."""
        ...

    def end(self) -> Landmark | None:
        """Where the last packet ends; None where that is not sure."""
        ...

    def learn(self, at: Landmark, packet: Buffer) -> None:
        """FFmpeg met this packet, and says that it lies there."""
        ...
