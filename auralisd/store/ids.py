"""Ids, and numbers that can be none."""

from auralisd.errors import NotFound

MAX_ID = 2**63 - 1
"""SQLite counts no further: a larger id names nothing."""


def must_be_ids(tracks: tuple[int, ...]) -> None:
    """Raises NotFound for a number that no track can have."""
    for track in tracks:
        if track > MAX_ID:
            raise NotFound(f"there is no track {track}")
