"""Devices: what the sound can be played on, by the names that a client says, and the specs that the output takes."""

import asyncio
import unicodedata
from pathlib import PurePath
from typing import Final

import msgspec

from auralisd.doors.probe import ProbeEnded, probe
from auralisd.errors import InvalidRequest, Unavailable

DEFAULT: Final = "default"
SILENT: Final = "silent"
WITHIN_S: Final = 5.0
"""Where a sound server hangs, so does whoever asks it; a client is told then."""

LONGEST_NAME: Final = 256


class Device(msgspec.Struct, frozen=True):
    """`present`: it is there now.  The one in use may not be."""

    name: str
    label: str
    present: bool = True

    @property
    def is_default(self) -> bool:
        return self.name == DEFAULT


def device_of(spec: str) -> str:
    """The name of a configured output; a file's is its own, without the folder."""
    kind, _, rest = spec.partition(":")
    match kind:
        case "silent":
            return SILENT
        case "file":
            return PurePath(rest).name
        case _:
            return rest or DEFAULT


def spec_of(device: str) -> str:
    """The output that a client's word names.  Raises InvalidRequest."""
    if not device or len(device) > LONGEST_NAME or any(unicodedata.category(each)[0] == "C" for each in device):
        raise InvalidRequest(
            f"Device must be a name that ListDevices gives, or another one of ALSA's, of 1 to {LONGEST_NAME} characters"
        )
    return SILENT if device == SILENT else f"alsa:{device}"


class DeviceList:
    """Asked of a process of its own; who asks while it is being asked gets the same answer."""

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._asking: asyncio.Task[tuple[Device, ...]] | None = None

    async def ask(self, in_use: str) -> tuple[Device, ...]:
        """The devices there are, silence last, and the one in use in any case.  Raises Unavailable."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(_asked(self._within_s), name="sound devices")
        found = await asyncio.shield(self._asking)
        if all(device.name != DEFAULT for device in found):
            found = (Device(DEFAULT, "The default device", present=False), *found)
        found = (*found, Device(SILENT, "Silence, in real time"))
        if all(device.name != in_use for device in found):
            found = (*found, Device(in_use, in_use, present=False))
        return found


async def _asked(within_s: float) -> tuple[Device, ...]:
    try:
        found: tuple[Device, ...] = await probe("auralisd.output.hints", tuple[Device, ...], within_s=within_s)
    except TimeoutError:
        raise Unavailable(f"the sound system names no devices within {within_s:g} s; see whether it hangs") from None
    except ProbeEnded as end:
        raise Unavailable(f"the sound system ends whoever asks it for devices ({end})") from None
    return found
