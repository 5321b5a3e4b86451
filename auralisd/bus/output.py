"""org.auralis.Auralis1.Output."""

from typing import Any

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.ports import DevicesPort, PlayerPort
from auralisd.playback import commands

INTERFACE = "org.auralis.Auralis1.Output"


class Output:
    """The sound device as it is, and how loud tracks are beside each other without enhancement."""

    def __init__(self, player: PlayerPort, devices: DevicesPort) -> None:
        self._player = player
        self._devices = devices

    def export(self) -> Export:
        return Export(
            INTERFACE,
            methods={"ListDevices": self.list_devices},
            setters={
                "Device": self.set_device,
                "Muted": self.set_muted,
                "ReplayGain": self.set_replay_gain,
                "ReplayGainPreamp": self.set_replay_gain_preamp,
                "SleepTimer": self.set_sleep_timer,
                "Gapless": self.set_gapless,
                "Crossfade": self.set_crossfade,
                "CrossfadeOnSkip": self.set_crossfade_on_skip,
            },
            read=self.read,
            signals=("StreamStarted", "StreamEnded", "StreamFailed", "DeviceLost", "DeviceReturned"),
        )

    def read(self) -> properties.Values:
        player = self._player
        return properties.output(player.snapshot, buffered_s=player.buffered_s(), sleep_left_s=player.sleep_left_s())

    async def list_devices(self) -> list[dict[str, Any]]:
        """The device in use and `default` are there in any case."""
        return [
            {"name": each.name, "label": each.label, "default": each.is_default, "present": each.present}
            for each in await self._devices.ask(self._player.snapshot.device_name)
        ]

    async def set_device(self, device: str) -> None:
        await self._player.ask(commands.SetDevice(device))

    async def set_muted(self, muted: bool) -> None:
        await self._player.ask(commands.SetMuted(muted))

    async def set_replay_gain(self, replay_gain: str) -> None:
        await self._player.ask(commands.SetReplayGain(replay_gain))

    async def set_replay_gain_preamp(self, preamp_db: float) -> None:
        await self._player.ask(commands.SetPreamp(preamp_db))

    async def set_sleep_timer(self, seconds: float) -> None:
        await self._player.ask(commands.SetSleepTimer(seconds))

    async def set_gapless(self, gapless: bool) -> None:
        await self._player.ask(commands.SetGapless(gapless))

    async def set_crossfade(self, crossfade_s: float) -> None:
        await self._player.ask(commands.SetCrossfade(crossfade_s))

    async def set_crossfade_on_skip(self, on_skip: bool) -> None:
        await self._player.ask(commands.SetCrossfadeOnSkip(on_skip))
