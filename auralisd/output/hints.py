"""`python -m auralisd.output.hints`: the sound devices that there are, by the names that a person knows them by.

A process of its own: ALSA's library asks sound servers and drivers for their devices, and any of them may hang with
Python's global lock held.  Prints one JSON list of `{"name", "label"}`, in ALSA's order.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from typing import Final

import msgspec

_LIBRARY: Final = "libasound.so.2"

_NO_DEVICES: Final = ("null", "samplerate", "speexrate", "jack", "oss", "speex", "upmix", "vdownmix", "lavrate")
"""Plugins that ALSA lists beside devices."""


class Hint(msgspec.Struct, frozen=True):
    """`name` opens the device; `label` is what its driver or its sound server calls it, on one line."""

    name: str
    label: str


def hints() -> list[Hint]:
    """What can be played to.  pyalsaaudio names the devices and not what they are called, so ALSA's library is asked
    itself; where it is not there, there are none."""
    try:
        alsa = ctypes.CDLL(_LIBRARY)
    except OSError:
        return []
    alsa.snd_device_name_get_hint.restype = ctypes.c_void_p
    alsa.snd_device_name_get_hint.argtypes = (ctypes.c_void_p, ctypes.c_char_p)
    listed = ctypes.POINTER(ctypes.c_void_p)()
    if alsa.snd_device_name_hint(-1, b"pcm", ctypes.byref(listed)) != 0:
        return []
    try:
        return list(_playable(alsa, listed))
    finally:
        alsa.snd_device_name_free_hint(listed)


def _playable(alsa: ctypes.CDLL, listed: "ctypes._Pointer[ctypes.c_void_p]") -> Iterator[Hint]:
    index = 0
    while hint := listed[index]:
        index += 1
        name, described, direction = (_said(alsa, hint, what) for what in (b"NAME", b"DESC", b"IOID"))
        if name and direction in ("", "Output") and name not in _NO_DEVICES:
            yield Hint(name, ", ".join(line.strip() for line in described.splitlines()) or name)


def _said(alsa: ctypes.CDLL, hint: int, what: bytes) -> str:
    address = alsa.snd_device_name_get_hint(hint, what)
    if not address:
        return ""
    try:
        return ctypes.string_at(address).decode(errors="replace")
    finally:
        ctypes.CDLL(None).free(ctypes.c_void_p(address))


def main() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # ALSA's library prints there what it thinks of a configuration, with paths in it
    sys.stdout.write(msgspec.json.encode(hints()).decode())


if __name__ == "__main__":
    main()
