"""Rehearsals: what is asked for, and what becomes of what they came to."""

from auralisd.model.knowledge import Knowledge, Rehearsal, Rehearsed
from auralisd.model.preset import PRESETS
from auralisd.model.taste import BYPASSED, Taste, Treatment
from auralisd.model.taste import DEFAULT_INTENSITY as USUAL
from auralisd.playback import commands as ask
from tests.unit.playback.stage import Library, Stage, a_profile, heard_nothing, revised

OWN, ALBUM = a_profile(-10.0), a_profile(-12.0)


def heard_louder(trim_lu: float, treatment: Treatment | None = None) -> tuple[Rehearsed, ...]:
    return (Rehearsed(treatment or Treatment(intensity=USUAL), trim_lu),)


async def test_what_a_rehearsal_came_to_revises_the_stream_that_it_is_of() -> None:
    async with Stage(Library({10: Knowledge(profile=OWN), 20: Knowledge(profile=OWN)})) as stage:
        process, first = await stage.play(10, 20)
        stage.library.remember(10, rehearsed=heard_louder(0.3))
        stage.player.knowledge_changed((10,))
        streams = await revised(process)

        assert first.treatment.trim_lu == 0.0
        assert {track: stream.treatment for track, stream in streams.items()} == {
            10: Treatment(intensity=USUAL, trim_lu=0.3)
        }


async def test_a_rehearsal_of_another_treatment_than_the_one_in_force_is_not_heard() -> None:
    async with Stage(Library({10: Knowledge(profile=OWN)})) as stage:
        process, _ = await stage.play(10, 20)
        stage.library.remember(10, rehearsed=heard_louder(0.3, Treatment(intensity=0.5)))
        stage.player.knowledge_changed((10,))

        await heard_nothing(stage, process)
        await stage.player.ask(ask.SetIntensity(0.5))
        assert (await revised(process))[10].treatment == Treatment(intensity=0.5, trim_lu=0.3)


async def test_the_original_is_as_loud_as_the_enhanced_sound_was_rehearsed_to_be() -> None:
    library = Library({10: Knowledge(profile=OWN, rehearsed=heard_louder(0.3))})
    async with Stage(library, Taste(bypass=True)) as stage:
        _, first = await stage.play(10, 20)

        assert first.treatment == Treatment(BYPASSED, intensity=USUAL, trim_lu=0.3)
        assert library.rehearsals[-1][0] == Rehearsal(10, Treatment(intensity=USUAL))


async def test_a_rehearsal_says_nothing_of_a_track_whose_measurement_is_gone() -> None:
    async with Stage(Library({10: Knowledge(rehearsed=heard_louder(0.3))})) as stage:
        _, first = await stage.play(10, 20)

        assert first.treatment == Treatment(intensity=USUAL)


async def test_the_current_track_and_the_next_two_are_rehearsed_as_each_shall_be_treated() -> None:
    library = Library({20: Knowledge(preset="warm", preset_scope="track")})
    async with Stage(library) as stage:
        await stage.play(10, 20, 30, 40)

        assert library.rehearsals[-1] == (
            Rehearsal(10, Treatment(intensity=USUAL)),
            Rehearsal(20, Treatment(preset=PRESETS["warm"], intensity=USUAL)),
            Rehearsal(30, Treatment(intensity=USUAL)),
        )


async def test_each_wish_about_the_sound_asks_for_other_rehearsals_and_the_same_one_for_none() -> None:
    async with Stage(Library()) as stage:
        await stage.play(10, 20)
        before = len(stage.library.rehearsals)
        await stage.player.ask(ask.SetIntensity(0.5))
        await stage.player.ask(ask.SetIntensity(0.5))
        await stage.player.ask(ask.SetVolume(0.5))
        halved = tuple(Rehearsal(track, Treatment(intensity=0.5)) for track in (10, 20))
        await stage.player.ask(ask.SetEnabled(False))

        assert stage.library.rehearsals[before:] == [halved, ()]


async def test_nothing_is_rehearsed_while_nothing_plays() -> None:
    async with Stage(Library()) as stage:
        await stage.player.ask(ask.SetQueue((10, 20), 0, False))
        await stage.player.ask(ask.SetIntensity(0.5))
        silent = list(stage.library.rehearsals)
        await stage.play(10, 20)
        await stage.player.ask(ask.Stop())

        assert silent == []
        assert stage.library.rehearsals[-1] == ()


async def test_a_measurement_that_came_asks_for_what_could_not_be_rehearsed_without_it() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        before = len(stage.library.rehearsals)
        stage.library.remember(20, profile=OWN)
        stage.player.knowledge_changed((20,))
        await revised(process)
        await stage.player.ask(ask.SetVolume(0.5))

        assert stage.library.rehearsals[before:] == [
            (Rehearsal(10, Treatment(intensity=USUAL)), Rehearsal(20, Treatment(intensity=USUAL)))
        ]


async def test_a_track_that_is_treated_as_part_of_its_album_is_not_rehearsed() -> None:
    known = {
        number: Knowledge(profile=OWN, album="A", album_number=number, album_profile=ALBUM, rehearsed=heard_louder(0.3))
        for number in (1, 2)
    }
    async with Stage(Library(known), Taste(album_mode=True)) as stage:
        _, first = await stage.play(1, 2)

        assert (first.album, first.treatment) == (ALBUM, Treatment(intensity=USUAL))
        assert stage.library.rehearsals == []
