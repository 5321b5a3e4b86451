"""Rehearsing: how much louder than foretold a track comes out of its treatment."""

import os

from auralisd.doors.worker import Rehearse, Trimmed
from auralisd.errors import TrackUnreadable
from auralisd.tags.opening import facts_of, open_regular


def rehearse(task: Rehearse) -> Trimmed:
    """The answer; a file that cannot be read is told by its code."""
    # Imported here because only some workers rehearse, and scanning must not wait for scipy.
    from auralisd.export.rehearsal import Piece, rehearsed, to_the_end

    try:
        with open_regular(task.path) as file:
            facts = facts_of(os.fstat(file.fileno()))
        treatment = to_the_end(rehearsed([Piece(task.path, task.profile)], task.treatment))
    except TrackUnreadable as fault:
        return Trimmed(task.task, None, 0.0, fault.code)
    return Trimmed(task.task, facts, treatment.trim_lu)
