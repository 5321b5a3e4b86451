"""Enhancement.Recommend and Profile as a client sees them."""

from typing import Any

import msgspec
import pytest
from dbus_fast import Variant

from auralisd.mastering.recommend import recommend
from auralisd.model.profile import SoundProfile
from auralisd.playback import commands
from tests.bus.client import INVALID, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig
from tests.profiles import a_measured

CRUSHED = a_measured(lufs=-8.0, plr_db=7.0, range_lu=3.0)
APPLY = {"apply": Variant("b", True)}


async def recommended(client: Client, track: int, options: dict[str, Variant] | None = None) -> dict[str, Any]:
    [answer] = await client.ours("Enhancement", "Recommend", "ta{sv}", track, options or {})
    return dict(answer)


async def profile_of(client: Client, track: int) -> dict[str, Any]:
    [answer] = await client.ours("Enhancement", "Profile", "t", track)
    return dict(answer)


async def test_a_recommendation_says_what_suits_how_sure_and_why(rig: Rig, client: Client) -> None:
    rig.library.profiles[2] = CRUSHED

    assert await recommended(client, 2) == {
        "preset": "gentle",
        "intensity": 0.7,
        "confidence": recommend(CRUSHED).confidence,
        "alternatives": [list(pair) for pair in recommend(CRUSHED).alternatives],
        "reasons": [["peak-to-loudness", 7.0], ["loudness", -8.0]],
    }
    assert rig.player.asked == []


async def test_a_recommendation_for_the_current_track_is_applied_by_one_call(queued: Rig, client: Client) -> None:
    queued.library.profiles[2] = CRUSHED

    await recommended(client, 2, APPLY)

    assert queued.player.asked == [commands.SetPreset("gentle"), commands.SetIntensity(0.7)]


async def test_a_recommendation_for_another_track_is_not_applied_to_the_current_one(
    queued: Rig, client: Client
) -> None:
    queued.library.profiles[3] = CRUSHED

    with pytest.raises(CallFailed, match="the current track") as failure:
        await recommended(client, 3, APPLY)

    assert failure.value.name == INVALID
    assert queued.player.asked == []


async def test_a_profile_is_told_in_physical_units(rig: Rig, client: Client) -> None:
    rig.library.profiles[1] = msgspec.structs.replace(CRUSHED, max_short_term_lufs=-6.5, max_momentary_lufs=-5.0)

    told = await profile_of(client, 1)

    assert set(told) == {
        "integrated_lufs", "range_lu", "max_short_term_lufs", "max_momentary_lufs", "true_peak_dbtp", "plr_db",
        "crest_db", "width", "correlation", "spectrum_mid", "spectrum_side", "measured_version",
    }  # fmt: skip
    assert (told["integrated_lufs"], told["true_peak_dbtp"], told["plr_db"]) == (-8.0, -1.0, 7.0)
    assert told["spectrum_mid"] == [list(pair) for pair in CRUSHED.spectrum_mid]


async def test_silence_has_a_profile_without_loudness_and_a_recommendation_without_confidence(
    rig: Rig, client: Client
) -> None:
    rig.library.profiles[1] = a_measured(lufs=None, mid=())

    assert not {"integrated_lufs", "true_peak_dbtp", "plr_db", "crest_db"} & set(await profile_of(client, 1))
    assert (await recommended(client, 1))["confidence"] == 0.0


async def test_a_track_that_is_not_analysed_is_refused_and_nothing_is_measured_for_it(rig: Rig, client: Client) -> None:
    for ask in (recommended, profile_of):
        with pytest.raises(CallFailed, match="not analysed") as failure:
            await ask(client, 1)
        assert failure.value.name == OURS_ERROR + "Unavailable"

    assert rig.library.wished == []


@pytest.mark.parametrize("track", [0, 99, 2**63, 2**64 - 1])
async def test_an_unknown_track_has_no_profile_and_no_recommendation(rig: Rig, client: Client, track: int) -> None:
    for ask in (recommended, profile_of):
        with pytest.raises(CallFailed, match=OURS_ERROR + "NotFound"):
            await ask(client, track)


async def test_an_option_that_does_not_exist_is_refused(rig: Rig, client: Client) -> None:
    rig.library.profiles[1] = SoundProfile(44_100, 2, 1, None, None, (), ())

    with pytest.raises(CallFailed, match="options") as failure:
        await recommended(client, 1, {"sure": Variant("b", True)})

    assert failure.value.name == INVALID
