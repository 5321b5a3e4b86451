"""The teller thread: hands reports over to control, in the order in which they were made.

Control may be slow to read, and the link's lock is held as long as it does not; the writer thread must never wait for
that.
"""

import queue
from collections.abc import Callable

from auralisd.doors.sound import Report


class Teller:
    """`tell` may be called from any thread and never waits."""

    def __init__(self, send: Callable[[Report], None]) -> None:
        self._send = send
        self._reports: queue.SimpleQueue[Report | None] = queue.SimpleQueue()

    def tell(self, report: Report) -> None:
        self._reports.put(report)

    def stop(self) -> None:
        """What was told before is still handed over."""
        self._reports.put(None)

    def run(self) -> None:
        """Until `stop`."""
        while (report := self._reports.get()) is not None:
            self._send(report)
