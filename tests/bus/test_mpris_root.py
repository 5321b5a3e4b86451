"""The MPRIS root interface, as a client sees it; test names carry the rows of the MPRIS checklist."""

# ruff: noqa: N802  the rows are named as the checklist names them

import pytest

from tests.bus.client import MPRIS_PATH, ROOT, CallFailed, Client, PrivateBus
from tests.bus.conftest import Rig, StartRig


async def test_ROOT_01_raise_does_nothing(rig: Rig, client: Client) -> None:
    assert await client.call(MPRIS_PATH, ROOT, "Raise") == []


async def test_ROOT_02_quit_is_answered_and_ends_us(rig: Rig, client: Client) -> None:
    await client.call(MPRIS_PATH, ROOT, "Quit")

    assert rig.quits == ["quit"]


async def test_ROOT_03_to_10_the_root_says_what_we_are(rig: Rig, client: Client) -> None:
    values = await client.get_all(ROOT)

    assert (values["CanQuit"], values["CanRaise"], values["HasTrackList"]) == (True, False, True)
    assert values["Identity"] == "Auralis Music"
    assert values["SupportedUriSchemes"] == ["file"]
    assert len(set(values["SupportedMimeTypes"])) == len(values["SupportedMimeTypes"]) > 0
    assert all(kind.startswith("audio/") for kind in values["SupportedMimeTypes"])


async def test_ROOT_07_a_desktop_entry_is_shown_only_where_it_is_installed(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address, desktop_entry="auralisd"):
        assert await client.get(ROOT, "DesktopEntry") == "auralisd"
    async with start_rig(private_bus.address):
        with pytest.raises(CallFailed, match="UnknownProperty"):
            await client.get(ROOT, "DesktopEntry")
