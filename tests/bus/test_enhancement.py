"""org.auralis.Auralis1.Enhancement: what can be wished for, and what is shown."""

import math

import pytest
from dbus_fast import Variant

from auralisd.doors.sound import MetersRead
from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.preset import PRESETS, Preset
from auralisd.playback import commands
from auralisd.playback.snapshot import Mastering
from tests.bus.client import INVALID, OUR_NAME, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

ENHANCEMENT = f"{OUR_NAME}.Enhancement"


async def test_enhancement_can_be_switched_off(rig: Rig, client: Client) -> None:
    await client.set(ENHANCEMENT, "Enabled", Variant("b", False))

    assert rig.player.asked == [commands.SetEnabled(False)]
    assert await client.get(ENHANCEMENT, "Enabled") is False


@pytest.mark.parametrize("intensity", [0.0, 0.5, 1.0])
async def test_intensity_can_be_set_from_0_to_1(rig: Rig, client: Client, intensity: float) -> None:
    await client.set(ENHANCEMENT, "Intensity", Variant("d", intensity))

    assert await client.get(ENHANCEMENT, "Intensity") == intensity


@pytest.mark.parametrize("intensity", [math.nan, math.inf, -math.inf, -0.01, 1.01, 1e308])
async def test_an_impossible_intensity_changes_nothing(rig: Rig, client: Client, intensity: float) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(ENHANCEMENT, "Intensity", Variant("d", intensity))

    assert rig.player.asked == []


async def test_an_unknown_preset_is_refused_with_the_known_ones(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match="adaptive") as failure:
        await client.set(ENHANCEMENT, "Preset", Variant("s", "loudest"))

    assert failure.value.name == INVALID


async def test_every_preset_says_what_it_is(rig: Rig, client: Client) -> None:
    presets = await client.get(ENHANCEMENT, "Presets")

    assert set(presets) == set(PRESETS)
    assert presets["adaptive"]["own"] is False
    assert presets["adaptive"]["label"] == PRESETS["adaptive"].label


async def test_a_plan_is_shown_in_physical_units_and_told_when_it_changes(rig: Rig, client: Client) -> None:
    plan = MasteringPlan(
        "adaptive",
        1.0,
        "adaptive",
        target_lufs=-14.0,
        gain_db=-3.5,
        eq_mid=((1000.0, 1.5),),
        bands=(BandDynamics(200.0, -30.0, 2.0, 25.0, 250.0),),
        width=1.25,
        album=True,
    )
    rig.player.become(mastering=Mastering(plan, 1, 2_500_000))
    await client.settled()

    [changed] = client.changes(ENHANCEMENT)
    assert set(changed) == {"Plan", "State", "EffectiveFrom"}
    assert (changed["State"], changed["EffectiveFrom"]) == ("adaptive", 2_500_000)
    assert changed["Plan"] == {
        "preset": "adaptive",
        "intensity": 1.0,
        "state": "adaptive",
        "target_lufs": -14.0,
        "gain_db": -3.5,
        "ceiling_dbtp": 0.0,
        "expected_gain_reduction_db": 0.0,
        "eq_mid": [[1000.0, 1.5]],
        "bands": [[200.0, -30.0, 2.0, 25.0, 250.0]],
        "width": 1.25,
        "album": True,
    }


@pytest.mark.parametrize(
    ("planned", "state", "gain_db"),
    [("bypassed", "bypassed", -3.5), ("provisional", "provisional", -3.5), ("levelled", "off", -3.5)],
)
async def test_the_state_tells_what_is_done_and_replay_gain_is_told_by_its_plan(
    rig: Rig, client: Client, planned: str, state: str, gain_db: float
) -> None:
    rig.player.become(mastering=Mastering(MasteringPlan("adaptive", 1.0, planned, gain_db=gain_db), 1))
    told = await client.get_all(ENHANCEMENT)

    assert (told["State"], told["Plan"]["state"], told["Plan"]["gain_db"]) == (state, planned, gain_db)


async def test_untouched_samples_have_no_plan(rig: Rig, client: Client) -> None:
    rig.player.become(mastering=Mastering(MasteringPlan("adaptive", 0.0, "off"), 1))

    assert await client.get(ENHANCEMENT, "Plan") == {}


@pytest.mark.parametrize(
    ("interface", "name", "value", "command"),
    [
        ("Enhancement", "Preset", Variant("s", "warm"), commands.SetPreset("warm")),
        ("Enhancement", "DefaultPreset", Variant("s", "live"), commands.SetDefaultPreset("live")),
        ("Enhancement", "Bypass", Variant("b", True), commands.SetBypass(True)),
        ("Enhancement", "TargetLoudness", Variant("d", -30.0), commands.SetTarget(-30.0)),
        ("Enhancement", "TargetLoudness", Variant("i", -8), commands.SetTarget(-8.0)),
        ("Enhancement", "TargetLoudness", Variant("d", 0.0), commands.SetTarget(0.0)),
        ("Enhancement", "AlbumMode", Variant("b", True), commands.SetAlbumMode(True)),
        ("Output", "ReplayGain", Variant("s", "auto"), commands.SetReplayGain("auto")),
        ("Output", "ReplayGainPreamp", Variant("d", -15.0), commands.SetPreamp(-15.0)),
        ("Output", "Gapless", Variant("b", False), commands.SetGapless(False)),
        ("Output", "Crossfade", Variant("d", 12.0), commands.SetCrossfade(12.0)),
        ("Output", "CrossfadeOnSkip", Variant("b", True), commands.SetCrossfadeOnSkip(True)),
    ],
)
async def test_every_wish_about_the_sound_can_be_set_and_read(
    rig: Rig, client: Client, interface: str, name: str, value: Variant, command: commands.Command
) -> None:
    await client.set(f"{OUR_NAME}.{interface}", name, value)

    assert rig.player.asked == [command]
    assert await client.get(f"{OUR_NAME}.{interface}", name) == value.value


@pytest.mark.parametrize(
    ("interface", "name", "value"),
    [
        *(
            ("Enhancement", "TargetLoudness", Variant("d", lufs))
            for lufs in (math.nan, math.inf, -math.inf, -30.01, -7.99, 0.01, -1e308)
        ),
        *(
            ("Output", "ReplayGainPreamp", Variant("d", gain_db))
            for gain_db in (math.nan, math.inf, -math.inf, -15.01, 15.01)
        ),
        *(("Output", "Crossfade", Variant("d", seconds)) for seconds in (math.nan, math.inf, -0.1, 12.01)),
        ("Enhancement", "DefaultPreset", Variant("s", "loudest")),
        ("Enhancement", "DefaultPreset", Variant("s", "")),
        ("Enhancement", "Bypass", Variant("s", "yes")),
        ("Enhancement", "AlbumMode", Variant("i", 1)),
        ("Output", "ReplayGain", Variant("s", "loudest")),
        ("Output", "ReplayGain", Variant("b", True)),
    ],
)
async def test_an_impossible_wish_about_the_sound_changes_nothing(
    rig: Rig, client: Client, interface: str, name: str, value: Variant
) -> None:
    before = rig.player.snapshot
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(f"{OUR_NAME}.{interface}", name, value)

    assert rig.player.snapshot == before


@pytest.mark.parametrize("name", ["State", "Plan", "EffectiveFrom", "Presets"])
async def test_what_is_being_done_can_only_be_read(rig: Rig, client: Client, name: str) -> None:
    with pytest.raises(CallFailed, match="PropertyReadOnly"):
        await client.set(ENHANCEMENT, name, Variant("s", ""))


async def test_own_presets_appear_live_with_all_their_parameters(rig: Rig, client: Client) -> None:
    own = Preset("mine", "Mine", "As I like it", -15.0, 0.5, bass_db=2.0, ratio=1.5, own=True)
    rig.player.become(presets={**PRESETS, "mine": own})
    await client.settled()

    [changed] = client.changes(ENHANCEMENT)
    assert changed["Presets"]["mine"] == {
        "label": "Mine",
        "description": "As I like it",
        "own": True,
        "target_lufs": -15.0,
        "correction": 0.5,
        "low_shelf_db": 0.0,
        "low_mid_db": 0.0,
        "mid_db": 0.0,
        "high_mid_db": 0.0,
        "high_shelf_db": 0.0,
        "bass_db": 2.0,
        "treble_db": 0.0,
        "width_db": 0.0,
        "ratio": 1.5,
        "threshold_db": 0.0,
        "attack_ms": 80.0,
        "release_ms": 300.0,
    }


async def test_a_preset_can_be_remembered_and_forgotten(rig: Rig, client: Client) -> None:
    await client.ours("Enhancement", "RememberPreset", "tss", 3, "album", "warm")
    await client.ours("Enhancement", "RememberPreset", "tss", 3, "track", "")

    assert rig.player.asked == [commands.RememberPreset(3, "album", "warm"), commands.RememberPreset(3, "track", "")]


@pytest.mark.parametrize(
    ("track", "scope", "preset", "error"),
    [
        (3, "song", "warm", INVALID),
        (3, "track", "loudest", INVALID),
        (99, "track", "warm", OURS_ERROR + "NotFound"),
        (2**64 - 1, "album", "warm", OURS_ERROR + "NotFound"),
    ],
)
async def test_a_preset_that_cannot_be_remembered_changes_nothing(
    rig: Rig, client: Client, track: int, scope: str, preset: str, error: str
) -> None:
    before = rig.player.snapshot
    with pytest.raises(CallFailed, match=error):
        await client.ours("Enhancement", "RememberPreset", "tss", track, scope, preset)

    assert rig.player.snapshot == before


async def test_meters_tell_what_is_known_and_nothing_else(rig: Rig, client: Client) -> None:
    rig.player.read = MetersRead(
        1, momentary_in_lufs=-20.0, short_out_lufs=-14.5, integrated_out_lufs=-14.0, gain_reduction_db=1.5
    )
    [meters] = await client.ours("Enhancement", "Meters")

    assert meters == {
        "momentary_in": -20.0,
        "short_out": -14.5,
        "integrated_out": -14.0,
        "gain_reduction_db": 1.5,
    }


async def test_meters_are_empty_while_nothing_is_heard(rig: Rig, client: Client) -> None:
    assert await client.ours("Enhancement", "Meters") == [{}]
