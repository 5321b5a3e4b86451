"""Rows MD: the map that describes a track."""

# ruff: noqa: N802  the rows are named as the checklist names them

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from dbus_fast import Variant

from tests.bus.client import NO_TRACK, plain
from tests.conformance.mpris.bench import PAUSED, PLAYING, STOPPED, Bench
from tests.music import tag

TYPES = {
    "as": "albumArtist artist comment composer genre lyricist",
    "s": "album title asText url",
    "i": "audioBPM discNumber trackNumber useCount",
    "d": "userRating autoRating",
    "date": "contentCreated firstUsed lastUsed",
    "ids": "musicBrainzTrackID musicBrainzAlbumID musicBrainzArtistID musicBrainzAlbumArtistID",
}
FIELDS = {kind: {f"xesam:{name}" for name in names.split()} for kind, names in TYPES.items()}
WIRE = {"date": "s", "ids": "as"}
PLAIN = {key: WIRE.get(kind, kind) for kind, keys in FIELDS.items() for key in keys} | {
    "mpris:trackid": "o",
    "mpris:length": "x",
    "mpris:artUrl": "s",
}


async def rich(bench: Bench) -> dict[str, Variant]:
    """The map of a file that is tagged with all there is."""
    await bench.arrange(PAUSED)
    await bench.open("Rich")
    await bench.calm()
    return await bench.metadata()


def fields(metadata: dict[str, Variant], kind: str) -> dict[str, str]:
    """The types of those fields that are there."""
    return {key: value.signature for key, value in metadata.items() if key in FIELDS[kind]}


@pytest.mark.parametrize("status", [PLAYING, PAUSED])
async def test_MD_01_a_track_has_an_id_that_is_an_object_path(bench: Bench, status: str) -> None:
    await bench.arrange(status)

    assert (await bench.typed())["Metadata"].signature == "a{sv}"
    assert (await bench.metadata())["mpris:trackid"].signature == "o"


async def test_MD_02_ids_lie_outside_the_specification_s_own_paths(bench: Bench) -> None:
    await bench.arrange(PAUSED)

    assert not (await bench.track()).startswith("/org/mpris")


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_MD_03_a_track_is_never_no_track(bench: Bench, status: str) -> None:
    await bench.arrange(status)
    metadata = await bench.get("Metadata")

    assert metadata.get("mpris:trackid") != NO_TRACK
    assert status == STOPPED or "mpris:trackid" in metadata


async def test_MD_04_no_track_is_an_empty_map(bench: Bench) -> None:
    await bench.empty()

    assert await bench.get("Metadata") == {}


async def test_MD_05_each_place_has_an_id_of_its_own_that_stays(bench: Bench) -> None:
    await bench.arrange(PAUSED, at=2)
    third = await bench.track()
    await bench.do("Previous")
    await bench.plays("Two", PAUSED)
    ids = [third, await bench.track()]
    for _ in range(2):
        await bench.open("Other")
        await bench.calm()
        ids.append(await bench.track())
        await bench.do("Pause")
    await bench.do("Next")
    await bench.plays("Three", PAUSED)

    assert len(set(ids)) == 4
    assert await bench.track() == third


async def test_MD_06_another_place_has_another_id(bench: Bench) -> None:
    await bench.arrange(PAUSED, at=0)
    seen = {await bench.track()}
    for title in bench.music.queue[1:]:
        await bench.do("Next")
        await bench.plays(title, PAUSED)
        seen.add(await bench.track())

    assert len(seen) == 4


@pytest.mark.parametrize(("name", "seconds"), [("Other", 30), ("Long", 2400)])
async def test_MD_07_the_length_is_microseconds(bench: Bench, name: str, seconds: int) -> None:
    await bench.arrange(PAUSED)
    await bench.open(name)
    await bench.until(lambda: has_length(bench), "a length")
    length = (await bench.metadata())["mpris:length"]

    assert length.signature == "x"
    assert length.value == pytest.approx(seconds * 1_000_000, abs=50_000)


async def has_length(bench: Bench) -> bool:
    return "mpris:length" in await bench.metadata()


async def test_MD_08_a_picture_is_a_file_and_absent_without_one(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    picture = (await bench.metadata()).get("mpris:artUrl")

    assert picture is None or (picture.signature, picture.value[:8]) == ("s", "file:///")
    assert picture is None, "the file holds none, and none lies beside it"


async def test_MD_09_a_picture_that_is_told_can_be_read(bench: Bench) -> None:
    for name in ("Other", "Rich"):
        await bench.arrange(PAUSED)
        await bench.open(name)
        url = (await bench.get("Metadata")).get("mpris:artUrl")
        assert url is None or leads_to(url).is_file()


def leads_to(url: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(url).path)))


async def test_MD_10_lists_are_lists(bench: Bench) -> None:
    found = fields(await rich(bench), "as")

    assert set(found) >= {"xesam:artist", "xesam:genre"}
    assert set(found.values()) == {"as"}


async def test_MD_11_texts_are_texts(bench: Bench) -> None:
    found = fields(await rich(bench), "s")

    assert set(found) >= {"xesam:title", "xesam:album"}
    assert set(found.values()) == {"s"}


async def test_MD_12_whole_numbers_are_integers(bench: Bench) -> None:
    found = fields(await rich(bench), "i")

    assert "xesam:trackNumber" in found
    assert set(found.values()) == {"i"}


async def test_MD_13_ratings_lie_between_nought_and_one(bench: Bench) -> None:
    found = fields(metadata := await rich(bench), "d")

    assert set(found.values()) <= {"d"}
    assert all(0.0 <= metadata[key].value <= 1.0 for key in found)


@pytest.mark.parametrize("name", ["Rich", "Dated"])
async def test_MD_14_dates_are_iso(bench: Bench, name: str) -> None:
    await bench.arrange(PAUSED)
    await bench.open(name)
    metadata = await bench.metadata()
    dates = [metadata[key] for key in fields(metadata, "date")]

    assert all(date.signature == "s" for date in dates)
    assert all(re.fullmatch(r"\d{4}(-\d\d(-\d\d(T\S+)?)?)?", date.value) for date in dates), dates
    assert dates or name == "Dated"


async def test_MD_15_the_url_leads_to_the_file(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    await bench.open("Café & 100%")
    url = (await bench.get("Metadata"))["xesam:url"]

    assert leads_to(url) == bench.music["Café & 100%"]
    assert url.isascii()


async def test_MD_16_what_is_not_known_is_absent(bench: Bench) -> None:
    for name in ("Untagged", "Rich"):
        await bench.arrange(PAUSED)
        await bench.do("OpenUri", "s", bench.music.uri(name))
        await bench.shows(name)
        values = plain(await bench.metadata())

        assert [key for key, value in values.items() if value in ("", [], 0)] == []
        assert [key for key, value in values.items() if isinstance(value, list) and "" in value] == []


async def test_MD_17_the_map_is_no_larger_than_clients_hold(bench: Bench) -> None:
    values = plain(await rich(bench))
    lists = {key: value for key, value in values.items() if isinstance(value, list)}

    assert len(values) <= 16
    assert [key for key, value in lists.items() if len(value) > 8] == []
    assert [key for key, value in lists.items() if any(len(text.encode()) >= 384 for text in value)] == []


async def test_MD_18_lyrics_are_not_in_the_map(bench: Bench) -> None:
    values = plain(await rich(bench))

    assert sum(len(str(value)) for value in values.values()) < 16_384


async def test_MD_19_keys_have_a_prefix(bench: Bench) -> None:
    metadata = await rich(bench)

    assert [key for key in metadata if ":" not in key] == []
    assert [key for key in metadata if key.startswith("mpris:") and key not in PLAIN] == []


async def test_MD_20_music_brainz_ids_are_lists(bench: Bench) -> None:
    found = fields(await rich(bench), "ids")
    if not found and not bench.player.is_ours:
        pytest.skip("it tells none")

    assert set(found.values()) == {"as"}


async def test_MD_21_a_track_without_a_title_is_shown_by_its_file_s_name(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    await bench.do("OpenUri", "s", bench.music.uri("Untagged"))

    await bench.shows("Untagged.flac")


async def test_MD_22_the_maps_of_the_track_list_are_made_alike(listed: Bench) -> None:
    current = await rich(listed)
    maps = await listed.track_maps(await listed.tracks())
    found: list[dict[str, Any]] = [each for each in maps if each["mpris:trackid"] == current["mpris:trackid"]]

    assert found == [current]
    wrong = [
        (key, value.signature)
        for each in maps
        for key, value in each.items()
        if value.signature != PLAIN.get(key, "as")
    ]
    assert wrong == []


async def test_MD_23_a_current_track_that_reads_otherwise_keeps_its_id(bench: Bench, fresh: Path) -> None:
    track = await bench.track()
    bench.listen()
    tag(fresh, title="Another")
    await bench.plays("Another", PAUSED)
    await bench.calm()

    assert await bench.track() == track
    assert [set(changed) for changed in bench.changes()] == [{"Metadata"}]
