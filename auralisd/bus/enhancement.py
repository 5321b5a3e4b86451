"""org.auralis.Auralis1.Enhancement."""

from typing import Any

from auralisd.bus import properties
from auralisd.bus.advice import Advice
from auralisd.bus.calls import Export
from auralisd.bus.jobs import job_path
from auralisd.bus.ports import JobsPort, Library, PlayerPort
from auralisd.playback import commands
from auralisd.store.ids import must_be_ids


class Enhancement:
    """What the listener asks of the mastering, and what is being done."""

    def __init__(self, player: PlayerPort, library: Library, jobs: JobsPort) -> None:
        self._player = player
        self._advice = Advice(player, library)
        self._jobs = jobs

    def export(self) -> Export:
        return Export(
            "org.auralis.Auralis1.Enhancement",
            methods={
                "RememberPreset": self.remember_preset,
                "Meters": self.meters,
                "Analyse": self.analyse,
                **self._advice.methods(),
            },
            setters={
                "Enabled": self.set_enabled,
                "Preset": self.set_preset,
                "DefaultPreset": self.set_default_preset,
                "Intensity": self.set_intensity,
                "Bypass": self.set_bypass,
                "TargetLoudness": self.set_target_loudness,
                "AlbumMode": self.set_album_mode,
            },
            read=self.read,
        )

    def read(self) -> properties.Values:
        return properties.enhancement(self._player.snapshot)

    async def analyse(self, tracks: list[int]) -> str:
        return job_path(await self._jobs.submit("analyse", {"tracks": tracks}))

    async def set_enabled(self, enabled: bool) -> None:
        await self._player.ask(commands.SetEnabled(enabled))

    async def set_preset(self, preset: str) -> None:
        await self._player.ask(commands.SetPreset(preset))

    async def set_intensity(self, intensity: float) -> None:
        await self._player.ask(commands.SetIntensity(intensity))

    async def set_default_preset(self, preset: str) -> None:
        await self._player.ask(commands.SetDefaultPreset(preset))

    async def set_bypass(self, bypass: bool) -> None:
        await self._player.ask(commands.SetBypass(bypass))

    async def set_target_loudness(self, target_lufs: float) -> None:
        await self._player.ask(commands.SetTarget(target_lufs))

    async def set_album_mode(self, album_mode: bool) -> None:
        await self._player.ask(commands.SetAlbumMode(album_mode))

    async def remember_preset(self, track: int, scope: str, preset: str) -> None:
        must_be_ids((track,))
        await self._player.ask(commands.RememberPreset(track, scope, preset))

    async def meters(self) -> dict[str, Any]:
        return properties.meters(await self._player.meters())
