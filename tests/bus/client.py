"""A private bus, and a client on it that speaks plain D-Bus messages."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus

from auralisd.bus.outbox import Outbox

MPRIS_NAME = "org.mpris.MediaPlayer2.auralis"
OUR_NAME = "org.auralis.Auralis1"
MPRIS_PATH = "/org/mpris/MediaPlayer2"
OUR_PATH = "/org/auralis/Auralis1"
LOG_CONTROL = "org.freedesktop.LogControl1"
LOG_PATH = "/org/freedesktop/LogControl1"
ROOT = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
PROPERTIES = "org.freedesktop.DBus.Properties"
STANDARD_ERROR = "org.freedesktop.DBus.Error."
OURS_ERROR = "org.auralis.Auralis1.Error."
INVALID = STANDARD_ERROR + "InvalidArgs"
NO_TRACK = "/org/mpris/MediaPlayer2/TrackList/NoTrack"

# No service folders: nothing of this machine can be activated from a test.
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_replies_per_connection">50000</limit>
</busconfig>
"""


class PrivateBus:
    """One dbus-daemon of our own, at one address; it can be stopped, stalled and started again."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "bus"
        self.address = f"unix:path={self.socket}"
        self._config = folder / "bus.conf"
        self._config.write_text(_CONFIG.format(socket=self.socket))
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self._config}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline()

    def stop(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._process = None
        self.socket.unlink(missing_ok=True)

    @contextlib.contextmanager
    def stalled(self) -> Iterator[None]:
        """The daemon reads nothing meanwhile."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def environment(self) -> dict[str, str]:
        return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address}


class CallFailed(Exception):
    """An error came back."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text


@dataclass(frozen=True)
class HeardSignal:
    path: str
    interface: str
    member: str
    body: list[Any]


@dataclass
class Client:
    """Calls what it likes, and hears every signal of the bus."""

    bus: MessageBus
    heard: list[HeardSignal] = field(default_factory=list)

    async def typed(
        self,
        path: str,
        interface: str | None,
        member: str,
        signature: str = "",
        *body: Any,
        to: str = MPRIS_NAME,
    ) -> list[Any]:
        """What is answered, with the types that the values had.  Raises CallFailed."""
        message = Message(
            destination=to, path=path, interface=interface, member=member, signature=signature, body=list(body)
        )
        async with asyncio.timeout(10):
            reply = await self.bus.call(message)
        if reply.message_type is MessageType.ERROR:
            raise CallFailed(reply.error_name or "", str(reply.body[0]) if reply.body else "")
        return list(reply.body)

    async def call(
        self,
        path: str,
        interface: str | None,
        member: str,
        signature: str = "",
        *body: Any,
        to: str = MPRIS_NAME,
    ) -> list[Any]:
        """As `typed`, without the types."""
        return [plain(value) for value in await self.typed(path, interface, member, signature, *body, to=to)]

    async def player(self, member: str, signature: str = "", *body: Any) -> None:
        await self.call(MPRIS_PATH, PLAYER, member, signature, *body)

    async def ours(self, interface: str, member: str, signature: str = "", *body: Any) -> list[Any]:
        return await self.call(OUR_PATH, f"{OUR_NAME}.{interface}", member, signature, *body)

    async def get(self, interface: str, name: str) -> Any:
        return (await self.call(path_of(interface), PROPERTIES, "Get", "ss", interface, name))[0]

    async def get_all(self, interface: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.call(path_of(interface), PROPERTIES, "GetAll", "s", interface))[0]
        return found

    async def set(self, interface: str, name: str, value: Variant) -> None:
        await self.call(path_of(interface), PROPERTIES, "Set", "ssv", interface, name, value)

    def send_unanswered(self, path: str, interface: str, member: str) -> None:
        """Call without wanting a reply."""
        self.bus.send(
            Message(
                destination=MPRIS_NAME,
                path=path,
                interface=interface,
                member=member,
                flags=MessageFlag.NO_REPLY_EXPECTED,
            )
        )

    async def settled(self, quiet_s: float = 0.2) -> None:
        """Wait until no signal has come for a while; changes may be held back for an eighth of a second."""
        count = -1
        while count != len(self.heard):
            count = len(self.heard)
            await asyncio.sleep(quiet_s)

    def changes(self, interface: str) -> list[dict[str, Any]]:
        """What each PropertiesChanged of an interface carried."""
        return [s.body[1] for s in self.heard if s.member == "PropertiesChanged" and s.body[0] == interface]

    def signals(self, member: str) -> list[list[Any]]:
        return [signal.body for signal in self.heard if signal.member == member]


def path_of(interface: str) -> str:
    if interface == LOG_CONTROL:
        return LOG_PATH
    return MPRIS_PATH if interface.startswith(ROOT) else OUR_PATH


def plain(value: Any) -> Any:
    """Values without the library's variants."""
    match value:
        case Variant():
            return plain(value.value)
        case dict():
            return {key: plain(element) for key, element in value.items()}
        case list() | tuple():
            return [plain(element) for element in value]
        case _:
            return value


@contextlib.asynccontextmanager
async def a_client(address: str) -> AsyncIterator[Client]:
    bus = await MessageBus(bus_address=address).connect()
    assert bus._sock is not None
    # The library's own writer ends the connection when a test sends faster than the daemon reads.
    bus._writer = Outbox(bus._sock, on_relief=lambda: None, on_broken=bus._finalize)  # type: ignore[assignment]
    client = Client(bus)

    def hear(message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and message.sender != "org.freedesktop.DBus":
            client.heard.append(
                HeardSignal(message.path or "", message.interface or "", message.member or "", plain(message.body))
            )

    bus.add_message_handler(hear)
    await bus.call(
        Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="AddMatch",
            signature="s",
            body=["type='signal'"],
        )
    )
    try:
        yield client
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # untyped in dbus-fast
