"""org.auralis.Auralis1.Output."""

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.ports import PlayerPort


class Output:
    """The sound device as it is."""

    def __init__(self, player: PlayerPort) -> None:
        self._player = player

    def export(self) -> Export:
        return Export("org.auralis.Auralis1.Output", read=self.read)

    def read(self) -> properties.Values:
        return properties.output(self._player.snapshot)
