"""Tracks as clients read them: MPRIS metadata, and rows of our own interfaces.  Absent is an absent key.  Pure."""

from collections.abc import Collection
from typing import Any

from auralisd.bus.text import bus_text
from auralisd.bus.uris import uri_of
from auralisd.model.track import Track

ENTRY_PATH = "/org/auralis/Auralis1/entry/"
NO_TRACK = "/org/mpris/MediaPlayer2/TrackList/NoTrack"

# mpris-scrobbler holds eight entries a list and drops texts of 384 bytes and more.
_MAX_LIST = 8
_MAX_TEXT_BYTES = 383


def entry_path(entry: int) -> str:
    """The MPRIS track id of a queue entry."""
    return f"{ENTRY_PATH}{entry}"


def entry_of(path: str) -> int | None:
    """The queue entry that an MPRIS track id names, None when it is none of ours."""
    number = path.removeprefix(ENTRY_PATH)
    if number == path or not (number.isascii() and number.isdecimal()):
        return None
    return int(number) if len(number) < 20 else None


def mpris_metadata(track: Track, *, entry: int, length_us: int | None, with_url: bool) -> dict[str, Any]:
    """The complete map of one queue entry."""
    tags = track.tags
    return _present(
        {
            "mpris:trackid": entry_path(entry),
            "mpris:length": length_us,
            "xesam:title": _short(tags.title) or _short(track.file_name),
            "xesam:artist": _shorts(tags.artists),
            "xesam:album": _short(tags.album),
            "xesam:albumArtist": _shorts((tags.album_artist,) if tags.album_artist else ()),
            "xesam:trackNumber": _int32(tags.track_number),
            "xesam:discNumber": _int32(tags.disc_number),
            "xesam:contentCreated": _short(tags.date),
            "xesam:genre": _shorts(tags.genres),
            "xesam:composer": _shorts(tags.composers),
            "xesam:musicBrainzTrackID": _shorts((tags.mbid,) if tags.mbid else ()),
            "xesam:url": uri_of(track.path) if with_url else None,
        }
    )


def track_row(track: Track, fields: Collection[str]) -> dict[str, Any]:
    """What is known of a track, as far as `fields` ask for it; none ask for everything."""
    tags, stream = track.tags, track.stream
    row = {
        "id": track.id,
        "title": tags.title,
        "artists": tags.artists,
        "album": tags.album,
        "album_id": track.album_id,
        "album_artist": tags.album_artist,
        "track_number": _int32(tags.track_number),
        "disc_number": _int32(tags.disc_number),
        "date": tags.date,
        "genres": tags.genres,
        "composers": tags.composers,
        "duration_us": stream.duration_us,
        "format": stream.format,
        "rate_hz": stream.rate_hz,
        "channels": stream.channels,
        "bits": stream.bits,
        "bitrate": stream.bitrate,
        "favourite": track.numbers.favourite,
        "rating": track.numbers.rating,
        "plays": track.numbers.plays,
        "skips": track.numbers.skips,
        "last_played": track.numbers.last_played_unix_s,
        "added": track.added_unix_s,
        "available": track.available,
        "analysed": track.analysed,
        "file_name": track.file_name,
        "mbid": tags.mbid,
    }
    return _present({key: value for key, value in row.items() if not fields or key in fields})


def _present(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None and value not in ((), [], "")}


def _short(text: str | None) -> str | None:
    return bus_text(text, _MAX_TEXT_BYTES) if text else None


def _shorts(texts: tuple[str, ...]) -> list[str]:
    return [short for text in texts if (short := _short(text))][:_MAX_LIST]


def _int32(number: int | None) -> int | None:
    """Tags may say anything; what does not fit the wire's type is left out."""
    return number if number is not None and -(2**31) <= number < 2**31 else None
