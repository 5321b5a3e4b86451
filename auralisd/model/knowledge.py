"""Knowledge: what the library can tell the player of a track, beside where its file lies."""

import msgspec

from auralisd.model.profile import SoundProfile
from auralisd.model.taste import TaggedGain, Treatment

TRACK = "track"
ALBUM = "album"


class AlbumPlace(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where a track stands in its album: `album` names that, "" for none; then by disc, track and the file's name."""

    album: str
    disc: int = 0
    number: int = 0
    name: bytes = b""


class Rehearsal(msgspec.Struct, frozen=True):
    """A track and how it shall be treated (enhanced, without a trim): to be rendered once, to hear how loud it is."""

    track: int
    treatment: Treatment


class Rehearsed(msgspec.Struct, frozen=True):
    """`trim_lu` is how much louder than foretold a track comes out of this treatment."""

    treatment: Treatment
    trim_lu: float


class Knowledge(msgspec.Struct, frozen=True):
    """`profile` is None while the track is not measured.

    `album` names the album (tracks of one album share it, "" when it belongs to none); `album_profile` is that of all
    its available tracks together, None while one of them is not measured.  `album_number` is the track's place in it,
    counted over its discs.  `preset` is the name of the preset that is remembered for the track, or else for its album
    ("" for none), and `preset_scope` (TRACK, ALBUM or "") says which.  `tagged_track` and `tagged_album` are gains
    that the file's own tags name.  `rehearsed` is what rehearsals of the file as it is came to.
    """

    profile: SoundProfile | None = None
    album: str = ""
    album_number: int = 0
    album_profile: SoundProfile | None = None
    preset: str = ""
    preset_scope: str = ""
    tagged_track: TaggedGain | None = None
    tagged_album: TaggedGain | None = None
    rehearsed: tuple[Rehearsed, ...] = ()

    def trim_lu(self, treatment: Treatment) -> float:
        """What a rehearsal of this treatment came to, 0 without one."""
        return next((each.trim_lu for each in self.rehearsed if each.treatment == treatment), 0.0)
