"""Boxes: the words of MP4's boxes and ASF's attributes, as pairs of a name that `fields` knows and a value.  Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_FREE = "----:"
"""How the boxes begin that carry their name within: MusicBrainz, ReplayGain and whatever else."""
_BOXES: Mapping[str, str] = {
    "\xa9nam": "title",
    "\xa9ART": "artist",
    "\xa9alb": "album",
    "aART": "albumartist",
    "trkn": "tracknumber",
    "disk": "discnumber",
    "\xa9day": "date",
    "\xa9gen": "genre",
    "\xa9wrt": "composer",
    "\xa9cmt": "comment",
    "\xa9lyr": "lyrics",
    "tmpo": "bpm",
    "cpil": "compilation",
    "covr": "coverart",
    "sonm": "titlesort",
    "soar": "artistsort",
    "soal": "albumsort",
    "soaa": "albumartistsort",
    "soco": "composersort",
}
_ATTRIBUTES: Mapping[str, str] = {
    "author": "artist",
    "wm/artists": "artists",
    "wm/albumtitle": "album",
    "wm/albumartist": "albumartist",
    "wm/tracknumber": "tracknumber",
    "wm/partofset": "discnumber",
    "wm/year": "date",
    "wm/originalreleaseyear": "originaldate",
    "wm/genre": "genre",
    "wm/composer": "composer",
    "wm/lyrics": "lyrics",
    "wm/beatsperminute": "bpm",
    "wm/iscompilation": "compilation",
    "wm/picture": "coverart",
    "wm/titlesortorder": "titlesort",
    "wm/artistsortorder": "artistsort",
    "wm/albumsortorder": "albumsort",
    "wm/albumartistsortorder": "albumartistsort",
    "wm/composersortorder": "composersort",
    "musicbrainz/track id": "musicbrainz_trackid",
    "musicbrainz/album id": "musicbrainz_albumid",
    "musicbrainz/artist id": "musicbrainz_artistid",
    "musicbrainz/album artist id": "musicbrainz_albumartistid",
    "musicbrainz/release group id": "musicbrainz_releasegroupid",
}
"""Those that are not called what they are called elsewhere."""
_THERE = "1"


def mp4_pairs(tags: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Of mutagen's MP4 tags."""
    for key, values in tags.items():
        if key.startswith(_FREE):
            name = key.rpartition(":")[2]
            yield from ((name, bytes(value).decode("utf-8", "replace")) for value in values)
        elif (box := _BOXES.get(key)) is not None:
            yield from ((box, _mp4_text(box, value)) for value in _listed(values))


def asf_pairs(tags: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, object]]:
    """Of mutagen's ASF tags: pairs of a name and an attribute."""
    for key, attribute in tags:
        name = _ATTRIBUTES.get(key.lower(), key.lower())
        yield name, _THERE if name == "coverart" else str(attribute.value)


def _listed(values: Any) -> Iterable[Any]:
    return values if isinstance(values, list) else (values,)


def _mp4_text(name: str, value: Any) -> str:
    match name, value:
        case "coverart", _:
            return _THERE
        case _, bool():
            return _THERE if value else ""
        case _, (int() as number, *_):
            return str(number)
    return str(value)
