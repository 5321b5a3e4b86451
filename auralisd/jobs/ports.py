"""What jobs need of others, and what a kind of job is."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from auralisd.jobs.job import Result, Step
from auralisd.library.counts import Counts, ScanStep
from auralisd.library.looks import Look
from auralisd.library.upkeep import Upkeep
from auralisd.model.preset import Preset
from auralisd.model.profile import SoundProfile
from auralisd.model.track import Track

Tell = Callable[[Step], None]
Presets = Callable[[], Mapping[str, Preset]]


class Work(Protocol):
    """What one job does, checked and ready."""

    async def run(self, tell: Tell) -> Result:
        """Do it; raises JobFailed.  Cancelled, it leaves nothing behind."""
        ...


@runtime_checkable
class Repeated(Protocol):
    """Work of which one at a time is enough."""

    @property
    def key(self) -> str:
        """Whoever asks for work with the key of a job that waits or runs gets that job; "" is nobody's."""
        ...


class Kind(Protocol):
    """One kind of work."""

    async def prepare(self, spec: Mapping[str, Any]) -> Work:
        """Raises a RequestRefused for what cannot be done."""
        ...


class Library(Protocol):
    """Implemented by `library.librarian.Librarian`."""

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]: ...

    async def profile(self, track: int) -> SoundProfile | None: ...

    async def measure_now(self, tracks: tuple[int, ...], on_track: Callable[[Track], None]) -> dict[int, str]:
        """Measure these before the rest of the library, in their order; `on_track` hears of each as it begins.

        Answers what came of each: `measured`, `already`, or why not (as in `errors.TrackUnreadable`).
        """
        ...


class ScanningLibrary(Protocol):
    """Implemented by `library.librarian.Librarian`."""

    def wanted_scan(self, folders: tuple[int, ...]) -> Look:
        """A scan of these music folders, () all.  Raises NotFound."""
        ...

    async def scan(self, look: Look, tell: Callable[[ScanStep], None]) -> Counts:
        """Raises NotKept."""
        ...


class Collection(Library, Protocol):
    """The same, for who adds to it."""

    @property
    def upkeep(self) -> Upkeep: ...

    def music_folder(self, folder: int) -> bytes:
        """The path of a music folder.  Raises NotFound."""
        ...

    async def adopt(self, path: bytes) -> int:
        """The id of the track at an absolute path.  Raises a RequestRefused."""
        ...
