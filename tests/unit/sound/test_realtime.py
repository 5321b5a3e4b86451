"""Priorities that the kernel grants in part: what it grants is taken, and what it refuses is said."""

import errno
import os
import resource

import pytest

from auralisd.doors.sound import NICENESS
from auralisd.sound.realtime import take_priority


def refuse(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """Thread → what the kernel gave it."""
    given: dict[int, int] = {}
    monkeypatch.setattr(os, "setpriority", lambda _, thread, niceness: given.update({thread: niceness}))
    monkeypatch.setattr(os, "sched_setscheduler", lambda thread, policy, _: given.update({thread: policy}))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    return given


def test_realtime_priority_is_taken_where_the_kernel_grants_nothing_else(
    given: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "setpriority", refuse)
    reason = take_priority(7, (8, 9))

    assert given == {7: os.SCHED_RR | os.SCHED_RESET_ON_FORK}
    assert "no precedence" in reason
    assert "no realtime" not in reason


def test_precedence_is_taken_where_the_kernel_grants_no_realtime_priority(
    given: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    reason = take_priority(7, (8, 9))

    assert given == {8: NICENESS, 9: NICENESS}
    assert reason == "the kernel grants no realtime priority (Operation not permitted)"
