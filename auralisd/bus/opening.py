"""Opening: how a bus is reached and left, and the only import of a D-Bus library.

dbus-next is used on every Python that can import it, dbus-fast, its maintained fork with the same names, where
it cannot (3.15 and later).  Here end the differences between the two, and their ways of losing a connection.
"""

import asyncio
import contextlib
import importlib
import warnings
from types import ModuleType
from typing import Any

from auralisd.errors import StartRefused

LIBRARIES = ("dbus_next", "dbus_fast")
CONNECT_TIMEOUT_S = 10.0


class ConnectionFailed(Exception):
    """There is no bus at that address, or it does not want us; the text says which."""


def load_library(name: str = "") -> ModuleType:
    """The D-Bus library of that name, or the first that this Python can import."""
    for candidate in [name.replace("-", "_")] if name else LIBRARIES:
        with contextlib.suppress(ImportError), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # dbus-next on 3.13: typing's leftovers
            importlib.import_module(f"{candidate}.aio")
            return importlib.import_module(candidate)
    raise StartRefused(f"no D-Bus library can be imported, tried: {name or ' '.join(LIBRARIES)}")


async def open_bus(module: ModuleType, address: str | None, *, with_descriptors: bool = False) -> Any:
    """The library's own connection; `with_descriptors`: file descriptors may come along.  Raises ConnectionFailed."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            return await _open(module, address, with_descriptors)
    except TimeoutError:
        raise ConnectionFailed("the bus does not answer") from None
    except Exception as failure:  # the border: whatever a library raises, there is no connection
        raise ConnectionFailed(str(failure) or type(failure).__name__) from failure


def close_bus(bus: Any) -> None:
    """End the library's own connection at once."""
    bus._user_disconnect = True  # else the libraries report it as a failure
    bus._finalize(None)
    _close_sockets(bus)


async def _open(module: ModuleType, address: str | None, with_descriptors: bool) -> Any:
    bus_class = importlib.import_module(f"{module.__name__}.aio").MessageBus

    class TidyBus(bus_class):  # type: ignore[valid-type,misc]  # either library's
        """Closes what dbus-next leaves open, and ends where it would spin for ever."""

        def _setup_socket(self) -> None:
            try:
                super()._setup_socket()
            except BaseException:
                _close_sockets(self)
                raise

        async def _auth_readline(self) -> str:
            # dbus-next reads on for ever, without a pause, when the daemon hangs up here.
            line = b""
            while not line.endswith(b"\r\n"):
                byte = await asyncio.get_running_loop().sock_recv(self._sock, 1)
                if not byte:
                    raise EOFError("the bus hung up")
                line += byte
            return line[:-2].decode()

    bus = TidyBus(bus_address=address, negotiate_unix_fd=with_descriptors)
    try:
        return await bus.connect()
    except BaseException:
        _abandon(bus)
        raise


def _abandon(bus: Any) -> None:
    """Leave nothing behind of a connection that did not come about."""
    if (fd := getattr(bus, "_fd", None)) is not None:
        asyncio.get_running_loop().remove_reader(fd)
    _close_sockets(bus)
    if (end := bus._disconnect_future).done():
        end.exception()  # seen: asyncio shall not report it as forgotten


def _close_sockets(bus: Any) -> None:
    for name in ("_stream", "_sock"):
        if (opened := getattr(bus, name, None)) is not None:
            with contextlib.suppress(OSError):
                opened.close()
