"""org.auralis.Auralis1.Daemon."""

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.ports import HealthPort


class DaemonFace:
    """The daemon's version and health."""

    def __init__(self, health: HealthPort, version: str) -> None:
        self._health = health
        self._version = version

    def export(self) -> Export:
        return Export("org.auralis.Auralis1.Daemon", read=self.read)

    def read(self) -> properties.Values:
        return properties.daemon(self._version, self._health.faults, self._health.capabilities)
