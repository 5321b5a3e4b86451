"""What the machine decides over and what it decides: the player's state, the moment of an input, the effects."""

import random
from collections.abc import Mapping

import msgspec

from auralisd.model.joins import Joins
from auralisd.model.knowledge import AlbumPlace
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import Taste
from auralisd.playback.edits import EditHistory
from auralisd.playback.hearing import Hearing, Outcome
from auralisd.playback.queue import PlayQueue
from auralisd.playback.shuffle import Deal
from auralisd.playback.snapshot import PLAYING, STOPPED, Event


class PlayerState(msgspec.Struct, frozen=True):
    """`loaded`: the sound process holds the current entry in this generation.

    `start_us` is where the current entry will begin when it is not loaded.  `following` is the entry that sound was
    told to join on, None when nothing follows.  `sounding` is the entry whose start was told and whose end was not;
    `fading` is the one before it, while its end still sounds, and `fading_frames` are what was heard of that before.
    `broken` are entries that could not be decoded since the queue was last set.  `deaths` counts those of the sound
    process while playing, since anything was last heard.  `override` names the preset that was chosen for the current
    entry over the one that is remembered for its track, "" when none was; it ends when another entry becomes current.
    `hearing` is the one under way, None when there is none.  `sleep_at_s` is when the sleep timer runs down, on the
    clock of the moments, None while it is off; `fade` is what is left of the volume before it does.  `device` is the
    one that was chosen, "" for the configured one.  `lost`: it went away.  `waits`: it played then, or was asked to
    since, and plays again as soon as the device is back.
    """

    queue: PlayQueue = PlayQueue()
    edits: EditHistory = EditHistory()
    status: str = STOPPED
    generation: int = 0
    loaded: bool = False
    start_us: int = 0
    following: int | None = None
    sounding: int | None = None
    fading: int | None = None
    fading_frames: int = 0
    broken: frozenset[int] = frozenset()
    lost: bool = False
    waits: bool = False
    deaths: int = 0
    volume: float = 1.0
    muted: bool = False
    device: str = ""
    taste: Taste = Taste()
    joins: Joins = Joins()
    override: str = ""
    hearing: Hearing | None = None
    sleep_at_s: float | None = None
    fade: float = 1.0

    @property
    def loudness(self) -> float:
        """The linear amplitude that the writer shall play at."""
        return self.volume * self.fade

    @property
    def wants_sound(self) -> bool:
        """True while it plays, or would if only there were a device."""
        return self.status == PLAYING or self.waits


class Moment(msgspec.Struct, frozen=True):
    """What the shell knows when an input arrives: the position heard, the current track's length, the time (of a clock
    that only runs forwards), randomness, the presets there are, and whether one is remembered for the current track.

    `albums` says where the tracks of the queue stand in their albums; it is looked up for what shuffles by albums.
    `resumes`: what played goes on by itself when a lost device is back.
    """

    position_us: int = 0
    length_us: int | None = None
    frames: int = 0
    dice: random.Random = random.Random(0)
    albums: Mapping[int, AlbumPlace] = msgspec.field(default_factory=dict)
    presets: Mapping[str, Preset] = msgspec.field(default_factory=lambda: PRESETS)
    remembered: bool = False
    resumes: bool = True
    now_s: float = 0.0

    @property
    def deal(self) -> Deal:
        return Deal(self.dice, self.albums)


# --- effects: what the shell must do, in order ----------------------------------------------------------


class StartStream(msgspec.Struct, frozen=True):
    """Make sound play this entry from here, under the state's new generation; `over` is the entry that sounds and was
    left for it, None where there is none."""

    entry: int
    start_us: int
    playing: bool
    over: int | None = None


class JoinNext(msgspec.Struct, frozen=True):
    """Tell sound what follows; None: nothing."""

    entry: int | None


class HoldSound(msgspec.Struct, frozen=True):
    pass


class ReleaseSound(msgspec.Struct, frozen=True):
    pass


class HaltSound(msgspec.Struct, frozen=True):
    pass


class LeaveSound(msgspec.Struct, frozen=True):
    """The sound process is of no use any more: leave it to its end, which may take long."""


class ApplyVolume(msgspec.Struct, frozen=True):
    pass


class ChooseDevice(msgspec.Struct, frozen=True):
    """Go on at the frame, on that device."""

    device: str


class Tell(msgspec.Struct, frozen=True):
    """Publish an event."""

    event: Event


class Count(msgspec.Struct, frozen=True):
    """Count a play or a skip."""

    outcome: Outcome


class Answer(msgspec.Struct, frozen=True):
    """The entry ids that the asker gets."""

    entries: tuple[int, ...]


Effect = (
    StartStream
    | JoinNext
    | HoldSound
    | ReleaseSound
    | HaltSound
    | LeaveSound
    | ApplyVolume
    | ChooseDevice
    | Tell
    | Count
    | Answer
)


# --- news that nobody sends: the sound process cannot tell of its own end, nor a clock of the time --------


class SoundDied(msgspec.Struct, frozen=True):
    """The sound process ended by itself while `entry` was current.

    `again`: it died on this entry before, which must not kill it a third time.
    """

    entry: int
    again: bool


class SoundRested(msgspec.Struct, frozen=True):
    """The sound process was ended after a long silence."""


class SoundReplaced(msgspec.Struct, frozen=True):
    """The sound process did not answer any more, and was ended for another."""


class SleepPassed(msgspec.Struct, frozen=True):
    """Time has passed that the sleep timer counts."""
