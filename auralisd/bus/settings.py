"""org.auralis.Auralis1.Settings."""

from typing import Any, Final

from auralisd.bus.calls import Export
from auralisd.bus.ports import Described, SettingsPort
from auralisd.bus.values import Boxed, Spec, Typed, admit_boxed
from auralisd.playback.devices import device_of

INTERFACE = "org.auralis.Auralis1.Settings"
Map = dict[str, Any]

_SIGNATURES: Final = {bool: "b", int: "u", float: "d", str: "s", tuple: "as"}


class SettingsFace:
    """What may be set, what is set, and what belongs to the configuration file."""

    def __init__(self, settings: SettingsPort) -> None:
        self._settings = settings

    def export(self) -> Export:
        return Export(
            INTERFACE,
            methods={"Get": self.get, "Set": self.set, "Reset": self.reset, "Describe": self.describe},
            signals=("Changed",),
        )

    def get(self) -> Map:
        values = self._settings.values
        return {each.key: Typed(spec_of(each), public(each.key, values[each.key])) for each in self._settings.described}

    async def set(self, values: Map) -> None:
        specs = {each.key: spec_of(each) for each in self._settings.described if each.writable}
        wanted = {key: _plain(specs, key, boxed) for key, boxed in values.items()}
        await self._settings.change(wanted)

    async def reset(self, keys: list[str]) -> None:
        await self._settings.reset(keys or [each.key for each in self._settings.described if each.writable])

    def describe(self) -> dict[str, Map]:
        own = self._settings.own
        return {each.key: _row(each, is_set=each.key in own) for each in self._settings.described}


def spec_of(described: Described) -> Spec:
    """What a value of this setting is on the bus."""
    return Spec(
        described.key,
        _SIGNATURES[described.kind],
        low=described.low,
        high=described.high,
        words=described.words,
    )


def public(key: str, value: Any) -> Any:
    """A value without the folders that only the machine's owner knows: folders and files go by their names."""
    match key:
        case "music_folders":
            return [folder.rstrip("/").rpartition("/")[2] for folder in value]
        case "output" if value.startswith("file:"):
            return f"file:{device_of(value)}"
        case _:
            return value


def together(older: tuple[list[str]], newer: tuple[list[str]]) -> tuple[list[str]]:
    """Two Changed signals as one."""
    return (list(dict.fromkeys([*older[0], *newer[0]])),)


def _plain(specs: dict[str, Spec], key: str, boxed: Boxed) -> Any:
    """A key that is none is for the owner to refuse, who knows what there is."""
    return admit_boxed(specs[key], boxed) if key in specs else boxed.value


def _row(described: Described, *, is_set: bool) -> Map:
    spec = spec_of(described)
    row: Map = {
        "type": spec.signature,
        "default": Typed(spec, public(described.key, described.default)),
        "applies": described.applies,
        "writable": described.writable,
        "set": is_set,
        "description": described.prose,
    }
    if described.words:
        row["words"] = described.words
    if described.kind in (int, float):
        row |= {"low": described.low, "high": described.high}
    return row
