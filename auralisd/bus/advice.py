"""Advice: the methods of org.auralis.Auralis1.Enhancement that answer from what was measured of a track.

They read a profile that is kept and compute in a tenth of a millisecond; nothing is decoded or measured for an answer.
"""

from collections.abc import Mapping
from typing import Any

from auralisd.bus.calls import Handler
from auralisd.bus.library_browsing import known_track
from auralisd.bus.ports import Library, PlayerPort
from auralisd.errors import InvalidRequest, Unavailable
from auralisd.mastering.recommend import Recommendation, recommend
from auralisd.model.profile import SoundProfile
from auralisd.playback import commands


class Advice:
    """What is known of tracks, and what would suit them."""

    def __init__(self, player: PlayerPort, library: Library) -> None:
        self._player = player
        self._library = library

    def methods(self) -> Mapping[str, Handler]:
        return {"Recommend": self.recommend, "Profile": self.profile}

    async def profile(self, track: int) -> dict[str, Any]:
        return _profile_map(await self._measured(track))

    async def recommend(self, track: int, options: dict[str, Any]) -> dict[str, Any]:
        advice = recommend(await self._measured(track))
        if options.get("apply", False):
            await self._apply(track, advice)
        return {
            "preset": advice.preset,
            "intensity": advice.intensity,
            "confidence": advice.confidence,
            "alternatives": advice.alternatives,
            "reasons": advice.reasons,
        }

    async def _apply(self, track: int, advice: Recommendation) -> None:
        """Raises InvalidRequest unless the track is the current one: the taste in force is for what is heard."""
        current = self._player.snapshot.current
        if current is None or current.id != track:
            raise InvalidRequest(f"options.apply is for the current track, and track {track} is not; play it first")
        await self._player.ask(commands.SetPreset(advice.preset))
        await self._player.ask(commands.SetIntensity(advice.intensity))

    async def _measured(self, track: int) -> SoundProfile:
        """Raises NotFound, and Unavailable for a track that is not measured yet."""
        await known_track(self._library, track)
        profile = await self._library.profile(track)
        if profile is None:
            raise Unavailable(f"track {track} is not analysed yet; try again when it is")
        return profile


def _profile_map(profile: SoundProfile) -> dict[str, Any]:
    figures = {
        "integrated_lufs": profile.integrated_lufs,
        "range_lu": profile.range_lu,
        "max_short_term_lufs": profile.max_short_term_lufs,
        "max_momentary_lufs": profile.max_momentary_lufs,
        "true_peak_dbtp": profile.true_peak_dbtp,
        "plr_db": profile.plr_db,
        "crest_db": profile.crest_db,
        "width": profile.width,
        "correlation": profile.correlation,
        "spectrum_mid": profile.spectrum_mid,
        "spectrum_side": profile.spectrum_side,
        "measured_version": profile.measured_version,
    }
    return {key: value for key, value in figures.items() if value is not None}
