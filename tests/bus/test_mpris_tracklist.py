"""org.mpris.MediaPlayer2.TrackList in states that tests/conformance/mpris cannot bring about."""

# ruff: noqa: N802  the rows are named as the checklist names them

import random
from typing import Any

import msgspec

from auralisd.library.events import LibraryChanged
from auralisd.playback.snapshot import PLAYING, Entry
from tests.bus.client import MPRIS_PATH, NO_TRACK, PLAYER, Client
from tests.bus.conftest import Rig

TRACK_LIST = "org.mpris.MediaPlayer2.TrackList"
SIGNALS = ("TrackListReplaced", "TrackAdded", "TrackRemoved", "TrackMetadataChanged")


def path(entry: int) -> str:
    return f"/org/auralis/Auralis1/entry/{entry}"


def edited(rig: Rig, *ids: int, current: int = 0) -> None:
    """Another list; entry 7 is of track 2, as every fifth is."""
    entries = tuple(Entry(number, (number - 1) % 5 + 1) for number in ids)
    places = [entry.id for entry in entries]
    at = places.index(current) if current in places else (0 if entries else -1)
    track = rig.library.by_id[entries[at].track] if entries else None
    rig.player.become(
        entries=entries,
        revision=rig.player.snapshot.revision + 1,
        current_index=at,
        current_entry=entries[at].id if entries else 0,
        current=track,
        length_us=track.stream.duration_us if track else None,
    )


def told(client: Client) -> list[tuple[str, list[Any]]]:
    return [(signal.member, signal.body) for signal in client.heard if signal.member in SIGNALS]


def invalidations(client: Client) -> list[list[Any]]:
    return [s.body for s in client.heard if s.member == "PropertiesChanged" and s.body[0] == TRACK_LIST]


async def start(rig: Rig, client: Client, *ids: int, current: int = 0) -> None:
    edited(rig, *ids, current=current)
    await client.settled()
    client.heard.clear()


async def test_TL_02_nothing_is_told_while_the_list_stays_as_it_is(rig: Rig, client: Client) -> None:
    await start(rig, client, 1, 2, 3)
    rig.player.become(status=PLAYING, volume=0.5)
    edited(rig, 1, 2, 3, current=2)
    await client.settled()

    assert told(client) == []
    assert invalidations(client) == []


async def test_TL_19_another_order_is_a_replacement_with_the_current_track(rig: Rig, client: Client) -> None:
    await start(rig, client, 1, 2, 3)
    edited(rig, 3, 1, 2, current=1)
    await client.settled()

    assert told(client) == [("TrackListReplaced", [[path(3), path(1), path(2)], path(1)])]


async def test_TL_20_single_tracks_are_told_one_by_one_each_behind_the_one_before(rig: Rig, client: Client) -> None:
    await start(rig, client, 1, 2, 3)
    edited(rig, 8, 1, 6, 7, 3)
    await client.settled()

    removed, *added = told(client)
    assert removed == ("TrackRemoved", [path(2)])
    assert [(member, body[0]["mpris:trackid"], body[1]) for member, body in added] == [
        ("TrackAdded", path(8), NO_TRACK),
        ("TrackAdded", path(6), path(1)),
        ("TrackAdded", path(7), path(6)),
    ]
    assert added[0][1][0]["xesam:title"] == "Song 3"
    assert len(invalidations(client)) == 1


async def test_TL_22_a_track_that_reads_otherwise_is_told_under_its_own_id(rig: Rig, client: Client) -> None:
    await start(rig, client, 1, 2, 6)
    track = rig.library.by_id[1]
    rig.library.by_id[1] = msgspec.structs.replace(track, tags=msgspec.structs.replace(track.tags, title="Else"))
    rig.service.on_event(LibraryChanged(8, changed=1))
    await client.settled()

    assert [(member, body[0], body[1]["xesam:title"]) for member, body in told(client)] == [
        ("TrackMetadataChanged", path(1), "Else"),
        ("TrackMetadataChanged", path(6), "Else"),
    ]


async def test_TL_24_whoever_follows_the_signals_has_the_list(rig: Rig, client: Client) -> None:
    dice = random.Random(3)
    await start(rig, client, *range(1, 8))
    ids, followed, fresh = list(range(1, 8)), [path(n) for n in range(1, 8)], 100
    for _ in range(60):
        for _ in range(dice.randint(1, 4)):
            match dice.randrange(4):
                case 0 if ids:
                    ids.remove(dice.choice(ids))
                case 1:
                    dice.shuffle(ids)
                case _:
                    ids.insert(dice.randrange(len(ids) + 1), fresh := fresh + 1)
        edited(rig, *ids, current=dice.choice(ids) if ids else 0)
        if dice.random() < 0.5:
            await client.settled(0.05)
    await client.settled()
    for member, body in told(client):
        match member:
            case "TrackListReplaced":
                followed = list(body[0])
            case "TrackRemoved":
                followed.remove(body[0])
            case "TrackAdded":
                place = 0 if body[1] == NO_TRACK else followed.index(body[1]) + 1
                followed.insert(place, body[0]["mpris:trackid"])

    assert followed == await client.get(TRACK_LIST, "Tracks")


async def test_PS_13_a_replacement_comes_before_the_news_of_the_player(rig: Rig, client: Client) -> None:
    await start(rig, client, 1, 2, 3)
    edited(rig, *range(20, 60))
    await client.settled()
    order = [s.member if s.member in SIGNALS else s.body[0] for s in client.heard if s.path == MPRIS_PATH]

    assert order.index("TrackListReplaced") < order.index(PLAYER)
