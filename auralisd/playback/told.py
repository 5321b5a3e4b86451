"""Told: what the sound process has told of itself, beside what the machine decides by."""

from auralisd.doors import sound
from auralisd.model.audio import frames_to_us
from auralisd.playback.machine import Input
from auralisd.playback.state import SoundDied, SoundReplaced

DEADLY_WITHIN_S = 10.0
"""A second death of the sound process on one entry within this time is the file's fault."""


class Told:
    """Lives in the player's task.  `plans` are by entry, of the generation that plays; `length_us` is of the track that
    is heard, None where sound does not know it."""

    def __init__(self) -> None:
        self.plans: dict[int, sound.Planned] = {}
        self.length_us: int | None = None
        self.device = sound.DeviceState("closed", "")
        self.underruns = 0
        self._underruns_before = 0

    def note(self, letter: Input, generation: int) -> None:
        match letter:
            case sound.Planned(entry=entry) if letter.generation == generation:
                self.plans[entry] = letter
            case sound.Audible(frames=frames) if letter.generation == generation:
                self.length_us = None if frames is None else frames_to_us(frames, max(1, letter.rate_hz))
                self.plans = {entry: plan for entry, plan in self.plans.items() if entry == letter.entry}
            case sound.DeviceState():
                self.device = letter
            case sound.Underran(total=total):
                self.underruns = self._underruns_before + total
            case SoundReplaced():  # its device is lost until the next process says otherwise
                self._underruns_before = self.underruns
            case SoundDied():  # what the dead process had told before stands in the mailbox before this
                self.rested()
            case _:
                pass  # a command, or a report that only the machine weighs

    def rested(self) -> None:
        """The process is gone, and with it its device."""
        self._underruns_before = self.underruns
        self.device = sound.DeviceState("closed", self.device.device)


class Deaths:
    """Those of the sound process by itself, and on which entry."""

    def __init__(self) -> None:
        self._last: tuple[int, float] = (0, 0.0)

    def again(self, entry: int, now_s: float, *, was_ready: bool) -> bool:
        """True when it died on this entry shortly before: then the file is at fault.

        A process that was never ready has not come to any file: it died of itself.
        """
        if not was_ready:
            return False
        (before, when_s), self._last = self._last, (entry, now_s)
        return before == entry and now_s - when_s < DEADLY_WITHIN_S
