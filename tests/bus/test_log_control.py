"""How much is logged, seen and changed by a client."""

import logging
from collections.abc import Iterator

import pytest
from dbus_fast import Variant

from tests.bus.client import LOG_CONTROL, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    root = logging.getLogger()
    before = root.level, [(lines, lines.level) for lines in root.handlers]
    root.setLevel(logging.INFO)
    yield
    root.setLevel(before[0])
    for lines, each in before[1]:
        lines.setLevel(each)


async def test_the_log_tells_how_much_it_holds(rig: Rig, client: Client) -> None:
    assert await client.get_all(LOG_CONTROL) == {
        "LogLevel": "info",
        "LogTarget": "console",
        "SyslogIdentifier": "auralisd",
    }


@pytest.mark.parametrize(
    ("word", "number"),
    [("debug", 10), ("info", 20), ("notice", 25), ("warning", 30), ("err", 40), ("crit", 50), ("emerg", 60)],
)
async def test_another_level_is_in_force_at_once(rig: Rig, client: Client, word: str, number: int) -> None:
    await client.set(LOG_CONTROL, "LogLevel", Variant("s", word))

    assert logging.getLogger().level == number
    assert await client.get(LOG_CONTROL, "LogLevel") == word


async def test_what_is_no_level_changes_nothing(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match="one of: emerg"):
        await client.set(LOG_CONTROL, "LogLevel", Variant("s", "loud"))

    assert logging.getLogger().level == logging.INFO


async def test_the_log_can_be_silenced_and_goes_nowhere_else(rig: Rig, client: Client) -> None:
    await client.set(LOG_CONTROL, "LogTarget", Variant("s", "null"))
    assert await client.get(LOG_CONTROL, "LogTarget") == "null"
    assert all(lines.level > logging.CRITICAL for lines in logging.getLogger().handlers)
    with pytest.raises(CallFailed, match="console") as failure:
        await client.set(LOG_CONTROL, "LogTarget", Variant("s", "syslog"))
    assert failure.value.name == OURS_ERROR + "NotSupported"
    await client.set(LOG_CONTROL, "LogTarget", Variant("s", "auto"))

    assert await client.get(LOG_CONTROL, "LogTarget") == "console"
    assert all(lines.level == logging.NOTSET for lines in logging.getLogger().handlers)
