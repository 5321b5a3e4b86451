"""The configuration: the file, the command line over it, and refusals that name the remedy."""

import os
import tomllib
from pathlib import Path

import pytest

from auralisd.config import Asked, load_config
from auralisd.config_file import FileConfig, flat
from auralisd.errors import StartRefused


def written(tmp_path: Path, text: str) -> Asked:
    path = tmp_path / "auralisd.toml"
    path.write_text(text)
    return Asked(config=path)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    config = load_config(Asked(), {"HOME": str(tmp_path)})

    assert config.music_folders == (tmp_path / "Music",)
    assert config.state_dir == tmp_path / ".local/state/auralis"
    assert (config.output, config.file.startup_queue, config.file.mpris_presence) == ("auto", "library", "always")


def test_the_users_music_folder_is_the_desktops(tmp_path: Path) -> None:
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/user-dirs.dirs").write_text('XDG_MUSIC_DIR="$HOME/Musik"\n')

    assert load_config(Asked(), {"HOME": str(tmp_path)}).music_folders == (tmp_path / "Musik",)


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    asked = written(tmp_path, 'music_folders = ["/a"]\noutput = "silent"\n')
    config = load_config(Asked(config=asked.config, music=(Path("/b"),), output="alsa:hw:0"), {"HOME": "/h"})

    assert config.music_folders == (Path("/b"),)
    assert config.output == "alsa:hw:0"


@pytest.mark.parametrize(
    ("text", "named", "remedy"),
    [
        ('musik_folders = ["/a"]', "musik_folders", "music_folders"),
        ('startup_queue = "sometimes"', "startup_queue", "mend"),
        ("sound_idle_minutes = -1", "sound_idle_minutes", "mend"),
        ("output = 7", "output", "mend"),
        ("measure_on_battery = 1", "measure_on_battery", "mend"),
        ("measure_max_load = -0.5", "measure_max_load", "mend"),
        ("measure_max_lode = 1", "measure_max_lode", "measure_max_load"),
        ('output = "loud"', "loud", "silent"),
        ('output = "file:/tmp/song.mp3"', "song.mp3", "file:PATH.wav"),
        ('music_folders = ["Music"]', "'Music'", "whole path"),
        ('music_folders = ["~nobody-of-that-name/Music"]', "nobody-of-that-name", "whole path"),
        ("= broken", "line 1", "mend"),
        ("[limits]\ncostly_brust = 1", "costly_brust", "costly_burst"),
        ("[limits]\ncostly_burst = 0", "limits.costly_burst", "mend"),
        ("limits = 7", "limits", "mend"),
    ],
)
def test_a_broken_key_refuses_the_start_and_names_key_and_remedy(
    tmp_path: Path, text: str, named: str, remedy: str
) -> None:
    with pytest.raises(StartRefused) as refusal:
        load_config(written(tmp_path, text), {"HOME": "/h"})

    assert named in str(refusal.value)
    assert remedy in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="no such configuration file"):
        load_config(Asked(config=tmp_path / "none.toml"), {"HOME": "/h"})


def test_a_folder_named_twice_is_watched_once() -> None:
    config = load_config(Asked(music=(Path("/m/a"), Path("/m/b/../a"))), {"HOME": "/h"})

    assert config.music_folders == (Path("/m/a"),)


def test_a_relative_xdg_folder_is_ignored() -> None:
    config = load_config(Asked(), {"HOME": "/h", "XDG_STATE_HOME": "here"})

    assert config.state_dir == Path("/h/.local/state/auralis")


def test_the_desktop_file_is_named_only_where_a_desktop_finds_it(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path / "share")}
    assert load_config(Asked(), environment).desktop_entry == ""
    (tmp_path / "share/applications").mkdir(parents=True)
    (tmp_path / "share/applications/auralisd.desktop").write_text("[Desktop Entry]")

    assert load_config(Asked(), environment).desktop_entry == "auralisd"


def test_a_service_never_falls_silent_unseen() -> None:
    assert load_config(Asked(), {"HOME": "/h", "NOTIFY_SOCKET": "/run/notify"}).output == "alsa"


def test_only_the_journals_own_descriptor_is_the_journal(tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("w") as stream:
        facts = os.fstat(stream.fileno())
        named = {"HOME": "/h", "JOURNAL_STREAM": f"{facts.st_dev}:{facts.st_ino}"}
        inherited = {"HOME": "/h", "JOURNAL_STREAM": "8:1"}

        assert load_config(Asked(), named, stderr_fd=stream.fileno()).to_journal
        assert not load_config(Asked(), inherited, stderr_fd=stream.fileno()).to_journal


def test_the_library_is_measured_at_any_time_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    plain = load_config(Asked(), {"HOME": str(tmp_path)}).file
    careful = load_config(
        written(tmp_path, "measure_on_battery = false\nmeasure_max_load = 0.5\n"), {"HOME": "/h"}
    ).file

    assert (plain.measure_on_battery, plain.measure_max_load) == (True, 0.0)
    assert (careful.measure_on_battery, careful.measure_max_load) == (False, 0.5)


def test_own_presets_lie_beside_the_configuration_file_in_use(tmp_path: Path) -> None:
    named = load_config(written(tmp_path, ""), {"HOME": "/h"})

    assert named.presets_dir == tmp_path / "presets"
    assert load_config(Asked(), {"HOME": "/h"}).presets_dir == Path("/h/.config/auralis/presets")
    assert load_config(Asked(), {"HOME": "/h", "XDG_CONFIG_HOME": "/x"}).presets_dir == Path("/x/auralis/presets")


def test_the_readme_names_every_key(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    block = readme.partition("## Configuration\n")[2].partition("Most of it")[0]
    text = "\n".join(line.removeprefix("    ") for line in block.splitlines() if line.startswith("    "))

    assert load_config(written(tmp_path, text), {"HOME": "/h"}).file.limits == FileConfig().limits
    table = tomllib.loads(text)
    assert {*table, *(f"limits.{key}" for key in table["limits"])} - {"limits"} == set(flat(FileConfig()))
