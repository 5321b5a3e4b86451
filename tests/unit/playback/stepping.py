"""The machine, stepped through inputs."""

import random
from typing import Any

from auralisd.doors import sound
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.machine import Input, step

MINUTE_US = 60_000_000
LOST = sound.DeviceState("lost", "default", code="lost")
RUNNING = sound.DeviceState("running", "default")


def run(state: s.PlayerState, *inputs: Input, position_us: int = 0) -> tuple[s.PlayerState, list[s.Effect]]:
    """Step through inputs; answers the last state and all effects."""
    all_effects: list[s.Effect] = []
    for given_input in inputs:
        moment = s.Moment(position_us=position_us, length_us=3 * MINUTE_US, frames=7, dice=random.Random(1))
        state, effects = step(state, given_input, moment)
        all_effects += effects
    return state, all_effects


def stopped(*tracks: int) -> s.PlayerState:
    return run(s.PlayerState(), ask.SetQueue(tracks or (10, 20, 30), 0, False))[0]


def playing(*tracks: int) -> s.PlayerState:
    """Playing, and its first entry is heard."""
    state, _ = run(stopped(*tracks), ask.Play())
    return run(state, sound.Audible(state.generation, state.queue.current, 44_100, None, 0))[0]


def told(effects: list[s.Effect]) -> list[Any]:
    return [effect.event for effect in effects if isinstance(effect, s.Tell)]


def only(kind: type, effects: list[s.Effect]) -> Any:
    (one,) = [effect for effect in effects if isinstance(effect, kind)]
    return one
