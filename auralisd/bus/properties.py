"""Properties: a snapshot in, the values of each interface out, and what changed between two of them.  Pure.

Nothing here can fail for any snapshot, so GetAll never does.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from auralisd.bus.contract import Interface
from auralisd.bus.metadata import mpris_metadata
from auralisd.doors.sound import MetersRead
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import Preset
from auralisd.playback.snapshot import Snapshot

Values = dict[str, Any]

IDENTITY = "Auralis Music"
MIME_TYPES = (
    "audio/flac",
    "audio/x-flac",
    "audio/wav",
    "audio/x-wav",
    "audio/aiff",
    "audio/x-aiff",
    "audio/ogg",
    "audio/x-vorbis+ogg",
    "audio/x-opus+ogg",
    "audio/mpeg",
)
LOOP_STATUS = {"none": "None", "track": "Track", "list": "Playlist"}


def changed(interface: Interface, before: Values, after: Values) -> Values:
    """What PropertiesChanged must carry; empty when nothing moved that is signalled."""
    return {
        name: value
        for name, value in after.items()
        if interface.properties[name].emits == "true" and (name not in before or before[name] != value)
    }


def root(desktop_entry: str) -> Values:
    values: Values = {
        "CanQuit": True,
        "CanRaise": False,
        "HasTrackList": True,
        "Identity": IDENTITY,
        "SupportedUriSchemes": ["file"],
        "SupportedMimeTypes": list(MIME_TYPES),
    }
    return values | ({"DesktopEntry": desktop_entry} if desktop_entry else {})


def player(snapshot: Snapshot, *, position_us: int, with_url: bool) -> Values:
    """`position_us` is where it is heard now; it is held between 0 and the length."""
    has_track = snapshot.current is not None
    return {
        "PlaybackStatus": snapshot.status,
        "LoopStatus": LOOP_STATUS[snapshot.loop],
        "Rate": 1.0,
        "Shuffle": snapshot.shuffle != "off",
        "Metadata": _metadata(snapshot, with_url=with_url),
        "Volume": snapshot.volume,
        "Position": within(position_us, snapshot.length_us),
        "MinimumRate": 1.0,
        "MaximumRate": 1.0,
        "CanGoNext": snapshot.can_go_next,
        "CanGoPrevious": snapshot.can_go_previous,
        "CanPlay": has_track,
        "CanPause": has_track,
        "CanSeek": has_track,
        "CanControl": True,
    }


def within(position_us: int, length_us: int | None) -> int:
    """A position that no client finds before the start or behind the end."""
    position_us = max(0, position_us)
    return position_us if length_us is None else min(position_us, length_us)


def enhancement(snapshot: Snapshot) -> Values:
    plan = snapshot.mastering.plan
    return {
        "Enabled": snapshot.taste.enabled,
        "Preset": snapshot.preset,
        "DefaultPreset": snapshot.default_preset,
        "Intensity": snapshot.taste.intensity,
        "Bypass": snapshot.taste.bypass,
        "TargetLoudness": snapshot.taste.target_lufs,
        "AlbumMode": snapshot.taste.album_mode,
        "State": snapshot.mastering.state,
        "Plan": {} if plan is None or plan.transparent else _plan(plan),
        "EffectiveFrom": snapshot.mastering.effective_from_us,
        "Presets": {name: _preset(preset) for name, preset in snapshot.presets.items()},
    }


def meters(read: MetersRead | None) -> Values:
    """What the method Meters answers; empty when nothing is metered."""
    if read is None:
        return {}
    return _known(
        {
            "momentary_in": read.momentary_in_lufs,
            "short_in": read.short_in_lufs,
            "momentary_out": read.momentary_out_lufs,
            "short_out": read.short_out_lufs,
            "integrated_out": read.integrated_out_lufs,
            "true_peak_out": read.true_peak_out_dbtp,
            "gain_reduction_db": read.gain_reduction_db,
            "correlation": read.correlation,
        }
    )


def queue(snapshot: Snapshot) -> Values:
    return {
        "Length": len(snapshot.entries),
        "CurrentIndex": snapshot.current_index,
        "CurrentEntry": snapshot.current_entry,
        "Revision": snapshot.revision,
        "CanUndo": snapshot.can_undo,
        "CanRedo": snapshot.can_redo,
        "ShuffleMode": snapshot.shuffle,
        "Consume": snapshot.consume,
        "StopAfterCurrent": snapshot.stop_after,
    }


def output(snapshot: Snapshot, *, buffered_s: float, sleep_left_s: float) -> Values:
    device = snapshot.device
    figures = ("rate_hz", "channels", "sample_format", "period_frames", "buffer_frames", "fill_ms")
    return {
        "Device": snapshot.device_name,
        "Muted": snapshot.muted,
        "BufferedTime": buffered_s,
        "State": device.state,
        "Format": {name: getattr(device, name) for name in figures} if device.rate_hz else {},
        "Underruns": snapshot.underruns,
        "ReplayGain": snapshot.taste.replay_gain,
        "ReplayGainPreamp": snapshot.taste.preamp_db,
        "SleepTimer": sleep_left_s,
        "Gapless": snapshot.joins.gapless,
        "Crossfade": snapshot.joins.crossfade_s,
        "CrossfadeOnSkip": snapshot.joins.on_skip,
    }


def library(track_count: int, *, revision: int, scanning: bool) -> Values:
    return {"TrackCount": track_count, "Revision": revision, "Scanning": scanning}


def daemon(version: str, faults: tuple[str, ...], capabilities: Mapping[str, str]) -> Values:
    return {
        "Version": version,
        "Health": "degraded" if faults else "ok",
        "Faults": list(faults),
        "Capabilities": {part: (not reason, reason) for part, reason in capabilities.items()},
    }


def _metadata(snapshot: Snapshot, *, with_url: bool) -> Values:
    if snapshot.current is None:
        return {}
    return mpris_metadata(
        snapshot.current, entry=snapshot.current_entry, length_us=snapshot.length_us, with_url=with_url
    )


def _plan(plan: MasteringPlan) -> Values:
    values = {
        "preset": plan.preset,
        "intensity": plan.intensity,
        "state": plan.state,
        "input_lufs": plan.input_lufs,
        "target_lufs": plan.target_lufs,
        "expected_lufs": plan.expected_lufs,
        "gain_db": plan.gain_db,
        "ceiling_dbtp": plan.ceiling_dbtp,
        "expected_gain_reduction_db": plan.expected_gain_reduction_db,
        "eq_mid": plan.eq_mid,
        "eq_side": plan.eq_side,
        "bands": tuple(msgspec.structs.astuple(band) for band in plan.bands),
        "width": plan.width,
        "limits": plan.limits,
        "album": plan.album,
    }
    return _known(values)


def _known(values: Values) -> Values:
    """Without what is absent."""
    return {key: value for key, value in values.items() if value is not None and value != ()}


def _preset(preset: Preset) -> Values:
    return {key: value for key, value in msgspec.structs.asdict(preset).items() if key != "name"}
