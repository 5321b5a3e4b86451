"""Fields: which words of a tag say what, in Vorbis comments, ID3, APEv2 and the chunks of RIFF and AIFF.  Pure.

Every reader of a kind of tag gives `Words`; `tags_of` makes Tags of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from auralisd.model.track import Tags
from auralisd.tags.cleaning import (
    clean_artists,
    clean_date,
    clean_genres,
    clean_number,
    clean_tempo,
    clean_values,
    is_yes,
)
from auralisd.tags.gains import GAIN_KEYS, tagged_gain

Words = dict[str, tuple[str, ...]]
"""Cleaned values by the name of the field; of ReplayGain and R128 by their own names."""

HAS_LYRICS, HAS_ART = "has_lyrics", "has_art"
"""That something is there, not what."""
_THERE = ("1",)

_COMMENTS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "artists": ("artists", "artist"),
    "album": ("album",),
    "album_artist": ("albumartist", "album artist", "album_artist"),
    "track_number": ("tracknumber", "track"),
    "disc_number": ("discnumber", "disc"),
    "date": ("date", "year"),
    "original_date": ("originaldate", "originalyear"),
    "genres": ("genre",),
    "composers": ("composer",),
    "comment": ("comment", "description"),
    "bpm": ("bpm", "tempo"),
    "compilation": ("compilation", "itunescompilation"),
    "title_sort": ("titlesort",),
    "artist_sort": ("artistsort",),
    "album_sort": ("albumsort",),
    "album_artist_sort": ("albumartistsort",),
    "composer_sort": ("composersort",),
    "mbid": ("musicbrainz_trackid", "musicbrainz track id"),
    "mb_album": ("musicbrainz_albumid", "musicbrainz album id"),
    "mb_artists": ("musicbrainz_artistid", "musicbrainz artist id"),
    "mb_album_artist": ("musicbrainz_albumartistid", "musicbrainz album artist id"),
    "mb_release_group": ("musicbrainz_releasegroupid", "musicbrainz release group id"),
}
"""In lower case, the first that is there counts; Vorbis comments, APEv2 and the descriptions of ID3's TXXX frames.
Picard writes each artist of its own into `artists`, and one line for all into `artist`."""

_LYRICS = ("lyrics", "unsyncedlyrics", "syncedlyrics", "unsynced lyrics")
_ART = ("metadata_block_picture", "coverart", "cover art (front)")

_FRAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("TIT2",),
    "artists": ("TPE1",),
    "album": ("TALB",),
    "album_artist": ("TPE2",),
    "track_number": ("TRCK",),
    "disc_number": ("TPOS",),
    "date": ("TDRC", "TDRL"),
    "original_date": ("TDOR",),
    "genres": ("TCON",),
    "composers": ("TCOM",),
    "bpm": ("TBPM",),
    "compilation": ("TCMP",),
    "title_sort": ("TSOT",),
    "artist_sort": ("TSOP",),
    "album_sort": ("TSOA",),
    "album_artist_sort": ("TSO2",),
    "composer_sort": ("TSOC",),
}
_MUSICBRAINZ_OWNER = "UFID:http://musicbrainz.org"
_PROGRAMS_OWN = "itun"
"""How the comments begin that iTunes writes for itself."""

_CHUNKS: Mapping[str, str] = {
    "INAM": "title",
    "IART": "artists",
    "IPRD": "album",
    "ICRD": "date",
    "IGNR": "genres",
    "ICMT": "comment",
    "ITRK": "track_number",
    "IPRT": "track_number",
    "IMUS": "composers",
    "NAME": "title",
    "AUTH": "artists",
    "ANNO": "comment",
}


def comment_words(pairs: Iterable[tuple[str, object]]) -> Words:
    """Of Vorbis comments and APEv2 items: pairs of a name, in any case, and a value."""
    found: dict[str, list[object]] = {}
    for key, value in pairs:
        found.setdefault(key.lower(), []).append(value)
    words = _chosen(found, _COMMENTS) | {key: clean_values(found[key]) for key in GAIN_KEYS if key in found}
    return words | _presence(lyrics=any(key in found for key in _LYRICS), art=any(key in found for key in _ART))


def id3_words(tags: Any) -> Words:
    """Of mutagen's ID3 tags, None where a file has none.  Its frames go before what TXXX frames say of the same."""
    if tags is None:
        return {}
    texts: dict[str, list[object]] = {}
    for frame in tags.getall("TXXX"):
        texts.setdefault(frame.desc.lower(), []).extend(frame.text)
    frames = {key: _texts_of(tags[key]) for keys in _FRAMES.values() for key in keys if key in tags}
    words = _chosen(texts, _COMMENTS) if texts else {}
    words |= _chosen(frames, _FRAMES)
    if artists := clean_values(texts.get("artists", ())):
        words["artists"] = artists
    if (owner := tags.get(_MUSICBRAINZ_OWNER)) is not None:
        words["mbid"] = clean_values([owner.data.decode("ascii", "replace")])
    if comment := _comment(tags.getall("COMM")):
        words["comment"] = comment
    words |= {key: clean_values(texts[key]) for key in GAIN_KEYS if key in texts}
    lyrics = bool(tags.getall("USLT") or tags.getall("SYLT")) or any(key in texts for key in _LYRICS)
    return words | _presence(lyrics=lyrics, art=bool(tags.getall("APIC")))


def chunk_words(chunks: Iterable[tuple[bytes, bytes]]) -> Words:
    """Of pairs of a chunk's name and what it holds; text in UTF-8, or in Latin-1 where it is none."""
    words: Words = {}
    for name, octets in chunks:
        field = _CHUNKS.get(name.decode("latin-1"))
        if field is not None and (values := clean_values([_decoded(octets.rstrip(b"\0 "))])):
            words.setdefault(field, values)
    return words


def tags_of(words: Words) -> Tags:
    """What the words say; nonsense is as good as absent."""

    def one(field: str) -> str | None:
        return next(iter(words.get(field, ())), None)

    return Tags(
        title=one("title"),
        artists=clean_artists(words.get("artists", ())),
        album=one("album"),
        album_artist=one("album_artist"),
        track_number=clean_number(one("track_number")),
        disc_number=clean_number(one("disc_number")),
        date=clean_date(one("date")),
        genres=clean_genres(words.get("genres", ())),
        composers=words.get("composers", ()),
        mbid=one("mbid"),
        track_gain=tagged_gain("track", one),
        album_gain=tagged_gain("album", one),
        title_sort=one("title_sort"),
        artist_sort=one("artist_sort"),
        album_sort=one("album_sort"),
        album_artist_sort=one("album_artist_sort"),
        composer_sort=one("composer_sort"),
        original_date=clean_date(one("original_date")),
        bpm=clean_tempo(one("bpm")),
        comment=one("comment"),
        compilation=is_yes(one("compilation")),
        has_lyrics=HAS_LYRICS in words,
        has_art=HAS_ART in words,
        mb_album=one("mb_album"),
        mb_artists=words.get("mb_artists", ()),
        mb_album_artist=one("mb_album_artist"),
        mb_release_group=one("mb_release_group"),
    )


def _chosen(found: Mapping[str, Iterable[object]], fields: Mapping[str, tuple[str, ...]]) -> Words:
    """For each field the values of the first of its keys that says anything."""
    words: Words = {}
    for field, keys in fields.items():
        for key in keys:
            if key in found and (values := clean_values(found[key])):
                words[field] = values
                break
    return words


def _presence(*, lyrics: bool, art: bool) -> Words:
    return {field: _THERE for field, there in ((HAS_LYRICS, lyrics), (HAS_ART, art)) if there}


def _texts_of(frame: Any) -> Iterable[object]:
    texts: Iterable[object] = frame.genres if frame.FrameID == "TCON" else frame.text
    return texts


def _comment(frames: Iterable[Any]) -> tuple[str, ...]:
    """That without a description goes first; what programs write for themselves is none."""
    for frame in sorted(frames, key=lambda frame: bool(frame.desc)):
        if not frame.desc.lower().startswith(_PROGRAMS_OWN) and (values := clean_values(frame.text)):
            return values
    return ()


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
