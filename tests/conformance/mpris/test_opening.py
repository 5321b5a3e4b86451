"""Rows PM 25 to 31: opening files, and what the interface has."""

# ruff: noqa: N802  the rows are named as the checklist names them

import time
from pathlib import Path

import pytest

from tests.bus.client import PLAYER, CallFailed
from tests.conformance.mpris.bench import PAUSED, PLAYING, STOPPED, TRACK_LIST, Bench, uri_of

MEMBERS = {
    "PlaybackStatus", "LoopStatus", "Rate", "Shuffle", "Metadata", "Volume", "Position", "MinimumRate", "MaximumRate",
    "CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanSeek", "CanControl",
}  # fmt: skip


async def test_PM_25_open_uri_while_stopped_plays(bench: Bench) -> None:
    await bench.arrange(STOPPED)
    await bench.do("OpenUri", "s", bench.music.uri("Other"))

    await bench.plays("Other")


@pytest.mark.parametrize(
    ("uri", "error"),
    [
        ("gopher://example.org/1", "NotSupported"),
        ("file:///etc/passwd", "NotSupported"),
        ("file:///nothing/here.flac", "NotFound"),
        ("file:///dev/zero", "NotSupported"),
        ("file:///proc/self/status", "NotSupported"),
        ("", "InvalidArgs"),
    ],
)
async def test_PM_26_what_cannot_be_played_changes_nothing(bench: Bench, uri: str, error: str) -> None:
    await bench.arrange(PAUSED)
    async with bench.unmoved():
        try:
            await bench.do("OpenUri", "s", uri)
        except CallFailed as failure:
            assert not bench.player.is_ours or failure.name.endswith(error), failure.name  # noqa: PT017 it may refuse
        else:
            assert not bench.player.is_ours


async def test_PM_27_what_is_opened_is_in_the_track_list(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    await listed.open("Other")
    await listed.calm()
    told = listed.signals("TrackAdded") + listed.signals("TrackListReplaced")

    assert await listed.track() in await listed.tracks()
    assert told
    assert (TRACK_LIST, ["Tracks"]) in listed.invalidated()


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_PM_28_what_is_opened_comes_behind_the_current_track_and_plays(bench: Bench, status: str) -> None:
    await bench.arrange(status, at=1)
    await bench.do("OpenUri", "s", bench.music.uri("Other"))
    await bench.plays("Other")
    await bench.do("Next")
    await bench.plays("Three")
    for title in ("Other", "Two", "One"):
        await bench.do("Previous")
        await bench.plays(title)


async def test_PM_29_a_long_file_is_opened_at_once(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    began_s = time.monotonic()
    await bench.do("OpenUri", "s", bench.music.uri("Long"))

    assert time.monotonic() - began_s < 1.0
    await bench.shows("Long")


async def test_PM_30_a_uri_is_percent_encoded(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    await bench.open("Café & 100%")

    assert "%C3%A9" in bench.music.uri("Café & 100%")


@pytest.mark.parametrize("bare", ["Other.flac", ""])
async def test_PM_30_a_bare_path_is_no_uri(bench: Bench, bare: str, tmp_path: Path) -> None:
    await bench.arrange(PAUSED)
    path = str(bench.music["Other"] if bare else tmp_path)
    try:
        await bench.do("OpenUri", "s", path)
    except CallFailed as failure:
        assert failure.name.endswith("InvalidArgs") or not bench.player.is_ours  # noqa: PT017 it may refuse
        assert await bench.title() == "Two"
    else:
        assert not bench.player.is_ours, "taken"
        await bench.shows("Other")
    assert uri_of(Path("/a b")) == "file:///a%20b"


async def test_PM_31_the_interface_has_no_members_of_its_own(bench: Bench) -> None:
    assert set(await bench.all(PLAYER)) <= MEMBERS
