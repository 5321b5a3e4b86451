"""Taste: what the listener asked of the enhancement; Treatment: what that comes to for one track."""

import math

import msgspec

from auralisd.model.preset import PRESETS, Preset

QUIETEST_TARGET_LUFS = -30.0
LOUDEST_TARGET_LUFS = -8.0

REPLAY_GAINS = ("off", "track", "album", "auto")
MOST_PREAMP_DB = 15.0

DEFAULT_INTENSITY = 0.7
"""The whole way to the target loudness, and most of the way in tone: what nobody has to get used to."""

OFF = "off"
ENHANCED = "enhanced"
BYPASSED = "bypassed"
LEVELLED = "levelled"


class Taste(msgspec.Struct, frozen=True):
    """`enabled` False or `intensity` 0 passes the file's samples bit for bit; `intensity` is 0..1.

    `preset` is the name of the one in force where none is remembered for the track.  `bypass` plays the original at
    the loudness of the enhanced sound.  `target_lufs` (−30..−8) stands in for the preset's own, 0 = the preset's own.
    `album_mode`: one gain and one tone for an album played in order.  `replay_gain` (one of REPLAY_GAINS) and
    `preamp_db` (±15) act only while `enabled` is False.
    """

    enabled: bool = True
    preset: str = "adaptive"
    intensity: float = DEFAULT_INTENSITY
    bypass: bool = False
    target_lufs: float = 0.0
    album_mode: bool = False
    replay_gain: str = "off"
    preamp_db: float = 0.0

    @property
    def transparent(self) -> bool:
        """True when the samples pass bit for bit, unless ReplayGain levels them."""
        return not self.enabled or self.intensity == 0.0

    @property
    def mode(self) -> str:
        """What is to be done: OFF, ENHANCED, BYPASSED or LEVELLED."""
        if not self.enabled and self.replay_gain != "off":
            return LEVELLED
        if self.transparent:
            return OFF
        return BYPASSED if self.bypass else ENHANCED


class TaggedGain(msgspec.Struct, frozen=True):
    """ReplayGain 2.0 or R128 tags, as gain to −18 LUFS; `peak` is linear, None when not tagged."""

    gain_db: float
    peak: float | None = None


class Treatment(msgspec.Struct, frozen=True):
    """What shall be done to one track: the taste, resolved for it.

    `mode` is OFF, ENHANCED, BYPASSED or LEVELLED (ReplayGain).  `target_lufs` None is the preset's own.
    `preamp_db` and `tagged` (a fallback for a track that was never measured) belong to LEVELLED.  `trim_lu` is how much
    louder than foretold the track came out in a rehearsal of this very treatment, 0 without one.
    """

    mode: str = ENHANCED
    preset: Preset = PRESETS["adaptive"]
    intensity: float = 1.0
    target_lufs: float | None = None
    preamp_db: float = 0.0
    tagged: TaggedGain | None = None
    trim_lu: float = 0.0

    @property
    def untrimmed(self) -> "Treatment":
        """The same, by forecast alone."""
        return msgspec.structs.replace(self, trim_lu=0.0)


def is_intensity(value: float) -> bool:
    """True for a finite number in 0..1."""
    return math.isfinite(value) and 0.0 <= value <= 1.0


def is_target(value: float) -> bool:
    """True for 0 (the preset's own) and −30..−8 LUFS."""
    return value == 0.0 or QUIETEST_TARGET_LUFS <= value <= LOUDEST_TARGET_LUFS
