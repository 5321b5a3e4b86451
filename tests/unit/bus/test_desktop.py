from pathlib import Path

import pytest

from auralisd.bus.desktop import installed_entry

SHIPPED = Path(__file__).parents[3] / "dbus" / "auralisd.desktop"


def install(data_dir: Path, content: bytes) -> None:
    (data_dir / "applications").mkdir(parents=True)
    (data_dir / "applications" / "auralisd.desktop").write_bytes(content)


def test_our_desktop_file_is_found_in_any_data_folder(tmp_path: Path) -> None:
    install(tmp_path / "share", SHIPPED.read_bytes())

    assert installed_entry([tmp_path / "local", tmp_path / "share"]) == "auralisd"


def test_where_it_is_not_installed_there_is_no_entry(tmp_path: Path) -> None:
    assert installed_entry([tmp_path]) == ""


@pytest.mark.parametrize("content", [b"", b"\xff", b"no section", b"[Desktop Entry]\nName=Something else\n"])
def test_another_file_of_that_name_is_not_ours(tmp_path: Path, content: bytes) -> None:
    install(tmp_path, content)

    assert installed_entry([tmp_path]) == ""
