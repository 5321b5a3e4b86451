"""What the daemon keeps to be quick, seen and cleared by a client."""

import pytest

from tests.bus.client import INVALID, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig


async def test_what_is_kept_can_be_seen(rig: Rig, client: Client) -> None:
    rig.player.rendered = {1: 2, 2: 1}
    rig.library.profile_bytes = {1: 50, 3: 70}

    [stats] = await client.ours("Daemon", "CacheStats")
    assert stats == {
        "render_chunks": 3,
        "render_bytes": 300,
        "render_budget_bytes": 1_000,
        "render_hits": 3,
        "render_misses": 4,
        "profiles": 2,
        "profiles_bytes": 120,
    }
    [of_track] = await client.ours("Daemon", "TrackCache", "t", 1)
    assert of_track == {"render_chunks": 2, "render_bytes": 200, "profiles": 1, "profiles_bytes": 50}


async def test_without_a_sound_process_nothing_is_rendered(rig: Rig, client: Client) -> None:
    [stats] = await client.ours("Daemon", "CacheStats")

    assert (stats["render_chunks"], stats["render_bytes"]) == (0, 0)
    assert await client.ours("Daemon", "ClearCache", "st", "render", 0) == [0]


@pytest.mark.parametrize(("track", "freed", "left"), [(1, 200, {2: 1}), (0, 300, {})])
async def test_rendered_sound_is_cleared_of_one_track_or_of_all(
    rig: Rig, client: Client, track: int, freed: int, left: dict[int, int]
) -> None:
    rig.player.rendered = {1: 2, 2: 1}

    assert await client.ours("Daemon", "ClearCache", "st", "render", track) == [freed]
    assert rig.player.rendered == left


async def test_measurements_are_cleared_of_one_track(rig: Rig, client: Client) -> None:
    rig.library.profile_bytes = {1: 50, 3: 70}

    assert await client.ours("Daemon", "ClearCache", "st", "profiles", 3) == [70]
    assert rig.library.profile_bytes == {1: 50}


async def test_an_unknown_kind_or_track_clears_nothing(rig: Rig, client: Client) -> None:
    rig.player.rendered = {1: 2}
    with pytest.raises(CallFailed, match=INVALID):
        await client.ours("Daemon", "ClearCache", "st", "everything", 0)
    for member, signature, arguments in (
        ("ClearCache", "st", ("render", 99)),
        ("TrackCache", "t", (99,)),
        ("ClearCache", "st", ("profiles", 2**64 - 1)),
        ("TrackCache", "t", (2**64 - 1,)),
    ):
        with pytest.raises(CallFailed) as failure:
            await client.ours("Daemon", member, signature, *arguments)
        assert failure.value.name == OURS_ERROR + "NotFound"

    assert rig.player.rendered == {1: 2}
