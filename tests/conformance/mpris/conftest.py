"""The MPRIS suite runs against auralisd, and against any player that AURALISD_MPRIS_PLAYER names (see players.start).

Each test is one row of the checklist in rows.toml.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.bus.opening import load_library
from auralisd.errors import StartRefused
from tests.bus.client import CallFailed, a_client
from tests.conformance.mpris import players
from tests.conformance.mpris.bench import PAUSED, PLAYING, Bench, Music, uri_of
from tests.conformance.mpris.tour import Tour, walk
from tests.music import tag, write_music, write_tags
from tests.system.rig import World

SAMPLES = (".wav", ".aiff", ".ogg", ".opus", ".mp3")
RATE_HZ = 16_000
RICH: dict[str, str | list[str]] = {
    "artist": [f"Artist {number}" for number in range(20)],
    "genre": ["Long " * 200, "Short", ""],
    "composer": ["Eve"],
    "albumartist": ["Ada"],
    "date": "2009-09-29",
    "bpm": "119.6",
    "discnumber": "2",
    "lyrics": "la " * 20_000,
    "comment": "a comment",
    "musicbrainz_trackid": "4d1c37a1-2d1f-4c3f-8b0a-6a1f4e0d4b11",
}


def _importable(library: str) -> bool:
    try:
        load_library(library)
    except StartRefused:
        return False
    return True


def _players() -> list[str]:
    if other := os.environ.get("AURALISD_MPRIS_PLAYER"):
        return [other]
    libraries = [library for library in ("dbus-next", "dbus-fast") if _importable(library)]
    wanted = libraries if os.environ.get("AURALISD_CAMPAIGN") == "1" else libraries[:1]
    return [f"auralisd:{library}" for library in wanted]


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Music:
    """Four tracks of half a minute, and files that are odd in one way each."""
    folder = tmp_path_factory.mktemp("bench") / "Music"
    for number, name in enumerate(("One", "Two", "Three", "Four", "Other"), start=1):
        write_music(folder / f"{name}.flac", title=name, track=number, seconds=30, rate_hz=RATE_HZ)
    soundfile.write(folder / "Long.flac", np.zeros(2400 * 8000, np.int16), 8000)
    tag(folder / "Long.flac", title="Long")
    for suffix in SAMPLES:
        write_music(folder / f"Sample {suffix[1:]}{suffix}", title=f"Sample {suffix[1:]}", seconds=10, rate_hz=RATE_HZ)
    soundfile.write(folder / "Untagged.flac", np.zeros(10 * 8000, np.int16), 8000)
    write_music(folder / "Café & 100%.flac", title="Café & 100%", seconds=10, rate_hz=RATE_HZ)
    write_tags(write_music(folder / "Rich.flac", title="Rich", seconds=10, rate_hz=RATE_HZ), RICH)
    tag(write_music(folder / "Dated.flac", seconds=10, rate_hz=RATE_HZ), title="Dated", date="29/09/2009")
    return Music(folder)


@pytest.fixture(scope="session", params=_players())
def named(request: pytest.FixtureRequest) -> str:
    """Which player the bench is for."""
    return str(request.param)


def _world(folder: Path, named: str) -> World:
    """A private bus; of the session's own for a player that already runs there."""
    world = World(folder)
    if named.startswith("org.mpris."):
        world.environment["DBUS_SESSION_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    else:
        world.start_bus()
    return world


@pytest.fixture(scope="session")
def running(
    named: str, music: Music, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, players.Player]]:
    world = _world(tmp_path_factory.mktemp("world"), named)
    try:
        player = players.start(named, world, music)
        yield world, player
        player.close()
    finally:
        world.close()


@pytest.fixture
async def bench(running: tuple[World, players.Player], music: Music) -> AsyncIterator[Bench]:
    """The player that all tests share; each arranges what it needs."""
    world, player = running
    async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as client:
        bench = Bench(client, player, music)
        await bench.connect()
        yield bench


@pytest.fixture
async def mortal(named: str, music: Music, tmp_path: Path) -> AsyncIterator[Bench]:
    """A player that a test may end."""
    if named.startswith("org.mpris."):
        pytest.skip("its process is not ours to end")
    world = _world(tmp_path, named)
    try:
        player = players.start(named, world, music)
        async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as client:
            bench = Bench(client, player, music)
            await bench.connect()
            yield bench
        player.close()
    finally:
        world.close()


@pytest.fixture
async def listed(bench: Bench) -> Bench:
    """A player with a track list."""
    if not await bench.has_track_list():
        pytest.skip("it has no track list")
    return bench


@pytest.fixture
async def fresh(bench: Bench, tmp_path: Path) -> Path:
    """A file that has just come; it is the current track, and held."""
    if not bench.player.is_ours:
        pytest.skip("it reads tags once")
    path = bench.music.folder / f"{tmp_path.name}.flac"
    shutil.copy(bench.music["One"], path)
    await bench.arrange(PAUSED)

    async def is_taken() -> bool:
        try:
            await bench.do("OpenUri", "s", uri_of(path))
        except CallFailed:
            return False
        return True

    await bench.until(is_taken, f"{path.name} opens")
    await bench.becomes(PlaybackStatus=PLAYING)
    await bench.do("Pause")
    await bench.becomes(PlaybackStatus=PAUSED)
    await bench.calm(0.5)
    return path


@pytest.fixture(scope="session")
def tours() -> dict[str, Tour]:
    return {}


@pytest.fixture
async def tour(bench: Bench, named: str, tours: dict[str, Tour]) -> Tour:
    """A walk through everything that can be done, taken once."""
    if named not in tours:
        tours[named] = await walk(bench)
    return tours[named]
