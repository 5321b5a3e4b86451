"""The playback volume of a device's own mixer, where it has one."""

import logging
import math
from typing import Final

import alsaaudio

log = logging.getLogger(__name__)

CONTROLS: Final = ("Master", "PCM", "Digital", "Speaker", "Headphone")
"""By these names cards call the volume of all that they play, the most general first."""


class Mixer:
    """Of one ALSA device.  Raises ALSAAudioError where there is no such control, also later on, when it went away."""

    def __init__(self, device: str) -> None:
        card = mixer_of(device)
        there = alsaaudio.mixers(device=card)
        control = next((each for each in CONTROLS if each in there), None)
        if control is None:
            raise alsaaudio.ALSAAudioError(f"no volume control [{card}]")
        self._mixer = alsaaudio.Mixer(control, device=card)
        self._range_db = self._decibels()
        log.info("hardware mixer device=%s control=%s decibels=%s", card, control, self._range_db is not None)

    def set(self, gain: float) -> None:
        """A linear gain, 1.0 = 0 dB, as near as the mixer comes; where it knows no decibels, in its own steps."""
        if self._range_db is None:
            self._mixer.setvolume(round(100 * gain))
            return
        lowest, highest = self._range_db
        wanted = round(2000 * math.log10(gain)) if gain > 0.0 else lowest
        self._mixer.setvolume(max(lowest, min(highest, 0, wanted)), units=alsaaudio.VOLUME_UNITS_DB)

    def close(self) -> None:
        self._mixer.close()

    def _decibels(self) -> tuple[int, int] | None:
        """Its range in hundredths of a dB."""
        try:
            lowest, highest = self._mixer.getrange(units=alsaaudio.VOLUME_UNITS_DB)
        except alsaaudio.ALSAAudioError:
            return None
        return (lowest, highest) if lowest < highest else None


def mixer_of(device: str) -> str:
    """The mixer that belongs to a device: that of its card, where the name tells one."""
    kind, colon, rest = device.partition(":")
    if not colon or kind not in ("hw", "plughw", "sysdefault", "front", "dmix", "default"):
        return device
    return f"hw:{rest.partition(',')[0]}"
