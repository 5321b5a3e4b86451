"""What the player shows of the plan in force."""

import msgspec

from auralisd.doors import sound
from auralisd.model.knowledge import Knowledge
from auralisd.model.plan import MasteringPlan
from auralisd.model.taste import ENHANCED, LEVELLED, Taste
from auralisd.playback import commands as ask
from auralisd.playback.snapshot import StateChanged
from tests.unit.playback.stage import Library, Sound, Stage

PLAN = MasteringPlan("adaptive", 1.0, "adaptive", gain_db=-3.0)


async def told(stage: Stage, process: Sound, entry: int, plan: MasteringPlan, frame: int = 0) -> None:
    process.tell(sound.Planned(stage.generation, entry, plan, frame))
    await stage.until(lambda now: now.mastering.entry == entry and now.mastering.plan == plan)


async def test_a_plan_is_shown_with_the_position_from_which_it_is_heard() -> None:
    async with Stage(Library()) as stage:
        process, first = await stage.play(10, 20)
        await told(stage, process, first.entry, PLAN, 44_100)

        assert stage.player.snapshot.mastering.effective_from_us == 1_000_000
        assert stage.player.snapshot.mastering.state == "adaptive"


async def test_a_skip_shows_the_plan_in_force_until_that_of_the_new_entry_is_told() -> None:
    async with Stage(Library()) as stage:
        process, first = await stage.play(10, 20)
        await told(stage, process, first.entry, PLAN)
        stage.events.clear()
        await stage.player.ask(ask.Next())
        assert stage.following is not None
        stage.generation += 1
        await told(stage, process, stage.following.entry, msgspec.structs.replace(PLAN, gain_db=2.0))
        shown = [event.snapshot.mastering for event in stage.events if isinstance(event, StateChanged)]

        assert [mastering.state for mastering in shown] == ["adaptive"] * len(shown)
        assert all(mastering.plan is not None for mastering in shown)


async def test_nothing_is_shown_of_a_plan_once_the_music_is_stopped() -> None:
    async with Stage(Library()) as stage:
        process, first = await stage.play(10, 20)
        await told(stage, process, first.entry, PLAN)
        await stage.player.ask(ask.Stop())

        assert (stage.player.snapshot.mastering.plan, stage.player.snapshot.mastering.state) == (None, "off")


async def test_enhancement_that_is_off_is_shown_at_once() -> None:
    async with Stage(Library()) as stage:
        process, first = await stage.play(10, 20)
        await told(stage, process, first.entry, PLAN)
        await stage.player.ask(ask.SetEnabled(False))

        assert stage.player.snapshot.mastering.state == "off"


async def test_replay_gain_is_shown_as_a_plan_and_not_as_enhancement() -> None:
    async with Stage(Library(), Taste(enabled=False, replay_gain="track")) as stage:
        process, first = await stage.play(10, 20)
        plan = MasteringPlan("adaptive", 1.0, "levelled", gain_db=-4.0)
        await told(stage, process, first.entry, plan)

        assert first.treatment.mode == LEVELLED
        assert stage.player.snapshot.mastering.plan == plan
        assert stage.player.snapshot.mastering.state == "off"


async def test_a_remembered_preset_is_shown_before_anything_plays() -> None:
    async with Stage(Library({10: Knowledge(preset="warm", preset_scope="track")})) as stage:
        await stage.player.ask(ask.SetQueue((10, 20), 0, False))
        await stage.player.ask(ask.SetPreset("live"))

        assert (stage.player.snapshot.preset, stage.player.snapshot.default_preset) == ("live", "adaptive")
        assert stage.player.snapshot.taste.mode == ENHANCED
