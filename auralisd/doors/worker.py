"""The words between control and a worker process (scanning, measuring, rendering, one file at a time).

Each task carries a `task` number chosen by control; every answer repeats it.
"""

import msgspec

from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Treatment
from auralisd.model.track import FileFacts, StreamFacts, Tags

# --- tasks: control -> worker ------------------------------------------------------------------------


class Walk(msgspec.Struct, frozen=True, tag=True):
    """List the music files below `folder` (absolute); `recursive` False lists that one folder only.

    Symbolic links are not followed: what one points at inside the folder is found in its own place, and what
    lies outside is no part of it.  Below `folder`, names that begin with a dot are skipped.

    Answered by any number of `Listed` and one `Walked`.
    """

    task: int
    folder: bytes
    recursive: bool = True


class ReadTags(msgspec.Struct, frozen=True, tag=True):
    """Answered by one `TagsRead` with one row for each path, in order."""

    task: int
    paths: tuple[bytes, ...]


class Inspect(msgspec.Struct, frozen=True, tag=True):
    """Look at one file wherever it lies.  Answered by one `Inspected`."""

    task: int
    path: bytes


class Measure(msgspec.Struct, frozen=True, tag=True):
    """Answered by one `Measured`."""

    task: int
    path: bytes


class Rehearse(msgspec.Struct, frozen=True, tag=True):
    """Render the track for nobody, to hear how loud it comes out.  Answered by one `Trimmed`."""

    task: int
    path: bytes
    profile: SoundProfile
    treatment: Treatment


class ToRender(msgspec.Struct, frozen=True):
    """One track of a `Render`: `stem` is the name that its file shall have, without the ending."""

    track: int
    path: bytes
    profile: SoundProfile
    stem: str


class Render(msgspec.Struct, frozen=True, tag=True):
    """Master tracks into new files in `folder`.

    `workshop` is a hidden folder inside it, which must not be there: files lie there until all of them are whole.
    `format` and `bits` are as in `export.formats`.  `album`, when there is one, is the profile that gain and tone of
    all tracks come from.

    Answered by any number of `RenderProgress` and one `Rendered`.  Whatever happens, no partial file and no workshop is
    left, unless this process is killed: then the workshop is for control to remove.
    """

    task: int
    folder: bytes
    workshop: bytes
    format: str
    bits: int
    treatment: Treatment
    album: SoundProfile | None
    tracks: tuple[ToRender, ...]


class Bring(msgspec.Struct, frozen=True, tag=True):
    """Copy a music file into the folder in which `workshop` lies, which is as for `Render`.

    Answered by one `Brought`.
    """

    task: int
    path: bytes
    workshop: bytes


class Leave(msgspec.Struct, frozen=True, tag=True):
    """Finish and exit."""


Task = Walk | ReadTags | Inspect | Measure | Rehearse | Render | Bring | Leave


# --- answers: worker -> control ----------------------------------------------------------------------


class Found(msgspec.Struct, frozen=True, gc=False):
    """One regular file with a music name."""

    path: bytes
    facts: FileFacts


class Listed(msgspec.Struct, frozen=True, tag=True):
    """Some of the files of a walk, never the whole tree at once.

    `folders` are folders seen in this batch (for the watcher); `failures` pairs a folder that could not be
    listed with a reason code.
    """

    task: int
    files: tuple[Found, ...]
    folders: tuple[bytes, ...] = ()
    failures: tuple[tuple[bytes, str], ...] = ()


class Walked(msgspec.Struct, frozen=True, tag=True):
    """The walk is over.  `root_present` False: the folder is missing or could not be opened (`code` as in
    `errors.TrackUnreadable`).

    `devices` are those on which the folders lie, or the nearest folder above a missing one: a track that was on
    another device is absent with its drive, not deleted.
    """

    task: int
    root_present: bool
    devices: tuple[int, ...] = ()
    code: str = ""


class FileRead(msgspec.Struct, frozen=True):
    """One file's tags, or why they could not be read (`code` as in `errors.TrackUnreadable`, or `unfinished` while it
    is still being written; that is told of `ReadTags` alone).

    `facts` were taken before reading, so that a file that changed meanwhile is noticed at the next look.
    """

    path: bytes
    facts: FileFacts | None
    stream: StreamFacts | None
    tags: Tags | None
    code: str = ""


class TagsRead(msgspec.Struct, frozen=True, tag=True):
    task: int
    files: tuple[FileRead, ...]


class Inspected(msgspec.Struct, frozen=True, tag=True):
    """`real_path` is where the file truly lies, every symbolic link on the way resolved."""

    task: int
    file: FileRead
    real_path: bytes


class Measured(msgspec.Struct, frozen=True, tag=True):
    """`profile` None: `code` says why."""

    task: int
    path: bytes
    facts: FileFacts | None
    profile: SoundProfile | None
    code: str = ""


class Trimmed(msgspec.Struct, frozen=True, tag=True):
    """How much louder than foretold the track came out, and the facts of the file that was heard; None: `code` says
    why it was not."""

    task: int
    facts: FileFacts | None
    trim_lu: float
    code: str = ""


class RenderProgress(msgspec.Struct, frozen=True, tag=True):
    """`whole` tracks are rendered, the one at `place` is at hand, and `share` (0..1) of all the work is done."""

    task: int
    place: int
    whole: int
    share: float


class RenderedTrack(msgspec.Struct, frozen=True):
    """What came of one track: the name of its file and how loud it is (None in silence), or `code` (as in
    `errors.TrackUnreadable`) where there is none."""

    track: int
    name: str = ""
    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None
    code: str = ""


class Rendered(msgspec.Struct, frozen=True, tag=True):
    """The files are there, one for each track that could be read; or none at all: then `code` and `text` (as in
    `errors.NotWritten`) say why."""

    task: int
    tracks: tuple[RenderedTrack, ...]
    code: str = ""
    text: str = ""


class Brought(msgspec.Struct, frozen=True, tag=True):
    """The copy has this name; or there is none: then `code` and `text` (as in `errors.NotWritten` and
    `errors.TrackUnreadable`, or `too-large`, `changed`, `not-verified`) say why."""

    task: int
    name: str
    code: str = ""
    text: str = ""


Answer = Listed | Walked | TagsRead | Inspected | Measured | Trimmed | RenderProgress | Rendered | Brought
