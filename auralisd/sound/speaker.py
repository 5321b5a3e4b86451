"""Speaker: the opened device, and what of the ring is heard from it.  Only the writer thread uses it."""

import time
from typing import Final

import numpy as np

from auralisd.dsp.block import Block
from auralisd.dsp.gain import Glide
from auralisd.output.device import CHANNELS, OpenedFormat, Output
from auralisd.output.samples import Packer
from auralisd.sound.edges import Edges
from auralisd.sound.timeline import Timeline

GLIDE_S = 0.025
"""How long a change of volume takes: short to the hand, long enough not to click."""

MOST_PERIODS = 8
"""The longest single write."""

_STEP_S: Final = 0.001
"""How often a device is looked at whose next step is waited for."""


class Speaker:
    """Every method raises OutputLost when the device is gone, or does not open."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._timeline = Timeline()
        self._gain = 1.0
        self._is_fading = False
        self._falling = 0
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

    @property
    def is_fading(self) -> bool:
        """True when the last that was written is the end of what was cut: nothing follows it yet."""
        return self._is_fading

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
        self._is_fading = False
        rising = self._edges.rise(sounding, ring_at)
        self._glide.apply(sounding)
        # Apart, for where a bit is lost the whole of what is packed is dithered.
        self._packer.pack(sounding[:rising], at=0, number=ring_at)
        self._packer.pack(sounding[rising:], at=rising, number=ring_at + rising)
        self._packer.silence(count, silence)
        dry = self._hand_over(count + silence)
        if count:
            self._timeline.wrote(ring_at, count)
        if silence:
            self._timeline.wrote_silence(ring_at + count, silence)
        return dry

    @property
    def edge_frames(self) -> int:
        """How long it takes to die away."""
        return self._edges.frames

    def unheard_frames(self) -> int:
        return 0 if self.is_silent else self._output.unheard_frames()

    def heard(self, unheard_frames: int) -> int:
        """The ring frame that is heard; something must have been written."""
        return self._timeline.heard(unheard_frames)

    def until_sound(self, unheard_frames: int) -> int:
        """How many frames of silence are heard before the next that sound."""
        return self._timeline.until_sound(unheard_frames)

    def rise_from(self, ring_at: int | None) -> None:
        """The frames from this place in the ring on come up from nothing; None: none do."""
        self._edges.rise_from(ring_at)

    def await_step(self) -> None:
        """Until the device has just taken something, or is known not to: then there is time until it takes more.

        What dies away of an earlier cut is let die.  It takes a period, as a rule, and three at the most.
        """
        unheard, left, stepped = self.unheard_frames(), 3 * self.period_frames, False
        self.heard(unheard)
        while left > 0 and unheard > 0:
            time.sleep(_STEP_S)
            before, unheard = unheard, self.unheard_frames()
            self.heard(unheard)
            is_over = not self._is_fading and not self.until_sound(unheard)
            if stepped and is_over and not self.has_moved(before, unheard):
                return
            stepped = stepped or unheard < before
            left -= round(_STEP_S * self.rate_hz)

    def has_moved(self, before: int, now: int) -> bool:
        """True when the device has taken more between two looks than time alone explains."""
        return before - now > self._period_share

    def prepare_fall(self, count: int, ring_at: int) -> None:
        """Let the first `count` frames of `block` die away, in whole periods, to be written by `fall_silent`."""
        self._falling = -(-count // self.period_frames) * self.period_frames
        sounding = self._frames[:count]
        self._edges.rise(sounding, ring_at)
        self._edges.fall(sounding)
        self._glide.apply(sounding)
        self._packer.pack(sounding, at=0, number=ring_at)
        self._packer.silence(count, self._falling + self._period_share - count)

    def fall_silent(self, ring_at: int, *, late: int) -> None:
        """Drop what the device holds, and write in its place what was prepared, but for the first `late` frames.

        They were played meanwhile.  What is heard stands at `ring_at` from now on.
        """
        self.drop()
        self._hand_over(self._falling, begin=min(late, self._period_share))
        self._timeline.wrote_silence(ring_at, self._falling)
        self._is_fading = True

    def wait_at(self, ring_at: int) -> None:
        """What dies away, if anything does, is followed by this frame of the ring."""
        if self._is_fading:
            self._timeline.wait_at(ring_at)

    def drop(self) -> None:
        """Forget what was written and not heard."""
        self._timeline.forget()
        self._is_fading = False
        if self.opened is not None:
            self._output.drop()

    def close(self) -> None:
        self._timeline.forget()
        self._is_fading = False
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
        self._edges = Edges(opened.rate_hz, longest=longest - 2 * opened.period_frames)
        self._period_share = opened.period_frames // 4

    def _hand_over(self, frames: int, *, begin: int = 0) -> int:
        """Write it all; where the device had run dry it gets the same again."""
        width = self._packer.frame_bytes
        octets = self._packer.block(begin + frames)[begin * width :]
        done = dry = 0
        while done < frames:
            taken = self._output.write(octets[done * width :])
            dry += taken == 0
            done += taken
        return dry
