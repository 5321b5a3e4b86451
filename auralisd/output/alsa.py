"""ALSA, through pyalsaaudio.

What the library leaves to us: it ignores every refusal while it sets a device up (so each figure is read back), has no
errno (so the text is all there is), drains in `close` (so we drop first), and answers −32 where the device ran dry.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import alsaaudio

from auralisd.errors import OutputLost
from auralisd.output.device import BUFFER_S, CHANNELS, PERIOD_S, OpenedFormat
from auralisd.output.mixer import Mixer
from auralisd.output.samples import SAMPLE_FORMATS
from auralisd.output.silent import Pace

log = logging.getLogger(__name__)

_RAN_DRY = -32
"""−EPIPE: nothing was taken, the stream is prepared again."""

_DRY_IN_A_ROW = 5
"""A device that runs dry so often without taking a frame is gone: a dead PipeWire answers so for ever, at once."""

_HOLDS_NOTHING: Final = (alsaaudio.PCM_STATE_SETUP, alsaaudio.PCM_STATE_PREPARED, alsaaudio.PCM_STATE_XRUN)
"""A device that refused a write in one of these states has run dry: it takes the same again.  In any other (suspended,
disconnected, draining) it is lost, and opened anew at the frame that was heard: it may hold what is never played."""

_OTHER_RATES_HZ = (48_000, 44_100, 96_000, 192_000)
"""Asked in this order where a device refuses the rate of the stream."""

_AHEAD_OF_TIME_S = 0.25
"""A device that took so much more than it holds and could have played has no clock (ALSA's types null and file)."""


class AlsaOutput:
    """One ALSA device by name.  See `device.Output`."""

    def __init__(
        self, device: str = "default", *, with_mixer: bool = False, now_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self.name = device
        self._now_ns = now_ns
        self._pcm: alsaaudio.PCM | None = None
        self._opened = OpenedFormat(device, 0, CHANNELS, "", 0, 0)
        self._dry = 0
        self._begun_ns = 0
        self._taken = 0
        self._pace: Pace | None = None
        self._with_mixer = with_mixer
        self._mixer: Mixer | None = None

    def open(self, rate_hz: int) -> OpenedFormat:
        self.close()
        for rate in (rate_hz, *(other for other in _OTHER_RATES_HZ if other != rate_hz)):
            for sample_format in SAMPLE_FORMATS:
                if self._try(rate, sample_format):
                    return self._opened
        raise OutputLost(
            "refused-format",
            f"{self.name} takes no stereo format that we have; choose another with --output alsa:DEVICE",
        )

    def write(self, frames: memoryview) -> int:
        pcm = self._opened_pcm()
        try:
            taken: int = pcm.write(frames)
        except alsaaudio.ALSAAudioError as failure:
            self._recover(pcm, failure)
            taken = _RAN_DRY
        if taken == _RAN_DRY:
            self._dry += 1
            if self._dry >= _DRY_IN_A_ROW:
                raise OutputLost("lost", f"{self.name} takes no more sound; see whether the sound server runs")
            return 0
        self._dry = 0
        self._watch_pace(taken)
        return taken

    def unheard_frames(self) -> int:
        if self._pace is not None:
            return self._pace.unheard()
        free: int = self._ask(lambda pcm: pcm.avail())
        return 0 if free < 0 else max(0, self._opened.buffer_frames - free)

    def set_volume(self, gain: float) -> bool:
        """Only while it is open: a device that is not there has no mixer either."""
        if not self._with_mixer or self._pcm is None:
            return False
        try:
            self._mixer = self._mixer or Mixer(self.name)
            self._mixer.set(gain)
        except alsaaudio.ALSAAudioError as refusal:
            log.warning("no hardware mixer, the volume is ours device=%s reason=%s", self.name, _reason(refusal))
            self._with_mixer = False
            return False
        return True

    def drop(self) -> None:
        if self._pcm is None:
            return
        self._ask(lambda pcm: pcm.drop())
        self._begin_pace()
        if self._pace is not None:
            self._pace.drop()

    def close(self) -> None:
        mixer, self._mixer = self._mixer, None
        if mixer is not None:
            mixer.close()
        pcm, self._pcm = self._pcm, None
        if pcm is None:
            return
        for end in (pcm.drop, pcm.close):
            with contextlib.suppress(alsaaudio.ALSAAudioError):  # it is going away, whatever it says
                end()

    def _try(self, rate_hz: int, sample_format: str) -> bool:
        """Open the device so; False when it silently runs something else instead."""
        period = round(rate_hz * PERIOD_S)
        try:
            self._pcm = alsaaudio.PCM(
                alsaaudio.PCM_PLAYBACK,
                alsaaudio.PCM_NORMAL,
                device=self.name,
                rate=rate_hz,
                channels=CHANNELS,
                format=getattr(alsaaudio, f"PCM_FORMAT_{sample_format}"),
                periodsize=period,
                periods=round(BUFFER_S / PERIOD_S),
            )
        except alsaaudio.ALSAAudioError as refusal:
            raise OutputLost("no-device", f"{self.name} does not open: {_reason(refusal)}") from refusal
        runs = self._pcm.info()
        if (runs["rate"], runs["channels"], runs["format_name"]) != (rate_hz, CHANNELS, sample_format):
            self.close()
            return False
        self._opened = OpenedFormat(
            self.name, rate_hz, CHANNELS, sample_format, int(runs["period_size"]), int(runs["buffer_size"])
        )
        self._dry = 0
        self._pace = None
        self._begin_pace()
        return True

    def _recover(self, pcm: alsaaudio.PCM, failure: alsaaudio.ALSAAudioError) -> None:
        """By the state that the device is in, for pyalsaaudio's text is no number.  Raises OutputLost."""
        try:
            if pcm.state() not in _HOLDS_NOTHING:
                raise OutputLost("lost", f"{self.name} is gone: {_reason(failure)}") from failure
            pcm.drop()  # the next write prepares it
        except alsaaudio.ALSAAudioError as loss:
            raise OutputLost("lost", f"{self.name} is gone: {_reason(loss)}") from loss

    def _ask(self, call: Callable[[alsaaudio.PCM], Any]) -> Any:
        try:
            return call(self._opened_pcm())
        except alsaaudio.ALSAAudioError as loss:
            raise OutputLost("lost", f"{self.name} is gone: {_reason(loss)}") from loss

    def _opened_pcm(self) -> alsaaudio.PCM:
        if self._pcm is None:
            raise OutputLost("lost", f"{self.name} is closed")
        return self._pcm

    def _begin_pace(self) -> None:
        self._begun_ns = self._now_ns()
        self._taken = 0

    def _watch_pace(self, taken: int) -> None:
        """Find out whether the device plays by a clock of its own; if not, ours paces it."""
        if self._pace is not None:
            self._pace.add(taken)
            return
        self._taken += taken
        playable_s = (self._now_ns() - self._begun_ns) / 1e9 + _AHEAD_OF_TIME_S
        if self._taken > self._opened.buffer_frames + playable_s * self._opened.rate_hz:
            self._pace = Pace(self._opened.rate_hz, self._now_ns)
            self._pace.add(self._opened.buffer_frames)


def _reason(error: alsaaudio.ALSAAudioError) -> str:
    """ALSA's sentence without the device's name behind it."""
    return str(error).partition(" [")[0]
