"""The guard: exactly one reply, never a traceback, nothing for those who want none."""

import asyncio
import logging
import threading
from dataclasses import replace
from typing import Any

import pytest

from auralisd.bus import contract as contracts
from auralisd.bus.calls import Call, Export, Handler
from auralisd.bus.dispatcher import BIG_PAGE_ROWS, Dispatcher
from auralisd.bus.fairness import Fairness
from auralisd.bus.objects import Objects
from auralisd.bus.values import Spec
from auralisd.config_file import Limits
from auralisd.errors import Busy, InvalidRequest, LimitExceeded, NotFound, NotSupported, RequestRefused, Unavailable
from auralisd.supervise import Supervisor

QUEUE = "org.auralis.Auralis1.Queue"


class Sheet:
    """Where answers go: written down."""

    def __init__(self) -> None:
        self.written: list[Any] = []

    def packed(self, call: Call, specs: tuple[Spec, ...], results: tuple[Any, ...]) -> bytes:
        return repr(results).encode()

    def post(self, packet: bytes) -> None:
        self.written.append(packet.decode())

    def refuse(self, call: Call, name: str, text: str) -> None:
        self.written.append((name, text))


async def answers(
    handler: Handler, *, member: str = "Append", wants_reply: bool = True, sheet: Sheet | None = None, **call: Any
) -> list[Any]:
    """All that is answered to one call of a Queue that has one method only."""
    sheet = sheet or Sheet()
    whole = contracts.load()
    contract = {name: whole[name] for name in whole if name.startswith("org.freedesktop.DBus.")}
    contract[QUEUE] = replace(whole[QUEUE], methods={member: whole[QUEUE].methods[member]}, properties={}, signals={})
    objects = Objects(contract, {"/q": (Export(QUEUE, methods={member: handler}),)}, machine_id="")
    supervisor = Supervisor(lambda _name, _death: None)
    fields = {"signature": "at", "arguments": ([1],), **call}
    Dispatcher(objects, supervisor, Fairness(Limits())).dispatch(
        Call("/q", QUEUE, member, sender=":1.1", serial=1, wants_reply=wants_reply, **fields), sheet
    )
    await asyncio.sleep(0.05)
    await supervisor.close()
    return sheet.written


async def test_a_handler_that_waits_is_answered_once() -> None:
    async def append(tracks: list[int]) -> tuple[int, ...]:
        await asyncio.sleep(0)
        return tuple(track + 1 for track in tracks)

    assert await answers(append) == ["((2,),)"]


async def test_a_handler_that_does_not_wait_is_answered_once() -> None:
    def append(tracks: list[int]) -> tuple[int, ...]:
        return tuple(tracks)

    assert await answers(append) == ["((1,),)"]


@pytest.mark.parametrize(
    ("refusal", "name"),
    [
        (InvalidRequest, "org.freedesktop.DBus.Error.InvalidArgs"),
        (NotFound, "org.auralis.Auralis1.Error.NotFound"),
        (NotSupported, "org.auralis.Auralis1.Error.NotSupported"),
        (Busy, "org.auralis.Auralis1.Error.Busy"),
        (LimitExceeded, "org.auralis.Auralis1.Error.LimitExceeded"),
        (Unavailable, "org.auralis.Auralis1.Error.Unavailable"),
    ],
)
async def test_every_refusal_has_its_name(refusal: type[RequestRefused], name: str) -> None:
    async def append(tracks: list[int]) -> tuple[int, ...]:
        raise refusal("why")

    assert await answers(append) == [(name, "why")]


async def test_a_bug_is_told_without_its_text_and_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    async def append(tracks: list[int]) -> tuple[int, ...]:
        raise OSError(2, "No such file", "/home/me/Music/secret.flac")

    with caplog.at_level(logging.ERROR):
        [(name, text)] = await answers(append)

    assert name == "org.freedesktop.DBus.Error.Failed"
    assert "/" not in text
    assert "secret.flac" in caplog.text


async def test_a_result_that_cannot_be_sent_is_answered_by_one_error() -> None:
    class Wet(Sheet):
        def packed(self, call: Call, specs: tuple[Spec, ...], results: tuple[Any, ...]) -> bytes:
            raise OverflowError("/home/me/Music is too long")

    async def append(tracks: list[int]) -> tuple[int, ...]:
        return (1,)

    assert [name for name, _ in await answers(append, sheet=Wet())] == ["org.freedesktop.DBus.Error.Failed"]


async def test_whoever_wants_no_reply_gets_none() -> None:
    seen = []

    async def append(tracks: list[int]) -> tuple[int, ...]:
        seen.append(tracks)
        raise NotFound("nobody hears it")

    assert await answers(append, wants_reply=False) == []
    assert seen == [[1]]


@pytest.mark.parametrize(("rows", "beside_the_loop"), [(BIG_PAGE_ROWS, False), (BIG_PAGE_ROWS + 1, True)])
async def test_a_long_page_is_packed_beside_the_loop(rows: int, beside_the_loop: bool) -> None:
    class Watched(Sheet):
        def packed(self, call: Call, specs: tuple[Spec, ...], results: tuple[Any, ...]) -> bytes:
            return b"loop" if threading.current_thread() is threading.main_thread() else b"beside"

    async def list_page(cursor: str, limit: int, options: dict[str, Any]) -> tuple[list[dict[str, Any]], str, int, int]:
        return [{"entry": 1}] * rows, "", rows, 1

    sheet = Watched()
    await answers(list_page, member="List", sheet=sheet, signature="sua{sv}", arguments=("", 0, {}))

    assert sheet.written == ["beside" if beside_the_loop else "loop"]


async def test_a_call_of_the_wrong_signature_never_reaches_its_handler() -> None:
    def append(tracks: list[int]) -> tuple[int, ...]:
        raise AssertionError("reached")

    [(name, text)] = await answers(append, signature="s", arguments=("1",))

    assert name == "org.freedesktop.DBus.Error.InvalidArgs"
    assert text == "Append takes (at tracks), not (s)"
