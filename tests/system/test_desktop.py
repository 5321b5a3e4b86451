"""What the desktop asks and grants, with python-dbusmock's logind and a RealtimeKit on a private system bus."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import Daemon, World, end, wait_until

pytestmark = pytest.mark.system

LOGIND = "org.freedesktop.login1"
MANAGER = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager")
REALTIME_KIT = "org.freedesktop.RealtimeKit1"


class Desktop:
    """A system bus of our own, and who lives there."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.bus = world.start_system_bus()

    def start_logind(self) -> "subprocess.Popen[bytes]":
        server = self._world.spawn("/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind")
        wait_until(lambda: self._answers(LOGIND), 20)
        return server

    def start_realtime_kit(self, *, grants: bool) -> None:
        path = "/org/freedesktop/RealtimeKit1"
        self._world.spawn("/usr/bin/python3", "-m", "dbusmock", "--system", REALTIME_KIT, path, REALTIME_KIT)
        wait_until(lambda: self._answers(REALTIME_KIT), 20)
        mock = "org.freedesktop.DBus.Mock"
        self._call(REALTIME_KIT, path, mock, "AddProperty", "ssv", REALTIME_KIT, "MaxRealtimePriority", "i", "20")
        self._call(REALTIME_KIT, path, mock, "AddProperty", "ssv", REALTIME_KIT, "MinNiceLevel", "i", "--", "-8")
        code = (
            ""
            if grants
            else "raise dbus.exceptions.DBusException('no', name='org.freedesktop.DBus.Error.AccessDenied')"
        )
        self._call(
            REALTIME_KIT, path, mock, "AddMethod", "sssss", REALTIME_KIT, "MakeThreadRealtimeWithPID", "ttu", "", code
        )
        self._call(
            REALTIME_KIT,
            path,
            mock,
            "AddMethod",
            "sssss",
            REALTIME_KIT,
            "MakeThreadHighPriorityWithPID",
            "tti",
            "",
            code,
        )

    def realtime_calls(self) -> str:
        return self._call(REALTIME_KIT, "/org/freedesktop/RealtimeKit1", "org.freedesktop.DBus.Mock", "GetCalls")

    def inhibitors(self) -> list[tuple[str, str]]:
        """What is held up, and how: pairs such as (`sleep`, `delay`)."""
        words = self._call(LOGIND, *MANAGER, "ListInhibitors").split('"')[1::2]
        return sorted(zip(words[0::4], words[3::4], strict=True))

    def falls_asleep(self, begins: bool) -> None:
        path, interface = MANAGER
        words = (interface, "PrepareForSleep", "b", "1", "b", "true" if begins else "false")
        self._call(LOGIND, path, "org.freedesktop.DBus.Mock", "EmitSignal", "sssav", *words)

    def _call(self, name: str, path: str, interface: str, method: str, *words: str) -> str:
        return self._world.run("busctl", "--system", "call", name, path, interface, method, *words)

    def _answers(self, name: str) -> bool:
        return name in self._world.run("busctl", "--system", "list", "--acquired", "--no-legend")


@pytest.fixture
def desktop(world: World) -> Desktop:
    return Desktop(world)


def started(world: World, music: Path, *, configuration: str = "", behind: tuple[str, ...] = ()) -> Daemon:
    for number in range(2):
        soundfile.write(music / f"{number}.flac", noise(60, seed=number), 44_100, subtype="PCM_16")
    config = world.folder / "auralisd.toml"
    config.write_text(configuration)
    daemon = Daemon(world, "--config", str(config), "--music", str(music), "--output", "silent", behind=behind)
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 2")
    return daemon


def capability(world: World, part: str) -> tuple[bool, str] | None:
    """Whether a part is available, and why not."""
    words = world.get("Daemon", "Capabilities").split(f'"{part}" (bs) ')
    if len(words) < 2:
        return None
    available, _, reason = words[1].partition(' "')
    return available == "true", reason.partition('"')[0]


def position_s(world: World) -> float:
    return float(world.playerctl("position"))


DELAY = ("sleep", "delay")
BLOCK = ("idle:sleep", "block")


@pytest.mark.parametrize("library", ["dbus-next", "dbus-fast"])
def test_a_suspend_waits_for_the_pause_and_the_music_plays_on_afterwards(
    world: World, music: Path, desktop: Desktop, library: str
) -> None:
    desktop.start_logind()
    world.environment["AURALISD_DBUS_LIBRARY"] = library
    started(world, music)
    wait_until(lambda: desktop.inhibitors() == [DELAY])
    assert capability(world, "pause-for-sleep") == (True, "")
    world.playerctl("play")
    wait_until(lambda: position_s(world) > 0.5)
    desktop.falls_asleep(True)
    wait_until(lambda: desktop.inhibitors() == [])

    assert world.playerctl("status") == "Paused", "the suspend is let go on once it is paused, not before"
    slept_at = position_s(world)
    desktop.falls_asleep(False)
    wait_until(lambda: world.playerctl("status") == "Playing")
    wait_until(lambda: position_s(world) > slept_at + 0.3)
    assert position_s(world) < slept_at + 5
    wait_until(lambda: DELAY in desktop.inhibitors())


def test_what_was_paused_before_a_suspend_stays_paused(world: World, music: Path, desktop: Desktop) -> None:
    desktop.start_logind()
    started(world, music)
    wait_until(lambda: desktop.inhibitors() == [DELAY])
    world.playerctl("play")
    wait_until(lambda: position_s(world) > 0.3)
    world.playerctl("pause")
    desktop.falls_asleep(True)
    wait_until(lambda: DELAY not in desktop.inhibitors())
    desktop.falls_asleep(False)
    wait_until(lambda: DELAY in desktop.inhibitors())

    assert world.playerctl("status") == "Paused"


def test_after_a_suspend_the_whole_library_is_compared(world: World, music: Path, desktop: Desktop) -> None:
    desktop.start_logind()
    started(world, music)
    wait_until(lambda: desktop.inhibitors() == [DELAY])
    desktop.falls_asleep(True)
    wait_until(lambda: DELAY not in desktop.inhibitors())
    assert '"timer"' not in world.call("Jobs", "List", "a{sv}", "0")
    desktop.falls_asleep(False)

    wait_until(lambda: '"timer"' in world.call("Jobs", "List", "a{sv}", "0"))


def test_the_machine_stays_awake_while_music_plays_and_no_longer(world: World, music: Path, desktop: Desktop) -> None:
    desktop.start_logind()
    started(world, music)
    world.playerctl("play")
    wait_until(lambda: desktop.inhibitors() == [BLOCK, DELAY])
    assert capability(world, "keep-awake") == (True, "")
    world.playerctl("pause")
    wait_until(lambda: desktop.inhibitors() == [DELAY])
    world.playerctl("play")
    wait_until(lambda: desktop.inhibitors() == [BLOCK, DELAY])
    world.playerctl("stop")
    wait_until(lambda: desktop.inhibitors() == [DELAY])


def test_who_wants_neither_has_neither(world: World, music: Path, desktop: Desktop) -> None:
    desktop.start_logind()
    started(world, music, configuration="pause_for_sleep = false\nkeep_awake = false\n")
    world.playerctl("play")
    wait_until(lambda: capability(world, "keep-awake") == (False, "switched off by keep_awake"))
    wait_until(lambda: position_s(world) > 0.5)
    desktop.falls_asleep(True)
    time.sleep(0.5)

    assert desktop.inhibitors() == []
    assert capability(world, "pause-for-sleep") == (False, "switched off by pause_for_sleep")
    assert world.playerctl("status") == "Playing"


def test_both_can_be_switched_off_and_on_while_music_plays(world: World, music: Path, desktop: Desktop) -> None:
    desktop.start_logind()
    started(world, music)
    world.playerctl("play")
    wait_until(lambda: desktop.inhibitors() == [BLOCK, DELAY])
    world.call("Settings", "Set", "a{sv}", "1", "keep_awake", "b", "false")
    wait_until(lambda: desktop.inhibitors() == [DELAY])
    world.call("Settings", "Set", "a{sv}", "1", "pause_for_sleep", "b", "false")
    wait_until(lambda: desktop.inhibitors() == [])
    assert capability(world, "pause-for-sleep") == (False, "switched off by pause_for_sleep")
    world.call("Settings", "Reset", "as", "0")

    wait_until(lambda: desktop.inhibitors() == [BLOCK, DELAY])


def test_a_logind_that_is_started_anew_is_asked_again(world: World, music: Path, desktop: Desktop) -> None:
    server = desktop.start_logind()
    started(world, music)
    wait_until(lambda: desktop.inhibitors() == [DELAY])
    end(server)
    desktop.start_logind()

    wait_until(lambda: desktop.inhibitors() == [DELAY])


def test_a_system_bus_without_logind_is_told_and_the_music_plays(world: World, music: Path, desktop: Desktop) -> None:
    started(world, music)
    wait_until(lambda: capability(world, "pause-for-sleep") is not None)
    available, reason = capability(world, "pause-for-sleep") or (True, "")

    assert not available
    assert LOGIND in reason
    assert world.get("Daemon", "Health") == 's "ok"'
    world.playerctl("play")
    wait_until(lambda: position_s(world) > 0.5)


def test_a_logind_that_hangs_is_told_and_the_music_plays(world: World, music: Path, desktop: Desktop) -> None:
    server = desktop.start_logind()
    server.send_signal(signal.SIGSTOP)
    started(world, music)
    world.playerctl("play")
    wait_until(lambda: position_s(world) > 0.5)
    wait_until(lambda: capability(world, "pause-for-sleep") == (False, f"{LOGIND} does not answer"), 20)
    server.send_signal(signal.SIGCONT)

    assert world.playerctl("status") == "Playing"


def test_no_system_bus_at_all_is_told_and_one_that_comes_later_is_taken_up(world: World, music: Path) -> None:
    daemon = started(world, music)
    wait_until(lambda: capability(world, "pause-for-sleep") is not None)
    available, reason = capability(world, "pause-for-sleep") or (True, "")
    world.playerctl("play")
    wait_until(lambda: position_s(world) > 0.5)

    assert not available
    assert "there is no system bus" in reason
    desktop = Desktop(world)
    desktop.start_logind()
    wait_until(lambda: desktop.inhibitors() == [BLOCK, DELAY], 30)
    end(desktop.bus)
    wait_until(lambda: "system bus lost" in daemon.log())
    assert world.playerctl("status") == "Playing"
    assert "Traceback" not in daemon.log()


# --- realtime -----------------------------------------------------------------------------------------

REFUSED = ("prlimit", "--rtprio=0", *(("setpriv", "--bounding-set=-sys_nice") if os.geteuid() == 0 else ()))
"""The kernel grants no realtime priority to what is run behind these words."""


def sound_threads(daemon: Daemon) -> dict[str, int]:
    (sound,) = daemon.children("auralisd.sound")
    return {(task / "comm").read_text().strip(): int(task.name) for task in Path(f"/proc/{sound}/task").iterdir()}


def writer_thread(daemon: Daemon) -> int:
    return sound_threads(daemon)["writer"]


def test_the_sound_process_says_whether_its_threads_have_priority(world: World, music: Path) -> None:
    daemon = started(world, music)
    world.playerctl("play")
    wait_until(lambda: capability(world, "realtime") is not None)
    available, reason = capability(world, "realtime") or (False, "")
    policy = os.sched_getscheduler(writer_thread(daemon)) & ~os.SCHED_RESET_ON_FORK

    niceness = os.getpriority(os.PRIO_PROCESS, sound_threads(daemon)["render"])

    assert available == (policy == os.SCHED_RR and niceness == -11)
    assert ("no realtime priority" in reason) == (policy != os.SCHED_RR)
    assert ("no precedence" in reason) == (niceness != -11)
    assert available == (reason == "")


def test_realtime_kit_gives_what_the_kernel_refuses(world: World, music: Path, desktop: Desktop) -> None:
    desktop.start_realtime_kit(grants=True)
    daemon = started(world, music, behind=REFUSED)
    world.playerctl("play")
    wait_until(lambda: capability(world, "realtime") == (True, ""))

    (sound,) = daemon.children("auralisd.sound")
    assert f"t {sound} t {writer_thread(daemon)} u 10" in desktop.realtime_calls()
    assert f"t {sound} t {sound_threads(daemon)['render']} i -8" in desktop.realtime_calls()
    assert f"t {sound} t {sound} i -8" in desktop.realtime_calls()
    assert "RTTIME" in world.run("prlimit", f"--pid={sound}", "--rttime", "--noheadings", "--output=RESOURCE,HARD")
    assert "200000" in world.run("prlimit", f"--pid={sound}", "--rttime", "--noheadings", "--output=RESOURCE,HARD")


def test_where_both_refuse_it_is_told_and_the_music_plays(world: World, music: Path, desktop: Desktop) -> None:
    desktop.start_realtime_kit(grants=False)
    started(world, music, behind=REFUSED)
    world.playerctl("play")
    wait_until(lambda: REALTIME_KIT in (capability(world, "realtime") or (True, ""))[1])
    available, reason = capability(world, "realtime") or (True, "")

    assert not available
    assert "the kernel grants no realtime priority" in reason
    assert "AccessDenied" in reason
    assert world.get("Daemon", "Health") == 's "ok"'
    wait_until(lambda: position_s(world) > 0.5)
