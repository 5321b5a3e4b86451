"""When the machine has time and power to spare: real folders that look like those of the kernel."""

from pathlib import Path

import pytest

from auralisd.library.leisure import Leisure, runs_on_battery


def supply(folder: Path, name: str, **words: str) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    for attribute, word in words.items():
        (folder / name / attribute).write_text(word + "\n")


def test_a_machine_without_supplies_is_fed_by_mains(tmp_path: Path) -> None:
    assert not runs_on_battery(tmp_path)
    assert not runs_on_battery(tmp_path / "none")


def test_a_laptop_is_on_battery_while_no_mains_is_connected(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery", status="Discharging")
    supply(tmp_path, "AC", type="Mains", online="0")
    alone = runs_on_battery(tmp_path)
    supply(tmp_path, "AC", online="1")

    assert (alone, runs_on_battery(tmp_path)) == (True, False)


@pytest.mark.parametrize("status", ["Charging", "Full", "Not charging", "Unknown", ""])
def test_a_battery_that_is_not_emptied_is_none(tmp_path: Path, status: str) -> None:
    supply(tmp_path, "BAT0", type="Battery", status=status)

    assert not runs_on_battery(tmp_path)


def test_a_laptop_that_is_fed_over_usb_is_not_on_battery(tmp_path: Path) -> None:
    supply(tmp_path, "BAT1", type="Battery", status="Discharging", scope="System")
    supply(tmp_path, "ucsi", type="USB", online="1")

    assert not runs_on_battery(tmp_path)


def test_the_battery_of_a_mouse_is_not_the_machines(tmp_path: Path) -> None:
    supply(tmp_path, "hidpp_battery_0", type="Battery", status="Discharging", scope="Device")

    assert not runs_on_battery(tmp_path)


def test_attributes_that_cannot_be_read_are_as_good_as_none(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", status="Discharging")
    (tmp_path / "BAT0" / "type").write_bytes(b"\xff\xfe")
    (tmp_path / "AC" / "type").mkdir(parents=True)

    assert not runs_on_battery(tmp_path)


def test_without_bounds_nothing_pauses(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery", status="Discharging")
    leisure = Leisure(supplies=tmp_path, load=lambda: 99.0)

    assert leisure.always
    assert leisure.pause() == ""


def test_on_battery_only_what_was_asked_to_pauses(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery", status="Discharging")

    assert Leisure(on_battery=lambda: False, supplies=tmp_path).pause() == "battery"
    assert Leisure(on_battery=lambda: True, max_load=lambda: 50.0, supplies=tmp_path, load=lambda: 0.0).pause() == ""


def test_the_load_of_others_is_counted_for_each_core(tmp_path: Path) -> None:
    load = [1.9]
    leisure = Leisure(max_load=lambda: 0.5, supplies=tmp_path, load=lambda: load[0], cores=4)
    calm = leisure.pause()
    load[0] = 2.1

    assert (calm, leisure.pause()) == ("", "load")


def test_its_own_load_does_not_stop_the_work(tmp_path: Path) -> None:
    now_s = [0.0]
    leisure = Leisure(max_load=lambda: 0.5, supplies=tmp_path, load=lambda: 1.0, clock=lambda: now_s[0], cores=1)
    before = leisure.pause()
    with leisure.working():
        now_s[0] += 120.0
    during = leisure.pause()
    now_s[0] += 120.0

    assert (before, during, leisure.pause()) == ("load", "", "load")
