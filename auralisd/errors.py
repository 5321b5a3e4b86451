"""Failures, sorted by who can act.  Each is caught at one border only; anything else ends the process."""


class AuralisError(Exception):
    """The root of our own failures; its text names the thing, the reason and the remedy."""


class StartRefused(AuralisError):
    """The daemon cannot start as asked: tell the person at the terminal and leave with a non-zero exit."""


class RequestRefused(AuralisError):
    """The caller asked for what cannot be done: tell the caller; nothing has changed."""


class InvalidRequest(RequestRefused):
    """An argument is of the wrong type, out of range, not finite or not one of the known words."""


class NotFound(RequestRefused):
    """The thing named does not exist."""


class NotSupported(RequestRefused):
    """The thing exists but this cannot be done with it."""


class Conflict(RequestRefused):
    """It would contradict what is there already; the text says what."""


class ReadOnly(RequestRefused):
    """The thing can be changed, but not from here; the text says where."""


class Busy(RequestRefused):
    """Too much of this is under way already: ask again later."""


class LimitExceeded(RequestRefused):
    """The call is larger or more frequent than the limits allow."""


class Unavailable(RequestRefused):
    """An optional part is missing or not ready; the text says why."""


class NotKept(Unavailable):
    """The disk takes no more: what was to be kept is not; go on without, tell it, try again later."""


class TrackUnreadable(AuralisError):
    """One file is at fault: mark it, skip it, play on.

    `code` is one of the words that clients see: `missing`, `unreadable`, `not-audio`, `damaged`, `empty`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class NotWritten(AuralisError):
    """A file cannot be made: it is not there, and nothing is left of it.

    `code` is one of the words that clients see: `no-space`, `not-written`, `too-long`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class OutputLost(AuralisError):
    """The sound device went away or did not open: pause, and try again when it returns.

    `code` is one of the words that clients see: `no-device`, `refused-format`, `lost`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
