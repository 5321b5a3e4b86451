"""Mailbox: what waits for the player, in the order in which it came; of slides, the newest wins."""

import asyncio
from collections import deque
from collections.abc import Iterator

from auralisd.errors import Busy, RequestRefused
from auralisd.playback import commands as ask
from auralisd.playback.machine import Input
from auralisd.playback.notes import Note

MAX_WAITING = 256
"""Commands that may wait; more are refused, so that a flood cannot grow the mailbox."""

Answer = asyncio.Future[tuple[int, ...]]
Letter = tuple[Input | Note, Answer | None]

_Slide = ask.SetVolume | ask.SetIntensity | ask.SetTarget | ask.SetPreamp | ask.SeekTo
"""What a client sends while a slider moves: of several that wait one behind the other only the last is wanted."""


class Mailbox:
    """Anybody on the loop may `put`; one task takes."""

    def __init__(self) -> None:
        self._letters: deque[Letter] = deque()
        self._arrived = asyncio.Event()

    def put(self, letter: Input | Note, answer: Answer | None = None) -> None:
        self._letters.append((letter, answer))
        self._arrived.set()

    def put_asked(self, command: ask.Command, answer: Answer) -> None:
        """Raises Busy when too much waits."""
        if len(self._letters) >= MAX_WAITING:
            raise Busy("the player has too many commands waiting; ask again")
        self.put(command, answer)

    async def take(self) -> tuple[Letter, ...]:
        """The oldest letter, or several that are one slide: the newest of them is to be obeyed, and where that is
        refused the one before."""
        while not self._letters:
            self._arrived.clear()
            await self._arrived.wait()
        first = self._letters.popleft()
        return (first, *self._rest_of_slide(first[0]))

    def _rest_of_slide(self, first: Input | Note) -> Iterator[Letter]:
        while isinstance(first, _Slide) and self._letters and _goes_on(first, self._letters[0][0]):
            yield self._letters.popleft()


def _goes_on(first: Input | Note, later: Input | Note) -> bool:
    if isinstance(first, ask.SeekTo) and isinstance(later, ask.SeekTo):
        return first.entry == later.entry
    return type(first) is type(later)


def obeyed(letters: tuple[Letter, ...], entries: tuple[int, ...]) -> None:
    """Answer whoever still waits."""
    for _, answer in letters:
        if answer is not None and not answer.done():
            answer.set_result(entries)


def refused(letter: Letter, refusal: RequestRefused) -> None:
    """The same; what nobody waits for is never refused: then it is raised."""
    _, answer = letter
    if answer is None:
        raise refusal
    if not answer.done():
        answer.set_exception(refusal)
