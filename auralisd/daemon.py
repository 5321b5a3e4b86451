"""The composition root: builds every part, wires them, runs them, and ends them in order.

The wiring is the map.  Nothing here decides about music; what it decides is the order of start and end.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec

from auralisd import __version__
from auralisd.bus.service import BusService
from auralisd.config import Config
from auralisd.desktop.keeper import Keeper
from auralisd.desktop.making import keeper_of
from auralisd.errors import StartRefused
from auralisd.filling import Beginning, Filling, beginning
from auralisd.health import Health
from auralisd.jobs.events import JobEvent
from auralisd.jobs.kinds import kinds_of
from auralisd.jobs.owner import Jobs
from auralisd.jobs.scan import in_jobs
from auralisd.library.events import (
    FolderFault,
    FoldersChanged,
    KnowledgeChanged,
    LibraryChanged,
    LibraryEvent,
    NumbersChanged,
)
from auralisd.library.leisure import Leisure
from auralisd.library.librarian import Librarian
from auralisd.live.choosing import View, view_of
from auralisd.logs import Log, start_logging
from auralisd.notify import Notifier
from auralisd.playback import snapshot as heard
from auralisd.playback.devices import DeviceList
from auralisd.playback.memory import StoredMemory
from auralisd.playback.player import Player
from auralisd.playback.sound_link import start_sound
from auralisd.presets.shelf import PresetShelf
from auralisd.readiness import become_ready
from auralisd.settings.keeping import StoredSettings
from auralisd.settings.owner import Settings
from auralisd.store.database import Database
from auralisd.store.lock import StateLock
from auralisd.supervise import Supervisor, new_event_loop

log = logging.getLogger(__name__)

EXIT_DIED = 70


def run_daemon(config: Config) -> int:
    """Run until asked to end; the exit code is 0, or 70 when a part died.  Raises StartRefused."""
    formatter = start_logging(config.music_folders, level=config.log_level, journal=config.to_journal)
    loop, _ = new_event_loop()
    with contextlib.closing(loop):
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(Daemon(config, loop, formatter.conceal).run())


class Daemon:
    """One object graph, built once."""

    def __init__(
        self, config: Config, loop: asyncio.AbstractEventLoop, conceal: Callable[[Iterable[Path]], None]
    ) -> None:
        self._config = config
        self._loop = loop
        self._conceal = conceal
        self._ending = asyncio.Event()
        self._exit_code = 0
        self._notifier = Notifier(config.notify_socket)
        self._supervisor = Supervisor(self._on_death)
        self._health = Health(self._on_health)
        self._lock = StateLock(config.state_dir)
        self._database = Database(config.state_dir, self._supervisor.report)
        settings = self._settings = Settings(
            config.file,
            StoredSettings(self._database),
            read_again=config.read_again,
            on_change=self._on_settings,
            at_start=config.settings,
        )
        self._librarian = Librarian(
            database=self._database,
            folders=config.music_folders,
            publish=self._on_library_event,
            supervisor=self._supervisor,
            leisure=Leisure(
                on_battery=lambda: settings.now.measure_on_battery, max_load=lambda: settings.now.measure_max_load
            ),
            by_default=config.music_by_default,
            private=(config.state_dir, config.cache_dir),
        )
        self._presets = PresetShelf(config.presets_dir, self._on_presets, self._on_preset_fault)
        self._jobs = Jobs(
            kinds_of(
                self._librarian,
                presets=lambda: self._presets.presets,
                music_folders=lambda: self._librarian.music_folders,
                supervisor=self._supervisor,
            ),
            supervisor=self._supervisor,
            publish=self._to_bus,
        )
        self._librarian.scan_through(in_jobs(self._jobs, self._librarian))
        self._view: View | None = None
        self._desktop: Keeper | None = None
        self._bus: BusService | None = None
        self._player: Player | None = None

    async def run(self) -> int:
        """Start everything, wait for the end, end everything."""
        self._lock.take()
        async with contextlib.AsyncExitStack() as ending:
            ending.callback(self._lock.close)
            await self._database.open()
            ending.push_async_callback(self._database.close)
            await self._settings.open()
            ending.callback(self._settings.close)
            ending.push_async_callback(self._librarian.close)
            await self._librarian.open()
            self._on_folders(self._librarian.music_folders)
            await self._presets.open()
            memory = StoredMemory(self._database, self._on_kept)
            begun = await beginning(memory, self._settings.now)
            player = self._player = self._make_player(memory, begun)
            ending.push_async_callback(player.close)
            ending.push_async_callback(self._supervisor.close)
            ending.push_async_callback(self._jobs.close)
            bus = self._bus = self._make_bus(player)
            self._end_on_signals()
            self._supervisor.start("player", player.run())
            self._supervisor.start("librarian", self._librarian.run())
            self._supervisor.start("presets", self._presets.run())
            self._desktop = keeper_of(
                self._config, self._settings, player, self._health.know, on_wake=(self._librarian.resumed,)
            )
            self._supervisor.start("system bus", self._desktop.run())
            await bus.start()
            ending.push_async_callback(bus.close)
            ending.callback(self._notifier.stopping)
            filling = Filling(self._librarian, player, begun, plays=self._config.play_at_start)
            self._supervisor.start("start-up queue", filling.run())
            self._view = view_of(self._config, player, self._librarian)
            if self._view is not None:
                self._supervisor.start("view", self._view.run())
                self._view.changed()
            self._supervisor.start("self-check", become_ready(self._health, self._notifier))
            await self._ending.wait()
        return self._exit_code

    # --- parts ------------------------------------------------------------------------------------

    def _make_player(self, memory: StoredMemory, begun: Beginning) -> Player:
        state = begun.state
        if self._config.output_asked:
            state = msgspec.structs.replace(state, device="")
        return Player(
            tracks=self._librarian,
            presets=self._presets,
            memory=memory,
            publish=self._on_playback_event,
            supervisor=self._supervisor,
            output=self._config.output,
            sound_idle_s=lambda: self._settings.now.sound_idle_minutes * 60,
            start=partial(start_sound, cache_mb=self._config.file.render_cache_mb, mixer=self._config.file.mixer),
            state=state,
            resumes=lambda: self._settings.now.resume_when_back,
        )

    def _make_bus(self, player: Player) -> BusService:
        return BusService(
            player=player,
            library=self._librarian,
            jobs=self._jobs,
            devices=DeviceList(),
            health=self._health,
            settings=self._settings,
            logs=Log(journal=self._config.to_journal, on_level=player.settings_changed),
            version=__version__,
            address=self._config.bus_address,
            dbus_library=self._config.dbus_library,
            desktop_entry=self._config.desktop_entry,
            on_quit=self._ending.set,
            supervisor=self._supervisor,
        )

    # --- news -------------------------------------------------------------------------------------

    def _on_playback_event(self, event: heard.Event) -> None:
        match event:
            case heard.StateChanged(snapshot=snapshot):
                self._on_device(snapshot)
            case heard.StreamStarted():
                self._health.report("sound-dies", "sound process", wrong=False)
                log.info("playing entry=%d track=%d", event.entry, event.track)
            case heard.StreamFailed():
                log.warning("cannot play track=%d code=%s position_us=%d", event.track, event.code, event.position_us)
            case heard.DeviceLost(code=code):
                log.warning("sound device lost code=%s", code)
            case heard.DeviceReturned():
                log.info("sound device is back")
            case heard.SoundRuns():
                if self._desktop is not None:
                    self._desktop.sound_runs(event.process, event.writer, event.others, event.refusal)
            case heard.SoundGivenUp():
                self._health.report("sound-dies", "sound process", wrong=True)
                log.error("stopped reason=the sound process dies whatever it plays remedy=see what auralisd check says")
            case _:
                pass  # ends and seeks are for the bus alone
        self._to_bus(event)
        self._redraw()

    def _on_device(self, snapshot: heard.Snapshot) -> None:
        self._health.report("device-lost", "device", wrong=snapshot.device.state == "lost")
        if self._desktop is not None:
            self._desktop.plays(snapshot.status == heard.PLAYING)

    def _on_settings(self, keys: tuple[str, ...]) -> None:
        """Most are read where they matter; who has to act is told."""
        if self._player is not None and "sound_idle_minutes" in keys:
            self._player.settings_changed()
        if self._desktop is not None and {"pause_for_sleep", "keep_awake"} & set(keys):
            self._desktop.wishes_changed()
        if {"measure_on_battery", "measure_max_load"} & set(keys):
            self._librarian.leisure_changed()
        if self._bus is not None:
            self._bus.settings_changed(keys)

    def _on_presets(self) -> None:
        if self._player is not None:
            self._player.presets_changed()

    def _on_preset_fault(self, file_name: str, wrong: bool) -> None:
        self._health.report("preset-invalid", file_name, wrong=wrong)

    def _on_kept(self, kept: bool) -> None:
        self._health.report("state-not-kept", "state folder", wrong=not kept)

    def _on_library_event(self, event: LibraryEvent) -> None:
        match event:
            case LibraryChanged() | NumbersChanged():
                if self._player is not None:
                    self._player.library_changed()
            case KnowledgeChanged(tracks=tracks):
                if self._player is not None:
                    self._player.knowledge_changed(tracks)
            case FoldersChanged(paths=paths):
                self._on_folders(paths)
            case FolderFault(folder_name=name, code=""):
                self._health.clear(name)
            case FolderFault(folder_name=name, code=code):
                self._health.report(code, name, wrong=True)
            case _:
                pass  # measurements and scanning are for the bus and the view alone
        self._to_bus(event)
        self._redraw()

    def _on_folders(self, paths: tuple[bytes, ...]) -> None:
        self._conceal(Path(os.fsdecode(path)) for path in paths)

    def _to_bus(self, event: heard.Event | LibraryEvent | JobEvent) -> None:
        if self._bus is not None:
            self._bus.on_event(event)

    def _on_health(self) -> None:
        if self._bus is not None:
            self._bus.health_changed()

    def _redraw(self) -> None:
        if self._view is not None:
            self._view.changed()

    # --- the end ----------------------------------------------------------------------------------

    def _end_on_signals(self) -> None:
        ending = [signal.SIGTERM, signal.SIGINT]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup: play on when the terminal closes
            ending.append(signal.SIGHUP)
        for number in ending:
            self._loop.add_signal_handler(number, self._ending.set)

    def _on_death(self, name: str, death: BaseException) -> None:
        """A part died, its traceback is logged: end in order, and let the service manager start us again."""
        if isinstance(death, StartRefused):
            print(f"auralisd: {death}", file=sys.stderr)
        self._exit_code = EXIT_DIED
        self._ending.set()
