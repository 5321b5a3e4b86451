"""libsndfile: FLAC, WAV, AIFF, Ogg Vorbis, Opus and MP3 (with the encoder's delay trimmed)."""

import contextlib
import os
import time
from typing import Final

import numpy as np
import soundfile

from auralisd.decode.regular import name_of, refuse_limits, signature_of
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from auralisd.model.audio import AudioFormat

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

_VORBIS_SUBTYPES = ("VORBIS", "OPUS")
_FROM_VORBIS: Final = {
    3: (0, 2, 1),
    5: (0, 2, 1, 3, 4),
    6: (0, 2, 1, 5, 3, 4),
    7: (0, 2, 1, 6, 5, 3, 4),
    8: (0, 2, 1, 7, 5, 6, 3, 4),
}
"""Vorbis and Opus have the centre between left and right and the LFE at the end; libsndfile leaves them there."""

_STEP_FRAMES: Final = 1_024
_EVEN_STEPS: Final = 64
_LONGER: Final = 1.25
_FINE_FRAMES: Final = 16
_SEARCHED_S: Final = 1.0
"""How the end of a damaged stretch is looked for: in steps that grow, and then halved, and for how long at the most."""


class _ReadOnward(soundfile.SoundFile):  # type: ignore[misc]  # it comes without types
    """soundfile seeks behind each read to where it is already, and where a FLAC file does not say how long it is,
    libsndfile fails in that near the end; a file that "cannot seek" is spared it, and can be sought all the same."""

    def seekable(self) -> bool:
        return False


class SndfileSource:
    """One file, decoded by libsndfile.  See `source.Source`."""

    def __init__(self, fd: int, path: bytes) -> None:
        """`fd` stays the caller's.  Raises TrackUnreadable."""
        self._name = name_of(path)
        self.signature = signature_of(fd)
        self.fd = os.dup(fd)
        """Of the file, for another library to go on with."""
        try:
            self._file = self._opened()
            self._describe()
        except TrackUnreadable:
            os.close(self.fd)
            raise
        self._position = 0
        self._damage: soundfile.LibsndfileError | None = None
        self._is_past_end = False

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
        return block if self._order is None else block[:, self._order]

    def resume(self) -> int | None:
        if self.frames is None:
            return None
        bad, good, step = self._position, None, float(_STEP_FRAMES)
        tries, until_s = 0, time.monotonic() + _SEARCHED_S
        while good is None and (place := bad + round(step)) < self.frames and time.monotonic() < until_s:
            good, bad = (place, bad) if self._reopened_at(place) else (None, place)
            tries += 1
            step *= 1.0 if tries < _EVEN_STEPS else _LONGER
        if good is None:
            return None
        while good - bad > _FINE_FRAMES:
            middle = (bad + good) // 2
            good, bad = (middle, bad) if self._reopened_at(middle) else (good, middle)
        return good if self._reopened_at(good) else None

    def seek(self, frame: int) -> None:
        target = frame if self.frames is None else min(frame, self.frames)
        self._damage = None
        try:
            self._position = self._file.seek(target)
        except soundfile.LibsndfileError as damage:
            if self.frames is None:
                self._is_past_end = True  # of a length that only the end tells
            elif not self._reopened_at(target):
                self._position, self._damage = target, damage

    def close(self) -> None:
        self._file.close()
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    @property
    def container(self) -> str:
        """libsndfile's word for it."""
        return str(self._file.format)

    def _opened(self) -> soundfile.SoundFile:
        """libsndfile closes the descriptor it is given, also when it refuses the file."""
        os.lseek(self.fd, 0, os.SEEK_SET)
        try:
            return _ReadOnward(os.dup(self.fd))
        except soundfile.LibsndfileError as refusal:
            code = "not-audio" if refusal.code == _UNRECOGNISED_FORMAT else "damaged"
            raise TrackUnreadable(code, f"{self._name}: {refusal.error_string}") from refusal

    def _describe(self) -> None:
        file = self._file
        # Only float files can hold NaN or infinities, which would poison every filter behind us.
        self._may_be_wild = file.subtype in _FLOAT_SUBTYPES
        self._order = _FROM_VORBIS.get(file.channels) if file.subtype in _VORBIS_SUBTYPES else None
        self.format = AudioFormat(file.samplerate, file.channels, _INTEGER_BITS.get(file.subtype, 0))
        self.frames: int | None = None if file.frames == _UNKNOWN_LENGTH else file.frames
        try:
            refuse_limits(self.format, self.frames, self._name)
        except TrackUnreadable:
            file.close()
            raise

    def _reopened_at(self, frame: int) -> bool:
        """True when a frame can be decoded; after a fault, libsndfile does so in a file that is opened anew only."""
        reopened = self._opened()  # where it does not open any more, the one there is can still be asked
        self._file.close()
        self._file = reopened
        with contextlib.suppress(soundfile.LibsndfileError):
            if self._file.seek(frame) == frame and len(self._file.read(1)) == 1:
                self._position, self._damage = self._file.seek(frame), None
                return True
        return False

    def _damaged(self, damage: soundfile.LibsndfileError) -> TrackUnreadable:
        return TrackUnreadable(
            "damaged", f"{self._name} is damaged from frame {self._position} on: {damage.error_string}"
        )
