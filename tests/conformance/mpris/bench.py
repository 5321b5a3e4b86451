"""The bench: one player on a bus, asked as any client may ask it, and every signal that it sends."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from dbus_fast import Message, MessageType, Variant

from tests.bus.client import MPRIS_PATH, NO_TRACK, PLAYER, PROPERTIES, ROOT, CallFailed, Client, plain
from tests.conformance.mpris.players import Player

TRACK_LIST = "org.mpris.MediaPlayer2.TrackList"
BUS = "org.freedesktop.DBus"
PLAYING, PAUSED, STOPPED = "Playing", "Paused", "Stopped"
S_US = 1_000_000

Values = dict[str, Any]


@dataclass(frozen=True)
class Music:
    """What there is to play, by the name that each file has without its suffix: titles are the same names."""

    folder: Path
    queue: tuple[str, ...] = ("One", "Two", "Three", "Four")

    def __getitem__(self, name: str) -> Path:
        return next(path for path in self.folder.iterdir() if path.stem == name)

    def uri(self, name: str) -> str:
        return uri_of(self[name])


def uri_of(path: Path) -> str:
    return "file://" + quote(os.fsencode(path))


@dataclass
class Bench:
    client: Client
    player: Player
    music: Music
    heard: list[Message] = field(default_factory=list)
    owner: str = ""

    async def connect(self) -> None:
        self.client.bus.add_message_handler(self._hear)
        self.owner = await self.ask_bus("GetNameOwner", "s", self.player.name)

    def _hear(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and message.sender == self.owner:
            about = message.body[0] if message.member == "PropertiesChanged" else message.interface
            if message.path == MPRIS_PATH or str(about).startswith(ROOT):  # what else it has is its own affair
                self.heard.append(message)

    # --- asking -----------------------------------------------------------------------------------------

    async def arrange(self, status: str = PLAYING, at: int = 1) -> None:
        """The four tracks are the queue, the one at `at` is current, everything else is as it is at first."""
        await self.player.arrange(self, status, at)
        await self.becomes(PlaybackStatus=status)
        await self.calm()
        self.listen()

    async def empty(self) -> None:
        """Nothing in the queue."""
        await self.player.empty(self)
        await self.calm()
        self.listen()

    async def ask_bus(self, member: str, signature: str = "", *body: Any) -> Any:
        return (await self.client.call("/org/freedesktop/DBus", BUS, member, signature, *body, to=BUS))[0]

    async def call(self, interface: str, member: str, signature: str = "", *body: Any) -> list[Any]:
        return await self.client.call(MPRIS_PATH, interface, member, signature, *body, to=self.player.name)

    async def do(self, member: str, signature: str = "", *body: Any) -> None:
        await self.call(PLAYER, member, signature, *body)

    async def edit(self, member: str, signature: str, *body: Any) -> list[Any]:
        return await self.call(TRACK_LIST, member, signature, *body)

    async def get(self, name: str, interface: str = PLAYER) -> Any:
        return (await self.call(PROPERTIES, "Get", "ss", interface, name))[0]

    async def all(self, interface: str = PLAYER) -> Values:
        found: Values = (await self.call(PROPERTIES, "GetAll", "s", interface))[0]
        return found

    async def typed(self, interface: str = PLAYER) -> dict[str, Variant]:
        """GetAll with the types that the values had."""
        found: dict[str, Variant]
        [found] = await self.client.typed(MPRIS_PATH, PROPERTIES, "GetAll", "s", interface, to=self.player.name)
        return found

    async def track_maps(self, ids: list[str]) -> list[dict[str, Variant]]:
        """As GetTracksMetadata answers them, with types."""
        found: list[dict[str, Variant]]
        [found] = await self.client.typed(MPRIS_PATH, TRACK_LIST, "GetTracksMetadata", "ao", ids, to=self.player.name)
        return found

    async def metadata(self) -> dict[str, Variant]:
        """Of the current track, with types."""
        found: dict[str, Variant] = (await self.typed())["Metadata"].value
        return found

    async def put(self, name: str, signature: str, value: Any) -> None:
        await self.call(PROPERTIES, "Set", "ssv", PLAYER, name, Variant(signature, value))

    async def refused(self, asked: Awaitable[Any], error: str = "") -> None:
        """It is an error in words; ours names it as `error` does."""
        with pytest.raises(CallFailed) as failure:
            await asked
        assert failure.value.text, "an error without words"
        assert not self.player.is_ours or failure.value.name.endswith(error), failure.value.name

    async def cannot(self, ability: str) -> None:
        """Ours says so now; what another says is a matter of other rows."""
        if await self.get(ability):
            assert not self.player.is_ours, ability
            pytest.skip(f"it says {ability}")

    async def has_track_list(self) -> bool:
        return bool(await self.get("HasTrackList", ROOT))

    async def tracks(self) -> list[str]:
        found: list[str] = await self.get("Tracks", TRACK_LIST)
        return found

    async def track(self) -> str:
        return str((await self.get("Metadata")).get("mpris:trackid", NO_TRACK))

    async def title(self) -> str:
        return str((await self.get("Metadata")).get("xesam:title", ""))

    async def titles(self) -> list[str]:
        """Of the whole track list."""
        [found] = await self.edit("GetTracksMetadata", "ao", await self.tracks())
        return [each["xesam:title"] for each in found]

    async def open(self, name: str) -> None:
        """Plays one of the files, and is there; whether opening alone plays it is a row of its own."""
        await self.do("OpenUri", "s", self.music.uri(name))
        if not self.player.is_ours:
            await self.shows(name)
            await self.do("Play")
        await self.plays(name)

    async def go_to(self, position_us: int) -> None:
        """A position in the current track, and is there."""
        await self.do("SetPosition", "ox", await self.track(), position_us)
        await self.until(lambda: self._is_near(position_us), f"at {position_us}")
        await self.calm()

    async def near_the_end(self) -> None:
        length_us = (await self.get("Metadata"))["mpris:length"]
        await self.do("SetPosition", "ox", await self.track(), length_us - 400_000)

    async def _is_near(self, position_us: int) -> bool:
        return bool(abs(await self.get("Position") - position_us) < 3 * S_US)

    # --- waiting and hearing ----------------------------------------------------------------------------

    async def until(self, true: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait for it."""
        try:
            async with asyncio.timeout(self.player.within_s):
                while not await true():  # noqa: ASYNC110 another process
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pytest.fail(f"never: {what}")

    async def becomes(self, **values: Any) -> None:
        """Wait until properties of the player have these values."""

        async def holds() -> bool:
            now = await self.all()
            return all(now[name] == value for name, value in values.items())

        await self.until(holds, str(values))

    async def plays(self, title: str, status: str = PLAYING) -> None:
        """Wait until a track is current."""

        async def holds() -> bool:
            now = await self.all()
            return bool(now["PlaybackStatus"] == status and now["Metadata"].get("xesam:title") == title)

        await self.until(holds, f"{status} {title}")

    async def shows(self, title: str) -> None:
        """Wait until a title, or what begins with it, is that of the current track."""

        async def holds() -> bool:
            return (await self.title()).startswith(title)

        await self.until(holds, title)

    def listen(self) -> None:
        """What was heard until now counts no more."""
        self.heard.clear()

    async def calm(self, quiet_s: float = 0.15) -> None:
        """Wait until no signal has come for a while; changes may be held back for an eighth of a second."""
        count = -1
        while count != len(self.heard):
            count = len(self.heard)
            await asyncio.sleep(quiet_s)

    def changes(self, interface: str = PLAYER) -> list[Values]:
        """What each PropertiesChanged of an interface carried."""
        heard = (s.body for s in self.heard if s.member == "PropertiesChanged" and s.body[0] == interface)
        return [plain(body[1]) for body in heard]

    def invalidated(self) -> list[tuple[str, list[str]]]:
        return [(s.body[0], s.body[2]) for s in self.heard if s.member == "PropertiesChanged" and s.body[2]]

    def signals(self, member: str) -> list[list[Any]]:
        return [[plain(value) for value in s.body] for s in self.heard if s.member == member]

    async def view(self) -> Values:
        """All that a client could show, but for the time that passes."""
        found = {"Tracks": await self.tracks()} if await self.has_track_list() else {}
        values = await self.all()
        del values["Position"]
        return found | values

    @contextlib.asynccontextmanager
    async def unmoved(self) -> AsyncIterator[None]:
        """What is done within has no effect, and nothing is told of it."""
        before, position_us = await self.view(), await self.get("Position")
        self.listen()
        yield
        await self.calm()
        assert await self.view() == before
        assert [message.member for message in self.heard] == []
        if before["PlaybackStatus"] != PLAYING:
            assert await self.get("Position") == position_us
