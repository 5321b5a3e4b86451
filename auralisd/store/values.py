"""Values: the artists, genres, composers and albums that tracks name, each with an id: its kinds and roles.

A value keeps its id as long as the database lives.  Values that differ in case and accents only are one; it is shown as
it was spelled last.  They follow `track` by triggers: see `asking.py`.
"""

ARTIST, ALBUM_ARTIST, GENRE, COMPOSER = 1, 2, 3, 4
"""Roles in which a track names a value."""
ALBUM = 5
"""A kind of value only: a track is of the album whose key is its `album_identity`."""
KIND_OF = {ARTIST: ARTIST, ALBUM_ARTIST: ARTIST, GENRE: GENRE, COMPOSER: COMPOSER}
"""Whoever names it, an artist is the same one."""
