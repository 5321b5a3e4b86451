"""Kind `scan`: make the library say what the disk says, whatever asked for it."""

from collections.abc import Mapping
from typing import Any

from auralisd.errors import NotKept
from auralisd.jobs.asked import only
from auralisd.jobs.job import UNKNOWN, JobFailed, Result, Step
from auralisd.jobs.owner import Jobs
from auralisd.jobs.ports import ScanningLibrary, Tell
from auralisd.library.counts import Counts, ScanStep
from auralisd.library.looks import CarryOut, Look

KIND = "scan"

_TEXTS = {
    "folder-missing": "the music folder is not there; connect its drive or restore it",
    "folder-unreadable": "the music folder cannot be read by this user; give the right to",
    "folder-empty": "the music folder is empty and was not before; mount its drive, if it has one",
    "hung": "the drive does not answer; scan again when it does",
    "worker-died": "the process that reads the folder ends by itself; the daemon's log says more",
}


class ScanKind:
    """Spec: `folders`, the numbers of music folders; none are all."""

    def __init__(self, library: ScanningLibrary) -> None:
        self._library = library

    async def prepare(self, spec: Mapping[str, Any]) -> "ScanWork":
        only(spec, KIND, ("folders",))
        return ScanWork(self._library, self._library.wanted_scan(tuple(spec.get("folders", ()))))


class ScanWork:
    """One scan.  Result: how many tracks were `added`, `changed`, `moved`, `removed` and `unavailable`, how many files
    and folders in them were `refused`; `refusals` pairs the names of the first hundred with codes."""

    def __init__(self, library: ScanningLibrary, look: Look) -> None:
        self._library = library
        self._look = look

    @property
    def key(self) -> str:
        return self._look.key

    async def run(self, tell: Tell) -> Result:
        try:
            counts = await self._library.scan(self._look, lambda step: tell(as_step(step)))
        except NotKept as refusal:
            raise JobFailed("not-kept", str(refusal)) from refusal
        if counts.codes and not counts.looked:
            raise JobFailed(counts.codes[0], _TEXTS[counts.codes[0]])
        return as_result(counts)


def as_step(step: ScanStep) -> Step:
    """While files are only found, nobody knows how many there are."""
    if not step.total:
        return Step(step.done, step.done, UNKNOWN, step.current)
    return Step(step.done, step.total, step.done / step.total, step.current)


def as_result(counts: Counts) -> Result:
    return {
        "added": counts.added + counts.returned,
        "changed": counts.changed,
        "moved": counts.moved,
        "removed": counts.removed,
        "unavailable": counts.unavailable,
        "refused": counts.refused,
        "refusals": counts.refusals,
    }


def in_jobs(jobs: Jobs, library: ScanningLibrary) -> CarryOut:
    """The way in which the library begins its own scans: each is a job that can be seen and cancelled."""

    async def carry_out(look: Look) -> None:
        await jobs.ended(jobs.begin(KIND, ScanWork(library, look), look.trigger))

    return carry_out
