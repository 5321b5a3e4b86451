"""Every key of a track's row, with its type, wherever rows of tracks are told."""

from typing import Any

import msgspec
import pytest
from dbus_fast import Message, Variant

from auralisd.model.listening import Numbers
from auralisd.model.track import StreamFacts, Tags
from tests.builders import a_track
from tests.bus.client import OUR_NAME, OUR_PATH, Client
from tests.bus.conftest import Rig

KEYS = {
    "id": "t",
    "title": "s",
    "artists": "as",
    "album": "s",
    "album_id": "t",
    "album_artist": "s",
    "track_number": "i",
    "disc_number": "i",
    "date": "s",
    "genres": "as",
    "composers": "as",
    "duration_us": "x",
    "format": "s",
    "rate_hz": "u",
    "channels": "u",
    "bits": "u",
    "bitrate": "u",
    "favourite": "b",
    "rating": "d",
    "plays": "u",
    "skips": "u",
    "last_played": "x",
    "added": "x",
    "available": "b",
    "analysed": "b",
    "loudness_lufs": "d",
    "true_peak_dbtp": "d",
    "bpm": "d",
    "comment": "s",
    "file_name": "s",
    "mbid": "s",
}
WHOLE = msgspec.structs.replace(
    a_track(9),
    stream=StreamFacts("mp3", 180_000_000, 44_100, 2, 16, 320_000),
    tags=Tags("Aria", ("Ada", "Bob"), "Album", "Ada", 3, 1, "1999-09", ("Pop",), ("Eve",), "mb", bpm=99.5, comment="c"),
    numbers=Numbers(favourite=True, rating=0.5, plays=3, skips=1, last_played_unix_s=2**33),
    added_unix_s=2**33,
    analysed=True,
    album_id=7,
    loudness_lufs=-14.5,
    true_peak_dbtp=-1.0,
)


async def asked(client: Client, interface: str, member: str, signature: str, *body: Any) -> Any:
    """The first result with its variants."""
    reply = await client.bus.call(
        Message(
            destination=OUR_NAME,
            path=OUR_PATH,
            interface=f"{OUR_NAME}.{interface}",
            member=member,
            signature=signature,
            body=list(body),
        )
    )
    return reply.body[0]


@pytest.fixture
async def whole(rig: Rig) -> Rig:
    rig.library.by_id.clear()
    rig.library.by_id[9] = WHOLE
    rig.player.fill((), (9,), 0)
    return rig


async def test_every_key_is_told_by_get_query_and_the_queue(whole: Rig, client: Client) -> None:
    got = await asked(client, "Library", "Get", "t", 9)
    [queried] = await asked(client, "Library", "Query", "sassua{sv}", "", [], "", 0, {})
    fields = {"fields": Variant("as", list(KEYS))}
    [listed] = await asked(client, "Queue", "List", "sua{sv}", "", 0, fields)
    types = [{key: value.signature for key, value in row.items()} for row in (got, queried, listed)]

    assert types == [KEYS, KEYS, {"entry": "u", "index": "u", "track": "t"} | KEYS]


@pytest.mark.parametrize("key", KEYS)
async def test_each_key_can_be_asked_for_alone(whole: Rig, client: Client, key: str) -> None:
    [[row], *_] = await client.ours("Library", "Query", "sassua{sv}", "", [key], "", 0, {})

    assert list(row) == [key]
