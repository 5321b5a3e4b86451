"""`python -m auralisd.worker LINK_FD`, started by control only."""

import logging
import os
import signal
import socket
import sys

from auralisd.doors.link import Link
from auralisd.doors.worker import Task
from auralisd.worker.program import leave_with_control, serve, step_aside

if __name__ == "__main__":
    # Read by numpy's library when a Measure loads it: more threads would only fight over an idle core.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    logging.basicConfig(format="%(levelname)s %(message)s")
    # The service manager ends us and control at once: what is under way is put in order all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # somebody begins to write a file of which we are asking just that
    leave_with_control()
    step_aside()
    try:
        serve(Link(socket.socket(fileno=int(sys.argv[1])), Task))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # control's end may tell us twice, and we are leaving
