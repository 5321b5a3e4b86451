"""Snapshot: all that others may know of the player at one moment, frozen.

The bus turns two of them into one PropertiesChanged; the live view draws one.  Position is not in it: it is
read from the clock with `Player.position_us()`.
"""

from collections.abc import Mapping

import msgspec

from auralisd.doors.sound import DeviceState
from auralisd.model.joins import Joins
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import LEVELLED, Taste
from auralisd.model.track import Track

PLAYING = "Playing"
PAUSED = "Paused"
STOPPED = "Stopped"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One place in the queue: `id` is never used again, `track` may stand in it twice."""

    id: int
    track: int


class Mastering(msgspec.Struct, frozen=True):
    """What is being done to the sound: the plan that was told last, for which entry, and the position from which it is
    heard.  On a skip that is still the entry before, until something is told of the new one."""

    plan: MasteringPlan | None = None
    entry: int = 0
    effective_from_us: int = 0

    @property
    def state(self) -> str:
        """`off`, `provisional`, `adaptive` or `bypassed`; ReplayGain is none of the enhancement: `off`."""
        return "off" if self.plan is None or self.plan.state == LEVELLED else self.plan.state


class Snapshot(msgspec.Struct, frozen=True):
    """`status` is `Playing`, `Paused` or `Stopped`; `current_index` is −1 and `current_entry` 0 when none.

    `current` is the track of the current entry (None: the queue is empty).  `entries` is the queue in list
    order.  `revision` grows with every change of the queue.  `preset` is the one in effect for the current track,
    `default_preset` the one where none is remembered; both are names in `presets`.  `device_name` is what was chosen to
    play on, whether it is there or not.
    """

    status: str = STOPPED
    entries: tuple[Entry, ...] = ()
    revision: int = 0
    current_index: int = -1
    current_entry: int = 0
    current: Track | None = None
    length_us: int | None = None
    can_go_next: bool = False
    can_go_previous: bool = False
    can_undo: bool = False
    can_redo: bool = False
    loop: str = "none"
    shuffle: str = "off"
    consume: bool = False
    stop_after: bool = False
    volume: float = 1.0
    muted: bool = False
    device_name: str = ""
    taste: Taste = Taste()
    joins: Joins = Joins()
    preset: str = Taste().preset
    default_preset: str = Taste().preset
    presets: Mapping[str, Preset] = msgspec.field(default_factory=lambda: PRESETS)
    mastering: Mastering = Mastering()
    device: DeviceState = DeviceState("closed", "")
    underruns: int = 0


# --- events ------------------------------------------------------------------------------------------


class StateChanged(msgspec.Struct, frozen=True):
    """Published after each command or report that changed anything."""

    snapshot: Snapshot


class Seeked(msgspec.Struct, frozen=True):
    """The position jumped within a track."""

    position_us: int


class QueueChanged(msgspec.Struct, frozen=True):
    """The list is another.  `operation` is `set`, `append`, `insert`, `play_next`, `move`, `remove`, `clear`, `undo`,
    `redo` or `consume`."""

    revision: int
    operation: str


class StreamStarted(msgspec.Struct, frozen=True):
    """An entry is heard: its first frame, or, where it comes in over the end of another, the middle of the two."""

    entry: int
    track: int


class StreamEnded(msgspec.Struct, frozen=True):
    """`reason` is `completed` (every frame was heard), `skipped`, `stopped` or `failed`; `frames` were heard.

    Where the next one came in over its end, that one's StreamStarted was told before.
    """

    entry: int
    reason: str
    frames: int


class StreamFailed(msgspec.Struct, frozen=True):
    """A file could not be decoded at `position_us`: for a stretch, which is silent, or to its end, when the stream ends
    there as failed."""

    entry: int
    track: int
    code: str
    position_us: int


class DeviceLost(msgspec.Struct, frozen=True):
    code: str


class DeviceReturned(msgspec.Struct, frozen=True):
    pass


class SoundRuns(msgspec.Struct, frozen=True):
    """A sound process has begun; `refusal` is "" when its writer thread has realtime priority and its others have
    precedence, else why not."""

    process: int
    writer: int
    others: tuple[int, ...]
    refusal: str


class SoundGivenUp(msgspec.Struct, frozen=True):
    """The sound process dies whatever it is given: the player has stopped."""


OutputNews = StreamStarted | StreamEnded | StreamFailed | DeviceLost | DeviceReturned
"""What is told of streams and of the device: each counts."""

Event = StateChanged | Seeked | QueueChanged | OutputNews | SoundRuns | SoundGivenUp
