"""Foreign clients: playerctl's every verb, playerctld, busctl and gdbus."""

import asyncio
import subprocess

from tests.bus.client import PrivateBus
from tests.bus.conftest import Rig


async def run(bus: PrivateBus, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, env=bus.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
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
