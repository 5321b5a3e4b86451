"""Naming: what a written file is called.  Pure."""

import re

from auralisd.model.track import Tags

_MAX_STEM_BYTES = 200
"""A name may have 255 bytes; the ending and a number have their place behind this."""

_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')
"""What some file system on some player refuses."""


def stem_of(tags: Tags, file_name: str, *, with_disc: bool = False) -> str:
    """`NN Title`, or the source's own name without its ending where there is no title; with the disc, `D-NN Title`."""
    if tags.title is None:
        return safe_name(file_name.rpartition(".")[0] or file_name)
    if tags.track_number is None:
        return safe_name(tags.title)
    disc = f"{tags.disc_number}-" if with_disc and tags.disc_number is not None else ""
    return safe_name(f"{disc}{tags.track_number:02} {tags.title}")


def safe_name(text: str) -> str:
    """A name that every file system takes, that is not hidden, and not too long."""
    name = _FORBIDDEN.sub("_", text.encode("utf-8", "replace").decode())
    cut = name.strip().lstrip(".").encode()[:_MAX_STEM_BYTES].decode(errors="ignore")
    return cut.rstrip(". ") or "Track"


def numbered(stem: str, suffix: str, number: int) -> str:
    """The name to try when `number` - 1 names were taken: `Aria.flac`, `Aria (2).flac`."""
    return f"{stem}{suffix}" if number == 1 else f"{stem} ({number}){suffix}"
