"""Bus tests: the real bus service on a private dbus-daemon, once with each D-Bus library."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from auralisd.bus.opening import load_library
from auralisd.bus.service import BusService
from auralisd.config_file import FileConfig, Limits
from auralisd.errors import StartRefused
from auralisd.jobs.owner import Jobs
from auralisd.logs import Log
from auralisd.model.track import Track
from auralisd.settings.owner import Settings
from auralisd.supervise import Supervisor
from tests.builders import a_track
from tests.bus.client import Client, PrivateBus, a_client
from tests.bus.memory import AskedKind, MemoryDevices, MemoryHealth, MemoryPlayer
from tests.bus.memory_library import MemoryLibrary
from tests.kept import MemoryKept


@dataclass
class Rig:
    """A bus service and what stands behind it."""

    service: BusService
    player: MemoryPlayer
    library: MemoryLibrary
    health: MemoryHealth
    settings: Settings
    kept: MemoryKept
    jobs: Jobs
    devices: MemoryDevices
    kinds: dict[str, AskedKind]
    quits: list[str]
    deaths: list[str]


UNBOUNDED = FileConfig(limits=Limits(costly_per_second=0))
"""Most tests ask more than a client may."""

StartRig = Callable[..., AbstractAsyncContextManager[Rig]]


@pytest.fixture(scope="session")
def private_bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBus]:
    bus = PrivateBus(tmp_path_factory.mktemp("bus"))
    bus.start()
    yield bus
    bus.stop()


@pytest.fixture(params=["dbus-next", "dbus-fast"])
def dbus_library(request: pytest.FixtureRequest) -> str:
    try:
        load_library(request.param)
    except StartRefused:
        pytest.skip(f"{request.param} cannot be imported on this Python")
    return str(request.param)


@pytest.fixture
def tracks(tmp_path: Path) -> tuple[Track, ...]:
    """Five tracks in a music folder."""
    return tuple(a_track(n, title=f"Song {n}", path=bytes(tmp_path / "Music" / f"no {n}é.flac")) for n in range(1, 6))


@pytest.fixture
def start_rig(dbus_library: str, tracks: tuple[Track, ...]) -> StartRig:
    """Starts a bus service at an address; `file` is what the configuration says, other keyword arguments go to it."""

    @contextlib.asynccontextmanager
    async def start(address: str, *, file: FileConfig = UNBOUNDED, **options: Any) -> AsyncIterator[Rig]:
        deaths: list[str] = []
        quits: list[str] = []
        supervisor = Supervisor(lambda name, _death: deaths.append(name))
        library, health = MemoryLibrary(tracks), MemoryHealth()
        services: list[BusService] = []
        player = MemoryPlayer(library, lambda event: services[0].on_event(event))
        devices = MemoryDevices()
        kinds = {name: AskedKind() for name in ("analyse", "import", "render", "scan")}
        jobs = Jobs(kinds, supervisor=supervisor, publish=lambda event: services[0].on_event(event))
        kept = MemoryKept()
        settings = Settings(
            file, kept, read_again=lambda: kept.file, on_change=lambda keys: services[0].settings_changed(keys)
        )
        service = BusService(
            player=player,
            library=library,
            jobs=jobs,
            devices=devices,
            health=health,
            settings=settings,
            logs=Log(journal=False),
            version="1.2.3",
            supervisor=supervisor,
            on_quit=lambda: quits.append("quit"),
            address=address,
            dbus_library=dbus_library,
            **options,
        )
        services.append(service)
        await service.start()
        try:
            yield Rig(service, player, library, health, settings, kept, jobs, devices, kinds, quits, deaths)
        finally:
            await jobs.close()
            await service.close()
            await supervisor.close()
        assert deaths == []

    return start


@pytest.fixture
async def rig(private_bus: PrivateBus, start_rig: StartRig) -> AsyncIterator[Rig]:
    async with start_rig(private_bus.address) as running:
        yield running


@pytest.fixture
async def client(private_bus: PrivateBus) -> AsyncIterator[Client]:
    async with a_client(private_bus.address) as connected:
        yield connected


@pytest.fixture
async def queued(rig: Rig) -> Rig:
    """Tracks 1, 2 and 3 in the queue, stopped at the second."""
    rig.player.fill((), (1, 2, 3), 1)
    return rig
