"""Speaker: the opened device, and what of the ring is heard from it.  Only the writer thread uses it."""

import numpy as np

from auralisd.dsp.block import Block
from auralisd.dsp.gain import Glide
from auralisd.output.device import CHANNELS, OpenedFormat, Output
from auralisd.output.samples import Packer
from auralisd.sound.timeline import Timeline

GLIDE_S = 0.025
"""How long a change of volume takes: short to the hand, long enough not to click."""

MOST_PERIODS = 8
"""The longest single write."""


class Speaker:
    """Every method raises OutputLost when the device is gone, or does not open."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._timeline = Timeline()
        self._gain = 1.0
        self._paused = False
        self.opened: OpenedFormat | None = None
        self._open_with(OpenedFormat("", 48_000, CHANNELS, "S16_LE", 960, 24_000))
        self.opened = None

    @property
    def name(self) -> str:
        return self._output.name

    @property
    def period_frames(self) -> int:
        return self._format.period_frames

    @property
    def rate_hz(self) -> int:
        return self._format.rate_hz

    @property
    def is_silent(self) -> bool:
        """True when nothing was written since it was opened or dropped."""
        return self._timeline.is_empty

    @property
    def is_sounding(self) -> bool:
        """True when what is heard comes from the ring."""
        return self._timeline.is_sounding()

    def open(self, rate_hz: int) -> OpenedFormat:
        self.close()
        self._open_with(self._output.open(rate_hz))
        self.set_gain(self._gain)
        return self._format

    def replace(self, output: Output) -> None:
        """Another output, which is opened when it is needed."""
        self.close()
        self._output = output

    def set_gain(self, gain: float) -> None:
        """Linear; reached in a glide while something sounds, else at once.

        Where the device's own mixer does it, we only fall silent for 0, which a mixer need not be at its lowest.
        """
        self._gain = gain
        ours = float(gain > 0.0) if self._output.set_volume(gain) else gain
        self._glide.move_to(ours, frames=0 if self.is_silent else round(GLIDE_S * self.rate_hz))

    def block(self, frames: int) -> Block:
        """Where the next frames to be played are to be put."""
        return self._frames[:frames]

    def play(self, count: int, *, ring_at: int, silence: int = 0) -> int:
        """Write the first `count` frames of `block`, and then silence: how often the device had run dry."""
        sounding = self._frames[:count]
        self._glide.apply(sounding)
        self._packer.pack(sounding, at=0, number=ring_at)
        self._packer.silence(count, silence)
        dry = self._hand_over(count + silence)
        if count:
            self._timeline.wrote(ring_at, count)
        if silence:
            self._timeline.wrote_silence(ring_at + count, silence)
        return dry

    def unheard_frames(self) -> int:
        return 0 if self.is_silent else self._output.unheard_frames()

    def heard(self, unheard_frames: int) -> int:
        """The ring frame that is heard; something must have been written."""
        return self._timeline.heard(unheard_frames)

    def hold(self) -> bool:
        """Pause with everything in place; False when the device cannot."""
        self._paused = self._output.pause(True)
        return self._paused

    def release(self) -> None:
        if self._paused:
            self._output.pause(False)
            self._paused = False

    def drop(self) -> None:
        """Forget what was written and not heard."""
        self._timeline.forget()
        self._paused = False
        if self.opened is not None:
            self._output.drop()

    def close(self) -> None:
        self._timeline.forget()
        self._paused = False
        if self.opened is not None:
            self.opened = None
            self._output.close()

    def _open_with(self, opened: OpenedFormat) -> None:
        longest = MOST_PERIODS * opened.period_frames
        self.opened = opened
        self._format = opened
        self._frames = np.zeros((longest, CHANNELS), np.float32)
        self._packer = Packer(opened.sample_format, channels=CHANNELS, longest=longest)
        self._glide = Glide(self._gain, longest=longest)

    def _hand_over(self, frames: int) -> int:
        """Write it all; where the device had run dry it gets the same again."""
        octets, width = self._packer.block(frames), self._packer.frame_bytes
        done = dry = 0
        while done < frames:
            taken = self._output.write(octets[done * width :])
            dry += taken == 0
            done += taken
        return dry
