"""When a folder is looked at, and what is said to have asked for it."""

import asyncio

from auralisd.library.agenda import Agenda
from auralisd.library.looks import MANUAL, TIMER, WATCH
from auralisd.watch.settle import Dirty
from auralisd.watch.watcher import Hint

WHOLE = Dirty(b"/m", recursive=True)
BELOW = Dirty(b"/m/a", recursive=False)
BESIDE = Dirty(b"/m2", recursive=True)


async def due(agenda: Agenda) -> tuple[list[Dirty], str]:
    async with asyncio.timeout(5):
        return await agenda.due()


async def test_what_asked_for_a_look_is_told_once() -> None:
    agenda = Agenda()
    agenda.look_now(WHOLE, TIMER)
    first = await due(agenda)
    agenda.note(Hint(WHOLE, fresh=True))

    assert first == ([WHOLE], TIMER)
    assert await due(agenda) == ([WHOLE], "")


async def test_what_asked_for_a_folder_that_waited_with_one_above_it_is_not_kept_for_ever() -> None:
    agenda = Agenda()
    agenda.look_later(BELOW, 0.0, WATCH)
    await asyncio.sleep(0.01)
    agenda.note(Hint(WHOLE, fresh=True))
    first = await due(agenda)
    agenda.note(Hint(BELOW, fresh=True))

    assert first == ([WHOLE], WATCH)
    assert await due(agenda) == ([BELOW], "")


async def test_what_is_asked_of_one_folder_is_not_told_of_another() -> None:
    agenda = Agenda()
    agenda.ask(WHOLE, MANUAL)
    agenda.note(Hint(BESIDE, fresh=True))
    first = await due(agenda)
    agenda.note(Hint(WHOLE, fresh=True))

    assert first == ([BESIDE], "")
    assert await due(agenda) == ([WHOLE], MANUAL)


async def test_an_earlier_look_takes_the_place_of_a_later_one() -> None:
    agenda = Agenda()
    agenda.look_later(WHOLE, 0.05, WATCH)
    agenda.look_now(WHOLE, TIMER)
    first = await due(agenda)
    rest = asyncio.ensure_future(agenda.due())
    await asyncio.sleep(0.2)

    assert first == ([WHOLE], TIMER)
    assert not rest.done()
    rest.cancel()


async def test_of_a_folder_that_went_nothing_is_asked_any_more() -> None:
    agenda = Agenda()
    agenda.look_later(BELOW, 0.0, WATCH)
    agenda.look_later(BESIDE, 0.0, TIMER)
    agenda.ask(WHOLE, MANUAL)
    agenda.forget(b"/m")
    first = await due(agenda)
    agenda.note(Hint(WHOLE, fresh=True))

    assert first == ([BESIDE], TIMER)
    assert await due(agenda) == ([WHOLE], "")
