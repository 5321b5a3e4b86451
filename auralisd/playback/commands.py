"""What can be asked of the player.  Sent with `Player.ask`, answered when the new state is in force."""

import msgspec


class Play(msgspec.Struct, frozen=True):
    """Start or go on; nothing to play: no effect."""


class Pause(msgspec.Struct, frozen=True):
    """Hold where it is; not playing: no effect."""


class Toggle(msgspec.Struct, frozen=True):
    """Playing → paused, paused or stopped → playing."""


class Stop(msgspec.Struct, frozen=True):
    """Silence; the current entry stays current, and Play starts it from its beginning."""


class Next(msgspec.Struct, frozen=True):
    """The entry after this one; paused stays paused, stopped stays stopped; none: no effect."""


class Previous(msgspec.Struct, frozen=True):
    """Back to the start when more than 3 s were heard, else the entry before; none: the start."""


class SeekBy(msgspec.Struct, frozen=True):
    """Relative; before the start: the start; past the end: acts like Next."""

    offset_us: int


class SeekTo(msgspec.Struct, frozen=True):
    """Absolute, in the named entry; another entry than the current one, or outside 0..length: no effect."""

    entry: int
    position_us: int


class GoTo(msgspec.Struct, frozen=True):
    """Play that entry from its beginning.  Raises NotFound."""

    entry: int


class SetQueue(msgspec.Struct, frozen=True):
    """Replace the queue; `start` is the index that becomes current.  Answers the new entry ids.

    With `undoable` False there is no way back to what was, nor to what was before that.
    Raises NotFound for an unknown track, InvalidRequest for a start outside the list (0 is fine when empty).
    """

    tracks: tuple[int, ...]
    start: int
    play: bool
    undoable: bool = True


class Append(msgspec.Struct, frozen=True):
    """Add at the end.  Answers the new entry ids.  Raises NotFound."""

    tracks: tuple[int, ...]


class Insert(msgspec.Struct, frozen=True):
    """Add before what stands at that index, or at the end.  Answers the new entry ids.

    Raises NotFound for an unknown track, InvalidRequest for a position beyond the queue.
    """

    tracks: tuple[int, ...]
    position: int


class InsertAfter(msgspec.Struct, frozen=True):
    """Add one track right behind an entry (0: at the start; one that is not there: at the end), and play it if asked.

    Answers the entry id (MPRIS AddTrack).
    """

    track: int
    after: int
    play: bool


class PlayNext(msgspec.Struct, frozen=True):
    """Add right after the current entry, in the order given.  Answers the new entry ids.  Raises NotFound."""

    tracks: tuple[int, ...]


class Move(msgspec.Struct, frozen=True):
    """Take entries out and put them back together, in the order given, at an index of what is left.

    Raises NotFound for an unknown entry, InvalidRequest for one named twice or a position beyond the queue.
    """

    entries: tuple[int, ...]
    position: int


class Remove(msgspec.Struct, frozen=True):
    """Take entries out.  Where the current one goes, play goes on with what follows it, or stops.  Raises NotFound."""

    entries: tuple[int, ...]


class Clear(msgspec.Struct, frozen=True):
    """Stop, and empty the queue."""


class Undo(msgspec.Struct, frozen=True):
    """The queue as it was before the last edit; the current entry plays on where it is still there.  Raises NotFound
    when there is no edit to take back."""


class Redo(msgspec.Struct, frozen=True):
    """The last edit that was taken back, once more.  Raises NotFound when there is none."""


class PlayNow(msgspec.Struct, frozen=True):
    """Insert a track after the current entry, jump to it and play (MPRIS OpenUri).  Answers the entry id."""

    track: int


class SetLoop(msgspec.Struct, frozen=True):
    """`none`, `track` or `list`."""

    loop: str


class SetShuffle(msgspec.Struct, frozen=True):
    """`tracks`: the current entry stays, the others follow in a random order; `albums`: its album goes on, the others
    follow in a random order, each whole; `off`: goes on in list order."""

    shuffle: str


class SetConsume(msgspec.Struct, frozen=True):
    """What was played to its end, or left by Next, leaves the queue."""

    consume: bool


class SetStopAfter(msgspec.Struct, frozen=True):
    """Stop once, when the current entry has ended; Play then goes on with the one after it."""

    stop_after: bool


class SetSleepTimer(msgspec.Struct, frozen=True):
    """Pause in so many seconds, fading out before; 0: not at all.  Not finite or out of range: InvalidRequest."""

    seconds: float


class SetGapless(msgspec.Struct, frozen=True):
    """On: a track follows the one before it without a gap; off: after a second of silence."""

    gapless: bool


class SetCrossfade(msgspec.Struct, frozen=True):
    """0..12 s, finite; else InvalidRequest.  0: none."""

    crossfade_s: float


class SetCrossfadeOnSkip(msgspec.Struct, frozen=True):
    """On: the crossfade is heard too where somebody goes to another track while one plays."""

    on_skip: bool


class SetVolume(msgspec.Struct, frozen=True):
    """Linear amplitude, clamped to 0..1; not finite: InvalidRequest."""

    volume: float


class SetMuted(msgspec.Struct, frozen=True):
    """Silent, with the volume as it is for afterwards."""

    muted: bool


class SetDevice(msgspec.Struct, frozen=True):
    """Go on at the frame that is heard, on another device, by ALSA's name or `silent`; no name at all:
    InvalidRequest."""

    device: str


class SetEnabled(msgspec.Struct, frozen=True):
    """Enhancement on or off."""

    enabled: bool


class SetPreset(msgspec.Struct, frozen=True):
    """By name; unknown: InvalidRequest naming those there are.

    Where a preset is remembered for the current track, this one holds until another entry becomes current; else it
    becomes the default.
    """

    preset: str


class SetDefaultPreset(msgspec.Struct, frozen=True):
    """The one where none is remembered, by name; unknown: InvalidRequest naming those there are."""

    preset: str


class RememberPreset(msgspec.Struct, frozen=True):
    """Remember a preset for a track, or for the album that it belongs to (`scope` TRACK or ALBUM); "" forgets.

    Raises NotFound for an unknown track, InvalidRequest for an unknown preset or scope, and for the album of a track
    that belongs to none.
    """

    track: int
    scope: str
    preset: str


class SetIntensity(msgspec.Struct, frozen=True):
    """0..1, finite; else InvalidRequest."""

    intensity: float


class SetBypass(msgspec.Struct, frozen=True):
    """The original at the loudness of the enhanced sound."""

    bypass: bool


class SetTarget(msgspec.Struct, frozen=True):
    """−30..−8 LUFS, or 0 for the preset's own; else InvalidRequest."""

    target_lufs: float


class SetAlbumMode(msgspec.Struct, frozen=True):
    """One gain and one tone for an album played in order."""

    album_mode: bool


class SetReplayGain(msgspec.Struct, frozen=True):
    """One of REPLAY_GAINS; else InvalidRequest."""

    replay_gain: str


class SetPreamp(msgspec.Struct, frozen=True):
    """Added to what ReplayGain asks for: ±15 dB, finite; else InvalidRequest."""

    preamp_db: float


TasteCommand = (
    SetEnabled
    | SetPreset
    | SetDefaultPreset
    | SetIntensity
    | SetBypass
    | SetTarget
    | SetAlbumMode
    | SetReplayGain
    | SetPreamp
    | RememberPreset
)
"""What bears on how tracks are treated."""


EditCommand = SetQueue | Append | Insert | InsertAfter | PlayNext | PlayNow | Move | Remove | Clear | Undo | Redo
"""What changes the queue, and can be taken back."""

OutletCommand = SetVolume | SetMuted | SetDevice
"""What stands between the music and the ear."""

ModeCommand = SetLoop | SetShuffle | SetConsume | SetStopAfter
"""How the queue is gone through."""

JoinCommand = SetGapless | SetCrossfade | SetCrossfadeOnSkip
"""How one track follows another."""


Command = (
    Play
    | Pause
    | Toggle
    | Stop
    | Next
    | Previous
    | SeekBy
    | SeekTo
    | GoTo
    | EditCommand
    | ModeCommand
    | JoinCommand
    | OutletCommand
    | SetSleepTimer
    | TasteCommand
)
