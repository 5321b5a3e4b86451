"""Priorities: the thread that feeds the device works little and must not wait for who works much.

All threads of a Python process wait for one lock.  Realtime priority alone is of no use where the thread that holds the
lock waits for a processor behind other programs: so the others go before those, too."""

import contextlib
import os
import resource
from collections.abc import Iterable
from typing import Final

PRIORITY: Final = 10
"""Above what is not realtime is all that is needed."""

LONGEST_RUN_US: Final = 200_000
"""RealtimeKit wants a process to be ended by the kernel when a realtime thread of it runs so long without a pause."""


NICENESS: Final = -11
"""As sound servers are."""


def take_priority(feeding: int, others: Iterable[int]) -> str:
    """Give a thread realtime priority and the others precedence: "" when they have it, else why not.

    Then the process is ready for RealtimeKit to give it.  What is started from a realtime thread does not inherit it.
    """
    try:
        for thread in others:
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
        os.sched_setscheduler(feeding, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except OSError as refusal:
        with contextlib.suppress(OSError, ValueError):  # it is lower already
            resource.setrlimit(resource.RLIMIT_RTTIME, (LONGEST_RUN_US, LONGEST_RUN_US))
        return f"the kernel grants no realtime priority ({refusal.strerror})"
    return ""
