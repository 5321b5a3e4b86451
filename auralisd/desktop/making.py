"""The keeper as the settings want it."""

from collections.abc import Callable, Sequence

from auralisd.config import Config
from auralisd.desktop.keeper import Around, Keeper
from auralisd.desktop.nap import Listener, Nap
from auralisd.settings.owner import Settings


def keeper_of(
    config: Config,
    settings: Settings,
    player: Listener,
    know: Callable[[dict[str, str]], None],
    *,
    on_wake: Sequence[Callable[[], None]] = (),
) -> Keeper:
    """`on_wake` are called when a suspend is over, before the music plays on, whether it is to pause for it or not."""
    nap = Nap(player)

    async def after() -> None:
        for call in on_wake:
            call()
        await nap.end()

    return Keeper(
        address=config.system_bus_address,
        dbus_library=config.dbus_library,
        around=Around(before=nap.begin, after=after),
        naps=lambda: settings.now.pause_for_sleep,
        keeps_awake=lambda: settings.now.keep_awake,
        know=know,
    )
