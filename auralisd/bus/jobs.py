"""org.auralis.Auralis1.Jobs, and org.auralis.Auralis1.Job of each job."""

from collections.abc import Callable
from typing import Any

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.ports import JobsPort
from auralisd.bus.uris import path_of
from auralisd.jobs import board
from auralisd.jobs.job import QUEUED, RUNNING, Job, Result

Row = dict[str, Any]
INTERFACE = "org.auralis.Auralis1.Jobs"
JOB = "org.auralis.Auralis1.Job"
_FOLDER = "/org/auralis/Auralis1/job"


def job_path(number: int) -> str:
    return f"{_FOLDER}/{number}"


class JobsFace:
    """All long work: submitted, seen, forgotten."""

    def __init__(self, jobs: JobsPort) -> None:
        self._jobs = jobs

    def export(self) -> Export:
        return Export(
            INTERFACE,
            methods={"Submit": self.submit, "List": self.list_jobs, "Clear": self.clear},
            read=self.read,
        )

    def read(self) -> properties.Values:
        jobs = self._jobs.all
        return {
            "Jobs": [job_path(job.number) for job in jobs],
            "Kinds": list(self._jobs.kinds),
            "Running": board.count(jobs, RUNNING),
            "Waiting": board.count(jobs, QUEUED),
            "MaxRunning": board.MAX_RUNNING,
            "MaxWaiting": board.MAX_WAITING,
        }

    async def submit(self, kind: str, spec: dict[str, Any]) -> str:
        if "folder" in spec:
            spec = {**spec, "folder": _folder_of(spec["folder"])}
        if "uris" in spec:
            spec = {**spec, "uris": tuple(path_of(uri) for uri in spec["uris"])}
        return job_path(await self._jobs.submit(kind, spec))

    def list_jobs(self, wanted: dict[str, Any]) -> list[Row]:
        return [
            {"job": job_path(job.number), **job_row(job)}
            for job in self._jobs.all
            if wanted.get("state", job.state) == job.state and wanted.get("kind", job.kind) == job.kind
        ]

    def clear(self, older_than_s: int) -> None:
        self._jobs.clear(older_than_s)


class JobFace:
    """One job: `job` says what it is like now."""

    def __init__(self, job: Callable[[], Job], cancel: Callable[[], None]) -> None:
        self._job = job
        self._cancel = cancel

    def export(self) -> Export:
        return Export(JOB, methods={"Cancel": self.cancel}, read=self.read, signals=("Completed",))

    def read(self) -> properties.Values:
        return job_values(self._job())

    def cancel(self) -> None:
        self._cancel()


def job_face(jobs: JobsPort, number: int) -> Export:
    """The face of one job that is there."""
    return JobFace(lambda: jobs.get(number), lambda: jobs.cancel(number)).export()


def no_job_yet() -> Export:
    """What a job's face is like, while there is none."""
    return JobFace(lambda: Job(0, ""), lambda: None).export()


def job_values(job: Job) -> properties.Values:
    return {
        "Kind": job.kind,
        "Trigger": job.trigger,
        "State": job.state,
        "Progress": job.progress,
        "Done": job.done,
        "Total": job.total,
        "Current": job.current,
        "StartTime": job.start_unix_s,
        "Eta": job.eta_unix_s,
        "Cancelable": not job.finished,
        "Result": job.result,
        "Error": job.error,
    }


def job_row(job: Job) -> Row:
    return {
        "kind": job.kind,
        "trigger": job.trigger,
        "state": job.state,
        "progress": job.progress,
        "done": job.done,
        "total": job.total,
        "current": job.current,
        "start_time": job.start_unix_s,
        "eta": job.eta_unix_s,
        "cancelable": not job.finished,
        "error": job.error,
    }


def completion(job: Job) -> tuple[str, Result]:
    """What the signal Completed carries."""
    return job.state, job.result


def _folder_of(text: str) -> bytes:
    """A folder as it was written: a URI, or a path.  Raises InvalidRequest, NotSupported."""
    return path_of(text) if text.lower().startswith("file:") else text.encode("utf-8", "surrogateescape")
