"""What an output is."""

from typing import Protocol

import msgspec

PERIOD_S = 0.020
"""How long one period lasts: the unit in which a device is written and wakes."""

BUFFER_S = 0.5
"""How much a device may hold; the writer fills a part of it."""

CHANNELS = 2


class OpenedFormat(msgspec.Struct, frozen=True):
    """What the device really runs, read back from it.  `note` is a sentence for the person at the terminal."""

    device: str
    rate_hz: int
    channels: int
    sample_format: str
    period_frames: int
    buffer_frames: int
    note: str = ""


class Output(Protocol):
    """One output, opened and closed any number of times.  Every method raises OutputLost when the device is gone."""

    @property
    def name(self) -> str:
        """The name a person knows it by, also while it is closed."""
        ...

    def open(self, rate_hz: int) -> OpenedFormat:
        """Open for stereo, at this rate where the device can, else at one that it can."""
        ...

    def write(self, frames: memoryview) -> int:
        """Hand over whole frames, blocking while the device is full.

        Answers how many frames it took: 0 when the device had run dry (it is ready again: hand the same over again).
        """
        ...

    def unheard_frames(self) -> int:
        """How many of the frames written are not played yet; 0 when the device ran dry."""
        ...

    def set_volume(self, gain: float) -> bool:
        """Have the device's own mixer play at this linear gain; False when it has none, or is not to be used."""
        ...

    def drop(self) -> None:
        """Forget the frames that are not played yet, at once.  Not open: nothing."""
        ...

    def close(self) -> None:
        """Forget what is not played yet and give the device back.  Not open: nothing."""
        ...
