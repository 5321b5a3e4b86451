"""What the service manager is told."""

import socket
from pathlib import Path

from auralisd.notify import Notifier


def test_readiness_reaches_the_managers_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        Notifier(str(tmp_path / "notify")).ready("ready")

        assert manager.recv(100) == b"READY=1\nSTATUS=ready"


def test_an_abstract_socket_is_reached_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0auralisd-notify-test")
        Notifier("@auralisd-notify-test").stopping()

        assert manager.recv(100) == b"STOPPING=1"


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    Notifier(None).ready("ready")
    Notifier(str(tmp_path / "gone")).ready("ready")
