"""Kind `import`: music files from anywhere, copied into a music folder."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import Mapping
from typing import Any

from auralisd.doors.worker import Brought
from auralisd.errors import InvalidRequest, LimitExceeded, RequestRefused, Unavailable
from auralisd.export.workshop import remove_workshop, workshop_in
from auralisd.jobs.asked import only
from auralisd.jobs.job import JobFailed, Result, Step
from auralisd.jobs.ports import Collection, Tell
from auralisd.library.errands import Errands, WorkerDied, WorkerStarter, start_worker
from auralisd.model.track import MOST_IMPORTED_BYTES, is_music_name
from auralisd.supervise import Supervisor, aside

KIND = "import"
MAX_FILES = 200
_KEYS = ("uris", "into", "duplicates")
_ANSWER_S = 5.0
_FULL = frozenset({"no-space", "not-written", "not-verified"})
"""What one file meets here all others meet: the job ends."""


class Bring:
    """Spec: `uris` (bytes of absolute paths), `into` (a music folder's id), and `duplicates`, which copies also what
    sounds like a track that is there."""

    def __init__(self, library: Collection, *, supervisor: Supervisor, start: WorkerStarter = start_worker) -> None:
        self._library = library
        self._supervisor = supervisor
        self._start = start
        self._numbers = itertools.count(1)

    async def prepare(self, spec: Mapping[str, Any]) -> "Bringing":
        only(spec, KIND, _KEYS)
        paths = tuple(dict.fromkeys(spec.get("uris", ())))
        if not paths:
            raise InvalidRequest("spec.uris must name at least one file")
        if len(paths) > MAX_FILES:
            raise LimitExceeded(f"spec.uris: {len(paths)} are more than the {MAX_FILES} of one job; submit several")
        folder = self._library.music_folder(spec.get("into", 0))
        await _must_fit(paths, folder)
        number = next(self._numbers)
        return Bringing(
            self._library,
            Errands(f"importing {number}", self._start, self._supervisor),
            paths,
            folder,
            workshop=workshop_in(folder, os.getpid(), number),
            duplicates=bool(spec.get("duplicates", False)),
        )


class Bringing:
    """One job of it.  Result: `files` and `tracks` of what was copied; `same` pairs the name of a file that was not
    with the track that sounds the same; `refused` counts what could not be taken, `refusals` pairs names with codes.

    Each file is copied, verified and there before the next: cancelled, it leaves those that are whole, and no part.
    """

    def __init__(
        self,
        library: Collection,
        errands: Errands,
        paths: tuple[bytes, ...],
        folder: bytes,
        *,
        workshop: bytes,
        duplicates: bool,
    ) -> None:
        self._library = library
        self._errands = errands
        self._paths = paths
        self._folder = folder
        self._workshop = workshop
        self._duplicates = duplicates
        self._files: list[str] = []
        self._tracks: list[int] = []
        self._same: list[tuple[str, int]] = []
        self._not_taken: list[tuple[str, str]] = []

    async def run(self, tell: Tell) -> Result:
        try:
            for place, path in enumerate(self._paths):
                tell(Step(place, len(self._paths), place / len(self._paths), _name(path)))
                await self._bring(path)
        except WorkerDied as death:
            reason = "its drive does not answer" if death.hung else "the process that copied it ended by itself"
            code = "hung" if death.hung else "worker-died"
            raise JobFailed(code, f"{_name(path)}: {reason}; import the rest again") from None
        finally:
            await self._errands.close()
            await self._clean()
        return {
            "files": self._files,
            "tracks": self._tracks,
            "same": self._same,
            "refused": len(self._not_taken),
            "refusals": self._not_taken,
        }

    async def _bring(self, path: bytes) -> None:
        seen = (await self._errands.inspect(path)).file
        if seen.code or seen.stream is None:
            self._not_taken.append((_name(path), seen.code))
            return
        signature = seen.stream.signature
        if signature and not self._duplicates and (there := await self._library.upkeep.holding_sound(signature)):
            self._same.append((_name(path), there[0]))
            return
        brought = await self._errands.bring(seen.path, self._workshop)
        if brought.code:
            self._refuse(path, brought)
            return
        self._files.append(brought.name)
        await self._adopt(os.path.join(self._folder, brought.name.encode()))

    async def _adopt(self, path: bytes) -> None:
        """It is a track at once; where it is not, the next scan makes it one."""
        with contextlib.suppress(RequestRefused):
            self._tracks.append(await self._library.adopt(path))

    def _refuse(self, path: bytes, brought: Brought) -> None:
        """Raises JobFailed for what is not the file's fault."""
        if brought.code in _FULL:
            raise JobFailed(brought.code, f"{_name(path)}: {brought.text}; {len(self._files)} files are imported")
        self._not_taken.append((_name(path), brought.code))

    async def _clean(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                await aside("workshop", lambda: remove_workshop(self._workshop))


async def _must_fit(paths: tuple[bytes, ...], folder: bytes) -> None:
    """Raises a RequestRefused saying which file, or whether the folder, is at fault."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            refusal = await aside("import", lambda: _refusal(paths, folder))
    except TimeoutError:
        raise Unavailable("spec.uris: a drive does not answer; try again when it does") from None
    if refusal is not None:
        raise refusal


def _refusal(paths: tuple[bytes, ...], folder: bytes) -> RequestRefused | None:
    if not os.path.isdir(folder):
        return Unavailable("spec.into: the music folder is not there; connect its drive")
    if not os.access(folder, os.W_OK | os.X_OK):
        return InvalidRequest("spec.into: the music folder cannot be written by this user")
    for path in paths:
        if not is_music_name(path):
            return InvalidRequest(f"spec.uris: {_name(path)} has no ending of music that can be played")
        try:
            size = os.stat(path).st_size
        except (OSError, ValueError):
            return InvalidRequest(f"spec.uris: {_name(path)} is not there or cannot be read")
        if size > MOST_IMPORTED_BYTES:
            return LimitExceeded(f"spec.uris: {_name(path)} is larger than {MOST_IMPORTED_BYTES // 1_000_000} MB")
    return None


def _name(path: bytes) -> str:
    return os.path.basename(path).decode("utf-8", "replace")
