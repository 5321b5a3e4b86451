"""org.auralis.Auralis1.Output."""

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.ports import PlayerPort
from auralisd.playback import commands


class Output:
    """The sound device as it is, and how loud tracks are beside each other without enhancement."""

    def __init__(self, player: PlayerPort) -> None:
        self._player = player

    def export(self) -> Export:
        return Export(
            "org.auralis.Auralis1.Output",
            setters={
                "ReplayGain": self.set_replay_gain,
                "ReplayGainPreamp": self.set_replay_gain_preamp,
                "SleepTimer": self.set_sleep_timer,
                "Gapless": self.set_gapless,
                "Crossfade": self.set_crossfade,
            },
            read=self.read,
        )

    def read(self) -> properties.Values:
        return properties.output(self._player.snapshot, sleep_left_s=self._player.sleep_left_s())

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
