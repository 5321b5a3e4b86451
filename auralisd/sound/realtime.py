"""Priorities: the thread that feeds the device works little and must not wait for who works much.

All threads of a Python process wait for one lock.  Realtime priority alone is of no use where the thread that holds the
lock waits for a processor behind other programs: so the others go before those, too.
"""

import contextlib
import os
import resource
from collections.abc import Iterable, Iterator
from typing import Final

from auralisd.doors.sound import NICENESS, REALTIME_PRIORITY

LONGEST_RUN_US: Final = 200_000
"""RealtimeKit wants a process to be ended by the kernel when a realtime thread of it runs so long without a pause."""


def take_priority(feeding: int, others: Iterable[int]) -> str:
    """Give a thread realtime priority and the others precedence: "" when they have it, else why not.

    Many a machine grants its users the one and not the other.  Then the process is ready for RealtimeKit to give what
    is missing.  What is started from a realtime thread does not inherit it.
    """
    refusals: list[str] = []
    with _noting(refusals, "realtime priority"):
        os.sched_setscheduler(feeding, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(REALTIME_PRIORITY))
    with _noting(refusals, "precedence to the threads that are waited for"):
        for thread in others:
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
    if refusals:
        with contextlib.suppress(OSError, ValueError):  # it is lower already
            resource.setrlimit(resource.RLIMIT_RTTIME, (LONGEST_RUN_US, LONGEST_RUN_US))
    return "; ".join(refusals)


@contextlib.contextmanager
def _noting(refusals: list[str], what: str) -> Iterator[None]:
    try:
        yield
    except OSError as refusal:
        refusals.append(f"the kernel grants no {what} ({refusal.strerror})")
