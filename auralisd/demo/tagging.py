"""Tags and cover into a file that was just encoded, in the language of its container."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import mutagen
from mutagen import flac, id3

from auralisd.demo.cover import SIDE_PIXELS

_ID3_FRAMES: Final = {
    "title": "TIT2",
    "artist": "TPE1",
    "albumartist": "TPE2",
    "album": "TALB",
    "tracknumber": "TRCK",
    "discnumber": "TPOS",
    "date": "TDRC",
    "genre": "TCON",
    "composer": "TCOM",
}


def write_tags(path: Path, words: Mapping[str, str], cover_png: bytes) -> None:
    """Write `words` (named as in Vorbis comments) and, where the container has a usual place for it, the cover."""
    file: Any = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    tags: Any = file.tags
    if isinstance(file.tags, id3.ID3):
        for name, text in words.items():
            tags.add(getattr(id3, _ID3_FRAMES[name])(text=text))
        tags.add(_id3_cover(cover_png))
    else:
        tags.update(words)
        if isinstance(file, flac.FLAC):
            file.add_picture(_flac_cover(cover_png))  # type: ignore[no-untyped-call]
    file.save()


def _id3_cover(png: bytes) -> id3.Frame:
    frame: Any = id3.APIC
    return frame(mime="image/png", type=id3.PictureType.COVER_FRONT, data=png)  # type: ignore[no-any-return]


def _flac_cover(png: bytes) -> flac.Picture:
    picture = flac.Picture()  # type: ignore[no-untyped-call]
    picture.type, picture.mime, picture.data = id3.PictureType.COVER_FRONT, "image/png", png
    picture.width = picture.height = SIDE_PIXELS
    picture.depth = 24
    return picture
