"""Config: what belongs to the machine.  Read once from TOML and the command line, then frozen.

This is the only reader of the environment.
"""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from auralisd.config_file import FileConfig, read_file
from auralisd.errors import StartRefused

DESKTOP_ENTRY = "auralisd"
SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"


class Config(msgspec.Struct, frozen=True):
    """Everything that was decided before the start.  `presets_dir` lies beside the configuration file in use.

    `file` is what the configuration file says, `read_again` reads it anew (raises StartRefused, without the folder).
    `music_by_default`: nobody has named a music folder, and it is the user's.  `output_asked`: on the command line,
    which goes before what was chosen on the bus.
    """

    file: FileConfig
    read_again: Callable[[], FileConfig]
    music_folders: tuple[Path, ...]
    music_by_default: bool
    state_dir: Path
    cache_dir: Path
    output: str
    output_asked: bool
    presets_dir: Path
    log_level: str
    play_at_start: bool
    bus_address: str | None
    system_bus_address: str
    dbus_library: str
    notify_socket: str | None
    to_journal: bool
    desktop_entry: str

    @property
    def settings(self) -> dict[str, object]:
        """Keys of the file, as the command line and this machine have made them."""
        return {
            "music_folders": tuple(map(str, self.music_folders)),
            "output": self.output,
            "log_level": self.log_level,
        }


class Asked(msgspec.Struct, frozen=True):
    """What the command line asked for; None or empty: not said."""

    config: Path | None = None
    music: tuple[Path, ...] = ()
    output: str | None = None
    state_dir: Path | None = None
    play: bool = False
    verbose: bool = False


def load_config(asked: Asked, environment: Mapping[str, str] = os.environ, *, stderr_fd: int = 2) -> Config:
    """The file, then the command line over it.  Raises StartRefused."""
    path = _config_path(asked, environment)
    read = partial(_read, path, must_exist=asked.config is not None)
    try:
        file = read()
    except StartRefused as refusal:
        raise StartRefused(f"{path.parent}/{refusal}") from refusal  # whoever starts it has named the folder
    notify_socket = environment.get("NOTIFY_SOCKET")
    folders = asked.music or tuple(_named_folder(folder) for folder in file.music_folders)
    return Config(
        file=file,
        read_again=read,
        music_folders=_absolute(folders or (music_folder_of_user(environment),)),
        music_by_default=not folders,
        state_dir=(asked.state_dir or _xdg(environment, "XDG_STATE_HOME", ".local/state") / "auralis").absolute(),
        cache_dir=(_xdg(environment, "XDG_CACHE_HOME", ".cache") / "auralis").absolute(),
        output=_output_spec(asked.output or file.output or ("auto" if notify_socket is None else "alsa")),
        output_asked=asked.output is not None,
        presets_dir=(path.parent / "presets").absolute(),
        log_level="debug" if asked.verbose else file.log_level,
        play_at_start=asked.play,
        bus_address=environment.get("DBUS_SESSION_BUS_ADDRESS") or _bus_of_runtime_folder(environment),
        system_bus_address=environment.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS,
        dbus_library=environment.get("AURALISD_DBUS_LIBRARY", ""),
        notify_socket=notify_socket,
        to_journal=_leads_to_journal(environment, stderr_fd),
        desktop_entry=_desktop_entry(environment),
    )


def music_folder_of_user(environment: Mapping[str, str] = os.environ) -> Path:
    """XDG_MUSIC_DIR of user-dirs.dirs, else ~/Music."""
    home = Path(environment.get("HOME", "~")).expanduser()
    try:
        lines = (_xdg(environment, "XDG_CONFIG_HOME", ".config") / "user-dirs.dirs").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []  # most headless machines have no such file
    for line in lines:
        if line.startswith("XDG_MUSIC_DIR="):
            return Path(line.partition("=")[2].strip().strip('"').replace("$HOME", str(home)))
    return home / "Music"


def _leads_to_journal(environment: Mapping[str, str], fd: int) -> bool:
    """JOURNAL_STREAM names the journal's socket, but is inherited by terminals too: the descriptor decides."""
    facts = os.fstat(fd)
    return environment.get("JOURNAL_STREAM") == f"{facts.st_dev}:{facts.st_ino}"


def _bus_of_runtime_folder(environment: Mapping[str, str]) -> str | None:
    """Where systemd puts the session bus, should nobody have said so (a shell by ssh, cron)."""
    socket = Path(environment.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")) / "bus"
    return f"unix:path={socket}" if socket.is_socket() else None


def _desktop_entry(environment: Mapping[str, str]) -> str:
    """The name of our desktop file when a desktop can find it, else ""."""
    shared = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    places = (_xdg(environment, "XDG_DATA_HOME", ".local/share"), *map(Path, shared.split(":")))
    return DESKTOP_ENTRY if any((place / f"applications/{DESKTOP_ENTRY}.desktop").is_file() for place in places) else ""


def _config_path(asked: Asked, environment: Mapping[str, str]) -> Path:
    return asked.config or _xdg(environment, "XDG_CONFIG_HOME", ".config") / "auralis" / "auralisd.toml"


def _read(path: Path, *, must_exist: bool) -> FileConfig:
    """The file, with everything in it that can be judged without the rest.  Raises StartRefused."""
    file = read_file(path, must_exist=must_exist)
    try:
        for folder in file.music_folders:
            _named_folder(folder)
        _output_spec(file.output or "auto")
    except StartRefused as refusal:
        raise StartRefused(f"{path.name}: {refusal}") from refusal
    return file


def _named_folder(text: str) -> Path:
    """A folder from the file, which has no current folder that it could be relative to."""
    try:
        folder = Path(text).expanduser()
    except RuntimeError:
        raise StartRefused(f"music_folders: {text!r} names no user of this machine; write the whole path") from None
    if not folder.is_absolute():
        raise StartRefused(f"music_folders: {text!r} is relative; write the whole path, or begin with ~/")
    return folder


def _output_spec(spec: str) -> str:
    kind, _, rest = spec.partition(":")
    if spec in ("auto", "alsa", "silent") or (kind == "alsa" and rest) or (kind == "file" and rest.endswith(".wav")):
        return spec
    raise StartRefused(f"output {spec!r} is not known; say alsa, alsa:DEVICE, silent or file:PATH.wav")


def _absolute(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Absolute, each once, in the order given."""
    return tuple(dict.fromkeys(Path(os.path.normpath(folder.absolute())) for folder in folders))


def _xdg(environment: Mapping[str, str], name: str, below_home: str) -> Path:
    """The folder of the XDG Base Directory specification; a relative value is ignored as it asks."""
    said = environment.get(name, "")
    if said.startswith("/"):
        return Path(said)
    return Path(environment.get("HOME", "~")).expanduser() / below_home
