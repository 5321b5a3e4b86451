"""Notify: what the service manager is told (sd_notify(3)); nothing when there is none."""

import contextlib
import socket


class Notifier:
    """Sends state words to the socket that systemd named in NOTIFY_SOCKET."""

    def __init__(self, address: str | None) -> None:
        self._address = None if address is None else address.replace("@", "\0", 1)

    def ready(self, status: str) -> None:
        self._send(f"READY=1\nSTATUS={status}")

    def status(self, status: str) -> None:
        """One line for `systemctl --user status`."""
        self._send(f"STATUS={status}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, words: str) -> None:
        if self._address is None:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            # A manager that went away must not take the music with it.
            manager.connect(self._address)
            manager.send(words.encode())
