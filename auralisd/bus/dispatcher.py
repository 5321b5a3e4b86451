"""The dispatcher: each call is checked against the contract, answered by its handler, and gets exactly one reply."""

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Awaitable, Iterator
from typing import Any, Protocol

from auralisd.bus.calls import Call
from auralisd.bus.contract import Method
from auralisd.bus.fairness import Fairness
from auralisd.bus.objects import Objects
from auralisd.bus.outbox import Packet
from auralisd.bus.ports import Work
from auralisd.bus.refusals import error_of
from auralisd.bus.values import Spec, admit
from auralisd.errors import InvalidRequest, RequestRefused

log = logging.getLogger(__name__)

BIG_PAGE_ROWS = 64
"""A row takes about 0.1 ms to pack; longer pages are packed beside the loop."""


class Answers(Protocol):
    """Where answers go: a `wire.Connection`."""

    def packed(self, call: Call, specs: tuple[Spec, ...], results: tuple[Any, ...]) -> Packet: ...

    def post(self, packet: Packet) -> None: ...

    def refuse(self, call: Call, name: str, text: str) -> None: ...


class Dispatcher:
    """The guard around every handler: whatever it raises becomes a named error, never a traceback."""

    def __init__(self, objects: Objects, work: Work, fairness: Fairness) -> None:
        self._objects = objects
        self._work = work
        self._fairness = fairness

    def dispatch(self, call: Call, answers: Answers) -> None:
        """Answer at once, or as soon as a handler that waits has finished."""
        with self._guard(call, answers):
            method, handler = self._objects.find(call)
            arguments = admit_all(method, call)
            self._fairness.pay(call, method, arguments)
            result = handler(*arguments)
            if inspect.isawaitable(result):
                self._work.start(f"bus call {call.member}", self._answer_later(call, method, result, answers))
            else:
                _reply(call, method, result, answers)

    async def _answer_later(self, call: Call, method: Method, result: Awaitable[Any], answers: Answers) -> None:
        with self._guard(call, answers):
            finished = await result
            if call.wants_reply and _is_big(method, finished):
                answers.post(await asyncio.to_thread(answers.packed, call, method.gives, _results(method, finished)))
            else:
                _reply(call, method, finished, answers)

    @contextlib.contextmanager
    def _guard(self, call: Call, answers: Answers) -> Iterator[None]:
        """Turn what is raised into the one reply; a reply that could not be sent was not sent at all."""
        try:
            yield
        except Exception as failure:
            if not isinstance(failure, RequestRefused):
                log.exception("call failed member=%s.%s", call.interface, call.member)
            if call.wants_reply:
                answers.refuse(call, *error_of(failure))


def _reply(call: Call, method: Method, result: Any, answers: Answers) -> None:
    if call.wants_reply:
        answers.post(answers.packed(call, method.gives, _results(method, result)))


def _results(method: Method, result: Any) -> tuple[Any, ...]:
    if not method.gives:
        return ()
    return tuple(result) if len(method.gives) > 1 else (result,)


def _is_big(method: Method, result: Any) -> bool:
    """Whether the answer is a page of so many rows that packing it would hold up the loop."""
    return len(method.gives) > 1 and method.gives[0].signature == "aa{sv}" and len(result[0]) > BIG_PAGE_ROWS


def admit_all(method: Method, call: Call) -> list[Any]:
    """The arguments of a call, checked; raises InvalidRequest."""
    if call.signature != method.signature:
        wanted = ", ".join(f"{spec.signature} {spec.name}" for spec in method.takes)
        raise InvalidRequest(f"{method.name} takes ({wanted}), not ({call.signature})")
    return [admit(spec, value) for spec, value in zip(method.takes, call.arguments, strict=True)]
