"""Refusals: which D-Bus error name a failure of ours has."""

from auralisd.errors import (
    Busy,
    Conflict,
    InvalidRequest,
    LimitExceeded,
    NotFound,
    NotSupported,
    ReadOnly,
    RequestRefused,
    Unavailable,
)

STANDARD = "org.freedesktop.DBus.Error."
OURS = "org.auralis.Auralis1.Error."

_NAMES: tuple[tuple[type[RequestRefused], str], ...] = (
    (InvalidRequest, STANDARD + "InvalidArgs"),
    (NotFound, OURS + "NotFound"),
    (NotSupported, OURS + "NotSupported"),
    (Conflict, OURS + "Conflict"),
    (ReadOnly, OURS + "ReadOnly"),
    (Busy, OURS + "Busy"),
    (LimitExceeded, OURS + "LimitExceeded"),
    (Unavailable, OURS + "Unavailable"),
)


class UnknownMember(RequestRefused):
    """The call names something that the contract does not have, or sets what can only be read.

    `name` is `UnknownObject`, `UnknownInterface`, `UnknownMethod`, `UnknownProperty` or `PropertyReadOnly`.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


def error_of(failure: Exception) -> tuple[str, str]:
    """The D-Bus error name and text for a failure.

    Only refusals speak for themselves.  Of anything else the caller learns no more than that it happened: its
    text may hold a path.
    """
    if isinstance(failure, UnknownMember):
        return STANDARD + failure.name, str(failure)
    for kind, name in _NAMES:
        if isinstance(failure, kind):
            return name, str(failure)
    return STANDARD + "Failed", "an internal error; the daemon's log says more"
