"""Looks: which folders a scan looks at, and why."""

from collections.abc import Awaitable, Callable, Iterable

import msgspec

from auralisd.store.rows import Scope

STARTUP = "startup"
WATCH = "watch"
TIMER = "timer"
MANUAL = "manual"


class Look(msgspec.Struct, frozen=True):
    """One scan to be made."""

    trigger: str
    scopes: tuple[Scope, ...]

    @property
    def whole(self) -> tuple[int, ...]:
        """The music folders that it looks at with all that is in them."""
        return tuple(sorted(scope.folder for scope in self.scopes if not scope.dir and scope.recursive))

    @property
    def key(self) -> str:
        """The same for looks at the same music folders; "" where it is not about whole ones."""
        whole = self.whole
        return " ".join(map(str, whole)) if len(whole) == len(self.scopes) else ""


CarryOut = Callable[[Look], Awaitable[None]]


def manual(folders: Iterable[int]) -> Look:
    """What a listener asks for."""
    return Look(MANUAL, tuple(Scope(folder) for folder in dict.fromkeys(folders)))
