"""What a package installs beside the program: the user unit, the activation file and the desktop file."""

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from auralisd.bus import contract as contracts
from auralisd.bus.names import OUR_NAME
from auralisd.bus.properties import IDENTITY

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "systemd" / "auralisd.service"
ACTIVATION = ROOT / "dbus" / "org.auralis.Auralis1.service"
DESKTOP = ROOT / "dbus" / "auralisd.desktop"


def read(file: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment]  # the keys are case-sensitive
    parser.read_string(file.read_text(encoding="utf-8"))
    return parser


def verify(unit: Path, runtime: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "SYSTEMD_LOG_LEVEL": "warning"}
    command = ["systemd-analyze", "--user", "verify", str(unit)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def installed_unit(tmp_path: Path) -> Path:
    """The unit as `make install` leaves it: with a program that exists."""
    program = tmp_path / "auralisd"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "auralisd.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/usr/bin/auralisd", str(program)))
    return unit


def test_systemd_has_nothing_to_say_against_the_user_unit(installed_unit: Path, tmp_path: Path) -> None:
    verified = verify(installed_unit, tmp_path)

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_systemd_would_name_a_directive_that_it_does_not_know(installed_unit: Path, tmp_path: Path) -> None:
    installed_unit.write_text(installed_unit.read_text(encoding="utf-8").replace("PrivateUsers=", "PrivateUser="))

    assert "PrivateUser" in verify(installed_unit, tmp_path).stderr


def test_the_unit_notifies_and_is_hardened_where_a_user_manager_can() -> None:
    service = read(UNIT)["Service"]

    assert (service["Type"], service["BusName"], service["Restart"]) == ("notify", OUR_NAME, "on-failure")
    assert service["PrivateUsers"] == "yes", "without it ProtectSystem and ReadOnlyPaths are without effect"
    assert service["NoNewPrivileges"] == "yes"
    # These keep the sound away: see the end of the unit.
    for refused in ("PrivateDevices", "RestrictRealtime", "MemoryDenyWriteExecute", "ProtectHome"):
        assert refused not in service


def test_a_reload_of_the_unit_asks_for_what_the_daemon_has() -> None:
    _, *busctl, path, interface, method = read(UNIT)["Service"]["ExecReload"].split()

    assert busctl == ["--user", "call", OUR_NAME]
    assert path == "/org/auralis/Auralis1"
    assert method in contracts.load()[interface].methods


def test_activation_starts_the_unit_or_where_there_is_no_systemd_the_same_program() -> None:
    activation = read(ACTIVATION)["D-BUS Service"]

    assert activation["Name"] == ACTIVATION.stem == OUR_NAME
    assert activation["SystemdService"] == UNIT.name
    assert activation["Exec"] == read(UNIT)["Service"]["ExecStart"]


def test_a_call_to_our_name_starts_the_program_on_a_bus_without_systemd(tmp_path: Path) -> None:
    started = tmp_path / "started"
    program = tmp_path / "auralisd"
    program.write_text(f"#!/bin/sh\ntouch {started}\nexit 1\n")
    program.chmod(0o755)
    services = tmp_path / "services"
    services.mkdir()
    text = ACTIVATION.read_text(encoding="utf-8").replace("/usr/bin/auralisd", str(program))
    (services / ACTIVATION.name).write_text(text)
    config = tmp_path / "bus.conf"
    config.write_text(
        f"<busconfig><type>session</type><listen>unix:dir={tmp_path}</listen><servicedir>{services}</servicedir>"
        '<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>'
        "</policy></busconfig>"
    )
    call = f"gdbus call --session --dest {OUR_NAME} --object-path / --method org.freedesktop.DBus.Peer.Ping"
    command = ["dbus-run-session", f"--config-file={config}", "--", *call.split()]
    # The program ends without taking the name, so the call fails: only that it was started counts.
    subprocess.run(command, capture_output=True, check=False, timeout=60)

    assert started.exists()


def test_the_desktop_file_bears_the_name_that_players_show() -> None:
    entry = read(DESKTOP)["Desktop Entry"]

    assert entry["Type"] == "Application"
    assert entry["Name"] == IDENTITY
    assert OUR_NAME in entry["Exec"]
    assert entry["Categories"].endswith(";")
    assert shutil.which(entry["Exec"].split()[0])
