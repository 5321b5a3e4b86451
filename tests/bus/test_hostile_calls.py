"""Hostile calls: whatever is asked is answered once, by a named error or rightly, and we live on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dbus_fast import Message, MessageFlag, MessageType, Variant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auralisd.bus import contract as contracts
from tests.bus.client import MPRIS_NAME, MPRIS_PATH, OUR_PATH, PLAYER, PROPERTIES, CallFailed, Client, path_of
from tests.bus.conftest import Rig

CONTRACT = contracts.load()
METHODS = [
    (interface.name, method.name, method.signature)
    for interface in CONTRACT.values()
    for method in interface.methods.values()
    if method.name != "Quit"
]
SETTABLE = [
    (interface.name, prop.name)
    for interface in CONTRACT.values()
    for prop in interface.properties.values()
    if prop.writable
]
NAMED_ERRORS = ("org.freedesktop.DBus.Error.", "org.auralis.Auralis1.Error.")

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
paths = st.sampled_from(["/", MPRIS_PATH, OUR_PATH, "/org/auralis/Auralis1/entry/99999999999999999999999", "/x"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "b": st.booleans(),
    "y": st.integers(0, 255),
    "i": st.integers(-(2**31), 2**31 - 1),
    "u": st.integers(0, 2**32 - 1),
    "x": st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-(2**63), 2**63 - 1]),
    "t": st.integers(0, 2**64 - 1) | st.just(2**64 - 1),
    "d": st.floats(),
    "s": texts | st.just("x" * 2**20) | st.sampled_from([PLAYER, "Volume", "Playlist"]),
    "o": paths,
    "as": st.lists(texts, max_size=4),
    "at": st.lists(st.integers(0, 2**64 - 1), max_size=4),
    "au": st.lists(st.integers(0, 2**32 - 1), max_size=4),
    "ao": st.just([MPRIS_PATH] * 10_000),
}
variants = st.sampled_from(sorted(VALUES)).flatmap(lambda sig: VALUES[sig].map(lambda value: Variant(sig, value)))
VALUES["v"] = variants
VALUES["a{sv}"] = st.dictionaries(texts | st.sampled_from(["sort", "offset", "fields"]), variants, max_size=3)


def arguments(signature: str) -> st.SearchStrategy[list[Any]]:
    return st.tuples(*(VALUES[part] for part in split(signature))).map(list)


def split(signature: str) -> list[str]:
    """The complete types of a signature, as far as VALUES knows them."""
    parts = []
    while signature:
        part = next(known for known in sorted(VALUES, key=len, reverse=True) if signature.startswith(known))
        parts.append(part)
        signature = signature[len(part) :]
    return parts


signatures = st.lists(st.sampled_from(sorted(VALUES)), max_size=4).map("".join)
right_calls = st.sampled_from(METHODS).flatmap(
    lambda method: st.tuples(st.just(method[0]), st.just(method[1]), st.just(method[2]), arguments(method[2]))
)
wrong_calls = st.sampled_from(METHODS).flatmap(
    lambda method: signatures.flatmap(
        lambda signature: st.tuples(st.just(method[0]), st.just(method[1]), st.just(signature), arguments(signature))
    )
)
settings_of_properties = st.tuples(st.sampled_from(SETTABLE), variants).map(
    lambda wish: (PROPERTIES, "Set", "ssv", [wish[0][0], wish[0][1], wish[1]])
)


@pytest.mark.usefixtures("queued")
class TestEveryCall:
    @given(call=right_calls | wrong_calls | settings_of_properties, where=paths | st.none(), flags=st.integers(0, 7))
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_BUS_21_is_answered_by_words_or_a_named_error(  # noqa: N802
        self, rig: Rig, client: Client, call: tuple[str, str, str, list[Any]], where: str | None, flags: int
    ) -> None:
        interface, member, signature, body = call
        names_one = interface == PROPERTIES and body and isinstance(body[0], str) and body[0] in CONTRACT
        owner = body[0] if names_one else interface
        message = Message(
            destination=MPRIS_NAME,
            path=where or path_of(owner),
            interface=interface,
            member=member,
            signature=signature,
            body=body,
            flags=MessageFlag(flags & ~MessageFlag.NO_REPLY_EXPECTED.value),
        )
        async with asyncio.timeout(10):
            reply = await client.bus.call(message)

        if reply.message_type is MessageType.ERROR:
            assert (reply.error_name or "").startswith(NAMED_ERRORS)
            assert not (reply.error_name or "").endswith(".Failed"), "a refusal that nobody foresaw"
            assert "Traceback" not in reply.body[0]
        assert rig.deaths == []
        assert 0.0 <= rig.player.snapshot.volume <= 1.0
        assert 0.0 <= rig.player.snapshot.taste.intensity <= 1.0


async def test_BUS_19_a_thousand_calls_get_a_thousand_replies(queued: Rig, client: Client) -> None:  # noqa: N802
    replies: dict[int, int] = {}

    def count(message: Message) -> None:
        if message.message_type in (MessageType.METHOD_RETURN, MessageType.ERROR):
            replies[message.reply_serial or 0] = replies.get(message.reply_serial or 0, 0) + 1

    client.bus.add_message_handler(count)
    verbs = ("Play", "Pause", "PlayPause", "Next", "Previous", "Stop", "Burn")
    async with answered(client, 1000) as results:
        results += [client.player(verbs[step % len(verbs)]) for step in range(1000)]

    assert len(replies) == 1000
    assert set(replies.values()) == {1}


@contextlib.asynccontextmanager
async def answered(client: Client, count: int) -> AsyncIterator[list[Any]]:
    """Collect calls, send them all at once, and wait for every answer."""
    calls: list[Any] = []
    yield calls
    assert len(calls) == count
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        assert outcome is None or isinstance(outcome, CallFailed)
