"""org.auralis.Auralis1 as a client sees it."""

import asyncio
import math
from typing import Any

import pytest
from dbus_fast import Variant

from auralisd.doors.sound import DeviceState, MetersRead
from auralisd.library.events import LibraryChanged
from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.preset import PRESETS, Preset
from auralisd.playback import commands
from auralisd.playback.snapshot import Mastering
from tests.bus.client import INVALID, OUR_NAME, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

ENHANCEMENT = f"{OUR_NAME}.Enhancement"
QUERY = "sassua{sv}"


# --- Enhancement ---------------------------------------------------------------------------------------


async def test_enhancement_can_be_switched_off(rig: Rig, client: Client) -> None:
    await client.set(ENHANCEMENT, "Enabled", Variant("b", False))

    assert rig.player.asked == [commands.SetEnabled(False)]
    assert await client.get(ENHANCEMENT, "Enabled") is False


@pytest.mark.parametrize("intensity", [0.0, 0.5, 1.0])
async def test_intensity_can_be_set_from_0_to_1(rig: Rig, client: Client, intensity: float) -> None:
    await client.set(ENHANCEMENT, "Intensity", Variant("d", intensity))

    assert await client.get(ENHANCEMENT, "Intensity") == intensity


@pytest.mark.parametrize("intensity", [math.nan, math.inf, -math.inf, -0.01, 1.01, 1e308])
async def test_an_impossible_intensity_changes_nothing(rig: Rig, client: Client, intensity: float) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(ENHANCEMENT, "Intensity", Variant("d", intensity))

    assert rig.player.asked == []


async def test_an_unknown_preset_is_refused_with_the_known_ones(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match="adaptive") as failure:
        await client.set(ENHANCEMENT, "Preset", Variant("s", "loudest"))

    assert failure.value.name == INVALID


async def test_every_preset_says_what_it_is(rig: Rig, client: Client) -> None:
    presets = await client.get(ENHANCEMENT, "Presets")

    assert set(presets) == set(PRESETS)
    assert presets["adaptive"]["own"] is False
    assert presets["adaptive"]["label"] == PRESETS["adaptive"].label


async def test_a_plan_is_shown_in_physical_units_and_told_when_it_changes(rig: Rig, client: Client) -> None:
    plan = MasteringPlan(
        "adaptive",
        1.0,
        "adaptive",
        target_lufs=-14.0,
        gain_db=-3.5,
        eq_mid=((1000.0, 1.5),),
        bands=(BandDynamics(200.0, -30.0, 2.0, 25.0, 250.0),),
        width=1.25,
        album=True,
    )
    rig.player.become(mastering=Mastering(plan, 1, 2_500_000))
    await client.settled()

    [changed] = client.changes(ENHANCEMENT)
    assert set(changed) == {"Plan", "State", "EffectiveFrom"}
    assert (changed["State"], changed["EffectiveFrom"]) == ("adaptive", 2_500_000)
    assert changed["Plan"] == {
        "preset": "adaptive",
        "intensity": 1.0,
        "state": "adaptive",
        "target_lufs": -14.0,
        "gain_db": -3.5,
        "ceiling_dbtp": 0.0,
        "expected_gain_reduction_db": 0.0,
        "eq_mid": [[1000.0, 1.5]],
        "bands": [[200.0, -30.0, 2.0, 25.0, 250.0]],
        "width": 1.25,
        "album": True,
    }


@pytest.mark.parametrize(
    ("planned", "state", "gain_db"),
    [("bypassed", "bypassed", -3.5), ("provisional", "provisional", -3.5), ("levelled", "off", -3.5)],
)
async def test_the_state_tells_what_is_done_and_replay_gain_is_told_by_its_plan(
    rig: Rig, client: Client, planned: str, state: str, gain_db: float
) -> None:
    rig.player.become(mastering=Mastering(MasteringPlan("adaptive", 1.0, planned, gain_db=gain_db), 1))
    told = await client.get_all(ENHANCEMENT)

    assert (told["State"], told["Plan"]["state"], told["Plan"]["gain_db"]) == (state, planned, gain_db)


async def test_untouched_samples_have_no_plan(rig: Rig, client: Client) -> None:
    rig.player.become(mastering=Mastering(MasteringPlan("adaptive", 0.0, "off"), 1))

    assert await client.get(ENHANCEMENT, "Plan") == {}


@pytest.mark.parametrize(
    ("interface", "name", "value", "command"),
    [
        ("Enhancement", "Preset", Variant("s", "warm"), commands.SetPreset("warm")),
        ("Enhancement", "DefaultPreset", Variant("s", "live"), commands.SetDefaultPreset("live")),
        ("Enhancement", "Bypass", Variant("b", True), commands.SetBypass(True)),
        ("Enhancement", "TargetLoudness", Variant("d", -30.0), commands.SetTarget(-30.0)),
        ("Enhancement", "TargetLoudness", Variant("i", -8), commands.SetTarget(-8.0)),
        ("Enhancement", "TargetLoudness", Variant("d", 0.0), commands.SetTarget(0.0)),
        ("Enhancement", "AlbumMode", Variant("b", True), commands.SetAlbumMode(True)),
        ("Output", "ReplayGain", Variant("s", "auto"), commands.SetReplayGain("auto")),
        ("Output", "ReplayGainPreamp", Variant("d", -15.0), commands.SetPreamp(-15.0)),
        ("Output", "Gapless", Variant("b", False), commands.SetGapless(False)),
        ("Output", "Crossfade", Variant("d", 12.0), commands.SetCrossfade(12.0)),
        ("Output", "CrossfadeOnSkip", Variant("b", True), commands.SetCrossfadeOnSkip(True)),
    ],
)
async def test_every_wish_about_the_sound_can_be_set_and_read(
    rig: Rig, client: Client, interface: str, name: str, value: Variant, command: commands.Command
) -> None:
    await client.set(f"{OUR_NAME}.{interface}", name, value)

    assert rig.player.asked == [command]
    assert await client.get(f"{OUR_NAME}.{interface}", name) == value.value


@pytest.mark.parametrize(
    ("interface", "name", "value"),
    [
        *(
            ("Enhancement", "TargetLoudness", Variant("d", lufs))
            for lufs in (math.nan, math.inf, -math.inf, -30.01, -7.99, 0.01, -1e308)
        ),
        *(
            ("Output", "ReplayGainPreamp", Variant("d", gain_db))
            for gain_db in (math.nan, math.inf, -math.inf, -15.01, 15.01)
        ),
        *(("Output", "Crossfade", Variant("d", seconds)) for seconds in (math.nan, math.inf, -0.1, 12.01)),
        ("Enhancement", "DefaultPreset", Variant("s", "loudest")),
        ("Enhancement", "DefaultPreset", Variant("s", "")),
        ("Enhancement", "Bypass", Variant("s", "yes")),
        ("Enhancement", "AlbumMode", Variant("i", 1)),
        ("Output", "ReplayGain", Variant("s", "loudest")),
        ("Output", "ReplayGain", Variant("b", True)),
    ],
)
async def test_an_impossible_wish_about_the_sound_changes_nothing(
    rig: Rig, client: Client, interface: str, name: str, value: Variant
) -> None:
    before = rig.player.snapshot
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(f"{OUR_NAME}.{interface}", name, value)

    assert rig.player.snapshot == before


@pytest.mark.parametrize("name", ["State", "Plan", "EffectiveFrom", "Presets"])
async def test_what_is_being_done_can_only_be_read(rig: Rig, client: Client, name: str) -> None:
    with pytest.raises(CallFailed, match="PropertyReadOnly"):
        await client.set(ENHANCEMENT, name, Variant("s", ""))


async def test_own_presets_appear_live_with_all_their_parameters(rig: Rig, client: Client) -> None:
    own = Preset("mine", "Mine", "As I like it", -15.0, 0.5, bass_db=2.0, ratio=1.5, own=True)
    rig.player.become(presets={**PRESETS, "mine": own})
    await client.settled()

    [changed] = client.changes(ENHANCEMENT)
    assert changed["Presets"]["mine"] == {
        "label": "Mine",
        "description": "As I like it",
        "own": True,
        "target_lufs": -15.0,
        "correction": 0.5,
        "low_shelf_db": 0.0,
        "low_mid_db": 0.0,
        "mid_db": 0.0,
        "high_mid_db": 0.0,
        "high_shelf_db": 0.0,
        "bass_db": 2.0,
        "treble_db": 0.0,
        "width_db": 0.0,
        "ratio": 1.5,
        "threshold_db": 0.0,
        "attack_ms": 80.0,
        "release_ms": 300.0,
    }


async def test_a_preset_can_be_remembered_and_forgotten(rig: Rig, client: Client) -> None:
    await client.ours("Enhancement", "RememberPreset", "tss", 3, "album", "warm")
    await client.ours("Enhancement", "RememberPreset", "tss", 3, "track", "")

    assert rig.player.asked == [commands.RememberPreset(3, "album", "warm"), commands.RememberPreset(3, "track", "")]


@pytest.mark.parametrize(
    ("track", "scope", "preset", "error"),
    [
        (3, "song", "warm", INVALID),
        (3, "track", "loudest", INVALID),
        (99, "track", "warm", OURS_ERROR + "NotFound"),
        (2**64 - 1, "album", "warm", OURS_ERROR + "NotFound"),
    ],
)
async def test_a_preset_that_cannot_be_remembered_changes_nothing(
    rig: Rig, client: Client, track: int, scope: str, preset: str, error: str
) -> None:
    before = rig.player.snapshot
    with pytest.raises(CallFailed, match=error):
        await client.ours("Enhancement", "RememberPreset", "tss", track, scope, preset)

    assert rig.player.snapshot == before


async def test_meters_tell_what_is_known_and_nothing_else(rig: Rig, client: Client) -> None:
    rig.player.read = MetersRead(
        1, momentary_in_lufs=-20.0, short_out_lufs=-14.5, integrated_out_lufs=-14.0, gain_reduction_db=1.5
    )
    [meters] = await client.ours("Enhancement", "Meters")

    assert meters == {
        "momentary_in": -20.0,
        "short_out": -14.5,
        "integrated_out": -14.0,
        "gain_reduction_db": 1.5,
    }


async def test_meters_are_empty_while_nothing_is_heard(rig: Rig, client: Client) -> None:
    assert await client.ours("Enhancement", "Meters") == [{}]


# --- Library -------------------------------------------------------------------------------------------


async def pages(client: Client, limit: int) -> list[list[dict[str, Any]]]:
    found, cursor = [], ""
    while True:
        rows, cursor, total, revision = await client.ours("Library", "Query", QUERY, "", ["id"], cursor, limit, {})
        assert (total, revision) == (5, 7)
        found.append(rows)
        if not cursor:
            return found


async def test_a_query_is_answered_page_by_page(rig: Rig, client: Client) -> None:
    assert await pages(client, 2) == [[{"id": 1}, {"id": 2}], [{"id": 3}, {"id": 4}], [{"id": 5}]]


async def test_no_fields_means_all_that_is_known(rig: Rig, client: Client) -> None:
    [rows, *_] = await client.ours("Library", "Query", QUERY, "song 3", [], "", 0, {})

    assert [row["title"] for row in rows] == ["Song 3"]
    assert {"id", "artists", "album", "duration_us", "file_name", "rate_hz"} <= set(rows[0])
    assert not {"date", "mbid", "genres"} & set(rows[0])


async def test_a_query_can_be_turned_round_and_jumped_into(rig: Rig, client: Client) -> None:
    options = {"descending": Variant("b", True), "offset": Variant("t", 3)}
    [rows, *_] = await client.ours("Library", "Query", QUERY, "", ["id"], "", 0, options)

    assert rows == [{"id": 2}, {"id": 1}]


@pytest.mark.parametrize(
    ("fields", "limit", "options", "named"),
    [
        (["path"], 0, {}, "fields"),
        ([], 501, {}, "limit"),
        ([], 0, {"order": Variant("s", "title")}, "options"),
        ([], 0, {"sort": Variant("s", "loudness")}, "options.sort"),
        ([], 0, {"offset": Variant("s", "3")}, "options.offset"),
        ([], 0, {"offset": Variant("x", -1)}, "options.offset"),
    ],
)
async def test_a_wrong_argument_of_a_query_is_named(
    rig: Rig, client: Client, fields: list[str], limit: int, options: dict[str, Variant], named: str
) -> None:
    with pytest.raises(CallFailed, match=named) as failure:
        await client.ours("Library", "Query", QUERY, "", fields, "", limit, options)

    assert failure.value.name == INVALID


async def test_a_track_can_be_got_whole(rig: Rig, client: Client) -> None:
    [row] = await client.ours("Library", "Get", "t", 3)

    assert (row["id"], row["title"]) == (3, "Song 3")
    assert {"artists", "album", "favourite", "plays", "available"} <= set(row)


@pytest.mark.parametrize("track", [0, 99, 2**63, 2**64 - 1])
async def test_an_unknown_track_cannot_be_got(rig: Rig, client: Client, track: int) -> None:
    with pytest.raises(CallFailed, match=OURS_ERROR + "NotFound"):
        await client.ours("Library", "Get", "t", track)


async def test_albums_and_artists_can_be_browsed(rig: Rig, client: Client) -> None:
    [albums, cursor, total, revision] = await client.ours("Library", "Browse", "sssua{sv}", "albums", "", "", 0, {})
    [artists, *_] = await client.ours("Library", "Browse", "sssua{sv}", "artists", "", "", 0, {})

    assert (cursor, total, revision) == ("", 1, 7)
    assert set(albums[0]) == {"id", "title", "tracks", "duration_us", "compilation"}
    assert set(artists[0]) == {"id", "name", "tracks", "albums"}


async def test_an_unknown_kind_of_part_is_refused_with_the_known_ones(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match=r"kind.*years") as failure:
        await client.ours("Library", "Browse", "sssua{sv}", "moods", "", "", 0, {})

    assert failure.value.name == INVALID


async def test_folders_are_listed_with_where_they_lie(rig: Rig, client: Client) -> None:
    [[folder]] = await client.ours("Library", "ListFolders")

    assert folder == {
        "id": 2**40,
        "name": "Music",
        "location": "file:///music/%FF",
        "available": True,
        "watched": False,
        "removable": True,
        "tracks": 5,
    }


@pytest.mark.parametrize("track", [0, 99, 2**63, 2**64 - 1])
async def test_an_unknown_track_has_no_location(rig: Rig, client: Client, track: int) -> None:
    with pytest.raises(CallFailed, match=OURS_ERROR + "NotFound"):
        await client.ours("Library", "GetLocation", "t", track)


async def test_a_settled_batch_is_told_with_its_counts(rig: Rig, client: Client) -> None:
    rig.library.by_id.pop(5)
    rig.service.on_event(LibraryChanged(8, added=2, removed=1))
    await client.settled()

    assert client.signals("Changed") == [[8, {"added": 2, "changed": 0, "moved": 0, "removed": 1, "unavailable": 0}]]
    assert client.changes(f"{OUR_NAME}.Library") == [{"TrackCount": 4}]


# --- Queue ---------------------------------------------------------------------------------------------


async def test_a_queue_is_set_and_listed_with_the_fields_asked_for(rig: Rig, client: Client) -> None:
    [entries] = await client.ours("Queue", "Set", "atub", [3, 1, 3], 1, False)
    options = {"fields": Variant("as", ["title"])}
    rows, cursor, total, _ = await client.ours("Queue", "List", "sua{sv}", "", 2, options)
    rest, *_ = await client.ours("Queue", "List", "sua{sv}", cursor, 2, {})

    assert rows == [
        {"entry": entries[0], "index": 0, "track": 3, "title": "Song 3"},
        {"entry": entries[1], "index": 1, "track": 1, "title": "Song 1"},
    ]
    assert (total, rest) == (3, [{"entry": entries[2], "index": 2, "track": 3}])
    assert await client.get(f"{OUR_NAME}.Queue", "CurrentIndex") == 1


async def test_tracks_are_appended_under_new_entry_ids(queued: Rig, client: Client) -> None:
    [entries] = await client.ours("Queue", "Append", "at", [4, 4])

    assert len(set(entries)) == 2
    assert await client.get(f"{OUR_NAME}.Queue", "Length") == 5


@pytest.mark.parametrize("wanted", [[1, 99], [2**64 - 1]])
async def test_an_unknown_track_leaves_the_queue_as_it_was(queued: Rig, client: Client, wanted: list[int]) -> None:
    before = queued.player.snapshot
    for member, signature, rest in (("Append", "at", ()), ("Set", "atub", (0, True))):
        with pytest.raises(CallFailed, match=OURS_ERROR + "NotFound"):
            await client.ours("Queue", member, signature, wanted, *rest)

    assert queued.player.snapshot == before


async def test_a_list_of_more_than_ten_thousand_tracks_is_refused(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.ours("Queue", "Append", "at", [1] * 10_001)


@pytest.mark.parametrize("cursor", ["x", "-1", "²", "9" * 30, " 1"])
async def test_a_cursor_that_nobody_gave_out_is_refused(queued: Rig, client: Client, cursor: str) -> None:
    with pytest.raises(CallFailed, match="cursor"):
        await client.ours("Queue", "List", "sua{sv}", cursor, 0, {})


async def test_an_offset_behind_the_end_is_an_empty_page(queued: Rig, client: Client) -> None:
    rows, cursor, total, _ = await client.ours("Queue", "List", "sua{sv}", "", 0, {"offset": Variant("t", 2**64 - 1)})

    assert (rows, cursor, total) == ([], "", 3)


# --- Output, Daemon ------------------------------------------------------------------------------------


async def test_the_output_s_state_is_told(rig: Rig, client: Client) -> None:
    rig.player.become(underruns=2)
    await client.settled()

    assert client.changes(f"{OUR_NAME}.Output") == [{"Underruns": 2}]
    assert await client.get(f"{OUR_NAME}.Output", "State") == "closed"


async def test_the_format_is_what_the_device_runs_and_empty_while_it_is_closed(rig: Rig, client: Client) -> None:
    closed = await client.get(f"{OUR_NAME}.Output", "Format")
    rig.player.become(device=DeviceState("running", "default", 44_100, 2, "S32_LE", 882, 22_050, 80.0))
    await client.settled()

    assert closed == {}
    assert await client.get(f"{OUR_NAME}.Output", "Format") == {
        "rate_hz": 44_100,
        "channels": 2,
        "sample_format": "S32_LE",
        "period_frames": 882,
        "buffer_frames": 22_050,
        "fill_ms": 80.0,
    }


async def test_the_daemon_says_how_it_is(rig: Rig, client: Client) -> None:
    assert await client.get_all(f"{OUR_NAME}.Daemon") == {
        "Version": "1.2.3",
        "Health": "ok",
        "Faults": [],
        "Capabilities": {"flac": [True, ""], "aac": [False, "no decoder"]},
    }


async def test_a_fault_is_told(rig: Rig, client: Client) -> None:
    rig.health.faults = ("folder-missing",)
    rig.service.health_changed()
    await client.settled()

    assert client.changes(f"{OUR_NAME}.Daemon") == [{"Health": "degraded", "Faults": ["folder-missing"]}]


# --- no paths ------------------------------------------------------------------------------------------


async def test_no_path_of_the_music_folder_is_in_anything_that_is_not_asked_for_it(queued: Rig, client: Client) -> None:
    folder = queued.library.by_id[1].path.rpartition(b"/")[0].decode()
    said: list[object] = [
        await client.get_all(f"{OUR_NAME}.{name}") for name in ("Enhancement", "Library", "Queue", "Output", "Daemon")
    ]
    said += [await client.get_all(f"org.mpris.MediaPlayer2{name}") for name in ("", ".Player")]
    said.append(await client.ours("Library", "Query", QUERY, "", [], "", 0, {}))
    for uri in (f"file://{folder}/a.txt", f"file://{folder}/absent.flac", f"{folder}/a.flac"):
        with pytest.raises(CallFailed) as failure:
            await client.player("OpenUri", "s", uri)
        said.append(failure.value.text)
    await client.player("Play")
    await client.player("Next")
    await asyncio.sleep(0)
    await client.settled()

    assert folder not in repr([said, client.heard])
    assert "Music" not in repr(client.signals("PropertiesChanged")).replace("Auralis Music", "")
