"""How it shall sound: what can be wished for, and what is refused."""

import msgspec
import pytest

from auralisd.errors import InvalidRequest
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import Taste
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.machine import step
from tests.unit.playback.stepping import playing, run


@pytest.mark.parametrize(
    "command",
    [
        ask.SetPreset("loud"),
        ask.SetIntensity(float("nan")),
        ask.SetIntensity(1.01),
        ask.SetDefaultPreset("loud"),
        ask.SetTarget(float("nan")),
        ask.SetTarget(-30.01),
        ask.SetTarget(-7.99),
        ask.SetTarget(float("-inf")),
        ask.SetReplayGain("loudest"),
        ask.SetPreamp(float("nan")),
        ask.SetPreamp(15.01),
        ask.SetPreamp(float("-inf")),
        ask.RememberPreset(10, "track", "loud"),
        ask.RememberPreset(10, "song", "warm"),
        ask.SetVolume(float("inf")),
        ask.SetLoop("sometimes"),
        ask.SetQueue((1,), 1, False),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(command: ask.Command) -> None:
    with pytest.raises(InvalidRequest):
        run(playing(), command)


def test_volume_is_clamped_to_its_range() -> None:
    assert run(playing(), ask.SetVolume(-1.0))[0].volume == 0.0
    assert run(playing(), ask.SetVolume(5.0))[0].volume == 1.0


def test_a_taste_that_is_in_force_already_changes_nothing() -> None:
    state = playing()

    assert run(state, ask.SetPreset(state.taste.preset)) == (state, [])


def test_intensity_zero_is_transparent() -> None:
    state, effects = run(playing(), ask.SetIntensity(0.0))

    assert effects == []
    assert state.taste == Taste(intensity=0.0)
    assert state.taste.transparent


@pytest.mark.parametrize(
    ("command", "taste"),
    [
        (ask.SetEnabled(False), Taste(enabled=False)),
        (ask.SetBypass(True), Taste(bypass=True)),
        (ask.SetTarget(-30.0), Taste(target_lufs=-30.0)),
        (ask.SetTarget(-8.0), Taste(target_lufs=-8.0)),
        (ask.SetTarget(0.0), Taste()),
        (ask.SetAlbumMode(True), Taste(album_mode=True)),
        (ask.SetReplayGain("auto"), Taste(replay_gain="auto")),
        (ask.SetPreamp(-15.0), Taste(preamp_db=-15.0)),
        (ask.SetDefaultPreset("warm"), Taste(preset="warm")),
        (ask.SetPreset("warm"), Taste(preset="warm")),
    ],
)
def test_a_wish_about_the_sound_is_in_force_at_once(command: ask.Command, taste: Taste) -> None:
    state, _ = run(playing(), command)

    assert state == msgspec.structs.replace(playing(), taste=taste)


def chosen(state: s.PlayerState, preset: str, *, remembered: bool) -> s.PlayerState:
    return step(state, ask.SetPreset(preset), s.Moment(remembered=remembered))[0]


def test_a_preset_chosen_over_a_remembered_one_holds_for_this_entry_only() -> None:
    state = chosen(playing(), "warm", remembered=True)
    moved, _ = run(state, ask.Next())
    back, _ = run(moved, ask.Previous())

    assert (state.taste.preset, state.override) == ("adaptive", "warm")
    assert moved.override == back.override == ""


def test_a_preset_chosen_where_none_is_remembered_is_the_default_and_ends_what_was_chosen_before() -> None:
    state = chosen(chosen(playing(), "warm", remembered=True), "bright", remembered=False)

    assert (state.taste.preset, state.override) == ("bright", "")


def test_an_own_preset_can_be_chosen() -> None:
    own = Preset("mine", "Mine", "", -15.0, 0.5, own=True)
    state, _ = step(playing(), ask.SetPreset("mine"), s.Moment(presets={**PRESETS, "mine": own}))

    assert state.taste.preset == "mine"


def test_what_is_remembered_for_the_current_track_ends_what_was_chosen_before() -> None:
    state = chosen(playing(10, 20), "warm", remembered=True)

    assert run(state, ask.RememberPreset(20, "track", "live"))[0].override == "warm"
    assert run(state, ask.RememberPreset(10, "track", "live"))[0].override == ""
