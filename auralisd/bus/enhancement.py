"""org.auralis.Auralis1.Enhancement."""

from auralisd.bus import properties
from auralisd.bus.advice import Advice
from auralisd.bus.calls import Export
from auralisd.bus.ports import Library, PlayerPort
from auralisd.playback import commands


class Enhancement:
    """What the listener asks of the mastering, and what is being done."""

    def __init__(self, player: PlayerPort, library: Library) -> None:
        self._player = player
        self._advice = Advice(player, library)

    def export(self) -> Export:
        return Export(
            "org.auralis.Auralis1.Enhancement",
            methods=self._advice.methods(),
            setters={"Enabled": self.set_enabled, "Preset": self.set_preset, "Intensity": self.set_intensity},
            read=self.read,
        )

    def read(self) -> properties.Values:
        return properties.enhancement(self._player.snapshot)

    async def set_enabled(self, enabled: bool) -> None:
        await self._player.ask(commands.SetEnabled(enabled))

    async def set_preset(self, preset: str) -> None:
        await self._player.ask(commands.SetPreset(preset))

    async def set_intensity(self, intensity: float) -> None:
        await self._player.ask(commands.SetIntensity(intensity))
