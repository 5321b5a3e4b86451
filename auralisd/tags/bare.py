"""Bare streams of which mutagen does not read all: AAC in ADTS, and True Audio."""

import struct
from typing import Any

from mutagen import MutagenError
from mutagen.aac import AAC
from mutagen.id3 import ID3
from mutagen.trueaudio import TrueAudio

_TTA_HEAD = struct.Struct("<4s3H")


class Adts(AAC):
    """With the ID3 tags that may stand before the stream."""

    def load(self, *args: Any, fileobj: Any, **kwargs: Any) -> None:
        super().load(*args, fileobj=fileobj, **kwargs)
        fileobj.seek(0)
        has_tags = fileobj.read(3) == b"ID3"
        fileobj.seek(0)
        self.tags: Any = ID3(fileobj=fileobj) if has_tags else None  # type: ignore[no-untyped-call]


class Tta(TrueAudio):
    """With the number of channels and of bits."""

    def load(self, *args: Any, fileobj: Any, **kwargs: Any) -> None:
        super().load(*args, fileobj=fileobj, **kwargs)
        fileobj.seek(self.tags.size if self.tags is not None else 0)
        head = fileobj.read(_TTA_HEAD.size)
        if len(head) < _TTA_HEAD.size:
            raise MutagenError("the head is cut off")
        info: Any = self.info
        _, _, info.channels, info.bits_per_sample = _TTA_HEAD.unpack(head)
