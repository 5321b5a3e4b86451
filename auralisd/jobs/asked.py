"""Tracks that somebody asked a job about."""

from collections.abc import Mapping, Sequence
from typing import Any

from auralisd.errors import InvalidRequest, NotFound
from auralisd.jobs.ports import Library
from auralisd.model.track import Track
from auralisd.store.ids import must_be_ids


def only(spec: Mapping[str, Any], kind: str, known: Sequence[str]) -> None:
    """Raises InvalidRequest for a key that this kind of job has no use for."""
    for key in spec:
        if key not in known:
            raise InvalidRequest(f"spec: {kind} takes {' '.join(known)}, not {key}")


async def tracks_of(spec: Mapping[str, Any], library: Library) -> tuple[Track, ...]:
    """The tracks of `spec`, each once and in order.

    Raises InvalidRequest when there are none, NotFound for one that does not exist.
    """
    numbers: tuple[int, ...] = tuple(dict.fromkeys(spec.get("tracks", ())))
    if not numbers:
        raise InvalidRequest("spec.tracks must name at least one track")
    must_be_ids(numbers)
    found = await library.tracks(numbers)
    if (unknown := next((number for number in numbers if number not in found), None)) is not None:
        raise NotFound(f"there is no track {unknown}")
    return tuple(found[number] for number in numbers)


def lengths_us(tracks: Sequence[Track]) -> tuple[int, ...]:
    """How much work each is: its length, and that of a short song where the file does not say."""
    return tuple(track.stream.duration_us or 180_000_000 for track in tracks)
