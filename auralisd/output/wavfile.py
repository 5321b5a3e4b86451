"""The WAV file output: plays nothing, in real time, and keeps in a file exactly what would have been heard."""

import os
import struct
import time
from pathlib import Path

from auralisd.errors import OutputLost
from auralisd.output.device import CHANNELS, OpenedFormat
from auralisd.output.samples import SAMPLE_FORMATS
from auralisd.output.silent import SilentOutput

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_MOST_BYTES = 2**32 - 1 - _HEADER.size
"""A WAV file counts its bytes in 32 bits."""

_INTEGER_PCM = 1
_HEADER_EVERY_S = 1.0


class WavOutput:
    """One file: its rate is that of the first opening.  See `device.Output`.

    Frames that are dropped before they were heard are taken back from the file.  A file that an earlier process began
    is gone on with, for the sound process rests and may die; any other file that is there is never written over.
    """

    def __init__(self, path: Path, *, sample_format: str = "S24_3LE", pacing: SilentOutput | None = None) -> None:
        self.name = path.name
        self._path = path
        self._pacing = pacing or SilentOutput(sample_format=sample_format)
        self._bits, size_bytes = SAMPLE_FORMATS[sample_format]
        self._frame_bytes = CHANNELS * size_bytes
        self._fd: int | None = None
        self._rate_hz = 0
        self._bytes = 0
        self._header_at_s = 0.0

    def open(self, rate_hz: int) -> OpenedFormat:
        if self._fd is None:
            self._fd = self._take_up(rate_hz)
            self._write_header()
        paced = self._pacing.open(self._rate_hz)
        return OpenedFormat(
            self.name, paced.rate_hz, CHANNELS, paced.sample_format, paced.period_frames, paced.buffer_frames
        )

    def write(self, frames: memoryview) -> int:
        if self._bytes + len(frames) > _MOST_BYTES:
            raise OutputLost("lost", f"{self.name} is full: a WAV file holds 4 GiB; play into a new one")
        self._put(frames, _HEADER.size + self._bytes)
        self._bytes += len(frames)
        if time.monotonic() - self._header_at_s >= _HEADER_EVERY_S:
            self._write_header()
        return self._pacing.write(frames)

    def set_volume(self, gain: float) -> bool:
        return False

    def unheard_frames(self) -> int:
        return self._pacing.unheard_frames()

    def drop(self) -> None:
        if self._fd is None:
            return
        self._bytes -= self._pacing.unheard_frames() * self._frame_bytes
        self._pacing.drop()
        os.ftruncate(self._fd, _HEADER.size + self._bytes)
        self._write_header()

    def close(self) -> None:
        """The file stays open: what is played later follows what was played before."""
        self.drop()

    def _take_up(self, rate_hz: int) -> int:
        """A new file at this rate, or the end of one that we began."""
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as refusal:
            raise OutputLost("no-device", f"{self.name} cannot be written: {refusal.strerror}") from refusal
        size = os.fstat(fd).st_size
        begun_hz = self._rate_begun(os.pread(fd, _HEADER.size, 0)) if size else rate_hz
        if begun_hz is None:
            os.close(fd)
            raise OutputLost(
                "no-device", f"{self.name} is there already and is no recording of ours; name another file"
            )
        self._rate_hz = begun_hz
        self._bytes = max(0, size - _HEADER.size) // self._frame_bytes * self._frame_bytes
        return fd

    def _rate_begun(self, header: bytes) -> int | None:
        """The rate of a file that begins with a header such as ours; None for any other."""
        if len(header) < _HEADER.size:
            return None
        riff, _, wave, fmt, length, kind, channels, rate_hz, _, width, bits, mark, _ = _HEADER.unpack(header)
        form = (riff, wave, fmt, length, kind, channels, width, bits, mark)
        ours = (b"RIFF", b"WAVE", b"fmt ", 16, _INTEGER_PCM, CHANNELS, self._frame_bytes, self._bits, b"data")
        return int(rate_hz) if form == ours else None

    def _write_header(self) -> None:
        """Sizes that are true now: the file is whole even if we are killed."""
        self._header_at_s = time.monotonic()
        byte_rate = self._rate_hz * self._frame_bytes
        header = _HEADER.pack(
            *(b"RIFF", _HEADER.size - 8 + self._bytes, b"WAVE"),
            *(b"fmt ", 16, _INTEGER_PCM, CHANNELS, self._rate_hz, byte_rate, self._frame_bytes, self._bits),
            *(b"data", self._bytes),
        )
        self._put(memoryview(header), 0)

    def _put(self, octets: memoryview, at: int) -> None:
        if self._fd is None:
            raise OutputLost("lost", f"{self.name} is not open")
        try:
            while octets:
                written = os.pwrite(self._fd, octets, at)
                octets, at = octets[written:], at + written
        except OSError as refusal:
            raise OutputLost("lost", f"{self.name} cannot be written: {refusal.strerror}") from refusal
