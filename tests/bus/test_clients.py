"""Foreign clients: playerctl's every verb, playerctld, busctl and gdbus."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.model.track import Track
from auralisd.playback.snapshot import PLAYING
from tests.bus.client import MPRIS_NAME, MPRIS_PATH, OUR_NAME, OUR_PATH, PrivateBus
from tests.bus.conftest import Rig


async def run(bus: PrivateBus, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, env=bus.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    async with asyncio.timeout(20):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode().strip()


async def playerctl(bus: PrivateBus, *verb: str) -> str:
    return await run(bus, "playerctl", "--player=auralis", *verb)


async def test_playerctl_lists_us(private_bus: PrivateBus, queued: Rig) -> None:
    assert await run(private_bus, "playerctl", "-l") == "auralis"


async def test_playerctl_plays_pauses_and_stops(private_bus: PrivateBus, queued: Rig) -> None:
    seen = []
    for verb in ("play", "pause", "play-pause", "stop"):
        await playerctl(private_bus, verb)
        seen.append(await playerctl(private_bus, "status"))

    assert seen == ["Playing", "Paused", "Playing", "Stopped"]


async def test_playerctl_moves_through_the_queue(private_bus: PrivateBus, queued: Rig) -> None:
    seen = []
    for verb in ("next", "previous", "previous"):
        await playerctl(private_bus, verb)
        seen.append(await playerctl(private_bus, "metadata", "title"))

    assert seen == ["Song 3", "Song 2", "Song 1"]


async def test_playerctl_seeks_and_reads_the_position(private_bus: PrivateBus, queued: Rig) -> None:
    queued.player.become(status=PLAYING)
    seen = []
    for arguments in (["position", "30"], ["position", "5+"], ["position", "10-"]):
        await playerctl(private_bus, *arguments)
        seen.append(round(float(await playerctl(private_bus, "position"))))

    assert seen == [30, 35, 25]


async def test_playerctl_sets_volume_loop_and_shuffle(private_bus: PrivateBus, queued: Rig) -> None:
    for arguments in (["volume", "0.4"], ["volume", "0.1+"], ["loop", "Playlist"], ["shuffle", "On"]):
        await playerctl(private_bus, *arguments)

    assert (await playerctl(private_bus, "volume")).startswith("0.5")
    assert await playerctl(private_bus, "loop") == "Playlist"
    assert await playerctl(private_bus, "shuffle") == "On"


async def test_playerctl_shows_the_metadata(private_bus: PrivateBus, queued: Rig) -> None:
    lines = (await playerctl(private_bus, "metadata")).splitlines()

    assert {line.split()[1] for line in lines} == {
        "mpris:trackid",
        "mpris:length",
        "xesam:title",
        "xesam:artist",
        "xesam:album",
        "xesam:trackNumber",
    }


def a_file_at(path: bytes) -> str:
    """playerctl makes a URI only of what is there."""
    file = Path(os.fsdecode(path))
    file.parent.mkdir()
    file.touch()
    return str(file)


async def test_playerctl_opens_a_file_by_its_path(
    private_bus: PrivateBus, queued: Rig, tracks: tuple[Track, ...]
) -> None:
    await playerctl(private_bus, "open", a_file_at(tracks[4].path))

    assert await playerctl(private_bus, "metadata", "title") == "Song 5"


@contextlib.asynccontextmanager
async def following(bus: PrivateBus, *command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(*command, env=bus.environment(), stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()


async def test_a_follower_sees_one_line_for_each_track(private_bus: PrivateBus, queued: Rig) -> None:
    command = ("playerctl", "--player=auralis", "--follow", "metadata", "title")
    async with following(private_bus, *command) as follower:
        assert follower.stdout is not None
        seen = [await asyncio.wait_for(follower.stdout.readline(), 10)]
        for verb in ("next", "previous"):
            await playerctl(private_bus, verb)
            seen.append(await asyncio.wait_for(follower.stdout.readline(), 10))

    assert seen == [b"Song 2\n", b"Song 3\n", b"Song 2\n"]


async def test_playerctld_lives_through_everything_that_we_say(private_bus: PrivateBus, queued: Rig) -> None:
    async with following(private_bus, "playerctld") as daemon:
        async with asyncio.timeout(10):
            while "playerctld" not in await run(private_bus, "busctl", "--user", "list", "--no-legend"):  # noqa: ASYNC110 another process
                await asyncio.sleep(0.05)
        for step in range(30):
            queued.player.become(volume=step / 30, underruns=step, status=PLAYING)
            queued.health.faults = (f"fault-{step}",)
            queued.service.health_changed()
            queued.player.jump(step)
            await asyncio.sleep(0.02)
        await run(private_bus, "playerctl", "--player=playerctld", "next")

        assert daemon.returncode is None
        assert queued.player.snapshot.current_index == 2
        assert await run(private_bus, "playerctl", "--player=playerctld", "metadata", "title") == "Song 3"


@pytest.mark.parametrize(("name", "path"), [(MPRIS_NAME, MPRIS_PATH), (OUR_NAME, OUR_PATH)])
async def test_busctl_reads_every_member(private_bus: PrivateBus, queued: Rig, name: str, path: str) -> None:
    listing = await run(private_bus, "busctl", "--user", "introspect", name, path)

    if path == MPRIS_PATH:
        flags = {line.split()[0]: line for line in listing.splitlines() if line.startswith(".")}
        assert "emits-change" not in flags[".Position"]
        assert "emits-change writable" in flags[".Volume"]
    else:
        assert "sassua{sv}" in listing


async def test_busctl_finds_our_objects_in_the_tree(private_bus: PrivateBus, queued: Rig) -> None:
    assert OUR_PATH in await run(private_bus, "busctl", "--user", "tree", "--list", OUR_NAME)


async def test_busctl_sets_a_property_with_an_integer(private_bus: PrivateBus, queued: Rig) -> None:
    await run(
        private_bus,
        *("busctl", "--user", "set-property", OUR_NAME, OUR_PATH, f"{OUR_NAME}.Enhancement", "Intensity", "i", "0"),
    )

    assert queued.player.snapshot.taste.intensity == 0.0


async def test_gdbus_introspects_and_calls(private_bus: PrivateBus, queued: Rig) -> None:
    ours = ("--session", "--dest", OUR_NAME, "--object-path", OUR_PATH)
    introspected = await run(private_bus, "gdbus", "introspect", *ours)
    answer = await run(private_bus, "gdbus", "call", *ours, "--method", f"{OUR_NAME}.Queue.Append", "[1, 2]")

    assert "interface org.auralis.Auralis1.Queue" in introspected
    assert answer == "([uint32 4, 5],)"
