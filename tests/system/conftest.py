"""System tests: the real daemon in a private world."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.rig import Daemon, World, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as private:
        yield private


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder


@pytest.fixture
def no_stall() -> Iterator[list[Daemon]]:
    """Daemons put in here must not have stalled their event loop when the test ends."""
    daemons: list[Daemon] = []
    yield daemons
    for daemon in daemons:
        assert "event loop stalled" not in daemon.log()
