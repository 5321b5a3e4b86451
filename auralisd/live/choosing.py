"""Which view the terminal gets."""

import sys
from typing import Protocol

from auralisd.config import Config
from auralisd.library.librarian import Librarian
from auralisd.live.lines import Lines
from auralisd.playback.player import Player


class View(Protocol):
    """Somebody at the terminal who wants to see it."""

    def changed(self) -> None: ...

    async def run(self) -> None: ...


def view_of(config: Config, player: Player, library: Librarian) -> View | None:
    """The live view, or lines where the terminal is none; nothing under a service manager."""
    if config.notify_socket is not None:
        return None
    if not sys.stdout.isatty():
        return Lines(player)
    from auralisd.live.view import LiveView  # rich is 10 MB that an unwatched daemon does without

    return LiveView(player, track_count=lambda: library.track_count, scanning=lambda: library.scanning)
