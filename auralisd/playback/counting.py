"""Counting: plays and skips, told to the library as the machine finds them."""

import msgspec

from auralisd.playback.hearing import weighed
from auralisd.playback.ports import TrackSource
from auralisd.playback.state import Count, Effect, PlayerState


async def count_weighed(tracks: TrackSource, state: PlayerState, position_us: int) -> PlayerState:
    """Count the hearing under way as soon as it is a play: a death later on takes nothing of it away."""
    if state.hearing is None:
        return state
    hearing, outcomes = weighed(state.hearing, position_us)
    for outcome in outcomes:
        await tracks.count(outcome.entry, outcome.track, outcome.outcome)
    return msgspec.structs.replace(state, hearing=hearing)


async def count_heard(tracks: TrackSource, effects: tuple[Effect, ...]) -> None:
    for effect in effects:
        if isinstance(effect, Count):
            await tracks.count(effect.outcome.entry, effect.outcome.track, effect.outcome.outcome)
