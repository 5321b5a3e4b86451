"""System tests: the real daemon in a private world."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.rig import World, a_world


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
def wav(tmp_path: Path) -> Path:
    return tmp_path / "out.wav"


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every event is lost."""
    monkeypatch.setattr("auralisd.watch.inotify.dirty_after", lambda _: iter(()))
