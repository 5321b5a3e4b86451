"""libsndfile: FLAC, WAV, AIFF, Ogg Vorbis, Opus and MP3 (with the encoder's delay trimmed)."""

import os
import stat

import numpy as np
import soundfile

from auralisd.decode.decoder import FileSignature
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from auralisd.model.audio import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ, AudioFormat

_UNKNOWN_LENGTH = 2**63 - 1
"""libsndfile's word for "the file does not say" (an MP3 without a length)."""

_UNRECOGNISED_FORMAT = 1
"""libsndfile's SF_ERR_UNRECOGNISED_FORMAT."""

_INTEGER_BITS = {
    "PCM_S8": 8,
    "PCM_U8": 8,
    "PCM_16": 16,
    "PCM_24": 24,
    "PCM_32": 32,
    "ALAC_16": 16,
    "ALAC_20": 20,
    "ALAC_24": 24,
    "ALAC_32": 32,
}
_FLOAT_SUBTYPES = ("FLOAT", "DOUBLE")


class _ReadOnward(soundfile.SoundFile):  # type: ignore[misc]  # it comes without types
    """soundfile seeks behind each read to where it is already, and where a FLAC file does not say how long it is,
    libsndfile fails in that near the end; a file that "cannot seek" is spared it, and can be sought all the same."""

    def seekable(self) -> bool:
        return False


class SndfileDecoder:
    """One file, decoded by libsndfile.  See `decoder.Decoder`."""

    def __init__(self, path: bytes) -> None:
        self._name = os.path.basename(path).decode("utf-8", "replace")
        fd = _open_regular(path, self._name)
        status = os.fstat(fd)
        self.signature = FileSignature(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        self._file = self._opened(fd)
        self._position = 0
        self._damage: soundfile.LibsndfileError | None = None
        self._is_past_end = False
        # Only float files can hold NaN or infinities, which would poison every filter behind us.
        self._may_be_wild = self._file.subtype in _FLOAT_SUBTYPES
        self.format = AudioFormat(self._file.samplerate, self._file.channels, _INTEGER_BITS.get(self._file.subtype, 0))
        self.frames: int | None = None if self._file.frames == _UNKNOWN_LENGTH else self._file.frames
        try:
            self._refuse_limits()
        except TrackUnreadable:
            self._file.close()
            raise

    def read(self, max_frames: int) -> Block:
        if self._damage is not None:
            raise self._damaged(self._damage)
        if self._is_past_end:
            return np.empty((0, self.format.channels), np.float32)
        block = np.empty((max_frames, self.format.channels), np.float32)
        try:
            block = self._file.read(max_frames, dtype="float32", always_2d=True, out=block)
        except soundfile.LibsndfileError as damage:
            # What was decoded before the damage is in the block; how much, only the file's position says.
            self._damage = damage
            block = block[: max(0, self._file.tell() - self._position)]
            if len(block) == 0:
                raise self._damaged(damage) from damage
        self._position += len(block)
        if self._may_be_wild:
            np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        return block

    def seek(self, frame: int) -> None:
        target = frame if self.frames is None else min(frame, self.frames)
        try:
            self._position = self._file.seek(target)
        except soundfile.LibsndfileError as damage:
            if self.frames is not None:
                raise self._damaged(damage) from damage
            self._is_past_end = True  # of a length that only the end tells
        self._damage = None

    def close(self) -> None:
        self._file.close()

    def _opened(self, fd: int) -> soundfile.SoundFile:
        """libsndfile closes `fd` itself, also when it refuses it."""
        try:
            return _ReadOnward(fd)
        except soundfile.LibsndfileError as refusal:
            code = "not-audio" if refusal.code == _UNRECOGNISED_FORMAT else "damaged"
            raise TrackUnreadable(code, f"{self._name}: {refusal.error_string}") from refusal

    def _refuse_limits(self) -> None:
        if self.frames == 0:
            raise TrackUnreadable("empty", f"{self._name} holds no sound")
        rate_hz, channels = self.format.rate_hz, self.format.channels
        if not (MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ and channels <= MAX_CHANNELS):
            raise TrackUnreadable(
                "unreadable",
                f"{self._name}: {channels} channels at {rate_hz} Hz are beyond {MAX_CHANNELS} channels"
                f" or {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz",
            )

    def _damaged(self, damage: soundfile.LibsndfileError) -> TrackUnreadable:
        return TrackUnreadable(
            "damaged", f"{self._name} is damaged from frame {self._position} on: {damage.error_string}"
        )


def _open_regular(path: bytes, name: str) -> int:
    """A descriptor of a regular, non-empty file; never waits for a pipe, never touches a device.

    A symbolic link at the end of `path` is refused: it may have taken the place of a track of the library, and lead out
    of the music folders.
    """
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
