"""`python -m auralisd.sound LINK_FD CLOCK_FD OUTPUT_SPEC CACHE_MB MIXER LOG_LEVEL`: started by control."""

import faulthandler
import importlib.util
import logging
import os
import socket
import sys
from typing import TextIO

from auralisd.doors.clock import ClockWriter
from auralisd.doors.link import Link
from auralisd.doors.sound import Order
from auralisd.logs import start_logging


def main() -> None:
    link_fd, clock_fd, output, cache_mb, mixer, log_level = sys.argv[1:7]
    log_stream = _own_stderr()
    faulthandler.enable(log_stream)
    start_logging((), level="info", journal="JOURNAL_STREAM" in os.environ, stream=log_stream)
    logging.getLogger().setLevel(int(log_level))
    _single_thread_arithmetic()
    from auralisd.sound.process import SoundProcess

    connection = socket.socket(fileno=int(link_fd))
    clock, cache_bytes = ClockWriter(int(clock_fd)), int(cache_mb) << 20
    process = SoundProcess(Link(connection, Order), clock, output, mixer=mixer, cache_bytes=cache_bytes)
    process.run(_capabilities())


def _own_stderr() -> TextIO:
    """A stream for our own words.

    libmpg123 and ALSA's library print to descriptor 2 what they think of a file or a configuration, with paths in it
    and past any log; what matters of it reaches us as errors.  So descriptor 2 leads nowhere and we keep a copy.
    """
    stream = open(os.dup(2), "w", encoding="utf-8", buffering=1)  # noqa: SIM115 -- for the life of the process
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = stream
    return stream


def _single_thread_arithmetic() -> None:
    """To be called before numpy is loaded: our matrix products are small, and a pool of threads costs more than it
    brings."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def _capabilities() -> dict[str, str]:
    """The parts that may be missing, without loading them."""
    modules = {"alsa": "alsaaudio", "libsndfile": "soundfile"}
    return {
        part: "" if importlib.util.find_spec(module) else f"the Python module {module} is missing; run make setup"
        for part, module in modules.items()
    }


if __name__ == "__main__":
    main()
