"""Realtime priority for the thread that feeds the device: it works little and must not wait for who works much."""

import contextlib
import os
import resource
from typing import Final

PRIORITY: Final = 10
"""Above what is not realtime is all that is needed."""

LONGEST_RUN_US: Final = 200_000
"""RealtimeKit wants a process to be ended by the kernel when a realtime thread of it runs so long without a pause."""


def take_realtime() -> str:
    """Give the calling thread realtime priority: "" when it has it, else why not.

    Then the process is ready for RealtimeKit to give it.  What is started from this thread does not inherit it.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except OSError as refusal:
        with contextlib.suppress(OSError, ValueError):  # it is lower already
            resource.setrlimit(resource.RLIMIT_RTTIME, (LONGEST_RUN_US, LONGEST_RUN_US))
        return f"the kernel grants no realtime priority ({refusal.strerror})"
    return ""
