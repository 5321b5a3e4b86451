"""Settings, seen and changed by a client."""

from typing import Any

import pytest
from dbus_fast import Variant

from auralisd.config_file import FileConfig, Limits, described
from tests.bus.client import INVALID, OURS_ERROR, PLAYER, CallFailed, Client, PrivateBus
from tests.bus.conftest import Rig, StartRig

Map = dict[str, Any]


async def values(client: Client) -> Map:
    found: Map = (await client.ours("Settings", "Get"))[0]
    return found


async def table(client: Client) -> dict[str, Map]:
    found: dict[str, Map] = (await client.ours("Settings", "Describe"))[0]
    return found


async def change(client: Client, **wanted: Variant) -> None:
    await client.ours("Settings", "Set", "a{sv}", wanted)


async def test_every_setting_is_described_in_full(rig: Rig, client: Client) -> None:
    found = await table(client)

    assert list(found) == [each.key for each in described()] == list(await values(client))
    assert found["sound_idle_minutes"] == {
        "type": "d",
        "default": 10.0,
        "low": 0.05,
        "high": 1440.0,
        "applies": "live",
        "writable": True,
        "set": False,
        "description": "Of silence, after which the sound process ends.",
    }
    assert found["startup_queue"]["words"] == ["library", "none", "resume"]
    assert found["music_folders"]["type"] == "as"
    assert [key for key, row in found.items() if not row["writable"]] == [
        "music_folders", "output", "render_cache_mb", "mixer", "log_level",
        "limits.costly_per_second", "limits.costly_burst",
    ]  # fmt: skip
    assert all(row["description"].endswith(".") for row in found.values())


async def test_what_is_set_holds_is_told_and_is_reset(rig: Rig, client: Client) -> None:
    await change(client, sound_idle_minutes=Variant("i", 3), keep_awake=Variant("b", False))
    assert (await values(client))["sound_idle_minutes"] == 3.0
    assert (await table(client))["keep_awake"] | {"set": True} == (await table(client))["keep_awake"]
    await client.ours("Settings", "Reset", "as", ["keep_awake"])
    assert ((await values(client))["keep_awake"], (await table(client))["keep_awake"]["set"]) == (True, False)
    await client.settled()
    await client.ours("Settings", "Reset", "as", [])
    await client.settled()

    assert (await values(client))["sound_idle_minutes"] == 10.0
    assert rig.kept.values == {}
    told = [key for [keys] in client.signals("Changed") for key in keys]
    assert told.count("sound_idle_minutes") == 2
    assert "keep_awake" in told


@pytest.mark.parametrize(
    ("key", "value", "error", "words"),
    [
        ("keep_awak", Variant("b", True), INVALID, "did you mean 'keep_awake'"),
        ("keep_awake", Variant("i", 1), INVALID, "keep_awake is of type b, not i"),
        ("sound_idle_minutes", Variant("d", 0.0), INVALID, "sound_idle_minutes must be between 0.05 and 1440"),
        ("sound_idle_minutes", Variant("d", float("nan")), INVALID, "finite"),
        ("mpris_presence", Variant("s", "never"), INVALID, "one of: always queue"),
        ("startup_queue", Variant("s", "x" * 70_000), INVALID, "longer than"),
        ("output", Variant("s", "silent"), OURS_ERROR + "ReadOnly", "configuration file"),
        ("limits.costly_per_second", Variant("d", 0.0), OURS_ERROR + "ReadOnly", "configuration file"),
        ("limits", Variant("as", ["x"] * 9), INVALID, "limits"),
    ],
)
async def test_one_wrong_value_and_nothing_changes(
    rig: Rig, client: Client, key: str, value: Variant, error: str, words: str
) -> None:
    with pytest.raises(CallFailed, match=words) as failure:
        await client.ours("Settings", "Set", "a{sv}", {"resume_playing": Variant("b", True), key: value})
    await client.settled()

    assert failure.value.name == error
    assert (rig.settings.own, rig.kept.values, client.signals("Changed")) == (frozenset(), {}, [])


async def test_what_cannot_be_kept_is_not_set(rig: Rig, client: Client) -> None:
    rig.kept.full = True
    with pytest.raises(CallFailed) as failure:
        await change(client, keep_awake=Variant("b", False))

    assert failure.value.name == OURS_ERROR + "Unavailable"
    assert rig.settings.now.keep_awake


async def test_folders_and_files_are_told_by_their_names(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    file = FileConfig(music_folders=("~/Music", "/mnt/nas/jazz/"), output="file:/home/me/out.wav")
    async with start_rig(private_bus.address, file=file):
        found, row = await values(client), await table(client)

        assert (found["music_folders"], found["output"]) == (["Music", "jazz"], "file:out.wav")
        assert (row["music_folders"]["default"], row["output"]["default"]) == (["Music", "jazz"], "file:out.wav")


async def test_file_urls_come_and_go_with_their_setting(queued: Rig, client: Client) -> None:
    assert "xesam:url" not in await client.get(PLAYER, "Metadata")
    await change(client, publish_file_urls=Variant("b", True))
    await client.settled()

    assert "xesam:url" in await client.get(PLAYER, "Metadata")
    assert "xesam:url" in client.changes(PLAYER)[-1]["Metadata"]


async def test_the_players_name_comes_and_goes_with_its_setting(rig: Rig, client: Client) -> None:
    async def owned() -> bool:
        names = await client.call(
            "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames", to="org.freedesktop.DBus"
        )
        return "org.mpris.MediaPlayer2.auralis" in names[0]

    assert await owned()
    await change_ours(client, mpris_presence=Variant("s", "queue"))
    await client.settled()
    assert not await owned()
    await change_ours(client, mpris_presence=Variant("s", "always"))
    await client.settled()

    assert await owned()


async def change_ours(client: Client, **wanted: Variant) -> None:
    """By our own name: the player's may be gone."""
    await client.call(
        "/org/auralis/Auralis1",
        "org.auralis.Auralis1.Settings",
        "Set",
        "a{sv}",
        wanted,
        to="org.auralis.Auralis1",
    )


async def test_a_reload_reads_the_file_anew(rig: Rig, client: Client) -> None:
    rig.kept.file = FileConfig(resume_when_back=False, mixer="hardware", limits=Limits(costly_burst=1))
    await client.ours("Daemon", "Reload")
    await client.settled()

    assert client.signals("Changed") == [[["resume_when_back"]]]
    assert (rig.settings.now.resume_when_back, rig.settings.now.mixer) == (False, "software")
