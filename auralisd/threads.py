"""Threads: every thread of every process has a name, and its death is told.

Apart from `supervise`, because the sound process starts in a hurry and does without asyncio.
"""

import contextlib
import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

OnDeath = Callable[[str, BaseException], None]


class NamedThread:
    """A thread whose name shows in `top -H`, and whose death is told.

    `run` ends by itself when its owner asks it to; anything it raises is logged with its traceback and
    handed to `on_death` (called on the dying thread).
    """

    def __init__(self, name: str, run: Callable[[], None], on_death: OnDeath) -> None:
        self._name = name
        self._run = run
        self._on_death = on_death
        self._thread = threading.Thread(target=self._guarded, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def native_id(self) -> int:
        """The kernel's number of the thread, which was started; 0 before that."""
        return self._thread.native_id or 0

    def join(self, timeout_s: float) -> bool:
        """Wait for its end; False when it is still running."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        with contextlib.suppress(OSError), open("/proc/thread-self/comm", "w", encoding="ascii") as comm:
            comm.write(self._name[:15])
        try:
            self._run()
        except BaseException as death:  # the border: told to the supervisor, never swallowed
            log.exception("thread died name=%s", self._name)
            self._on_death(self._name, death)
