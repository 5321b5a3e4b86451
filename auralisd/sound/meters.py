"""Meters: loudness before and after, true peak, correlation and gain reduction of one entry, by the frame heard."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from auralisd.analysis.live_meter import LiveMeter
from auralisd.doors.sound import MetersRead
from auralisd.dsp.block import Block
from auralisd.dsp.chain import Telemetry

_READINGS_KEPT: Final = 2048
_LOOK_BACK_S: Final = 0.1
"""Peak and gain reduction are the extremes of so much sound: the time between two looks."""


class Meters:
    """Of what is heard of an entry since it began, or since it was sought, at `first_frame`.

    Fed on the render thread, seconds ahead of what is heard; read on it too.
    """

    def __init__(self, rate_hz: int, first_frame: int = 0) -> None:
        self._look_back = round(_LOOK_BACK_S * rate_hz)
        self._source = LiveMeter(rate_hz, first_frame)
        self._result = LiveMeter(rate_hz, first_frame)
        self._readings: deque[Telemetry] = deque(maxlen=_READINGS_KEPT)

    def feed_source(self, block: Block, first_frame: int) -> None:
        self._source.feed(block, first_frame)

    def source_pieces(self, first_frame: int, end_frame: int) -> dict[int, float]:
        """What was read of the source of these frames, for when they are heard again without it."""
        return self._source.energies(first_frame, end_frame)

    def keep_source_pieces(self, pieces: Mapping[int, float]) -> None:
        """The source is not decoded again: this was read of it."""
        self._source.keep_energies(pieces)

    def feed_result(self, block: Block, first_frame: int, readings: Iterable[Telemetry]) -> None:
        self._result.feed(block, first_frame)
        self._readings.extend(readings)

    def at(self, frame: int, request: int) -> MetersRead:
        """What the meters showed at `frame`; None where they saw nothing."""
        source, result = self._source.at(frame), self._result.at(frame)
        # Newer readings replace older ones of the same frames: after a change of plan both are here.
        gains: dict[int, Telemetry] = {
            reading.first_frame: reading
            for reading in self._readings
            if reading.first_frame <= frame and reading.end_frame > frame - self._look_back
        }
        peak = max((reading.peak_dbtp for reading in gains.values()), default=None)
        return MetersRead(
            request,
            momentary_in_lufs=source.momentary,
            short_in_lufs=source.short_term,
            momentary_out_lufs=result.momentary,
            short_out_lufs=result.short_term,
            true_peak_out_dbtp=peak,
            integrated_out_lufs=result.integrated,
            gain_reduction_db=0.0 - min((reading.gain_db for reading in gains.values()), default=0.0),
            correlation=result.correlation,
        )
