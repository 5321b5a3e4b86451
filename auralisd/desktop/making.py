"""The keeper as the configuration wants it."""

from collections.abc import Callable

from auralisd.config import Config
from auralisd.desktop.keeper import Around, Keeper
from auralisd.desktop.nap import Listener, Nap


def keeper_of(config: Config, player: Listener, know: Callable[[dict[str, str]], None]) -> Keeper:
    nap = Nap(player)
    return Keeper(
        address=config.system_bus_address,
        dbus_library=config.dbus_library,
        around=Around(before=nap.begin, after=nap.end),
        naps=config.pause_for_sleep,
        keeps_awake=config.keep_awake,
        know=know,
    )
