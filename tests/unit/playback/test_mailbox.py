"""What waits for the player: in order, and of a slide only the newest."""

import asyncio

import pytest

from auralisd.doors import sound
from auralisd.errors import Busy, InvalidRequest
from auralisd.playback import commands as ask
from auralisd.playback.mailbox import MAX_WAITING, Mailbox
from auralisd.playback.snapshot import StateChanged
from tests.unit.playback.stage import Library, Sound, Stage


async def taken(box: Mailbox) -> list[object]:
    async with asyncio.timeout(5):
        return [letter for letter, _ in await box.take()]


async def test_letters_are_taken_in_the_order_in_which_they_came() -> None:
    box = Mailbox()
    for command in (ask.Play(), ask.Next(), ask.Next(), ask.Pause()):
        box.put(command)

    assert [await taken(box) for _ in range(4)] == [[ask.Play()], [ask.Next()], [ask.Next()], [ask.Pause()]]


async def test_whoever_takes_from_an_empty_mailbox_waits_for_a_letter() -> None:
    box = Mailbox()
    taking = asyncio.ensure_future(taken(box))
    await asyncio.sleep(0)
    box.put(ask.Stop())

    assert await taking == [ask.Stop()]


async def test_a_slide_is_taken_as_one_as_long_as_nothing_lies_between() -> None:
    box = Mailbox()
    for volume in (0.1, 0.2, 0.3):
        box.put(ask.SetVolume(volume))
    for command in (ask.SeekTo(1, 5), ask.SeekTo(1, 6), ask.SeekTo(2, 7), ask.Next(), ask.SetVolume(0.4)):
        box.put(command)

    assert await taken(box) == [ask.SetVolume(0.1), ask.SetVolume(0.2), ask.SetVolume(0.3)]
    assert await taken(box) == [ask.SeekTo(1, 5), ask.SeekTo(1, 6)]
    assert await taken(box) == [ask.SeekTo(2, 7)]
    assert await taken(box) == [ask.Next()]
    assert await taken(box) == [ask.SetVolume(0.4)]


async def test_more_than_can_wait_is_refused() -> None:
    box = Mailbox()
    answer: asyncio.Future[tuple[int, ...]] = asyncio.get_running_loop().create_future()
    for _ in range(MAX_WAITING):
        box.put_asked(ask.Next(), answer)

    with pytest.raises(Busy):
        box.put_asked(ask.Next(), answer)


async def held_back(stage: Stage, *commands: ask.Command) -> list[asyncio.Task[tuple[int, ...]]]:
    """Ask for these while the disk holds the player up, then let it go on."""
    stage.diary.held = asyncio.Event()
    first = asyncio.ensure_future(stage.player.ask(ask.SetLoop("list")))
    await asyncio.sleep(0)
    asked = [asyncio.ensure_future(stage.player.ask(command)) for command in commands]
    await asyncio.sleep(0)
    stage.diary.held.set()
    await first
    await asyncio.wait(asked, timeout=5)
    return asked


async def until_volume(process: Sound, volume: float) -> list[object]:
    """What sound is told until that volume."""
    heard: list[object] = []
    while not heard or heard[-1] != sound.SetVolume(volume):
        heard.append(await process.heard())
    return heard


async def test_the_newest_of_what_waited_is_obeyed_and_everybody_is_answered() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        asked = await held_back(stage, *(ask.SetVolume(number / 100) for number in range(50)))
        orders = await until_volume(process, 0.49)

        assert orders.count(sound.SetVolume(0.49)) == len([o for o in orders if isinstance(o, sound.SetVolume)]) == 1
        assert all(each.result() == () for each in asked)
        volumes = [event.snapshot.volume for event in stage.events if isinstance(event, StateChanged)]
        assert set(volumes) == {1.0, 0.49}


async def test_where_the_newest_makes_no_sense_the_one_before_it_holds() -> None:
    async with Stage(Library()) as stage:
        process, _ = await stage.play(10, 20)
        *good, bad = await held_back(stage, ask.SetVolume(0.25), ask.SetVolume(0.5), ask.SetVolume(float("nan")))
        await until_volume(process, 0.5)

        assert isinstance(bad.exception(), InvalidRequest)
        assert [each.result() for each in good] == [(), ()]
        assert stage.player.snapshot.volume == 0.5
