"""Every setting is read by something: each is changed, and the part that it is for reads another value.

The parts are those that the composition root builds, wired as it wires them.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from auralisd.bus.service import BusService
from auralisd.config import Asked, load_config
from auralisd.config_file import FileConfig, described, flat
from auralisd.daemon import Daemon
from auralisd.desktop.keeper import Keeper
from auralisd.desktop.making import keeper_of
from auralisd.filling import Beginning, beginning
from auralisd.logs import start_logging
from auralisd.playback.memory import StoredMemory
from auralisd.playback.player import Player


class World:
    """A daemon whose parts are built, and none is running."""

    def __init__(self, daemon: Daemon, player: Player, bus: BusService, keeper: Keeper, begun: Beginning) -> None:
        self.daemon, self.player, self.bus, self.keeper, self.begun = daemon, player, bus, keeper, begun
        self.settings, self.config = daemon._settings, daemon._config

    async def begin_again(self) -> Beginning:
        """What another start would find; the last one ended while something played."""
        memory = StoredMemory(self.daemon._database, lambda _kept: None)
        memory.was_playing = True
        memory.recall = nothing_kept  # type: ignore[method-assign]
        return await beginning(memory, self.settings.now)

    def logging_level(self) -> int:
        before = logging.getLogger().handlers[:], logging.getLogger().level
        try:
            start_logging((), level=self.config.log_level, journal=False)
            return logging.getLogger().level
        finally:
            logging.getLogger().handlers[:], logging.getLogger().level = before


async def nothing_kept() -> None:
    return None


@contextlib.asynccontextmanager
async def a_world(tmp_path: Path, text: str = "") -> AsyncIterator[World]:
    (tmp_path / "auralisd.toml").write_text(text)
    config = load_config(
        Asked(config=tmp_path / "auralisd.toml", state_dir=tmp_path), {"HOME": str(tmp_path), "XDG_DATA_DIRS": "/none"}
    )
    daemon = Daemon(config, asyncio.get_running_loop(), lambda _folders: None)
    await daemon._database.open()
    await daemon._settings.open()
    await daemon._librarian.open()
    memory = StoredMemory(daemon._database, lambda _kept: None)
    begun = await beginning(memory, daemon._settings.now)
    player = daemon._make_player(memory, begun)
    keeper = keeper_of(config, daemon._settings, player, lambda _capabilities: None)
    yield World(daemon, player, daemon._make_bus(player), keeper, begun)
    await player.close()
    await daemon._librarian.close()
    await daemon._database.close()


Reader = Callable[[World], Any]

LIVE: dict[str, tuple[Any, Reader]] = {
    "sound_idle_minutes": (0.5, lambda world: world.player._alarms._sound_idle_s()),
    "mpris_presence": ("queue", lambda world: world.bus._is_player()),
    "publish_file_urls": (True, lambda world: world.bus._track_list._with_url()),
    "measure_on_battery": (False, lambda world: world.daemon._librarian._measurer._leisure.always),
    "measure_max_load": (0.5, lambda world: world.daemon._librarian._measurer._leisure.always),
    "resume_when_back": (False, lambda world: world.player._moment().resumes),
    "pause_for_sleep": (False, lambda world: world.keeper._naps()),
    "keep_awake": (False, lambda world: world.keeper._keeps_awake()),
}
"""Key → another value, and what the part reads while it runs."""

NEXT_START: dict[str, tuple[Any, Callable[[Beginning], Any]]] = {
    "startup_queue": ("none", lambda begun: begun.fills),
    "resume_playing": (True, lambda begun: begun.plays_on),
}
"""Key → another value, and what the next start does."""

FILE: dict[str, tuple[str, Reader]] = {
    "music_folders": ('music_folders = ["/somewhere"]', lambda world: world.daemon._librarian.music_folders),
    "output": ('output = "silent"', lambda world: world.player._output),
    "render_cache_mb": ("render_cache_mb = 7", lambda world: world.player._sound._start.keywords["cache_mb"]),  # type: ignore[attr-defined]
    "mixer": ('mixer = "hardware"', lambda world: world.player._sound._start.keywords["mixer"]),  # type: ignore[attr-defined]
    "log_level": ('log_level = "error"', World.logging_level),
    "limits.costly_per_second": (
        "[limits]\ncostly_per_second = 3",
        lambda world: world.bus._fairness._budgets._per_second,
    ),
    "limits.costly_burst": ("[limits]\ncostly_burst = 3", lambda world: world.bus._fairness._budgets._burst),
}
"""Key → a line of the file, and what the part reads that was started with it."""


def test_every_setting_has_a_reader_in_these_tables() -> None:
    applies = {each.key: (each.applies, each.writable) for each in described()}

    assert applies == {
        **dict.fromkeys(LIVE, ("live", True)),
        **dict.fromkeys(NEXT_START, ("restart", True)),
        **dict.fromkeys(FILE, ("restart", False)),
    }


@pytest.mark.parametrize("key", LIVE)
async def test_a_live_setting_is_read_by_its_part_at_once(tmp_path: Path, key: str) -> None:
    other, read = LIVE[key]
    async with a_world(tmp_path) as world:
        before = read(world)
        await world.settings.change({key: other})
        changed = read(world)
        await world.settings.reset([key])

        assert changed != before
        assert read(world) == before


@pytest.mark.parametrize("key", NEXT_START)
async def test_a_setting_of_the_start_is_read_by_the_next_one(tmp_path: Path, key: str) -> None:
    other, read = NEXT_START[key]
    async with a_world(tmp_path) as world:
        before = read(await world.begin_again())
        await world.settings.change({key: other})

        assert read(await world.begin_again()) != before
    async with a_world(tmp_path) as world:
        assert world.settings.values[key] == other, "it is kept"


@pytest.mark.parametrize("key", FILE)
async def test_a_setting_of_the_machine_is_read_from_the_file(tmp_path: Path, key: str) -> None:
    text, read = FILE[key]
    async with a_world(tmp_path) as world:
        before = read(world)
    async with a_world(tmp_path, text) as world:
        assert read(world) != before
        assert world.settings.values[key] != flat(FileConfig())[key]
