"""Knowledge: what the library can tell the player of a track, beside where its file lies."""

import msgspec

from auralisd.model.profile import SoundProfile
from auralisd.model.taste import TaggedGain

TRACK = "track"
ALBUM = "album"


class Knowledge(msgspec.Struct, frozen=True):
    """`profile` is None while the track is not measured.

    `album` names the album (tracks of one album share it, "" when it belongs to none); `album_profile` is that of all
    its available tracks together, None while one of them is not measured.  `album_number` is the track's place in it,
    counted over its discs.  `preset` is the name of the preset that is remembered for the track, or else for its album
    ("" for none), and `preset_scope` (TRACK, ALBUM or "") says which.  `tagged_track` and `tagged_album` are gains
    that the file's own tags name.
    """

    profile: SoundProfile | None = None
    album: str = ""
    album_number: int = 0
    album_profile: SoundProfile | None = None
    preset: str = ""
    preset_scope: str = ""
    tagged_track: TaggedGain | None = None
    tagged_album: TaggedGain | None = None
