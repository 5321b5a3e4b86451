"""What the listener asks of the sound: checked, and put into the player's state.  Pure."""

import math
from collections.abc import Iterable
from typing import assert_never

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.model.knowledge import ALBUM, TRACK
from auralisd.model.taste import (
    LOUDEST_TARGET_LUFS,
    MOST_PREAMP_DB,
    QUIETEST_TARGET_LUFS,
    REPLAY_GAINS,
    Taste,
    is_intensity,
    is_target,
)
from auralisd.playback import commands as ask
from auralisd.playback.state import Moment, PlayerState

_changed = msgspec.structs.replace


def tasted(state: PlayerState, command: ask.TasteCommand, moment: Moment) -> PlayerState:
    """The state after a wish; the same state when it holds already.  Raises InvalidRequest."""
    match command:
        case ask.SetPreset(preset):
            return _preset_chosen(state, preset, moment)
        case ask.RememberPreset():
            return _preset_remembered(state, command, moment)
        case ask.SetDefaultPreset(preset):
            must_be_known("DefaultPreset", preset, moment.presets)
            return _changed(state, taste=_changed(state.taste, preset=preset))
        case ask.SetIntensity() | ask.SetTarget() | ask.SetPreamp():
            return _changed(state, taste=_figure_set(state.taste, command))
        case ask.SetEnabled(enabled):
            return _changed(state, taste=_changed(state.taste, enabled=enabled))
        case ask.SetBypass(bypass):
            return _changed(state, taste=_changed(state.taste, bypass=bypass))
        case ask.SetAlbumMode(album_mode):
            return _changed(state, taste=_changed(state.taste, album_mode=album_mode))
        case ask.SetReplayGain(replay_gain):
            must_be_known("ReplayGain", replay_gain, REPLAY_GAINS)
            return _changed(state, taste=_changed(state.taste, replay_gain=replay_gain))
        case _:
            assert_never(command)


def must_be_known(what: str, word: str, words: Iterable[str]) -> None:
    """Raises InvalidRequest naming the words there are."""
    known = tuple(words)
    if word not in known:
        raise InvalidRequest(f"{what} {word!r} is not known; say one of {', '.join(known)}")


def _preset_chosen(state: PlayerState, preset: str, moment: Moment) -> PlayerState:
    must_be_known("Preset", preset, moment.presets)
    if moment.remembered:
        return _changed(state, override=preset)
    return _changed(state, taste=_changed(state.taste, preset=preset), override="")


def _preset_remembered(state: PlayerState, command: ask.RememberPreset, moment: Moment) -> PlayerState:
    """Whoever says what is remembered for the current track wants to hear that, whatever was chosen before."""
    must_be_known("scope", command.scope, (TRACK, ALBUM))
    if command.preset:
        must_be_known("preset", command.preset, moment.presets)
    if command.track != state.queue.track_of(state.queue.current):
        return state
    return _changed(state, override="")


def _figure_set(taste: Taste, command: ask.SetIntensity | ask.SetTarget | ask.SetPreamp) -> Taste:
    match command:
        case ask.SetIntensity(intensity):
            if not is_intensity(intensity):
                raise InvalidRequest("Intensity must be a finite number in 0..1")
            return _changed(taste, intensity=intensity)
        case ask.SetTarget(target_lufs):
            if not is_target(target_lufs):
                limits = f"{QUIETEST_TARGET_LUFS:g} to {LOUDEST_TARGET_LUFS:g} LUFS"
                raise InvalidRequest(f"TargetLoudness must be {limits}, or 0 for the preset's own")
            return _changed(taste, target_lufs=target_lufs)
        case ask.SetPreamp(preamp_db):
            if not (math.isfinite(preamp_db) and abs(preamp_db) <= MOST_PREAMP_DB):
                raise InvalidRequest(f"ReplayGainPreamp must be a finite number within ±{MOST_PREAMP_DB:g} dB")
            return _changed(taste, preamp_db=preamp_db)
        case _:
            assert_never(command)
