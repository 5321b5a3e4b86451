"""Drawing: the snapshot of a moment, from what the player decided and what it was told.  Pure."""

from collections.abc import Mapping

import msgspec

from auralisd.doors.sound import DeviceState, Planned
from auralisd.model.audio import frames_to_us
from auralisd.model.preset import Preset
from auralisd.model.taste import OFF
from auralisd.model.track import Track
from auralisd.playback import queue as q
from auralisd.playback.snapshot import STOPPED, Mastering, Snapshot
from auralisd.playback.state import PlayerState
from auralisd.playback.treatments import preset_named


class Seen(msgspec.Struct, frozen=True):
    """What a snapshot shows beside the player's state.  `preset` is the name of the one in effect; `in_force` is the
    mastering that was drawn last; `plan` is what was told of the current entry."""

    current: Track | None
    heard_length_us: int | None
    preset: str
    presets: Mapping[str, Preset]
    plan: Planned | None
    in_force: Mastering
    device: DeviceState
    device_name: str
    underruns: int


def drawn(state: PlayerState, seen: Seen) -> Snapshot:
    queue = state.queue
    stream = seen.current.stream if seen.current else None
    onward = q.after(queue, queue.current, asked=True, broken=state.broken)
    return Snapshot(
        status=state.status,
        entries=queue.entries,
        revision=queue.revision,
        current_index=queue.current_index,
        current_entry=queue.current,
        current=seen.current,
        length_us=seen.heard_length_us or (stream.duration_us if stream else None),
        can_go_next=onward is not None and onward != queue.current,
        can_go_previous=q.before(queue, queue.current) is not None or state.status != STOPPED,
        can_undo=bool(state.edits.past),
        can_redo=bool(state.edits.future),
        loop=queue.loop,
        shuffle=queue.shuffle,
        consume=queue.consume,
        stop_after=queue.stop_after,
        volume=state.volume,
        muted=state.muted,
        device_name=seen.device_name,
        taste=state.taste,
        joins=state.joins,
        preset=seen.preset,
        default_preset=preset_named(state.taste.preset, seen.presets).name,
        presets=seen.presets,
        mastering=_mastering(state, seen),
        device=seen.device,
        underruns=seen.underruns,
    )


def _mastering(state: PlayerState, seen: Seen) -> Mastering:
    """What was told of the current entry; until something is, what was told of the one before is in force."""
    if state.taste.mode == OFF:
        return Mastering()
    if seen.plan is not None:
        rate_hz = seen.current.stream.rate_hz if seen.current else None
        from_us = frames_to_us(seen.plan.effective_frame, rate_hz) if rate_hz else 0
        return Mastering(seen.plan.plan, seen.plan.entry, from_us)
    if state.loaded:
        return msgspec.structs.replace(seen.in_force, effective_from_us=state.start_us)
    return Mastering()
