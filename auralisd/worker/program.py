"""The worker's loop: one task after another, each answered, until the link closes."""

import contextlib
import ctypes
import logging
import os
import signal
from collections.abc import Generator
from typing import Final, assert_never

from auralisd.doors.link import Link
from auralisd.doors.worker import (
    Answer,
    Bring,
    FileRead,
    Inspect,
    Inspected,
    Leave,
    Measure,
    Measured,
    ReadTags,
    Rehearse,
    Render,
    TagsRead,
    Task,
    Walk,
)
from auralisd.errors import TrackUnreadable
from auralisd.tags.track import read_track
from auralisd.worker.bringing import bring
from auralisd.worker.measuring import measure
from auralisd.worker.rehearsing import rehearse
from auralisd.worker.rendering import render
from auralisd.worker.walking import walk
from auralisd.worker.writing import being_written

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG: Final = 1
"""prctl(2)"""


def serve(link: Link[Task, Answer]) -> None:
    """Answer tasks until `Leave` comes or the other side is gone."""
    try:
        while not isinstance(task := link.receive(), Leave):
            with contextlib.closing(answers(task)) as coming:  # what is under way is put in order when control is gone
                for answer in coming:
                    link.send(answer)
    except (EOFError, ConnectionError):
        return  # control is gone: nobody is left to work for


def answers(task: Walk | ReadTags | Inspect | Measure | Rehearse | Render | Bring) -> Generator[Answer, None, None]:
    """What there is to say to one task."""
    match task:
        case Walk():
            yield from walk(task)
        case ReadTags():
            yield TagsRead(task.task, tuple(read_whole_file(path) for path in task.paths))
        case Inspect():
            real_path = os.path.realpath(task.path)
            yield Inspected(task.task, read_file(real_path), real_path)
        case Measure():
            yield _measured(task)
        case Rehearse():
            yield rehearse(task)
        case Render():
            yield from render(task)
        case Bring():
            yield bring(task)
        case _:
            assert_never(task)


def read_file(path: bytes) -> FileRead:
    """One file's tags, or the code that says why not."""
    try:
        facts, stream, tags = read_track(path)
    except TrackUnreadable as fault:
        return FileRead(path, None, None, None, fault.code)
    return FileRead(path, facts, stream, tags)


def read_whole_file(path: bytes) -> FileRead:
    """The same; the code is `unfinished` while the file is still being written."""
    return FileRead(path, None, None, None, "unfinished") if being_written(path) else read_file(path)


def _measured(task: Measure) -> Measured:
    try:
        facts, profile = measure(task.path)
    except TrackUnreadable as fault:
        return Measured(task.task, task.path, None, None, fault.code)
    return Measured(task.task, task.path, facts, profile)


def leave_with_control() -> None:
    """Have the kernel end us when control ends.

    The end of the link is only seen between two tasks; behind a busy machine, each control that was killed would leave
    a worker that measures on.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM):
        log.warning("the worker may outlive control reason=%s", os.strerror(ctypes.get_errno()))


def step_aside() -> None:
    """Run only when nobody else wants the processor."""
    try:
        os.nice(19)
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except OSError as refusal:
        log.warning("the worker keeps its priority reason=%s", refusal.strerror)
