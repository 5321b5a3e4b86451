"""Words: what ID3 calls a thing, and what Vorbis comments call it.  Pure."""

from typing import Final

LOUDNESS_KEYS: Final = ("replaygain_", "r128_", "itunnorm")
"""What begins so tells players to turn the *source* up or down."""

ID3_TO_VORBIS: Final = {
    "TIT1": "grouping",
    "TIT2": "title",
    "TIT3": "subtitle",
    "TPE1": "artist",
    "TPE2": "albumartist",
    "TPE3": "conductor",
    "TPE4": "remixer",
    "TALB": "album",
    "TDRC": "date",
    "TDOR": "originaldate",
    "TCON": "genre",
    "TCOM": "composer",
    "TEXT": "lyricist",
    "TPUB": "label",
    "TSRC": "isrc",
    "TBPM": "bpm",
    "TKEY": "key",
    "TLAN": "language",
    "TMOO": "mood",
    "TCOP": "copyright",
    "TMED": "media",
    "TSST": "discsubtitle",
    "TSOA": "albumsort",
    "TSOP": "artistsort",
    "TSOT": "titlesort",
    "TSO2": "albumartistsort",
    "TSOC": "composersort",
    "TCMP": "compilation",
}
VORBIS_TO_ID3: Final = {comment: frame for frame, comment in ID3_TO_VORBIS.items()} | {"organization": "TPUB"}

COUNTED: Final = {"TRCK": ("tracknumber", "tracktotal"), "TPOS": ("discnumber", "disctotal")}
"""ID3 writes "3/12" where Vorbis comments have two."""

_MUSICBRAINZ: Final = "MusicBrainz "
_MUSICBRAINZ_ODD: Final = {
    "MusicBrainz Album Type": "releasetype",
    "MusicBrainz Album Status": "releasestatus",
    "MusicBrainz Album Release Country": "releasecountry",
}

_MUSICBRAINZ_NAMES: Final = {
    "musicbrainz_albumid": "MusicBrainz Album Id",
    "musicbrainz_artistid": "MusicBrainz Artist Id",
    "musicbrainz_albumartistid": "MusicBrainz Album Artist Id",
    "musicbrainz_releasegroupid": "MusicBrainz Release Group Id",
    "musicbrainz_releasetrackid": "MusicBrainz Release Track Id",
    "musicbrainz_workid": "MusicBrainz Work Id",
    "musicbrainz_discid": "MusicBrainz Disc Id",
}


def is_loudness(name: str) -> bool:
    return name.lower().startswith(LOUDNESS_KEYS)


def comment_of(description: str) -> str:
    """The Vorbis comment for a TXXX frame of that description, as MusicBrainz Picard maps them; "" for none."""
    if description in _MUSICBRAINZ_ODD:
        return _MUSICBRAINZ_ODD[description]
    if description.startswith(_MUSICBRAINZ):
        return "musicbrainz_" + description.removeprefix(_MUSICBRAINZ).replace(" ", "").lower()
    is_valid = description and all(" " <= letter <= "}" and letter != "=" for letter in description)
    return description.lower() if is_valid else ""


def description_of(comment: str) -> str:
    """What a TXXX frame for this Vorbis comment is called: the way back from `comment_of`."""
    for description, name in _MUSICBRAINZ_ODD.items():
        if name == comment:
            return description
    return _MUSICBRAINZ_NAMES.get(comment, comment)
