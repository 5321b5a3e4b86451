"""Config: what belongs to the machine.  Read once from TOML and the command line, then frozen.

This is the only reader of the environment.  An unknown key, a wrong type or a value out of range refuses the start
with the key, the reason and the remedy.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from auralisd.errors import StartRefused

DESKTOP_ENTRY = "auralisd"
SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"


class FileConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`auralisd.toml`, every key with its default.

    `music_folders` are absolute or start with `~`.  `output` is a device spec (`auto`, `alsa`, `alsa:DEVICE`, `silent`,
    `file:PATH.wav`); unsaid, it is `auto` at a terminal and `alsa` for a service, which nobody sees falling silent.
    `sound_idle_minutes` of silence end the sound process.  `mpris_presence`: own the media-player name always, or only
    while the queue holds something.  `startup_queue`: what an empty first start takes up.  `resume_playing`: what was
    playing when the daemon ended plays on when it is back; else it comes back paused.  The library is measured while
    nobody waits for it: `measure_on_battery` False not without mains, `measure_max_load` (0: no bound) not while
    others load each core by more than that.  `render_cache_mb` is the memory for finished sound that may be heard again
    (three chunks of 10 s where that is more).
    `mixer`: who makes it quieter, we or the device's own mixer where it has one.  `resume_when_back`: what played when
    its device went away plays on when it is back.  `pause_for_sleep`: the music pauses before the machine is suspended,
    and plays on afterwards.  `keep_awake`: while music plays, the machine does not fall asleep of itself.
    """

    music_folders: tuple[str, ...] = ()
    output: str = ""
    sound_idle_minutes: Annotated[float, msgspec.Meta(ge=0.05, le=1440)] = 10.0
    mpris_presence: Literal["always", "queue"] = "always"
    startup_queue: Literal["resume", "library", "none"] = "library"
    resume_playing: bool = False
    publish_file_urls: bool = False
    measure_on_battery: bool = True
    measure_max_load: Annotated[float, msgspec.Meta(ge=0, le=64)] = 0.0
    render_cache_mb: Annotated[int, msgspec.Meta(ge=0, le=4096)] = 64
    mixer: Literal["software", "hardware"] = "software"
    resume_when_back: bool = True
    pause_for_sleep: bool = True
    keep_awake: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class Config(msgspec.Struct, frozen=True):
    """Everything that was decided before the start.  `presets_dir` lies beside the configuration file in use.

    `music_by_default`: nobody has named a music folder, and it is the user's.  `output_asked`: on the command line,
    which goes before what was chosen on the bus.
    """

    music_folders: tuple[Path, ...]
    music_by_default: bool
    state_dir: Path
    cache_dir: Path
    output: str
    output_asked: bool
    sound_idle_s: float
    mpris_presence: str
    startup_queue: str
    resume_playing: bool
    publish_file_urls: bool
    measure_on_battery: bool
    measure_max_load: float
    render_cache_mb: int
    mixer: str
    resume_when_back: bool
    pause_for_sleep: bool
    keep_awake: bool
    presets_dir: Path
    log_level: str
    play_at_start: bool
    bus_address: str | None
    system_bus_address: str
    dbus_library: str
    notify_socket: str | None
    to_journal: bool
    desktop_entry: str


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
    file = _read_file(asked, environment)
    notify_socket = environment.get("NOTIFY_SOCKET")
    folders = asked.music or tuple(_named_folder(folder) for folder in file.music_folders)
    return Config(
        music_folders=_absolute(folders or (music_folder_of_user(environment),)),
        music_by_default=not folders,
        state_dir=(asked.state_dir or _xdg(environment, "XDG_STATE_HOME", ".local/state") / "auralis").absolute(),
        cache_dir=(_xdg(environment, "XDG_CACHE_HOME", ".cache") / "auralis").absolute(),
        output=_output_spec(asked.output or file.output or ("auto" if notify_socket is None else "alsa")),
        output_asked=asked.output is not None,
        sound_idle_s=file.sound_idle_minutes * 60,
        mpris_presence=file.mpris_presence,
        startup_queue=file.startup_queue,
        resume_playing=file.resume_playing,
        publish_file_urls=file.publish_file_urls,
        measure_on_battery=file.measure_on_battery,
        measure_max_load=file.measure_max_load,
        render_cache_mb=file.render_cache_mb,
        mixer=file.mixer,
        resume_when_back=file.resume_when_back,
        pause_for_sleep=file.pause_for_sleep,
        keep_awake=file.keep_awake,
        presets_dir=(_config_path(asked, environment).parent / "presets").absolute(),
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


def _read_file(asked: Asked, environment: Mapping[str, str]) -> FileConfig:
    path = _config_path(asked, environment)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if asked.config is None:
            return FileConfig()
        raise StartRefused(f"{path}: no such configuration file; leave --config out or create it") from None
    except (OSError, UnicodeDecodeError) as reason:
        raise StartRefused(f"{path}: cannot be read ({_words(reason)}); mend its permissions or text") from reason
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise StartRefused(f"{path}: not valid TOML: {reason}; mend that line") from reason
    return _checked(table, path)


def _checked(table: dict[str, object], path: Path) -> FileConfig:
    known = [field.name for field in msgspec.structs.fields(FileConfig)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
            raise StartRefused(f"{path}: unknown key {key!r}; {remedy}")
    try:
        return msgspec.convert(table, FileConfig)
    except msgspec.ValidationError as reason:
        raise StartRefused(f"{path}: {_named(str(reason))}; mend that value") from reason


def _named(text: str) -> str:
    """msgspec ends its texts with `- at `$.key``: the key goes first."""
    reason, _, place = text.partition(" - at `$.")
    return f"{place.rstrip('`')}: {reason}" if place else reason


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


def _words(reason: Exception) -> str:
    return reason.strerror or str(reason) if isinstance(reason, OSError) else "not UTF-8"
