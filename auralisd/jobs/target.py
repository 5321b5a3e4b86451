"""The target folder of a job: absolute, there, writable, and no part of the music."""

import asyncio
import os
from collections.abc import Iterable

from auralisd.errors import InvalidRequest, Unavailable
from auralisd.supervise import aside

_ANSWER_S = 5.0


async def must_take_files(folder: bytes, music_folders: Iterable[bytes]) -> None:
    """Raises InvalidRequest saying what is wrong with it, Unavailable when its drive does not answer."""
    if not folder.startswith(b"/"):
        raise InvalidRequest("spec.folder must be an absolute path or a file:// URI")
    try:
        async with asyncio.timeout(_ANSWER_S):
            wrong = await aside("target", lambda: what_is_wrong(folder, tuple(music_folders)))
    except TimeoutError:
        raise Unavailable("spec.folder: its drive does not answer; try again when it does") from None
    if wrong:
        raise InvalidRequest(f"spec.folder {wrong}")


def what_is_wrong(folder: bytes, music_folders: tuple[bytes, ...]) -> str:
    """Why no file can be put there; "" when it can."""
    if b"\0" in folder or not os.path.isdir(folder):
        return "must be a folder that is there"
    real = os.path.realpath(folder)
    for music in music_folders:
        if os.path.commonpath((real, os.path.realpath(music))) == os.path.realpath(music):
            return "must not lie inside a music folder, where what is written would become part of the library"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "cannot be written by this user"
    return ""
