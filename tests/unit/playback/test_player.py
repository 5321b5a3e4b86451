"""The player's shell: what it keeps, and when; what it tells sound, and when it need not."""

import asyncio
import logging

import msgspec
import pytest

from auralisd.doors.sound import SetLogLevel
from auralisd.errors import InvalidRequest, NotFound
from auralisd.model.knowledge import Knowledge
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import BYPASSED, LEVELLED, OFF, Taste, Treatment
from auralisd.model.taste import DEFAULT_INTENSITY as USUAL
from auralisd.playback import commands as ask
from tests.unit.playback.stage import Library, Stage, a_profile, heard_nothing, revised

OWN, ALBUM = a_profile(-10.0), a_profile(-12.0)
MINE = Preset("mine", "Mine", "", -15.0, 0.5, own=True)


async def test_a_change_of_track_keeps_the_place_and_not_the_whole_queue_again() -> None:
    async with Stage(Library()) as stage:
        await stage.player.ask(ask.SetQueue((10, 20), 0, False))
        await stage.player.ask(ask.Next())
        await stage.player.ask(ask.Append((30,)))

        assert stage.diary.queues == [(10, 20), (10, 20, 30)]
        assert stage.diary.places == [1, 2, 2]


# --- what sound is told -----------------------------------------------------------------------------------


async def test_a_start_tells_what_shall_be_done_to_the_track_and_what_is_known_of_it() -> None:
    library = Library({10: Knowledge(profile=OWN, preset="warm", preset_scope="track")})
    async with Stage(library) as stage:
        _, first = await stage.play(10, 20)

        assert (first.treatment, first.profile) == (Treatment(preset=PRESETS["warm"], intensity=USUAL), OWN)
        assert stage.following is not None
        assert (stage.following.treatment, stage.following.profile) == (Treatment(intensity=USUAL), None)


async def test_a_wish_revises_both_streams_before_anything_is_asked_or_kept() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        questions, stage.diary.held = stage.library.questions, asyncio.Event()
        asked = asyncio.ensure_future(stage.player.ask(ask.SetPreset("warm")))
        streams = await revised(process)

        assert {track: stream.treatment.preset.name for track, stream in streams.items()} == {10: "warm", 20: "warm"}
        assert stage.library.questions == questions
        assert not asked.done()
        stage.diary.held.set()
        await asked


@pytest.mark.parametrize(
    ("command", "treatment"),
    [
        (ask.SetEnabled(False), Treatment(OFF)),
        (ask.SetIntensity(0.5), Treatment(intensity=0.5)),
        (ask.SetBypass(True), Treatment(BYPASSED, intensity=USUAL)),
        (ask.SetTarget(-20.0), Treatment(intensity=USUAL, target_lufs=-20.0)),
        (ask.SetDefaultPreset("live"), Treatment(preset=PRESETS["live"], intensity=USUAL)),
    ],
)
async def test_every_wish_about_the_sound_revises_what_is_heard(command: ask.Command, treatment: Treatment) -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        await stage.player.ask(command)

        assert (await revised(process))[10].treatment == treatment


@pytest.mark.parametrize(
    "command",
    [ask.SetPreset("adaptive"), ask.SetReplayGain("album"), ask.SetPreamp(3.0), ask.SetAlbumMode(True), ask.Play()],
)
async def test_what_changes_nothing_of_the_sound_is_not_told_to_it(command: ask.Command) -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        await stage.player.ask(command)

        await heard_nothing(stage, process)


async def test_replay_gain_levels_what_is_heard_once_enhancement_is_off() -> None:
    async with Stage(Library(), Taste(replay_gain="track", preamp_db=2.0)) as stage:
        process, _ = await stage.play(10, 20)
        await stage.player.ask(ask.SetEnabled(False))

        assert (await revised(process))[10].treatment == Treatment(LEVELLED, preamp_db=2.0)


async def test_a_new_measurement_revises_the_track_that_it_is_of() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        stage.library.remember(20, profile=OWN)
        stage.player.knowledge_changed((20,))
        streams = await revised(process)

        assert [stream.profile for stream in streams.values()] == [OWN]
        assert list(streams) == [20]


async def test_a_measurement_of_a_track_far_away_is_not_looked_up() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        questions = stage.library.questions
        stage.player.knowledge_changed((500, 501))

        await heard_nothing(stage, process)
        assert stage.library.questions <= questions + 1, "the current track is read with every change"


async def test_a_file_that_was_written_anew_keeps_the_sound_that_is_heard() -> None:
    async with Stage(Library({10: Knowledge(profile=OWN)})) as stage:
        process, _ = await stage.play(10, 20)
        stage.library.remember(10, profile=None)
        stage.player.library_changed()

        await heard_nothing(stage, process)


async def test_an_own_preset_that_is_edited_is_heard_as_it_is_now_and_one_that_is_deleted_gives_way() -> None:
    async with Stage(Library(), Taste(preset="mine")) as stage:
        stage.shelf.put(MINE)
        process, first = await stage.play(10, 20)
        louder = msgspec.structs.replace(MINE, target_lufs=-11.0)
        stage.shelf.put(louder)
        stage.player.presets_changed()
        edited = await revised(process)
        stage.shelf.take_away("mine")
        stage.player.presets_changed()
        deleted = await revised(process)
        snapshot = await stage.until(lambda now: "mine" not in now.presets)

        assert [each.treatment.preset for each in (first, edited[10], deleted[10])] == [
            MINE,
            louder,
            PRESETS["adaptive"],
        ]
        assert (snapshot.preset, snapshot.default_preset) == ("adaptive", "adaptive")
        stage.shelf.put(MINE)
        stage.player.presets_changed()
        assert (await revised(process))[10].treatment.preset == MINE


# --- presets that are remembered --------------------------------------------------------------------------


async def test_a_remembered_preset_is_heard_at_once_and_shown() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        await stage.player.ask(ask.RememberPreset(10, "track", "warm"))
        streams = await revised(process)

        assert {track: stream.treatment.preset.name for track, stream in streams.items()} == {10: "warm"}
        assert (stage.player.snapshot.preset, stage.player.snapshot.default_preset) == ("warm", "adaptive")


async def test_a_preset_chosen_over_a_remembered_one_is_this_entry_s_alone() -> None:
    async with Stage(Library({10: Knowledge(preset="warm", preset_scope="album")})) as stage:
        process, _ = await stage.play(10, 20)
        await stage.player.ask(ask.SetPreset("bright"))
        streams = await revised(process)
        shown = stage.player.snapshot
        await stage.player.ask(ask.Next())

        assert {track: stream.treatment.preset.name for track, stream in streams.items()} == {10: "bright"}
        assert (shown.preset, shown.default_preset) == ("bright", "adaptive")
        assert stage.player.snapshot.preset == "adaptive"


async def test_a_forgotten_preset_gives_way_to_the_default() -> None:
    async with Stage(Library({10: Knowledge(preset="warm", preset_scope="track")})) as stage:
        process, _ = await stage.play(10, 20)
        await stage.player.ask(ask.RememberPreset(10, "track", ""))

        assert (await revised(process))[10].treatment.preset == PRESETS["adaptive"]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (ask.RememberPreset(10, "track", "none-such"), InvalidRequest),
        (ask.RememberPreset(10, "song", "warm"), InvalidRequest),
        (ask.RememberPreset(5000, "track", "warm"), NotFound),
    ],
)
async def test_what_cannot_be_remembered_is_refused_and_changes_nothing(
    command: ask.RememberPreset, refusal: type[Exception]
) -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        with pytest.raises(refusal):
            await stage.player.ask(command)

        assert stage.library.known == {}
        await heard_nothing(stage, process)


# --- albums -----------------------------------------------------------------------------------------------


def an_album(**fields: object) -> dict[int, Knowledge]:
    return {
        number: Knowledge(album="A", album_number=number, **fields)  # type: ignore[arg-type]
        for number in (1, 2, 3)
    }


async def test_an_album_played_in_order_is_treated_as_one_until_the_queue_is_shuffled() -> None:
    async with Stage(Library(an_album(profile=OWN, album_profile=ALBUM)), Taste(album_mode=True)) as stage:
        process, first = await stage.play(1, 2, 3)
        await stage.player.ask(ask.SetShuffle("tracks"))
        alone = await revised(process)

        assert (first.album, stage.following and stage.following.album) == (ALBUM, ALBUM)
        assert alone[1].album is None


async def test_the_last_measurement_of_an_album_makes_it_one() -> None:
    async with Stage(Library(an_album(profile=OWN)), Taste(album_mode=True)) as stage:
        process, first = await stage.play(1, 2)
        stage.library.known = an_album(profile=OWN, album_profile=ALBUM)
        stage.player.knowledge_changed((1, 2, 3))
        streams = await revised(process)

        assert first.album is None
        assert {track: stream.album for track, stream in streams.items()} == {1: ALBUM, 2: ALBUM}


async def test_the_rest_of_an_album_that_counts_as_one_is_wished_for() -> None:
    async with Stage(Library(an_album())) as stage:
        await stage.play(1, 2, 3, 30, 40)
        await stage.player.ask(ask.SetAlbumMode(True))

        assert stage.library.wishes == [(1, 2, 3), (1, 2, 3, 30, 40)]


async def test_a_sound_process_that_runs_is_told_what_to_log_from_now_on() -> None:
    before = logging.getLogger().level
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        try:
            logging.getLogger().setLevel(logging.ERROR)
            stage.player.settings_changed()

            assert await process.heard() == SetLogLevel(logging.ERROR)
        finally:
            logging.getLogger().setLevel(before)
