"""The wire layer: a slow bus, a bus that dies, strings that would end other connections."""

# ruff: noqa: N802  some are rows of the MPRIS checklist, and named as it names them

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from auralisd.bus.opening import load_library
from auralisd.bus.outbox import HIGH_WATER_BYTES
from auralisd.config_file import FileConfig
from auralisd.errors import StartRefused
from auralisd.library.events import LibraryChanged
from auralisd.playback.snapshot import PLAYING, Seeked
from tests.builders import a_track
from tests.bus.client import MPRIS_NAME, MPRIS_PATH, OUR_NAME, PLAYER, CallFailed, Client, PrivateBus, a_client
from tests.bus.conftest import Rig, StartRig


@pytest.fixture
async def mortal_bus(tmp_path: Path) -> AsyncIterator[PrivateBus]:
    """A bus that a test may kill."""
    bus = PrivateBus(tmp_path)
    bus.start()
    yield bus
    bus.stop()


async def until(holds: Callable[[], bool], *, within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 what is waited for is in another process
            await asyncio.sleep(0.01)


async def test_BUS_23_five_thousand_signals_to_a_bus_that_does_not_read_cost_neither_name_nor_memory(
    mortal_bus: PrivateBus, start_rig: StartRig
) -> None:
    async with start_rig(mortal_bus.address) as rig, a_client(mortal_bus.address) as client:
        rig.player.fill((), (1,), 0)
        rig.player.become(status=PLAYING)
        await client.settled()
        with mortal_bus.stalled():
            for step in range(5000):
                rig.service.on_event(Seeked(step))
                rig.service.on_event(LibraryChanged(step, added=1))
                await asyncio.sleep(0)
            connection = rig.service._connection
            assert connection is not None
            assert HIGH_WATER_BYTES / 2 < connection.queued_bytes < 2 * HIGH_WATER_BYTES
        await client.settled()

        assert await client.get(PLAYER, "PlaybackStatus") == "Playing"
        assert rig.service._connection is connection
        assert client.signals("Seeked")[-1] == [4999]
        revision, counts = client.signals("Changed")[-1]
        assert revision == 4999
        assert sum(body[1]["added"] for body in client.signals("Changed")) == 5000
        assert counts["added"] > 1


async def test_a_burst_of_big_replies_loses_none(rig: Rig, client: Client) -> None:
    for number in range(1, 501):
        rig.library.by_id[number] = a_track(number, title="x" * 300)
    pages = await asyncio.gather(
        *(client.ours("Library", "Query", "sassua{sv}", "", ["id", "title"], "", 500, {}) for _ in range(10))
    )

    assert [len(page[0]) for page in pages] == [500] * 10


async def test_BUS_10_a_bus_that_comes_back_finds_us_with_everything_told_anew(
    mortal_bus: PrivateBus, start_rig: StartRig, caplog: pytest.LogCaptureFixture
) -> None:
    async with start_rig(mortal_bus.address) as rig:
        rig.player.fill((), (1, 2), 0)
        with caplog.at_level(logging.INFO):
            mortal_bus.stop()
            await until(lambda: "bus lost" in caplog.text)
            rig.player.become(volume=0.25)
            mortal_bus.start()
            async with a_client(mortal_bus.address) as client:
                await until(lambda: any("Volume" in changed for changed in client.changes(PLAYER)))

                [changed] = client.changes(PLAYER)
                assert changed["Volume"] == 0.25
                assert set(changed) == set(await client.get_all(PLAYER)) - {"Position", "CanControl"}
                await client.player("Play")
        assert "bus is back" in caplog.text
        assert rig.player.snapshot.status == PLAYING


async def test_without_a_bus_the_start_is_refused_in_one_line(tmp_path: Path, start_rig: StartRig) -> None:
    with pytest.raises(StartRefused, match=r"^no D-Bus session bus: [^\n]+$"):
        async with start_rig(f"unix:path={tmp_path / 'nothing'}"):
            pass


async def test_a_bus_that_hangs_up_while_we_say_who_we_are_is_a_refused_start(
    tmp_path: Path, start_rig: StartRig
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = await asyncio.start_unix_server(hang_up, tmp_path / "bus")
    async with server:
        with pytest.raises(StartRefused):
            async with start_rig(f"unix:path={tmp_path / 'bus'}"):
                pass


async def test_closing_while_the_bus_is_away_is_quick(mortal_bus: PrivateBus, start_rig: StartRig) -> None:
    async with start_rig(mortal_bus.address) as rig:
        mortal_bus.stop()
        await until(lambda: rig.service._connection is None)
        async with asyncio.timeout(1):
            await rig.service.close()
        mortal_bus.start()


async def test_closing_while_the_bus_hangs_is_quick(mortal_bus: PrivateBus, start_rig: StartRig) -> None:
    async with start_rig(mortal_bus.address) as rig:
        with mortal_bus.stalled():
            async with asyncio.timeout(1):
                await rig.service.close()


async def test_the_player_s_name_is_the_first_to_go(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address) as rig:
        await rig.service.close()
        for name in (MPRIS_NAME, OUR_NAME):
            with pytest.raises(CallFailed, match="ServiceUnknown"):
                await client.call(MPRIS_PATH, "org.freedesktop.DBus.Peer", "Ping", to=name)


async def test_the_player_s_name_comes_and_goes_with_the_queue(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async def is_player() -> bool:
        bus = "org.freedesktop.DBus"
        [owned] = await client.call("/org/freedesktop/DBus", bus, "NameHasOwner", "s", MPRIS_NAME, to=bus)
        return bool(owned)

    async with start_rig(private_bus.address, file=FileConfig(mpris_presence="queue")) as rig:
        seen = [await is_player()]
        for tracks in ((1,), ()):
            rig.player.fill((), tracks, 0)
            await asyncio.sleep(0.2)
            seen.append(await is_player())

    assert seen == [False, True, False]


@pytest.mark.parametrize("title", ["a\0b", "\ud800", "\uffff", "\x01", "\u202eabc", "x" * 2**20, "\udcff\0" * 5000])
async def test_BUS_22_no_title_costs_us_the_connection(rig: Rig, client: Client, title: str) -> None:
    rig.library.by_id[9] = a_track(9, title=title, artists=(title,) * 20, album=title)
    rig.player.fill((), (9,), 0)
    await client.settled(0.05)
    metadata = await client.get(PLAYER, "Metadata")
    [rows, *_] = await client.ours("Library", "Query", "sassua{sv}", "", [], "", 0, {})

    assert metadata["xesam:title"]
    assert len(metadata["xesam:artist"]) == 8
    assert any(row["id"] == 9 for row in rows)
    assert client.changes(PLAYER)[-1]["Metadata"] == metadata


def test_a_library_that_cannot_be_imported_is_named() -> None:
    with pytest.raises(StartRefused, match="dbus-nothing"):
        load_library("dbus-nothing")
