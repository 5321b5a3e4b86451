"""Refusing: what to say of a target that takes no file."""

import errno

from auralisd.errors import NotWritten


def not_written(failure: Exception | None) -> NotWritten:
    """From what the system said, or libsndfile, which does not pass on why; None when a file came out too short."""
    if isinstance(failure, OSError) and failure.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return NotWritten("not-written", f"the target folder takes no file ({failure.strerror}); check its rights")
    return NotWritten("no-space", "the target folder takes no more; free some space there or name another folder")
