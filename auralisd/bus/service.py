"""The bus service: connects, exports, owns the names, tells what changed, and survives a bus that goes away."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from auralisd.bus import contract as contracts
from auralisd.bus import properties
from auralisd.bus.announcer import Announcer
from auralisd.bus.calls import Call, Export
from auralisd.bus.daemon import DaemonFace
from auralisd.bus.dispatcher import Dispatcher
from auralisd.bus.enhancement import Enhancement
from auralisd.bus.fairness import Fairness
from auralisd.bus.jobs import JOB, JobsFace, completion, job_face, job_path, no_job_yet
from auralisd.bus.library import INTERFACE as LIBRARY
from auralisd.bus.library import LibraryFace, news, together
from auralisd.bus.log_control import LOG_PATH, LogControl
from auralisd.bus.mpris import PLAYER, ROOT, Root, Transport
from auralisd.bus.names import Names
from auralisd.bus.objects import Objects
from auralisd.bus.opening import ConnectionFailed
from auralisd.bus.output import INTERFACE as OUTPUT
from auralisd.bus.output import Output
from auralisd.bus.ports import DevicesPort, HealthPort, JobsPort, Library, LogPort, PlayerPort, SettingsPort, Work
from auralisd.bus.queue import INTERFACE as QUEUE
from auralisd.bus.queue import QueueFace
from auralisd.bus.settings import INTERFACE as SETTINGS
from auralisd.bus.settings import SettingsFace
from auralisd.bus.settings import together as either
from auralisd.bus.tracklist import TrackList
from auralisd.bus.wire import Connection, connect
from auralisd.errors import StartRefused
from auralisd.jobs.events import JobAppeared, JobChanged, JobCompleted, JobEvent, JobForgotten
from auralisd.library.events import (
    FolderFault,
    FoldersChanged,
    LibraryChanged,
    LibraryEvent,
    NumbersChanged,
    ScanBroke,
    ScanningChanged,
)
from auralisd.playback.snapshot import Event, OutputNews, QueueChanged, Seeked, StateChanged

log = logging.getLogger(__name__)

MPRIS_PATH = "/org/mpris/MediaPlayer2"
OUR_PATH = "/org/auralis/Auralis1"

LEAVING_S = 0.3
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 30.0


class BusService:
    """The daemon on D-Bus.

    `address` None means the session's bus.  `desktop_entry` is the name of an installed desktop file, "" when there is
    none.  `dbus_library` is `dbus-next`, `dbus-fast`, or "" for the first that can be imported.
    Raises StartRefused when code and contract disagree.
    """

    def __init__(
        self,
        *,
        player: PlayerPort,
        library: Library,
        jobs: JobsPort,
        devices: DevicesPort,
        health: HealthPort,
        settings: SettingsPort,
        logs: LogPort,
        version: str,
        supervisor: Work,
        on_quit: Callable[[], None],
        address: str | None = None,
        desktop_entry: str = "",
        dbus_library: str = "",
    ) -> None:
        self._player = player
        self._jobs = jobs
        self._supervisor = supervisor
        self._address = address
        self._settings = settings
        self._dbus_library = dbus_library
        contract = contracts.load()
        if not desktop_entry:
            contract = contracts.without(contract, ROOT, "DesktopEntry")
        self._track_list = TrackList(
            player, library, supervisor, with_url=self._with_url, note=lambda: self._announcer.note()
        )
        faces: dict[str, tuple[Export, ...]] = {
            MPRIS_PATH: (
                Root(on_quit, desktop_entry).export(),
                Transport(player, library, with_url=self._with_url).export(),
                self._track_list.export(),
            ),
            OUR_PATH: (
                Enhancement(player, library, jobs).export(),
                LibraryFace(library, player, jobs).export(),
                QueueFace(player, library).export(),
                Output(player, devices).export(),
                JobsFace(jobs).export(),
                SettingsFace(settings).export(),
                DaemonFace(health, version, player, library, settings).export(),
            ),
            LOG_PATH: (LogControl(logs).export(),),
        }
        self._objects = Objects(contract, faces, machine_id=_machine_id(), passing=(no_job_yet(),))
        self._fairness = Fairness(settings.now.limits)
        self._dispatcher = Dispatcher(self._objects, supervisor, self._fairness)
        self._announcer = Announcer(contract, faces)
        self._announcer.follow(self._track_list)
        self._connection: Connection | None = None
        self._names: Names | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, then own the names: whoever sees a name finds everything behind it.

        Raises StartRefused when there is no bus.  From then on a lost bus is waited for.
        """
        try:
            await self._open(anew=False)
        except ConnectionFailed as failure:
            raise StartRefused(
                f"no D-Bus session bus: {failure}; log in to a desktop or user session, or use dbus-run-session"
            ) from failure
        self._keeper = self._supervisor.start("bus", self._keep())

    def on_event(self, event: Event | LibraryEvent | JobEvent) -> None:
        """Hear of playback, library and jobs."""
        if isinstance(event, Seeked | QueueChanged | OutputNews):
            self._on_playback(event)
            return
        match event:
            case StateChanged():
                self._announcer.note()
                if self._settings.now.mpris_presence == "queue":
                    self._settle_names()
            case (
                LibraryChanged() | NumbersChanged() | ScanningChanged() | ScanBroke() | FoldersChanged() | FolderFault()
            ):
                self._on_library(event)
            case JobAppeared(job):
                face = (job_face(self._jobs, job.number),)
                self._objects.appear(job_path(job.number), face)
                self._announcer.appear(job_path(job.number), face)
                self._announcer.note()
            case JobChanged():
                self._announcer.note()
            case JobCompleted(job):
                self._announcer.tell(JOB, "Completed", completion(job), path=job_path(job.number))
            case JobForgotten(number):
                self._objects.vanish(job_path(number))
                self._announcer.vanish(job_path(number))
                self._announcer.note()
            case _:
                pass  # nothing that the bus has a word for

    def _on_playback(self, event: Seeked | QueueChanged | OutputNews) -> None:
        match event:
            case Seeked(position_us):
                position_us = properties.within(position_us, self._player.snapshot.length_us)
                self._announcer.tell(PLAYER, "Seeked", (position_us,))
            case QueueChanged(revision, operation):
                self._announcer.tell(QUEUE, "Changed", (revision, operation))
            case _:
                # Each is named and filled as the contract has it.
                self._announcer.tell_each(OUTPUT, type(event).__name__, msgspec.structs.astuple(event))

    def _on_library(self, event: LibraryEvent) -> None:
        match event:
            case FoldersChanged() | FolderFault():
                self._announcer.tell(LIBRARY, "FoldersChanged", (), lambda _, newer: newer)
            case LibraryChanged():
                self._announcer.tell(LIBRARY, "Changed", news(event), together)
                self._track_list.library_changed()
            case NumbersChanged(revision, tracks):
                change = LibraryChanged(revision, changed=tracks)
                self._announcer.tell(LIBRARY, "Changed", news(change), together)
            case ScanBroke(code):
                self._announcer.tell(LIBRARY, "ScanFailed", (code,))
            case ScanningChanged():
                self._announcer.note()

    def health_changed(self) -> None:
        """Faults or capabilities are others than before."""
        self._announcer.note()

    def settings_changed(self, keys: tuple[str, ...]) -> None:
        """The values of these are others than before."""
        self._announcer.tell(SETTINGS, "Changed", (list(keys),), either)
        if "mpris_presence" in keys:
            self._settle_names()

    async def close(self) -> None:
        """Leave the bus: names first, so that nobody asks what is no longer answered."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self._announcer.detach()
        if self._connection is not None and self._names is not None:
            with contextlib.suppress(ConnectionFailed, TimeoutError):
                async with asyncio.timeout(LEAVING_S):  # a bus that hangs takes the names back with the connection
                    await self._names.release()
            self._connection.close()
        self._connection = self._names = None

    def _with_url(self) -> bool:
        return self._settings.now.publish_file_urls

    # --- the connection ------------------------------------------------------------------------------

    async def _open(self, *, anew: bool) -> None:
        """Raises ConnectionFailed, and then nothing is left of the attempt."""
        connection = await connect(
            self._address,
            self._dbus_library,
            on_call=self._take,
            on_name_lost=self._name_lost,
            on_relief=self._announcer.note,
        )
        self._connection, self._names = connection, Names(connection, os.getpid())
        try:
            await self._names.settle(self._is_player)
        except BaseException:
            connection.close()
            self._connection = self._names = None
            raise
        self._fairness.attach(connection)
        self._announcer.attach(connection, anew=anew)

    async def _keep(self) -> None:
        """Replace a lost connection, for as long as we live; the music plays on meanwhile."""
        while self._connection is not None:
            reason = await self._connection.wait_closed()
            self._announcer.detach()
            self._fairness.attach(None)
            self._connection = self._names = None
            log.warning("bus lost, waiting for its return reason=%s", reason)
            await self._reopen()

    async def _reopen(self) -> None:
        for wait_s in _waits():
            await asyncio.sleep(wait_s)
            try:
                await self._open(anew=True)
            except ConnectionFailed as failure:
                log.debug("bus still away reason=%s", failure)
            else:
                log.info("bus is back")
                return

    def _take(self, call: Call) -> None:
        if self._connection is not None:
            self._dispatcher.dispatch(call, self._connection)

    # --- the names -----------------------------------------------------------------------------------

    def _is_player(self) -> bool:
        return self._settings.now.mpris_presence == "always" or bool(self._player.snapshot.entries)

    def _name_lost(self, name: str) -> None:
        self._fairness.left(name)
        if self._names is not None and self._names.lost(name):
            self._settle_names()

    def _settle_names(self) -> None:
        if self._names is not None:
            self._supervisor.start("bus names", self._settle(self._names))

    async def _settle(self, names: Names) -> None:
        try:
            await names.settle(self._is_player)
        except ConnectionFailed as failure:
            log.debug("bus names unsettled reason=%s", failure)  # the next connection claims them anew


def _waits() -> Iterator[float]:
    """How long to wait before each attempt: longer and longer, up to half a minute."""
    wait_s = FIRST_WAIT_S
    while True:
        yield wait_s
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)


def _machine_id() -> str:
    for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with contextlib.suppress(OSError):
            return Path(place).read_text(encoding="ascii").strip()
    return ""
