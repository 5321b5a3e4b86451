"""Health: what is wrong now, and which optional parts are there.  One owner; others read tuples."""

from collections.abc import Callable


class Health:
    """Faults by code, each raised and cleared by whoever sees it; capabilities as reported by the processes."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._faults: dict[tuple[str, str], None] = {}
        self._capabilities: dict[str, str] = {}

    @property
    def faults(self) -> tuple[str, ...]:
        """Codes, each once, in the order in which they came up."""
        return tuple(dict.fromkeys(code for code, _ in self._faults))

    @property
    def capabilities(self) -> dict[str, str]:
        """Part → "" when it is available, else why it is not."""
        return dict(self._capabilities)

    def report(self, code: str, subject: str, *, wrong: bool) -> None:
        """A fault of one subject (a folder, a device) begins or ends."""
        before = self.faults
        if wrong:
            self._faults[(code, subject)] = None
        else:
            self._faults.pop((code, subject), None)
        if self.faults != before:
            self._on_change()

    def clear(self, subject: str) -> None:
        """Everything about this subject is well again."""
        before = self.faults
        self._faults = {key: None for key in self._faults if key[1] != subject}
        if self.faults != before:
            self._on_change()

    def know(self, capabilities: dict[str, str]) -> None:
        """A process told what it can do."""
        if not capabilities.items() <= self._capabilities.items():
            self._capabilities |= capabilities
            self._on_change()
