"""One audio stream of a file as FFmpeg decodes it, through PyAV: blocks with the stamps of their container.

This module and `folding.py` alone import `av`, and only when a file needs it: it is an optional part of 25 MB.
"""

import errno
import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final, NamedTuple

import av
import numpy as np

from auralisd.decode.folding import Folding
from auralisd.decode.landmarks import Buffer, Landmark
from auralisd.decode.regular import name_of
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from auralisd.model.audio import MAX_CHANNELS, AudioFormat

_CONTAINERS: Final = "aac,aiff,ape,asf,caf,flac,mov,mp3,mpc,mpc8,ogg,tak,tta,w64,wav,wv"
"""What may be looked into: nothing that leads to other files or to the network."""

_LOSSLESS: Final = frozenset({"alac", "ape", "flac", "tak", "tta", "wavpack", "wmalossless"})
_CHECKED: Final = "crccheck+explode"
"""What of a lossless stream does not agree with its checksum is damaged, though it can be decoded."""

_LEANING: Final = {"mp3float": 2, "mp3": 2}
"""Codecs whose frames borrow bits of earlier ones, and how many frames after a loss are noise."""

_LOUDEST: Final = 4.0
"""What is louder is no music but the noise of a codec that lost its way; coding overshoots by half at the most."""

_MOST_FAILURES: Final = 4_096
"""Packets in a row that cannot be decoded; what comes after more of them is given up."""
_HEAD_BYTES: Final = 256
_DRIVE_FAILS: Final = frozenset({errno.EIO, errno.ENXIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN})


Learn = Callable[[Landmark, Buffer], None]


class Decoded(NamedTuple):
    """`stamp` is that of the block's first frame, None where it follows the one before; `ends` is where
    the very last packet says that it ends."""

    stamp: int | None
    block: Block
    ends: int | None = None


class FirstPacket(NamedTuple):
    """Where it lies, for how long it lasts, and how it begins."""

    stamp: int | None = None
    offset: int | None = None
    ticks: int = 0
    head: bytes = b""


class _Walk:
    """From a landmark to the packet that holds a stamp, and on.  With `learn` the packets are counted."""

    def __init__(self, to: int, counted: int, learn: Learn | None) -> None:
        self._to = to
        self._counted = counted
        self._learn = learn

    def passes(self, packet: Any) -> bool:
        """True for a packet that lies before."""
        if not packet.size:
            return False
        if self._learn is not None:
            packet.pts = packet.dts = self._counted
            self._counted += packet.duration or 0
            if packet.pos is not None:
                self._learn(Landmark(packet.pos, packet.pts), packet)
        return packet.pts is not None and packet.pts + (packet.duration or 0) <= self._to


class AvStream:
    """`failures` counts the packets since the last good block that could not be decoded; `first` is the first block."""

    format: AudioFormat
    first: Decoded

    def __init__(self, fd: int, path: bytes) -> None:
        """`fd` stays the caller's.  Raises TrackUnreadable: `not-audio`, `damaged`, `unreadable`."""
        self._name = name_of(path)
        self._container = self._opened(fd)
        self._blocks: Iterator[Decoded] = iter(())
        self._ahead: Decoded | None = None
        self._walk: _Walk | None = None
        try:
            self._begin()
        except BaseException:
            self._container.close()
            raise

    def next(self) -> Decoded | None:
        """The next block that can be decoded; None at the end.  Raises TrackUnreadable (`unreadable`)."""
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            return ahead
        return next(self._blocks, None)

    def seek(self, stamp: int) -> None:
        """Go on at a packet that begins at this stamp or before it, as far as the container can tell."""
        try:
            self._container.seek(stamp, stream=self._stream)
        except av.FFmpegError as refusal:
            self._raise_if_drive_fails(refusal)
        self._begin_anew(None)

    def seek_from(self, landmark: Landmark, stamp: int, learn: Learn | None = None) -> None:
        """Go on at the packet that holds this stamp, looked for from a landmark on.

        `learn` is for a container whose packets tell no stamp: they are counted from the landmark on, and it is told of
        each.  FFmpeg takes the first of them for the first of all, so that `seek` leads astray from then on.
        """
        try:
            self._container.seek(landmark.offset, unsupported_byte_offset=True)
        except av.FFmpegError as refusal:
            self._raise_if_drive_fails(refusal)
        self._begin_anew(_Walk(stamp, landmark.stamp, learn))

    def last_stamp(self) -> int | None:
        """Where the last packet behind here ends; leaves the stream there."""
        ends = None
        for packet in self._packets():
            if packet.size and packet.pts is not None:
                ends = packet.pts + (packet.duration or 0)
        return ends

    def close(self) -> None:
        self._container.close()

    # --- what is known of it ---------------------------------------------------------------------------

    @property
    def container(self) -> str:
        return str(self._container.format.name)

    @property
    def codec(self) -> str:
        return str(self._codec.name)

    @property
    def block_frames(self) -> int:
        """How long each block of the codec is; 0 where they differ, or where nothing says it."""
        return int(self._codec.frame_size or 0)

    @property
    def frames_a_tick(self) -> Fraction:
        return Fraction(self._stream.time_base) * self.format.rate_hz

    @property
    def starts(self) -> int | None:
        """The stamp of the music's first frame, as the container says it."""
        return None if self._stream.start_time is None else int(self._stream.start_time)

    @property
    def lasts(self) -> int | None:
        """In ticks."""
        return None if self._stream.duration is None else int(self._stream.duration)

    def tag(self, name: str) -> str:
        """What the container says under this name; "" for nothing."""
        return str(self._container.metadata.get(name, "") or self._stream.metadata.get(name, ""))

    # --- within ----------------------------------------------------------------------------------------

    def _begin_anew(self, walk: _Walk | None) -> None:
        self.failures = self._doubted = 0
        self._ahead = None
        self._walk = walk
        self._folding.forget()
        self._blocks = self._decoded()

    def _opened(self, fd: int) -> Any:
        os.lseek(fd, 0, os.SEEK_SET)  # the descriptor shares its place with those that were made of it
        options = {"fd": str(fd), "format_whitelist": _CONTAINERS, "protocol_whitelist": "fd"}
        try:
            return av.open("fd:", options=options, metadata_errors="ignore")
        except av.FFmpegError as refusal:
            self._raise_if_drive_fails(refusal)
            raise TrackUnreadable("not-audio", f"{self._name} holds no music that can be decoded") from refusal

    def _begin(self) -> None:
        """The first frame tells the true format: a header may name the rate before a codec doubles it."""
        if not self._container.streams.audio:
            raise TrackUnreadable("not-audio", f"{self._name} holds no sound")
        self._stream: Any = self._container.streams.audio[0]
        self._codec: Any = self._stream.codec_context
        if self._codec is None:
            raise TrackUnreadable("damaged", f"{self._name} names no codec that is known")
        self._codec.thread_count = 1
        self._refuse_channels()
        if self._codec.name in _LOSSLESS:
            self._codec.options = {"err_detect": _CHECKED}
        self.failures = self._doubted = 0
        self.first_packet = FirstPacket()
        self._folding = Folding(lossless=self._codec.name in _LOSSLESS)
        self._blocks = self._decoded()
        first = next(self._blocks, None)
        if first is None:
            raise TrackUnreadable("damaged", f"{self._name} holds nothing that can be decoded")
        self.first = self._ahead = first
        self.format = self._folding.format

    def _refuse_channels(self) -> None:
        """Before anything is decoded: PyAV reads beyond its memory where there are more than eight."""
        channels = int(self._codec.channels)
        if channels > MAX_CHANNELS:
            raise TrackUnreadable("unreadable", f"{self._name}: {channels} channels are beyond {MAX_CHANNELS}")

    def _decoded(self) -> Iterator[Decoded]:
        following = self._packets()
        packet = next(following, None)
        if not self.first_packet.head and packet is not None:
            head = bytes(packet)[:_HEAD_BYTES]
            self.first_packet = FirstPacket(packet.pts, packet.pos, packet.duration or 0, head)
        jumped = True
        while packet is not None and self.failures <= _MOST_FAILURES:
            ahead = next(following, None)
            ends = None
            if packet.size and packet.pts is not None and packet.duration and (ahead is None or not ahead.size):
                ends = packet.pts + packet.duration
            for frame in self._frames_of(packet):
                if self._is_doubtful() or frame.layout.nb_channels > MAX_CHANNELS:
                    continue
                self.failures = 0
                stamp = frame.pts
                for block in self._folding.blocks(frame):
                    if len(block) and np.abs(block).max() > _LOUDEST:
                        self.failures += 1
                        continue
                    yield Decoded(stamp if jumped or self._folding.is_plain else None, block, ends)
                    jumped = False
            packet = ahead

    def _is_doubtful(self) -> bool:
        """True for what comes right behind a packet that failed, where a codec leans on what came before."""
        if not self.failures or self._codec.name not in _LEANING:
            return False
        self._doubted += 1
        if self._doubted <= _LEANING[self._codec.name]:
            return True
        self._doubted = 0
        return False

    def _packets(self) -> Iterator[Any]:
        """The packets, and an empty one at the end, for which the codec gives what it still holds."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
                if self._walk is None or not self._walk.passes(packet):
                    yield packet
            except StopIteration:
                return
            except av.FFmpegError as damage:
                self._raise_if_drive_fails(damage)
                self.failures += 1
                return

    def _frames_of(self, packet: Any) -> list[Any]:
        try:
            return list(self._codec.decode(packet if packet.size else None))
        except av.EOFError:
            return []
        except av.FFmpegError as damage:
            self._raise_if_drive_fails(damage)
            self.failures += 1
            return []

    def _raise_if_drive_fails(self, failure: av.FFmpegError) -> None:
        if failure.errno in _DRIVE_FAILS:
            raise TrackUnreadable("unreadable", f"{self._name}: {os.strerror(failure.errno)}") from failure
