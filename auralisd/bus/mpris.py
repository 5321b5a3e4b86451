"""org.mpris.MediaPlayer2 and its Player (MPRIS 2.2): every member passes one command on."""

from collections.abc import Callable

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.metadata import entry_of
from auralisd.bus.ports import Library, PlayerPort
from auralisd.bus.uris import path_of
from auralisd.errors import NotSupported
from auralisd.playback import commands

ROOT = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
LOOPS = {status: loop for loop, status in properties.LOOP_STATUS.items()}


class Root:
    """The player as a whole."""

    def __init__(self, on_quit: Callable[[], None], desktop_entry: str) -> None:
        self._on_quit = on_quit
        self._desktop_entry = desktop_entry

    def export(self) -> Export:
        return Export(ROOT, methods={"Raise": self.raise_window, "Quit": self.quit}, read=self.read)

    def read(self) -> properties.Values:
        return properties.root(self._desktop_entry)

    def raise_window(self) -> None:
        """There is none."""

    def quit(self) -> None:
        self._on_quit()


class Transport:
    """The Player interface."""

    def __init__(self, player: PlayerPort, library: Library, *, with_url: Callable[[], bool]) -> None:
        self._player = player
        self._library = library
        self._with_url = with_url

    def export(self) -> Export:
        return Export(
            PLAYER,
            methods={
                "Next": self.next,
                "Previous": self.previous,
                "Pause": self.pause,
                "PlayPause": self.play_pause,
                "Stop": self.stop,
                "Play": self.play,
                "Seek": self.seek,
                "SetPosition": self.set_position,
                "OpenUri": self.open_uri,
            },
            setters={
                "LoopStatus": self.set_loop_status,
                "Rate": self.set_rate,
                "Shuffle": self.set_shuffle,
                "Volume": self.set_volume,
            },
            read=self.read,
            signals=("Seeked",),
        )

    def read(self) -> properties.Values:
        player = self._player
        return properties.player(player.snapshot, position_us=player.position_us(), with_url=self._with_url())

    async def next(self) -> None:
        await self._player.ask(commands.Next())

    async def previous(self) -> None:
        await self._player.ask(commands.Previous())

    async def pause(self) -> None:
        await self._player.ask(commands.Pause())

    async def play_pause(self) -> None:
        # MPRIS 2.2: where CanPause is false, this alone of all methods raises an error.
        if self._player.snapshot.current is None:
            raise NotSupported("there is nothing to play")
        await self._player.ask(commands.Toggle())

    async def stop(self) -> None:
        await self._player.ask(commands.Stop())

    async def play(self) -> None:
        await self._player.ask(commands.Play())

    async def seek(self, offset_us: int) -> None:
        await self._player.ask(commands.SeekBy(offset_us))

    async def set_position(self, track_id: str, position_us: int) -> None:
        entry = entry_of(track_id)
        if entry is not None:
            await self._player.ask(commands.SeekTo(entry, position_us))

    async def open_uri(self, uri: str) -> None:
        track = await self._library.adopt(path_of(uri))
        await self._player.ask(commands.PlayNow(track))

    async def set_loop_status(self, status: str) -> None:
        await self._player.ask(commands.SetLoop(LOOPS[status]))

    async def set_rate(self, rate: float) -> None:
        # MPRIS 2.2: 0.0 acts as if Pause was called; other rates become the nearest there is, which is in force.
        if rate == 0.0:
            await self._player.ask(commands.Pause())

    async def set_shuffle(self, shuffle: bool) -> None:
        # Our own mode knows more than on and off: one that is in force stays.
        if shuffle != (self._player.snapshot.shuffle != "off"):
            await self._player.ask(commands.SetShuffle("tracks" if shuffle else "off"))

    async def set_volume(self, volume: float) -> None:
        await self._player.ask(commands.SetVolume(volume))
