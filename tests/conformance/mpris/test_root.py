"""Rows ROOT: the player as a whole."""

# ruff: noqa: N802  the rows are named as the checklist names them

import configparser
import os
import shlex
import shutil
from pathlib import Path

import pytest

from tests.bus.client import ROOT, CallFailed
from tests.conformance.mpris.bench import PAUSED, TRACK_LIST, Bench
from tests.conformance.mpris.players import Player
from tests.conformance.mpris.tour import Tour
from tests.system.rig import World

KINDS = {
    "audio/flac": "One",
    "audio/x-flac": "One",
    "audio/wav": "Sample wav",
    "audio/x-wav": "Sample wav",
    "audio/aiff": "Sample aiff",
    "audio/x-aiff": "Sample aiff",
    "audio/ogg": "Sample ogg",
    "audio/x-vorbis+ogg": "Sample ogg",
    "audio/x-opus+ogg": "Sample opus",
    "audio/mpeg": "Sample mp3",
}


async def test_ROOT_01_raise_does_nothing_where_there_is_nothing_to_raise(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    if await bench.get("CanRaise", ROOT):
        pytest.skip("it has a window")
    async with bench.unmoved():
        try:
            await bench.call(ROOT, "Raise")
        except CallFailed as failure:
            assert "NotSupported" in failure.name  # noqa: PT017 it may refuse


async def test_ROOT_02_quit_ends_it(mortal: Bench) -> None:
    assert await mortal.get("CanQuit", ROOT) is True
    await mortal.call(ROOT, "Quit")
    ended = mortal.player.ended

    async def is_over() -> bool:
        return ended() is not None

    await mortal.until(is_over, "the end")
    assert ended() == 0


@pytest.mark.parametrize("name", ["CanQuit", "HasTrackList"])
async def test_ROOT_03_it_can_be_ended(bench: Bench, name: str) -> None:
    values = await bench.typed(ROOT)

    assert values[name].signature == "b"
    assert values["CanQuit"].value is True


async def test_ROOT_04_it_says_whether_it_has_a_window(bench: Bench) -> None:
    can_raise = (await bench.typed(ROOT))["CanRaise"]

    assert can_raise.signature == "b"
    assert not (bench.player.is_ours and can_raise.value)


async def test_ROOT_05_it_says_whether_it_has_a_track_list(bench: Bench) -> None:
    try:
        there = bool(await bench.all(TRACK_LIST))
    except CallFailed:
        there = False

    assert await bench.get("HasTrackList", ROOT) is there


async def test_ROOT_06_its_identity_is_a_name_for_people(bench: Bench) -> None:
    identity = await bench.get("Identity", ROOT)

    assert identity
    assert identity != bench.player.name.removeprefix("org.mpris.MediaPlayer2.")


async def desktop_file(bench: Bench, world: World) -> configparser.SectionProxy:
    name = (await bench.all(ROOT)).get("DesktopEntry")
    if name is None:
        pytest.skip("it has no desktop file")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    places = (world.folder / ".local" / "share", *map(Path, shared.split(":")))
    [found, *_] = [file for place in places if (file := place / "applications" / f"{name}.desktop").is_file()]
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as the module's own page has it
    parser.read(found, encoding="utf-8")
    return parser["Desktop Entry"]


async def test_ROOT_07_its_desktop_entry_is_installed_under_its_name(
    bench: Bench, running: tuple[World, Player]
) -> None:
    entry = await desktop_file(bench, running[0])

    assert entry["Name"] == await bench.get("Identity", ROOT)


async def test_ROOT_08_its_desktop_entry_can_be_run(bench: Bench, running: tuple[World, Player]) -> None:
    entry = await desktop_file(bench, running[0])

    assert entry["Type"] == "Application"
    assert shutil.which(shlex.split(entry["Exec"])[0])


async def test_ROOT_09_it_opens_files(bench: Bench) -> None:
    schemes = (await bench.typed(ROOT))["SupportedUriSchemes"]

    assert schemes.signature == "as"
    assert "file" in schemes.value
    assert len(set(schemes.value)) == len(schemes.value)
    assert [scheme.lower() for scheme in schemes.value] == schemes.value


async def test_ROOT_10_the_types_that_it_names_open(bench: Bench) -> None:
    kinds = (await bench.typed(ROOT))["SupportedMimeTypes"]
    await bench.arrange(PAUSED)
    for name in sorted({KINDS[kind] for kind in kinds.value if kind in KINDS}):
        await bench.do("OpenUri", "s", bench.music.uri(name))
        await bench.shows(name)

    assert kinds.signature == "as"
    assert kinds.value
    assert len(set(kinds.value)) == len(kinds.value)
    assert all(kind.count("/") == 1 for kind in kinds.value)
    assert not bench.player.is_ours or set(kinds.value) == set(KINDS)


async def test_ROOT_11_full_screen_comes_whole_or_not_at_all(bench: Bench) -> None:
    values = await bench.all(ROOT)

    assert ("Fullscreen" in values) is ("CanSetFullscreen" in values)


async def test_ROOT_12_what_changes_of_the_root_is_told(tour: Tour) -> None:
    followed = dict(tour.root)
    for changed in tour.changes(ROOT):
        followed |= changed

    assert followed == tour.root_after
