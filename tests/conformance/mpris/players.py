"""Players that can be put on the bench: ours, some that Debian has, and whatever runs under a bus name."""

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dbus_fast import Variant

from tests.bus.client import OUR_NAME, OUR_PATH, PLAYER, CallFailed
from tests.system.rig import Daemon, World, end, wait_until

if TYPE_CHECKING:
    from tests.conformance.mpris.bench import Bench, Music

DESKTOP_FILE = Path(__file__).parents[3] / "dbus" / "auralisd.desktop"
_MOST_STEPS = 50


class Player:
    """Whatever runs under a bus name, with the four tracks as its queue; it is steered by MPRIS alone."""

    is_ours = False
    within_s = 3.0
    """How long a change is waited for."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def arrange(self, bench: "Bench", status: str, at: int) -> None:
        await bench.do("Play")
        for _ in range(_MOST_STEPS):
            if await bench.title() == bench.music.queue[0]:
                break
            await bench.do("Previous")
            await bench.calm()
        for _ in range(at):
            await bench.do("Next")
            await bench.calm()
        if status != "Playing":
            await bench.do({"Paused": "Pause", "Stopped": "Stop"}[status])

    async def empty(self, bench: "Bench") -> None:
        pytest.skip("it cannot be emptied from outside")

    async def fill(self, bench: "Bench", count: int) -> None:
        """So many places in the queue, the first current."""
        pytest.skip("it cannot be filled from outside")

    async def fade(self, bench: "Bench") -> None:
        """Tracks fade into each other, where it can do that."""

    async def work(self, bench: "Bench") -> None:
        """Has something to do besides playing."""

    def send(self, number: int) -> int:
        """Sends its process a signal; answers the exit status."""
        pytest.skip("its process is not ours to end")

    def ended(self) -> int | None:
        """Its exit status, None while it runs."""
        pytest.skip("its process is not ours")

    def close(self) -> None:
        """End it, if it was started here."""


class Auralisd(Player):
    """The real daemon, on a sound output that nobody hears."""

    is_ours = True
    within_s = 20.0

    def __init__(self, world: World, music: "Music", dbus_library: str) -> None:
        super().__init__("org.mpris.MediaPlayer2.auralis")
        applications = world.folder / ".local" / "share" / "applications"
        applications.mkdir(parents=True)
        shutil.copy(DESKTOP_FILE, applications)
        config = world.folder / "config" / "auralisd" / "auralisd.toml"
        config.parent.mkdir(parents=True)
        config.write_text('startup_queue = "none"\npublish_file_urls = true\nmeasure_max_load = 0.01\n')
        self._daemon = Daemon(
            world,
            *("--config", str(config), "--music", str(music.folder), "--output", "silent"),
            environment={"AURALISD_DBUS_LIBRARY": dbus_library},
        )
        self._daemon.wait_ready(60)
        self._daemon.wait_tracks(len(list(music.folder.iterdir())), 60)
        world.set("Enhancement", "Enabled", "b", "false")
        self._ids: dict[str, int] = {}

    async def arrange(self, bench: "Bench", status: str, at: int) -> None:
        ids = await self._known(bench)
        await self._ours(bench, "Output", "Crossfade", "d", 0.0)
        for name, signature, value in (("LoopStatus", "s", "None"), ("Shuffle", "b", False), ("Volume", "d", 1.0)):
            await bench.put(name, signature, value)
        tracks = [ids[name] for name in bench.music.queue]
        await bench.client.ours("Queue", "Set", "atub", tracks, at, status != "Stopped")
        if status == "Paused":
            await bench.do("Pause")

    async def empty(self, bench: "Bench") -> None:
        await bench.client.ours("Queue", "Clear")

    async def fill(self, bench: "Bench", count: int) -> None:
        ids = list((await self._known(bench)).values())
        await bench.client.ours("Queue", "Set", "atub", (ids * count)[:count], 0, False)

    async def fade(self, bench: "Bench") -> None:
        await self._ours(bench, "Output", "Crossfade", "d", 1.0)
        await self._ours(bench, "Output", "CrossfadeOnSkip", "b", True)

    async def work(self, bench: "Bench") -> None:
        ids = list((await self._known(bench)).values())
        await bench.client.ours("Library", "Scan", "ata{sv}", [], {})
        await bench.client.ours("Jobs", "Submit", "sa{sv}", "analyse", {"tracks": Variant("at", ids)})

    def send(self, number: int) -> int:
        status, _ = self._daemon.stop(number, 20)
        return status

    def ended(self) -> int | None:
        return self._daemon.process.poll()

    def close(self) -> None:
        end(self._daemon.process)
        assert "Traceback" not in self._daemon.log(), self._daemon.log()

    async def _known(self, bench: "Bench") -> dict[str, int]:
        """The ids of the tracks by the names of their files."""
        if not self._ids:
            fields = ["id", "file_name"]
            rows, *_ = await bench.client.ours("Library", "Query", "sassua{sv}", "", fields, "", 500, {})
            self._ids = {Path(row["file_name"]).stem: row["id"] for row in rows}
        return self._ids

    async def _ours(self, bench: "Bench", interface: str, name: str, signature: str, value: Any) -> None:
        words = (f"{OUR_NAME}.{interface}", name, Variant(signature, value))
        await bench.client.call(OUR_PATH, "org.freedesktop.DBus.Properties", "Set", "ssv", *words, to=OUR_NAME)


class Mpv(Player):
    """mpv with Debian's mpv-mpris, a new one for each arrangement."""

    def __init__(self, world: World, music: "Music") -> None:
        super().__init__("org.mpris.MediaPlayer2.mpv")
        self._world = world
        self._music = music
        self._process: subprocess.Popen[bytes] | None = None
        self._start()

    def _start(self, *words: str) -> None:
        quiet = ("--idle=yes", "--vo=null", "--ao=null", "--no-terminal", "--keep-open=no")
        self._process = self._world.spawn("mpv", *quiet, *words)
        wait_until(lambda: self.name in self._world.run("busctl", "--user", "list", "--acquired", "--no-legend"))

    async def arrange(self, bench: "Bench", status: str, at: int) -> None:
        await self._anew(
            bench,
            f"--playlist-start={at}",
            *(("--pause",) if status == "Paused" else ()),
            *(str(self._music[name]) for name in self._music.queue),
        )
        await bench.until(lambda: self._has_track(bench), "a track")
        if status == "Stopped":
            await bench.do("Stop")

    async def empty(self, bench: "Bench") -> None:
        await self._anew(bench)

    async def _anew(self, bench: "Bench", *words: str) -> None:
        self.close()
        wait_until(lambda: self.name not in self._world.run("busctl", "--user", "list", "--acquired", "--no-legend"))
        self._start(*words)
        bench.owner = await bench.ask_bus("GetNameOwner", "s", self.name)

    async def _has_track(self, bench: "Bench") -> bool:
        try:
            return "mpris:length" in (await bench.all(PLAYER))["Metadata"]
        except CallFailed:
            return False

    def send(self, number: int) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(5)

    def ended(self) -> int | None:
        assert self._process is not None
        return self._process.poll()

    def close(self) -> None:
        if self._process is not None:
            end(self._process)


def start(player: str, world: World, music: "Music") -> Player:
    """`auralisd:LIBRARY`, `mpv`, or the bus name of what already runs on the bus of this session."""
    kind, _, detail = player.partition(":")
    match kind:
        case "auralisd":
            return Auralisd(world, music, detail)
        case "mpv":
            return Mpv(world, music)
        case _:
            return Player(player)
