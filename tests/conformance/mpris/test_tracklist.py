"""Rows TL: the track list."""

# ruff: noqa: N802  the rows are named as the checklist names them

from pathlib import Path

import pytest

from tests.bus.client import NO_TRACK, PROPERTIES, CallFailed
from tests.conformance.mpris.bench import PAUSED, PLAYING, S_US, STOPPED, TRACK_LIST, Bench
from tests.music import tag

INVALID = (TRACK_LIST, ["Tracks"])
TOLD = ("TrackListReplaced", "TrackAdded", "TrackRemoved", "TrackMetadataChanged")
ELSEWHERE = "/org/example/none"


async def add(bench: Bench, after: str, *, play: bool = False) -> None:
    before = await bench.tracks()
    await bench.edit("AddTrack", "sob", bench.music.uri("Other"), after, play)

    async def is_there() -> bool:
        return len(await bench.tracks()) == len(before) + 1

    await bench.until(is_there, "a track more")
    await bench.calm()


def told(bench: Bench) -> list[str]:
    return [message.member or "" for message in bench.heard if message.member in TOLD]


async def test_TL_01_tracks_are_ids_in_order(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    tracks = (await listed.typed(TRACK_LIST))["Tracks"]

    assert tracks.signature == "ao"
    assert await listed.titles() == list(listed.music.queue)
    assert tracks.value[1] == await listed.track()


async def test_TL_02_a_change_is_an_invalidation_without_its_value(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    await add(listed, NO_TRACK)

    assert listed.invalidated() == [INVALID]
    assert listed.changes(TRACK_LIST) == [{}]


async def test_TL_03_a_long_queue_is_shown_by_a_window(listed: Bench) -> None:
    await listed.player.fill(listed, 10_000)
    first = await listed.tracks()
    for _ in range(30):
        await listed.do("Next")
    await listed.calm()
    tracks = await listed.tracks()

    assert len(first) == 101
    assert len(tracks) == 121
    assert tracks.index(await listed.track()) == 20
    assert first[10:] == tracks[:91]


async def test_TL_04_the_window_goes_with_the_current_track(listed: Bench) -> None:
    await listed.player.fill(listed, 200)
    await listed.calm()
    listed.listen()
    await listed.do("Next")
    await listed.calm()

    assert listed.signals("TrackListReplaced") == [[await listed.tracks(), await listed.track()]]
    assert (told(listed), listed.invalidated()) == (["TrackListReplaced"], [INVALID])


async def test_TL_05_it_says_whether_it_can_be_edited(listed: Bench) -> None:
    assert (await listed.typed(TRACK_LIST))["CanEditTracks"].signature == "b"


async def test_TL_06_each_track_has_a_map_with_its_id(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    tracks = await listed.tracks()

    assert [each["mpris:trackid"].value for each in await listed.track_maps(tracks)] == tracks


async def test_TL_07_ids_that_are_not_there_are_left_out(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    one, two, *_ = await listed.tracks()
    maps = await listed.track_maps([two, NO_TRACK, one, ELSEWHERE, two])

    assert [each["mpris:trackid"].value for each in maps] == [two, one, two]
    assert await listed.track_maps([]) == []


async def test_TL_08_ids_outside_the_window_are_answered(listed: Bench) -> None:
    await listed.player.fill(listed, 200)
    first = (await listed.tracks())[0]
    for _ in range(30):
        await listed.do("Next")
    await listed.calm()

    assert first not in await listed.tracks()
    assert [each["mpris:trackid"].value for each in await listed.track_maps([first])] == [first]
    await listed.refused(listed.edit("GetTracksMetadata", "ao", [first] * 1001), "LimitExceeded")


async def test_TL_09_a_track_is_added_behind_another(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    await add(listed, (await listed.tracks())[2])

    assert await listed.titles() == ["One", "Two", "Three", "Other", "Four"]
    assert await listed.title() == "Two"


async def test_TL_10_behind_no_track_is_the_start(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    await add(listed, NO_TRACK)

    assert await listed.titles() == ["Other", "One", "Two", "Three", "Four"]


async def test_TL_11_behind_what_is_not_there_is_the_end(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    await add(listed, ELSEWHERE)

    assert await listed.titles() == ["One", "Two", "Three", "Four", "Other"]


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_TL_12_what_is_added_as_current_plays(listed: Bench, status: str) -> None:
    await listed.arrange(status)
    await add(listed, (await listed.tracks())[3], play=True)

    await listed.plays("Other")


async def test_TL_13_what_can_be_edited_is_and_what_cannot_is_not(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    tracks = await listed.tracks()
    can = await listed.get("CanEditTracks", TRACK_LIST)
    try:
        await listed.edit("RemoveTrack", "o", tracks[3])
    except CallFailed:
        assert not can
    await listed.calm()

    assert await listed.tracks() == (tracks[:3] if can else tracks)


@pytest.mark.parametrize("uri", ["http://example.org/a.flac", "file:///etc/passwd"])
async def test_TL_14_what_cannot_be_played_is_not_added(listed: Bench, uri: str) -> None:
    await listed.arrange(PAUSED)
    async with listed.unmoved():
        await listed.refused(listed.edit("AddTrack", "sob", uri, NO_TRACK, False), "NotSupported")


async def test_TL_15_what_is_not_there_cannot_be_removed(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    async with listed.unmoved():
        for track_id in (NO_TRACK, ELSEWHERE):
            await listed.edit("RemoveTrack", "o", track_id)
    one, *others = await listed.tracks()
    await listed.edit("RemoveTrack", "o", one)
    await listed.calm()

    assert await listed.tracks() == others
    assert await listed.title() == "Two"


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_TL_16_what_follows_the_removed_track_is_current(listed: Bench, status: str) -> None:
    await listed.arrange(status, at=2)
    await listed.edit("RemoveTrack", "o", await listed.track())

    await listed.plays("Four", status)


async def test_TL_16_where_nothing_follows_play_stops(listed: Bench) -> None:
    await listed.arrange(PLAYING, at=3)
    await listed.edit("RemoveTrack", "o", await listed.track())

    await listed.becomes(PlaybackStatus=STOPPED)


@pytest.mark.parametrize("track_id", [NO_TRACK, ELSEWHERE])
async def test_TL_17_nobody_can_go_to_what_is_not_there(listed: Bench, track_id: str) -> None:
    await listed.arrange(PAUSED)
    async with listed.unmoved():
        await listed.edit("GoTo", "o", track_id)


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_TL_18_going_to_a_track_plays_it(listed: Bench, status: str) -> None:
    await listed.arrange(status)
    await listed.edit("GoTo", "o", (await listed.tracks())[3])

    await listed.plays("Four")
    assert await listed.get("Position") < 5 * S_US


async def test_TL_19_a_replacement_carries_the_list_and_its_current_track(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    await listed.player.fill(listed, 50)
    await listed.calm()
    [*_, replaced] = listed.signals("TrackListReplaced")
    assert replaced == [await listed.tracks(), await listed.track()]
    await listed.empty()
    await listed.player.fill(listed, 50)
    await listed.calm()
    listed.listen()
    await listed.player.empty(listed)
    await listed.calm()

    assert listed.signals("TrackListReplaced") == [[[], NO_TRACK]]


async def test_TL_20_an_added_track_is_told_with_what_it_stands_behind(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    one, *_ = await listed.tracks()
    await add(listed, NO_TRACK)
    await add(listed, one)
    new_first, _, new_third, *_ = await listed.tracks()

    assert [(body[0]["mpris:trackid"], body[0]["xesam:title"], body[1]) for body in listed.signals("TrackAdded")] == [
        (new_first, "Other", NO_TRACK),
        (new_third, "Other", one),
    ]


async def test_TL_21_a_removed_track_is_told(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    four = (await listed.tracks())[3]
    await listed.edit("RemoveTrack", "o", four)
    await listed.calm()

    assert listed.signals("TrackRemoved") == [[four]]


async def test_TL_22_a_track_that_reads_otherwise_is_told_under_its_id(listed: Bench, fresh: Path) -> None:
    track = await listed.track()
    listed.listen()
    tag(fresh, title="Another")

    async def is_told() -> bool:
        return bool(listed.signals("TrackMetadataChanged"))

    await listed.until(is_told, "the new title")
    [[told_id, metadata]] = listed.signals("TrackMetadataChanged")
    assert (told_id, metadata["mpris:trackid"], metadata["xesam:title"]) == (track, track, "Another")


async def test_TL_23_many_at_once_are_one_replacement(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    await listed.player.fill(listed, 5_000)
    await listed.calm()

    assert (told(listed), listed.invalidated()) == (["TrackListReplaced"], [INVALID])


async def test_TL_25_shuffle_leaves_the_list_as_it_is(listed: Bench) -> None:
    await listed.arrange(PAUSED)
    tracks = await listed.tracks()
    await listed.put("Shuffle", "b", True)
    await listed.becomes(Shuffle=True)
    await listed.calm()

    assert await listed.tracks() == tracks
    assert (told(listed), listed.invalidated()) == ([], [])
    assert await listed.call(PROPERTIES, "Get", "ss", TRACK_LIST, "CanEditTracks") == [True]
