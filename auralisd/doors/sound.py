"""The words between control and the sound process.

Orders go to sound, reports come back.  Every `Start` carries a new `generation`; a report about an older
one is stale and the player drops it.  Frames are source frames: frames of the track at its own rate.
"""

from typing import Final

import msgspec

from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Treatment


class Stream(msgspec.Struct, frozen=True):
    """One queue entry to be played: `path` as the file system spells it, and what shall be done to it.

    `profile` is None when the track was never measured; `album` is the profile of its whole album, where gain and tone
    shall be the album's.  `overlap_s` is how long it comes in over the end of the one before it, as far as the lengths
    of both allow; below 0 it is so long a silence between them.
    """

    entry: int
    track: int
    path: bytes
    start_frame: int = 0
    treatment: Treatment = Treatment()
    profile: SoundProfile | None = None
    album: SoundProfile | None = None
    overlap_s: float = 0.0


# --- orders: control -> sound ------------------------------------------------------------------------


class Start(msgspec.Struct, frozen=True, tag=True):
    """Drop whatever sounds or is queued and begin here; `playing` False prepares it and holds it silent.

    A stream with an `overlap_s` comes in over what sounds, where something does, which is faded out.
    """

    generation: int
    stream: Stream
    playing: bool


class QueueNext(msgspec.Struct, frozen=True, tag=True):
    """What follows the stream that is being rendered, joined as it says; None: the music ends there.

    A newer one replaces an older one, even when the older stream is rendered ahead but not yet heard.  Once its first
    frames are in the device (the last tenth of a second) it is heard, and the newer one follows it.
    """

    generation: int
    stream: Stream | None


class Hold(msgspec.Struct, frozen=True, tag=True):
    """Pause where it is."""


class Release(msgspec.Struct, frozen=True, tag=True):
    """Go on from where it was held; opens the device again if it was lost or closed meanwhile, at once."""


class Halt(msgspec.Struct, frozen=True, tag=True):
    """Stop and forget the stream."""

    generation: int


class Revise(msgspec.Struct, frozen=True, tag=True):
    """More is known of these entries, or something else shall be done to them: heard from the committed frame on,
    crossfaded.  Names the current entry and the one that follows; `start_frame` means nothing here."""

    generation: int
    streams: tuple[Stream, ...]


class SetVolume(msgspec.Struct, frozen=True, tag=True):
    """Linear amplitude, 1.0 = 0 dB; acts after the ring, ramped."""

    volume: float
    muted: bool = False


class ChooseOutput(msgspec.Struct, frozen=True, tag=True):
    """Go on at the frame that is heard on another output, by its spec."""

    spec: str


class Ping(msgspec.Struct, frozen=True, tag=True):
    """Answered by one `Pong` of the writer thread, as soon as no device keeps it waiting."""

    request: int


class AskMeters(msgspec.Struct, frozen=True, tag=True):
    """Answered by one `MetersRead`."""

    request: int


class AskCache(msgspec.Struct, frozen=True, tag=True):
    """Answered by one `CacheRead`; `clear` forgets the rendered chunks first, of one track or (0) of all."""

    request: int
    clear: bool = False
    track: int = 0


class SetLogLevel(msgspec.Struct, frozen=True, tag=True):
    """Log from this level on; the number is Python's."""

    level: int


class Quit(msgspec.Struct, frozen=True, tag=True):
    """Close the device and leave."""


Order = (
    Start
    | QueueNext
    | Hold
    | Release
    | Halt
    | Revise
    | SetVolume
    | SetLogLevel
    | ChooseOutput
    | Ping
    | AskMeters
    | AskCache
    | Quit
)


# --- reports: sound -> control -----------------------------------------------------------------------


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The sound process can take orders.  `capabilities`: part -> "" (available) or why it is not."""

    capabilities: dict[str, str]


class Audible(msgspec.Struct, frozen=True, tag=True):
    """This entry's first frame (of this start) is heard now.  `frames` is the track's length, None if unknown."""

    generation: int
    entry: int
    rate_hz: int
    frames: int | None
    frame: int


class Finished(msgspec.Struct, frozen=True, tag=True):
    """Every frame of this entry was heard.  `frames` is its length as decoded: the source frame it ended at.

    Where the next one came in over its end, that one's `Audible` was told before, in the middle of the overlap.
    """

    generation: int
    entry: int
    frames: int


class Drained(msgspec.Struct, frozen=True, tag=True):
    """The last frame was heard and nothing follows, not even within the fifth of a second after it.

    The generation is over: a `QueueNext` that crosses this report has no effect.
    """

    generation: int


class Unreadable(msgspec.Struct, frozen=True, tag=True):
    """The entry cannot be decoded from `frame` on; `code` as in `errors.TrackUnreadable`.

    A file that does not open is told at once, damage when it is reached by the ear, in the place of `Finished`.

    Sound goes on with the next stream by itself when it holds one.
    """

    generation: int
    entry: int
    code: str
    frame: int


class Damaged(msgspec.Struct, frozen=True, tag=True):
    """A stretch of this entry from `frame` on comes as silence, because it cannot be decoded, and the music goes on;
    `frames` None: nothing behind it can be decoded, and the entry ends there.

    Told once for each stretch, as soon as it is met, which is before it is heard.
    """

    generation: int
    entry: int
    frame: int
    frames: int | None
    rate_hz: int


class Planned(msgspec.Struct, frozen=True, tag=True):
    """What is being done to this entry, and from which of its frames on it is heard."""

    generation: int
    entry: int
    plan: MasteringPlan
    effective_frame: int


class DeviceState(msgspec.Struct, frozen=True, tag=True):
    """`state` is `closed`, `running`, `paused` or `lost`; the format fields are what the device really runs.

    A device that is lost while something plays is tried again by itself: `running` tells that it is back.
    """

    state: str
    device: str
    rate_hz: int = 0
    channels: int = 0
    sample_format: str = ""
    period_frames: int = 0
    buffer_frames: int = 0
    fill_ms: float = 0.0
    code: str = ""
    note: str = ""
    """A sentence for the person at the terminal, such as why the silent output is used."""


class Pong(msgspec.Struct, frozen=True, tag=True):
    """The writer thread is not kept waiting by its device."""

    request: int


class Starved(msgspec.Struct, frozen=True, tag=True):
    """Nothing comes to be heard of this generation, nor an error: the drive hangs, and who reads from it with it.

    `begun`: some of it was rendered.
    """

    generation: int
    begun: bool


REALTIME_PRIORITY: Final = 10
"""Wanted for the writer thread: above what is not realtime is all that is needed."""

NICENESS: Final = -11
"""Wanted for the others, as sound servers have it."""


class ThreadsRun(msgspec.Struct, frozen=True, tag=True):
    """The threads of the process run.  `refusal` is "" when the kernel gave the writer realtime priority and the others
    precedence, else why it did not."""

    process: int
    writer: int
    others: tuple[int, ...]
    refusal: str


class Underran(msgspec.Struct, frozen=True, tag=True):
    """The device or the ring ran dry; `total` since the process started."""

    total: int


class MetersRead(msgspec.Struct, frozen=True, tag=True):
    """Meters at the frame that is heard; None where nothing was played yet."""

    request: int
    momentary_in_lufs: float | None = None
    short_in_lufs: float | None = None
    momentary_out_lufs: float | None = None
    short_out_lufs: float | None = None
    true_peak_out_dbtp: float | None = None
    integrated_out_lufs: float | None = None
    gain_reduction_db: float = 0.0
    correlation: float | None = None


class CacheRead(msgspec.Struct, frozen=True, tag=True):
    """What the cache of rendered chunks holds now, and how much was freed before.  `hits` and `misses` count chunks
    since the process started."""

    request: int
    chunks: int = 0
    bytes: int = 0
    budget_bytes: int = 0
    hits: int = 0
    misses: int = 0
    freed_bytes: int = 0


Report = (
    Ready
    | Audible
    | Finished
    | Drained
    | Unreadable
    | Damaged
    | Planned
    | DeviceState
    | Pong
    | Starved
    | ThreadsRun
    | Underran
    | MetersRead
    | CacheRead
)
