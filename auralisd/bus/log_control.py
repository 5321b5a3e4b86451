"""org.freedesktop.LogControl1: how much is logged, and where to."""

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.ports import LogPort

INTERFACE = "org.freedesktop.LogControl1"
LOG_PATH = "/org/freedesktop/LogControl1"
IDENTIFIER = "auralisd"


class LogControl:
    """The log of this daemon."""

    def __init__(self, log: LogPort) -> None:
        self._log = log

    def export(self) -> Export:
        return Export(INTERFACE, setters={"LogLevel": self.set_level, "LogTarget": self.set_target}, read=self.read)

    def read(self) -> properties.Values:
        return {"LogLevel": self._log.level, "LogTarget": self._log.target, "SyslogIdentifier": IDENTIFIER}

    async def set_level(self, level: str) -> None:
        self._log.set_level(level)

    async def set_target(self, target: str) -> None:
        self._log.set_target(target)
