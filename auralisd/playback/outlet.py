"""Outlet: what stands between the music and the ear: volume, mute, the device.  Pure."""

import math

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.playback import commands as ask
from auralisd.playback.devices import spec_of
from auralisd.playback.state import ApplyVolume, ChooseDevice, PlayerState
from auralisd.playback.transport import Stepped

_changed = msgspec.structs.replace


def adjust(state: PlayerState, command: ask.OutletCommand) -> Stepped:
    match command:
        case ask.SetVolume(volume):
            return _set_volume(state, volume)
        case ask.SetMuted(muted):
            return _changed(state, muted=muted), (ApplyVolume(),) if muted != state.muted else ()
        case ask.SetDevice(device):
            spec_of(device)  # refused before anything changes
            return _changed(state, device=device), (ChooseDevice(device),) if device != state.device else ()


def _set_volume(state: PlayerState, volume: float) -> Stepped:
    if not math.isfinite(volume):
        raise InvalidRequest("Volume must be a finite number; say 0.0 to 1.0")
    clamped = min(1.0, max(0.0, volume))
    if clamped == state.volume:
        return state, ()
    return _changed(state, volume=clamped), (ApplyVolume(),)
