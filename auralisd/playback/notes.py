"""What the player is told of the world around it, beside commands and reports: its shell answers them."""

import msgspec


class Tick(msgspec.Struct, frozen=True):
    """Time to keep the place, and to see whether sound answers."""


class Rest(msgspec.Struct, frozen=True):
    """Sound was silent for long: its process may end."""


class Refresh(msgspec.Struct, frozen=True):
    """The library changed: the current track may read differently."""


class Learned(msgspec.Struct, frozen=True):
    """More, or something else, is known of these tracks."""

    tracks: tuple[int, ...]


class PresetsChanged(msgspec.Struct, frozen=True):
    """Other presets than before, or others of their parameters."""


class SettingsChanged(msgspec.Struct, frozen=True):
    """How long an idle sound process stays, or what it logs, is another than before."""


Note = Tick | Rest | Refresh | Learned | PresetsChanged | SettingsChanged
