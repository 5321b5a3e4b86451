"""The wire: what we say on a bus and hear from it, in the messages of whichever D-Bus library there is."""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

from auralisd.bus.calls import Call
from auralisd.bus.contract import signature_of
from auralisd.bus.opening import ConnectionFailed, close_bus, load_library, open_bus
from auralisd.bus.outbox import Outbox, Packet
from auralisd.bus.text import bus_text
from auralisd.bus.values import Boxed, Spec, shape

ANSWER_TIMEOUT_S = 5.0
_NO_REPLY_EXPECTED = 1
_DAEMON = "org.freedesktop.DBus"
_TO_DAEMON = {"destination": _DAEMON, "path": "/org/freedesktop/DBus", "interface": _DAEMON}
_DEPARTURES = f"type='signal',sender='{_DAEMON}',interface='{_DAEMON}',member='NameOwnerChanged',arg2=''"
_DO_NOT_QUEUE = 4
_OWNED = (1, 4)  # primary owner; already the owner

OnCall = Callable[[Call], None]
OnNameLost = Callable[[str], None]


class Connection:
    """One connection to a bus, from `connect` to `wait_closed`."""

    def __init__(
        self,
        library: ModuleType,
        bus: Any,
        *,
        on_call: OnCall,
        on_name_lost: OnNameLost,
        on_relief: Callable[[], None],
    ) -> None:
        self._library = library
        self._bus = bus
        self._on_call = on_call
        self._on_name_lost = on_name_lost
        self._closed = False
        self._serials = itertools.count()
        self._outbox = Outbox(bus._sock, on_relief=on_relief, on_broken=bus._finalize)
        bus._writer = self._outbox
        bus.add_message_handler(self._take)

    @property
    def congested(self) -> bool:
        """True while the bus daemon is so slow that nothing should be said unasked."""
        return self._outbox.congested

    @property
    def queued_bytes(self) -> int:
        return self._outbox.queued_bytes

    def packed(self, call: Call, specs: Sequence[Spec], results: Iterable[Any]) -> Packet:
        """The answer to a call, ready for `post`; raises when `results` are not what `specs` say.

        Any thread may do this: a page of 500 rows takes longer than the loop can be spared.
        """
        return self._pack(
            message_type=self._library.MessageType.METHOD_RETURN,
            destination=call.sender,
            reply_serial=call.serial,
            signature=signature_of(specs),
            body=self._body(specs, results),
        )

    def post(self, packet: Packet) -> None:
        """Send what was packed."""
        self._outbox.put(packet)

    def refuse(self, call: Call, name: str, text: str) -> None:
        """Answer a call with an error."""
        self.post(
            self._pack(
                message_type=self._library.MessageType.ERROR,
                destination=call.sender,
                reply_serial=call.serial,
                error_name=name,
                signature="s",
                body=[bus_text(text)],
            )
        )

    def signal(self, path: str, interface: str, member: str, specs: Sequence[Spec], values: Iterable[Any]) -> None:
        """Tell everybody; raises as `packed` does."""
        self.post(
            self._pack(
                message_type=self._library.MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature_of(specs),
                body=self._body(specs, values),
            )
        )

    async def request_name(self, name: str) -> bool:
        """Own a name without queueing for it or taking it from anybody; False when another owns it."""
        reply = await self._ask_bus("RequestName", "su", [name, _DO_NOT_QUEUE])
        return reply in _OWNED

    async def release_name(self, name: str) -> None:
        await self._ask_bus("ReleaseName", "s", [name])

    def watch_departures(self, *, on: bool) -> None:
        """Whether names of others that leave the bus are told to `on_name_lost` too."""
        rule = {"member": "AddMatch" if on else "RemoveMatch", "signature": "s", "body": [_DEPARTURES]}
        self.post(self._pack(**_TO_DAEMON, **rule, flags=self._library.MessageFlag(_NO_REPLY_EXPECTED)))

    async def wait_closed(self) -> str:
        """Return when the connection has ended, with the reason ("" when we ended it)."""
        reason = ""
        try:
            await self._bus.wait_for_disconnect()
        except Exception as end:  # noqa: BLE001 the border: whatever a library raises, the connection is gone
            reason = f"{type(end).__name__}: {end}"
        self.close()
        return reason

    def close(self) -> None:
        """End it at once: what is still queued is not sent, and no call is heard any more."""
        if self._closed:
            return
        self._closed = True
        self._outbox.close()
        close_bus(self._bus)

    def _body(self, specs: Sequence[Spec], values: Iterable[Any]) -> list[Any]:
        box = self._library.Variant
        return [shape(spec, value, box) for spec, value in zip(specs, values, strict=True)]

    def _pack(self, **fields: Any) -> Packet:
        # Nobody answers these messages, so their serials may cross those that the library gives to its calls.
        serial = next(self._serials) % 0xFFFF_FFFF + 1
        return Packet(self._library.Message(serial=serial, **fields)._marshall(False))

    async def _ask_bus(self, member: str, signature: str, body: list[Any]) -> int:
        if self._closed:
            raise ConnectionFailed("the connection is closed")
        message = self._library.Message(member=member, signature=signature, body=body, **_TO_DAEMON)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                reply = await self._bus.call(message)
        except Exception as failure:  # the border: whatever a library raises, there is no answer
            raise ConnectionFailed(f"the bus did not answer {member}") from failure
        if reply is None:  # the connection was closed from our side meanwhile
            raise ConnectionFailed(f"the bus did not answer {member}")
        if reply.message_type is self._library.MessageType.ERROR:
            raise ConnectionFailed(f"the bus refused {member}: {reply.error_name}")
        return int(reply.body[0])

    def _take(self, message: Any) -> bool:
        """See every incoming message first; True keeps the library from answering a call itself."""
        kinds = self._library.MessageType
        if message.message_type is kinds.SIGNAL:
            if message.sender == _DAEMON and _tells_loss(message):
                self._on_name_lost(str(message.body[0]))
            return False
        if message.message_type is not kinds.METHOD_CALL:
            return False
        self._on_call(
            Call(
                path=message.path,
                interface=message.interface or "",
                member=message.member,
                signature=message.signature or "",
                arguments=tuple(self._unboxed(value) for value in message.body),
                sender=message.sender,
                serial=message.serial,
                wants_reply=not int(message.flags) & _NO_REPLY_EXPECTED,
            )
        )
        return True

    def _unboxed(self, value: Any) -> Any:
        match value:
            case self._library.Variant():
                return Boxed(value.signature, self._unboxed(value.value))
            case dict():
                return {key: self._unboxed(element) for key, element in value.items()}
            case list() | tuple():
                return [self._unboxed(element) for element in value]
            case _:
                return value


def _tells_loss(message: Any) -> bool:
    """A name of ours is taken away, or another's connection has ended."""
    if message.member == "NameOwnerChanged":
        return str(message.body[0]).startswith(":") and not message.body[2]
    return bool(message.member == "NameLost")


async def connect(
    address: str | None,
    library: str,
    *,
    on_call: OnCall,
    on_name_lost: OnNameLost,
    on_relief: Callable[[], None],
) -> Connection:
    """Connect to the bus at `address` (None: the session's); calls arrive from the first moment.

    Raises ConnectionFailed.
    """
    module = load_library(library)
    bus = await open_bus(module, address)
    return Connection(module, bus, on_call=on_call, on_name_lost=on_name_lost, on_relief=on_relief)
