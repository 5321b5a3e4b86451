"""Kind `analyse`: measure tracks now, before the rest of the library."""

import itertools
from collections.abc import Mapping
from typing import Any

from auralisd.jobs.asked import lengths_us, only, tracks_of
from auralisd.jobs.job import Result, Step
from auralisd.jobs.ports import Library, Tell
from auralisd.model.track import Track

KIND = "analyse"


class Analyse:
    """Spec: `tracks`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def prepare(self, spec: Mapping[str, Any]) -> "Analysing":
        only(spec, KIND, ("tracks",))
        return Analysing(self._library, await tracks_of(spec, self._library))


class Analysing:
    """One job of it.  Result: how many were `measured` and were there `already`; `failed` pairs a track with a code."""

    def __init__(self, library: Library, tracks: tuple[Track, ...]) -> None:
        self._library = library
        self._tracks = tracks

    async def run(self, tell: Tell) -> Result:
        measuring = MeasuringProgress(self._tracks, tell)
        outcomes = await self._library.measure_now(tuple(track.id for track in self._tracks), measuring.on_track)
        codes = list(outcomes.values())
        return {
            "measured": codes.count("measured"),
            "already": codes.count("already"),
            "failed": [(track, code) for track, code in outcomes.items() if code not in {"measured", "already"}],
        }


class MeasuringProgress:
    """Turns the news of tracks that are being measured, in order, into steps."""

    def __init__(self, tracks: tuple[Track, ...], tell: Tell) -> None:
        self._tell = tell
        self._places = {track.id: place for place, track in enumerate(tracks)}
        self._before_us = (0, *itertools.accumulate(lengths_us(tracks)))
        tell(Step(0, len(tracks), 0.0))

    def on_track(self, track: Track) -> None:
        """This one is next: all before it are done."""
        place = self._places[track.id]
        share = self._before_us[place] / self._before_us[-1]
        self._tell(Step(place, len(self._places), share, track.file_name))
