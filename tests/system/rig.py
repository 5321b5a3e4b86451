"""A private world for the real daemon: a bus, a sound server with a null sink, a recorder, and the daemon itself.

Everything lives in one temporary folder and ends with the test; processes are ended by their own id.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

SINK = "ear"

_BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""

_ALSA_CONFIG = """
pcm.!default {{ type pulse server "unix:{socket}" device "{sink}" }}
pcm.hanging {{ type pulse server "unix:{hanging}" }}
pcm.tapped {{ type file slave.pcm "default" file "{tap}" format raw }}
ctl.!default {{ type pulse server "unix:{socket}" device "{sink}" }}
"""


def wait_until(true: Callable[[], object], within_s: float = 10.0, every_s: float = 0.02) -> None:
    """Wait for a condition; a deadline missed is a failure that names it."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not within {within_s} s: {true}"
        time.sleep(every_s)


class World:
    """The private bus and the sound server; `environment` leads clients there.

    ALSA's `default` is the sound server, and so is `tapped`, of which `tap` holds every frame since it was opened last.
    `hanging` is a server that takes every connection and never answers, while `hang` is in force.
    """

    def __init__(self, folder: Path, *, rate_hz: int = 44_100, sample_format: str = "s16le") -> None:
        self.folder = folder
        self.rate_hz = rate_hz
        self._sample_format = sample_format
        self._bus_socket = folder / "bus.socket"
        self._system_bus_socket = folder / "system-bus.socket"
        self._pulse_socket = folder / "pulse.socket"
        self._alsa_config = folder / "asound.conf"
        self._hanging_socket = folder / "hanging.socket"
        self.tap = folder / "tapped.raw"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._bus_socket}",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._system_bus_socket}",  # nobody listens, as a rule
            "PULSE_SERVER": f"unix:{self._pulse_socket}",
            "PULSE_CLIENTCONFIG": "/dev/null",
            "ALSA_CONFIG_PATH": str(self._alsa_config),
        }

    def start_bus(self) -> None:
        self._start_bus(self._bus_socket)

    def start_system_bus(self) -> subprocess.Popen[bytes]:
        """A bus where others look for the machine's; nobody lives there yet."""
        return self._start_bus(self._system_bus_socket)

    def _start_bus(self, place: Path) -> subprocess.Popen[bytes]:
        config = place.with_suffix(".conf")
        config.write_text(_BUS_CONFIG.format(socket=place))
        bus = self.spawn("dbus-daemon", f"--config-file={config}", "--nofork")
        wait_until(lambda: _answers(place))
        return bus

    def start_sound_server(self) -> subprocess.Popen[bytes]:
        """PulseAudio with a null sink that works in small steps (norewinds=1), and ALSA's default leading to it."""
        places = {"socket": self._pulse_socket, "sink": SINK, "tap": self.tap, "hanging": self._hanging_socket}
        self._alsa_config.write_text(_ALSA_CONFIG.format(**places))
        sink = f"sink_name={SINK} format={self._sample_format} rate={self.rate_hz} channels=2 norewinds=1"
        server = self.spawn(
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--log-level=error",
            "-L",
            f"module-null-sink {sink}",
            "-L",
            f"module-native-protocol-unix auth-anonymous=1 socket={self._pulse_socket}",
        )
        wait_until(lambda: _answers(self._pulse_socket))
        return server

    @contextlib.contextmanager
    def hang(self) -> Iterator[None]:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self._hanging_socket))
            listening.listen(64)
            yield
        self._hanging_socket.unlink()

    def spawn(self, *command: str, stdout: int | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    def run(self, *command: str, within_s: float = 10.0) -> str:
        """A client's whole output; a failure of its own is the test's."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=within_s, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr.strip()}"
        return done.stdout.strip()

    def playerctl(self, *words: str) -> str:
        return self.run("playerctl", "--player=auralis", *words)

    def try_playerctl(self, *words: str) -> None:
        """A verb that the player may have no use for now: playerctl then refuses it by itself."""
        command = ("playerctl", "--player=auralis", *words)
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=10, check=False)
        assert done.returncode == 0 or "No player could handle this command" in done.stderr, done.stderr

    def get(self, interface: str, name: str) -> str:
        """A property of our own interface, as busctl prints it (`b true`)."""
        return self.run("busctl", "--user", "get-property", *_OURS, f"org.auralis.Auralis1.{interface}", name)

    def set(self, interface: str, name: str, signature: str, value: str) -> None:
        self.run(
            "busctl", "--user", "set-property", *_OURS, f"org.auralis.Auralis1.{interface}", name, signature, value
        )

    def call(self, interface: str, method: str, *words: str) -> str:
        return self.run("busctl", "--user", "call", *_OURS, f"org.auralis.Auralis1.{interface}", method, *words)

    def close(self) -> None:
        for process in reversed(self.processes):
            end(process)


_OURS = ("org.auralis.Auralis1", "/org/auralis/Auralis1")
_BUS = ("call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


def end(process: subprocess.Popen[bytes], within_s: float = 5.0) -> None:
    """End one process of ours, kindly at first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()


def record(world: World, into: int) -> subprocess.Popen[bytes]:
    """What the sink plays, every 20 ms."""
    return world.spawn(
        "parec", "--raw", "--format=s16le", f"--rate={world.rate_hz}", "--channels=2",
        "--latency-msec=20", f"--device={SINK}.monitor", stdout=into,
    )  # fmt: skip


class Recorder:
    """What the sink plays, as it plays it: raw stereo s16 at the sink's rate."""

    def __init__(self, world: World) -> None:
        self._path = world.folder / f"recording-{time.monotonic_ns()}.raw"
        self._world = world
        self._file = self._path.open("wb")
        self._process = record(world, self._file.fileno())
        wait_until(lambda: self._path.stat().st_size > 0)

    def seconds(self) -> float:
        return self._path.stat().st_size / 4 / self._world.rate_hz

    def so_far(self) -> NDArray[np.int16]:
        """All frames recorded until now, shape (frames, 2)."""
        raw = self._path.read_bytes()
        return np.frombuffer(raw[: len(raw) // 4 * 4], np.int16).reshape(-1, 2)

    def stop(self) -> NDArray[np.int16]:
        end(self._process)
        self._file.close()
        return self.so_far()


class Daemon:
    """The real auralisd, as its own process."""

    def __init__(
        self,
        world: World,
        *arguments: str,
        environment: dict[str, str] | None = None,
        behind: tuple[str, ...] = (),
    ) -> None:
        """`behind` are the words of a command that runs it."""
        self.world = world
        self._log_path = world.folder / f"daemon-{time.monotonic_ns()}.log"
        with self._log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [*behind, sys.executable, "-m", "auralisd", "run", *arguments],
                env=world.environment | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        world.processes.append(self.process)

    def log(self) -> str:
        return self._log_path.read_text(errors="replace")

    def stalls(self) -> list[str]:
        """Lines about an event loop that was kept busy, since it was ready."""
        lines = self.log().partition("ready version=")[2].splitlines()
        return [line for line in lines if "event loop stalled" in line]

    def wait_ready(self, within_s: float = 15.0) -> None:
        """Ready, as it says itself."""
        deadline = time.monotonic() + within_s
        while "ready version=" not in self.log():
            assert self.process.poll() is None, f"auralisd ended early:\n{self.log()}"
            assert time.monotonic() < deadline, f"auralisd is not ready:\n{self.log()}"
            time.sleep(0.02)

    def wait_tracks(self, count: int, within_s: float = 20.0) -> None:
        wait_until(lambda: self.world.get("Library", "TrackCount") == f"t {count}", within_s)

    def wait_measured(self, count: int, within_s: float = 90.0) -> None:
        """Until so many tracks of the library have a full measurement."""
        words = ("sassua{sv}", "", "1", "analysed", "", "500", "0")
        wait_until(lambda: self.world.call("Library", "Query", *words).count("b true") == count, within_s, every_s=0.2)

    def children(self, module: str) -> list[int]:
        """The ids of its child processes that run a module."""
        return [pid for pid in descendants(self.process.pid) if module in _command_line(pid)]

    def stop(self, number: int = signal.SIGTERM, within_s: float = 5.0) -> tuple[int, float]:
        """End it; answers its exit status and how long that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(within_s)
        return status, time.monotonic() - began


def slowest_answer_s(world: World, going_on: Callable[[], object]) -> float:
    """How much longer the slowest of many answers took than one that the bus itself gave at the same time: what a busy
    machine and the start of a client cost, both pay."""
    slowest_s = 0.0
    with ThreadPoolExecutor(1) as beside:
        while going_on():
            by_bus = beside.submit(_timed_s, lambda: world.run("busctl", "--user", *_BUS, "GetId"))
            by_us_s = _timed_s(lambda: world.get("Output", "State"))
            slowest_s = max(slowest_s, by_us_s - by_bus.result())
            time.sleep(0.05)
    return slowest_s


def _timed_s(ask: Callable[[], object]) -> float:
    began_s = time.monotonic()
    ask()
    return time.monotonic() - began_s


def descendants(pid: int) -> list[int]:
    """Children, and theirs, as the kernel knows them now."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def pss_bytes(pids: list[int]) -> int:
    """Proportional set size of processes together."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def cpu_s(pids: list[int]) -> float:
    """CPU time that processes have used."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wakeups(pids: list[int]) -> int:
    """Voluntary context switches of all threads of processes."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            lines = (task / "status").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
    return total


AnyWorld = TypeVar("AnyWorld", bound=World)


def a_world(folder: Path, *, rate_hz: int = 44_100) -> AbstractContextManager[World]:
    """A bus and a sound server, ended in any case."""
    return begun(World(folder, rate_hz=rate_hz))


@contextlib.contextmanager
def begun(world: AnyWorld) -> Iterator[AnyWorld]:
    """With its bus and its sound server, ended in any case."""
    try:
        world.start_bus()
        world.start_sound_server()
        yield world
    finally:
        world.close()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
