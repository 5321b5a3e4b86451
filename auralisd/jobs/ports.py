"""What jobs need of others, and what a kind of job is."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from auralisd.jobs.job import Result, Step
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
