"""Meters: loudness before and after, true peak and gain reduction of one entry, looked up by the frame heard."""

from collections import deque
from typing import Final

from auralisd.analysis.live_meter import LiveMeter
from auralisd.doors.sound import MetersRead
from auralisd.dsp.block import Block
from auralisd.dsp.chain import Telemetry

_READINGS_KEPT: Final = 2048
_LOOK_BACK_S: Final = 0.1
"""Peak and gain reduction are the extremes of so much sound: the time between two looks."""


class Meters:
    """Fed on the render thread, seconds ahead of what is heard; read on it too."""

    def __init__(self, rate_hz: int) -> None:
        self._look_back = round(_LOOK_BACK_S * rate_hz)
        self._source = LiveMeter(rate_hz)
        self._result = LiveMeter(rate_hz)
        self._readings: deque[Telemetry] = deque(maxlen=_READINGS_KEPT)

    def feed_source(self, block: Block, first_frame: int) -> None:
        self._source.feed(block, first_frame)

    def feed_result(self, block: Block, first_frame: int, readings: list[Telemetry]) -> None:
        self._result.feed(block, first_frame)
        self._readings.extend(readings)

    def at(self, frame: int, request: int) -> MetersRead:
        """What the meters showed at `frame`; None where they saw nothing."""
        momentary_in, short_in = self._source.at(frame)
        momentary_out, short_out = self._result.at(frame)
        # Newer readings replace older ones of the same frames: after a change of taste both are here.
        gains: dict[int, Telemetry] = {
            reading.first_frame: reading
            for reading in self._readings
            if reading.first_frame <= frame and reading.end_frame > frame - self._look_back
        }
        peak = max((reading.peak_dbtp for reading in gains.values()), default=None)
        return MetersRead(
            request,
            momentary_in_lufs=momentary_in,
            short_in_lufs=short_in,
            momentary_out_lufs=momentary_out,
            short_out_lufs=short_out,
            true_peak_out_dbtp=peak,
            gain_reduction_db=0.0 - min((reading.gain_db for reading in gains.values()), default=0.0),
        )
