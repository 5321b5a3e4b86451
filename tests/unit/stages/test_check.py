"""What `auralisd check` finds."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from auralisd.config import Asked, load_config
from auralisd.stages.check import Finding, _bus


def finding(address: str) -> Finding:
    (only,) = _bus(load_config(Asked(), {"DBUS_SESSION_BUS_ADDRESS": address}))
    return only


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Path]:
    """The folder in which something listens, at `the bus` and at an abstract name like the folder's."""
    with socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as abstract:
        named.bind(str(tmp_path / "the bus"))
        abstract.bind(f"\0{tmp_path}")
        named.listen()
        abstract.listen()
        yield tmp_path


@pytest.mark.parametrize(
    "address",
    [
        "unix:path={}/the%20bus,guid=0123",
        "unix:abstract={},guid=0123",
        "unix:path={}/none;unix:path={}/the%20bus",
    ],
)
def test_a_bus_is_found_at_any_of_its_addresses(bus: Path, address: str) -> None:
    assert finding(address.replace("{}", str(bus))) == Finding("session bus answers")


def test_a_bus_that_is_nowhere_is_fatal_and_each_address_has_its_reason(tmp_path: Path) -> None:
    found = finding(f"unix:path={tmp_path}/none;unix:abstract={tmp_path};tcp:host=127.0.0.1,port=1")

    assert found.fatal
    assert "(No such file or directory, Connection refused, Connection refused)" in found.what
    assert "dbus-run-session" in found.remedy
