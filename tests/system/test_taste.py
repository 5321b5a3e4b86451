"""What is asked of the sound, over the bus, of the real daemon with its real sound process and library."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from dbus_fast import Variant
from mutagen.flac import FLAC

from tests.bus.client import OUR_NAME, Client, a_client
from tests.system.hearing import noise
from tests.system.rig import Daemon, World

pytestmark = pytest.mark.system

RATE_HZ = 44_100
ENHANCEMENT, OUTPUT = f"{OUR_NAME}.Enhancement", f"{OUR_NAME}.Output"
OWN = 'label = "Mine"\ndescription = "As I like it"\ntarget_lufs = {target}\ncorrection = 0.5\n'


@pytest.fixture
def daemon(world: World, music: Path) -> Iterator[Daemon]:
    """Ready with an album of two tracks, everything measured; it is stopped by the test's end."""
    for number in (1, 2):
        path = music / f"{number}.flac"
        piece = (noise(30, seed=number) * (0.75 * number)).astype(np.int16)
        soundfile.write(path, piece, RATE_HZ, subtype="PCM_16")
        tags = FLAC(path)  # type: ignore[no-untyped-call]
        tags.update({"title": f"Piece {number}", "album": "Pieces", "tracknumber": str(number)})  # type: ignore[no-untyped-call]
        tags.save()
    running = Daemon(world, "--music", str(music), "--output", "alsa")
    running.wait_ready()
    running.wait_measured(2)
    yield running
    assert "Traceback" not in running.log()


@pytest.fixture
async def client(world: World, daemon: Daemon) -> AsyncIterator[Client]:
    async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as connected:
        yield connected


async def told(client: Client, name: str, holds: Any, interface: str = ENHANCEMENT) -> Any:
    """The value of a property once it is as wanted."""
    async with asyncio.timeout(10):
        while not holds(value := await client.get(interface, name)):
            await client.settled(0.02)
    return value


async def planned(client: Client, **wanted: object) -> dict[str, Any]:
    """The plan once it holds these."""
    plan: dict[str, Any] = await told(client, "Plan", lambda plan: wanted.items() <= plan.items())
    return plan


async def test_every_wish_is_in_the_plan_of_what_is_heard(client: Client) -> None:
    await client.player("Play")
    enhanced = await planned(client, state="adaptive", preset="adaptive", target_lufs=-14.0)
    await client.set(ENHANCEMENT, "TargetLoudness", Variant("d", -20.0))
    quieter = await planned(client, target_lufs=-20.0)
    await client.set(ENHANCEMENT, "Bypass", Variant("b", True))
    bypassed = await planned(client, state="bypassed")
    await told(client, "State", lambda state: state == "bypassed")
    await client.set(ENHANCEMENT, "Enabled", Variant("b", False))
    await told(client, "Plan", lambda plan: plan == {})
    await client.set(OUTPUT, "ReplayGain", Variant("s", "track"))
    track = await planned(client, state="levelled", album=False)
    state = await client.get(ENHANCEMENT, "State")
    await client.set(OUTPUT, "ReplayGain", Variant("s", "album"))
    album = await planned(client, state="levelled", album=True)
    await client.set(OUTPUT, "ReplayGainPreamp", Variant("d", -6.0))
    await planned(client, state="levelled", target_lufs=-24.0)

    assert enhanced["gain_db"] > quieter["gain_db"]
    assert bypassed["expected_lufs"] == pytest.approx(quieter["expected_lufs"], abs=0.3)
    assert state == "off"
    assert track["gain_db"] > album["gain_db"] + 1, "the first track is the quieter one"


async def test_an_album_played_in_order_has_one_gain_until_it_is_shuffled(client: Client) -> None:
    await client.player("Play")
    alone = await planned(client, state="adaptive", album=False)
    await client.set(ENHANCEMENT, "AlbumMode", Variant("b", True))
    first = await planned(client, state="adaptive", album=True)
    await client.player("Next")
    second = await told(client, "Plan", lambda plan: plan["input_lufs"] != first["input_lufs"])
    await client.set("org.mpris.MediaPlayer2.Player", "Shuffle", Variant("b", True))
    await planned(client, album=False)

    assert second["gain_db"] == pytest.approx(first["gain_db"])
    assert alone["gain_db"] > first["gain_db"] + 1


async def test_a_skip_and_a_seek_tell_no_state_off_between(client: Client) -> None:
    await client.player("Play")
    await planned(client, state="adaptive")
    await client.settled()
    client.heard.clear()
    for verb in ("Next", "Previous"):
        await client.player(verb)
        await asyncio.sleep(0.5)
        await client.player("Seek", "x", 5_000_000)
        await client.settled()
    changes = client.changes(ENHANCEMENT)

    assert any("Plan" in change for change in changes)
    assert all(change.get("State", "adaptive") == "adaptive" for change in changes)
    assert all(change.get("Plan", {"state": "adaptive"})["state"] == "adaptive" for change in changes)


async def test_all_of_the_taste_and_a_remembered_preset_survive_a_kill(
    world: World, daemon: Daemon, client: Client, music: Path
) -> None:
    await client.ours("Enhancement", "RememberPreset", "tss", 1, "album", "warm")
    wishes = {
        (ENHANCEMENT, "DefaultPreset"): Variant("s", "live"),
        (ENHANCEMENT, "Intensity"): Variant("d", 0.5),
        (ENHANCEMENT, "Bypass"): Variant("b", True),
        (ENHANCEMENT, "TargetLoudness"): Variant("d", -20.0),
        (ENHANCEMENT, "AlbumMode"): Variant("b", True),
        (OUTPUT, "ReplayGain"): Variant("s", "auto"),
        (OUTPUT, "ReplayGainPreamp"): Variant("d", 3.0),
    }
    for (interface, name), value in wishes.items():
        await client.set(interface, name, value)
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait(5)
    again = Daemon(world, "--music", str(music), "--output", "alsa")
    again.wait_ready()
    kept = {key: await client.get(*key) for key in wishes}

    assert kept == {key: value.value for key, value in wishes.items()}
    assert await client.get(ENHANCEMENT, "Preset") == "warm"


async def test_an_own_preset_is_heard_as_its_file_is_edited_and_gives_way_when_that_is_deleted(
    world: World, client: Client
) -> None:
    file = Path(world.environment["XDG_CONFIG_HOME"]) / "auralis" / "presets" / "mine.toml"
    file.parent.mkdir(parents=True)
    file.write_text(OWN.format(target=-18.0))
    await told(client, "Presets", lambda presets: "mine" in presets)
    await client.set(ENHANCEMENT, "Preset", Variant("s", "mine"))
    await client.player("Play")
    await planned(client, preset="mine", target_lufs=-18.0)
    file.write_text(OWN.format(target=-20.0))
    await planned(client, preset="mine", target_lufs=-20.0)
    file.unlink()
    await planned(client, preset="adaptive")
    gone = await client.get(ENHANCEMENT, "Preset")
    file.write_text(OWN.format(target=-20.0))
    await planned(client, preset="mine")

    assert gone == "adaptive"


async def test_meters_tell_what_is_heard(client: Client) -> None:
    silent = await client.ours("Enhancement", "Meters")
    await client.player("Play")
    await planned(client, state="adaptive")
    await asyncio.sleep(4)
    [meters] = await client.ours("Enhancement", "Meters")

    assert silent == [{}]
    assert meters["short_out"] == pytest.approx(-14.0, abs=1.5)
    assert meters["short_in"] < meters["short_out"] - 3
    assert {"momentary_in", "momentary_out", "integrated_out", "true_peak_out", "correlation"} <= set(meters)
