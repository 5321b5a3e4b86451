"""org.auralis.Auralis1.Output: the device, its list, and what is told of streams."""

import pytest
from dbus_fast import Variant

from auralisd.errors import Unavailable
from auralisd.playback import commands
from auralisd.playback import snapshot as heard
from tests.bus.client import INVALID, OUR_NAME, OUR_PATH, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

OUTPUT = f"{OUR_NAME}.Output"


async def test_devices_are_listed_by_the_names_that_a_person_knows_and_the_one_in_use_in_any_case(
    rig: Rig, client: Client
) -> None:
    rig.player.become(device_name="hw:CARD=Gone")

    assert await client.ours("Output", "ListDevices") == [
        [
            {"name": "default", "label": "Everything", "default": True, "present": True},
            {"name": "hw:CARD=Amp", "label": "Amp", "default": False, "present": True},
            {"name": "hw:CARD=Gone", "label": "hw:CARD=Gone", "default": False, "present": False},
        ]
    ]


async def test_a_sound_system_that_does_not_answer_is_told_as_such(rig: Rig, client: Client) -> None:
    rig.devices.refusal = Unavailable("the sound system names no devices")

    with pytest.raises(CallFailed) as caught:
        await client.ours("Output", "ListDevices")

    assert caught.value.name == OURS_ERROR + "Unavailable"


async def test_another_device_is_asked_for_and_told(rig: Rig, client: Client) -> None:
    await client.set(OUTPUT, "Device", Variant("s", "hw:CARD=Amp"))
    await client.settled()

    assert rig.player.asked == [commands.SetDevice("hw:CARD=Amp")]
    assert client.changes(OUTPUT) == [{"Device": "hw:CARD=Amp"}]


@pytest.mark.parametrize("device", ["", "x" * 257, "hw:1\n", "a\x7fb"])
async def test_a_name_that_is_none_is_refused_and_changes_nothing(rig: Rig, client: Client, device: str) -> None:
    with pytest.raises(CallFailed) as caught:
        await client.set(OUTPUT, "Device", Variant("s", device))

    assert caught.value.name == INVALID
    assert rig.player.snapshot.device_name == ""


async def test_mute_leaves_the_volume_alone(rig: Rig, client: Client) -> None:
    await client.set(OUTPUT, "Muted", Variant("b", True))
    await client.settled()

    assert rig.player.asked == [commands.SetMuted(True)]
    assert client.changes(OUTPUT) == [{"Muted": True}]


async def test_what_is_buffered_can_be_read_and_is_not_told(rig: Rig, client: Client) -> None:
    rig.player.become(underruns=1)
    await client.settled()

    assert await client.get(OUTPUT, "BufferedTime") == 2.5
    assert client.changes(OUTPUT) == [{"Underruns": 1}]


async def test_each_stream_and_each_loss_is_told_once_in_order(rig: Rig, client: Client) -> None:
    for event in (
        heard.StreamStarted(3, 30),
        heard.StreamEnded(3, "completed", 441_000),
        heard.StreamStarted(4, 40),
        heard.StreamFailed(4, 40, "damaged", 1_500_000),
        heard.StreamEnded(4, "failed", 66_150),
        heard.DeviceLost("lost"),
        heard.DeviceReturned(),
    ):
        rig.service.on_event(event)
    await client.settled()

    told = [(signal.member, signal.body) for signal in client.heard if signal.interface == OUTPUT]
    assert told == [
        ("StreamStarted", [3, 30]),
        ("StreamEnded", [3, "completed", 441_000]),
        ("StreamStarted", [4, 40]),
        ("StreamFailed", [4, 40, "damaged", 1_500_000]),
        ("StreamEnded", [4, "failed", 66_150]),
        ("DeviceLost", ["lost"]),
        ("DeviceReturned", []),
    ]
    assert {signal.path for signal in client.heard if signal.interface == OUTPUT} == {OUR_PATH}
