"""Nobody who asks the player waits long for a library, a disk or a sound process that does not answer."""

import asyncio
import time
from socket import socketpair

import pytest

from auralisd.doors import sound
from auralisd.doors.async_link import connect
from auralisd.errors import Unavailable
from auralisd.model.knowledge import AlbumPlace, Knowledge
from auralisd.model.track import Track
from auralisd.playback import commands as ask
from auralisd.playback.patience import PatientTracks
from auralisd.playback.questions import WITHIN_S
from auralisd.playback.snapshot import PAUSED, PLAYING
from auralisd.playback.sound_link import SoundLink
from auralisd.supervise import Supervisor
from tests.unit.playback.stage import Library, Sound, Stage


class Hanging(Library):
    """Answers nothing while `answers` is not set."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = asyncio.Event()
        self.answers.set()

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        await self.answers.wait()
        return await super().tracks(ids)

    async def knowledge(self, track: int) -> Knowledge:
        await self.answers.wait()
        return await super().knowledge(track)

    async def unknown_among(self, ids: tuple[int, ...]) -> int | None:
        await self.answers.wait()
        return await super().unknown_among(ids)

    async def albums(self, ids: tuple[int, ...]) -> dict[int, AlbumPlace]:
        await self.answers.wait()
        return await super().albums(ids)

    async def count(self, entry: int, track: int, outcome: str) -> None:
        await self.answers.wait()
        await super().count(entry, track, outcome)


async def turns_of_the_loop() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_library_that_hangs_is_waited_for_once_and_then_answers_from_memory() -> None:
    library = Hanging()
    patient = PatientTracks(library, within_s=0.05)
    found, known = await patient.tracks((1, 2)), await patient.knowledge(1)
    library.answers.clear()
    began = time.monotonic()

    assert await patient.tracks((1, 2)) == found
    assert await patient.knowledge(1) == known
    assert await patient.tracks((3,)) == {}
    for refused in (patient.unknown_among((1,)), patient.albums((1,)), patient.remember_preset(1, "track", "warm")):
        with pytest.raises(Unavailable):
            await refused
    assert 0.05 <= time.monotonic() - began < 2.0
    questions = library.questions
    library.answers.set()
    await turns_of_the_loop()
    assert set(await patient.tracks((3,))) == {3}
    assert library.questions == questions + 2, "those that were not asked are not asked late"


async def test_what_a_library_that_hung_knows_is_asked_for_once_it_answers() -> None:
    library, late = Hanging(), list[tuple[int, ...]]()
    patient = PatientTracks(library, within_s=0.01, on_late=late.append)
    library.answers.clear()
    await patient.tracks((7,))
    for track in (1, 2, 1):
        assert await patient.knowledge(track) == Knowledge()
    await turns_of_the_loop()
    assert late == []
    library.answers.set()
    await turns_of_the_loop()

    assert late == [(1, 2)]


async def test_what_is_to_be_counted_is_counted_late_and_not_lost() -> None:
    library = Hanging()
    patient = PatientTracks(library, within_s=0.01)
    library.answers.clear()
    for track in (1, 2):
        await patient.count(track, track, "played")
    library.answers.set()
    await turns_of_the_loop()

    assert library.counted == [(1, 1, "played"), (2, 2, "played")]


async def test_no_command_waits_for_a_library_that_hangs_longer_than_it_must() -> None:
    library = Hanging()
    async with Stage(library) as stage:
        process, _ = await stage.play(10, 20, 30)
        library.answers.clear()
        began = time.monotonic()
        await stage.player.ask(ask.Pause())
        paused = stage.player.snapshot
        await stage.player.ask(ask.Next())
        await stage.player.ask(ask.Play())
        with pytest.raises(Unavailable):
            await stage.player.ask(ask.Append((40,)))
        took_s = time.monotonic() - began
        library.answers.set()

        assert (paused.status, paused.current is not None) == (PAUSED, True)
        assert stage.player.snapshot.status == PLAYING
        assert took_s < 4.0
        assert isinstance(await process.heard(), sound.Hold)


async def test_meters_that_nobody_answers_are_none_in_time() -> None:
    async with Stage(Library()) as stage:
        await stage.play(10, 20)
        began = time.monotonic()

        assert await stage.player.meters() is None
        assert await stage.player.cache() is None
        assert 2 * WITHIN_S <= time.monotonic() - began < 2 * WITHIN_S + 4


async def test_a_sound_process_that_is_never_ready_is_ended_and_that_is_a_death() -> None:
    deaths: list[bool] = []
    died = asyncio.Event()
    children: list[Sound] = []

    async def start(_clock: int, _output: str) -> Sound:
        one, other = socketpair()
        children.append(Sound(await connect(one, sound.Report), await connect(other, sound.Order)))
        return children[-1]

    def on_death(was_ready: bool) -> None:
        deaths.append(was_ready)
        died.set()

    supervisor = Supervisor(lambda *_: None)
    link = SoundLink(
        output="silent",
        greeting=lambda: (),
        on_report=lambda _: None,
        on_death=on_death,
        on_replaced=lambda: None,
        supervisor=supervisor,
        start=start,
        ready_within_s=0.05,
    )
    await link.send(sound.Hold())
    async with asyncio.timeout(5):
        await died.wait()
    await supervisor.close()

    assert deaths == [False]
    assert not link.running
