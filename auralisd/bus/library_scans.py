"""What org.auralis.Auralis1.Library says of scans, and how one is asked for."""

from collections.abc import Mapping
from typing import Any

from auralisd.bus.calls import Handler
from auralisd.bus.jobs import job_path
from auralisd.bus.ports import JobsPort
from auralisd.errors import InvalidRequest


class LibraryScans:
    """Part of the Library's face: `methods` are merged into it."""

    def __init__(self, jobs: JobsPort) -> None:
        self._jobs = jobs

    def methods(self) -> Mapping[str, Handler]:
        return {"Scan": self.scan}

    async def scan(self, folders: list[int], options: dict[str, Any]) -> str:
        if options:
            raise InvalidRequest(f"options: Scan knows none, and not {' '.join(sorted(options))}")
        return job_path(await self._jobs.submit("scan", {"folders": folders}))
