"""The one owner of what is set now."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Final, Protocol

import msgspec

from auralisd.config_file import Described, FileConfig, described, flat, named, suggestion
from auralisd.errors import InvalidRequest, NotKept, ReadOnly, StartRefused

log = logging.getLogger(__name__)

KEPT_WITHIN_S: Final = 2.0
"""So long a wish waits for the disk."""


class Kept(Protocol):
    """Where what was set survives a restart: `store.settings.StoredSettings`.  Each raises NotKept."""

    async def load(self) -> dict[str, Any]: ...

    async def save(self, values: Mapping[str, Any]) -> None: ...

    async def forget(self, keys: Iterable[str]) -> None: ...


class Settings:
    """Read `now` whenever it matters; whoever must act on a change hears of it through `on_change`."""

    def __init__(
        self,
        file: FileConfig,
        kept: Kept,
        *,
        read_again: Callable[[], FileConfig],
        on_change: Callable[[tuple[str, ...]], None] = lambda _: None,
        at_start: Mapping[str, Any] | None = None,
    ) -> None:
        """`at_start` holds what the start made of keys that belong to the file: the command line goes before it."""
        self._file = file
        self._at_start = dict(at_start or {})
        self._kept = kept
        self._read_again = read_again
        self._on_change = on_change
        self._keys = {each.key: each for each in described()}
        self._own: dict[str, Any] = {}
        self._overdue: set[asyncio.Task[None]] = set()
        self._now = file

    @property
    def now(self) -> FileConfig:
        return self._now

    @property
    def values(self) -> dict[str, Any]:
        """Key → value that holds."""
        return flat(self._now) | self._at_start

    @property
    def described(self) -> tuple[Described, ...]:
        """Every key; the default is what the file says."""
        defaults = flat(self._file)
        return tuple(msgspec.structs.replace(each, default=defaults[each.key]) for each in self._keys.values())

    @property
    def own(self) -> frozenset[str]:
        """The keys that were set over the bus."""
        return frozenset(self._own)

    async def open(self) -> None:
        """Take up what was set before the last end; what makes no sense (any more) is passed over."""
        for key, value in (await self._kept.load()).items():
            try:
                self._must_be_writable(key)
                self._file_with({key: value})
            except (InvalidRequest, ReadOnly) as reason:
                log.warning("a setting that was kept is passed over key=%s reason=%s", key, reason)
            else:
                self._own[key] = value
        self._now = self._file_with(self._own)

    async def change(self, wanted: Mapping[str, Any]) -> None:
        """All of it, or nothing.  Raises InvalidRequest, ReadOnly, NotKept.

        A disk that hangs is not waited for: what was wished comes into force once it is kept, and meanwhile nothing
        else is taken.
        """
        for key in wanted:
            self._must_be_writable(key)
        self._file_with(wanted)
        await self._keep(self._kept.save(wanted), lambda: self._hold({**self._own, **wanted}, self._file))

    async def reset(self, keys: Iterable[str]) -> None:
        """Back to what the file says.  Raises as `change`."""
        keys = tuple(keys)
        for key in keys:
            self._must_be_writable(key)
        await self._keep(
            self._kept.forget(keys),
            lambda: self._hold({key: value for key, value in self._own.items() if key not in keys}, self._file),
        )

    async def reload(self) -> None:
        """Read the file anew.  What needs a restart stays as it was until then.  Raises InvalidRequest."""
        try:
            file = await asyncio.to_thread(self._read_again)
        except StartRefused as refusal:
            raise InvalidRequest(str(refusal)) from refusal
        before = flat(self._file)
        later = [key for key, value in flat(file).items() if not self._is_writable(key) and value != before[key]]
        if later:
            log.info("the configuration is another from the next start on keys=%s", ",".join(later))
        taken = {key: getattr(file, key) for key in FileConfig.__struct_fields__ if self._is_writable(key)}
        self._hold(self._own, msgspec.structs.replace(self._file, **taken))

    def close(self) -> None:
        for task in self._overdue:
            task.cancel()

    # --- one step -----------------------------------------------------------------------------------

    async def _keep(self, keeping: Coroutine[Any, Any, None], then: Callable[[], None]) -> None:
        if self._overdue:
            keeping.close()
            raise NotKept("the state folder does not answer; its disk may hang, try again")
        task = asyncio.ensure_future(keeping)
        await asyncio.wait({task}, timeout=KEPT_WITHIN_S)
        if not task.done():
            self._overdue.add(task)
            task.add_done_callback(lambda _: self._arrived(task, then))
            raise NotKept("the state folder does not answer; what was set comes into force once it is kept")
        task.result()
        then()

    def _arrived(self, task: "asyncio.Task[None]", then: Callable[[], None]) -> None:
        self._overdue.discard(task)
        if task.cancelled():
            return
        if (failure := task.exception()) is not None:
            log.warning("settings are not kept reason=%s", failure)
        else:
            then()

    def _hold(self, own: dict[str, Any], file: FileConfig) -> None:
        before = self.values
        self._own, self._file = own, file
        self._now = self._file_with(own)
        if changed := tuple(key for key, value in self.values.items() if value != before[key]):
            log.info("settings changed keys=%s", ",".join(changed))
            self._on_change(changed)

    def _file_with(self, own: Mapping[str, Any]) -> FileConfig:
        """The file with these values before its own.  Raises InvalidRequest."""
        whole = {name: getattr(self._file, name) for name in FileConfig.__struct_fields__} | dict(own)
        try:
            return msgspec.convert(whole, FileConfig, from_attributes=True)
        except msgspec.ValidationError as reason:
            raise InvalidRequest(named(reason)) from reason

    def _is_writable(self, key: str) -> bool:
        return key in self._keys and self._keys[key].writable

    def _must_be_writable(self, key: str) -> None:
        if key not in self._keys:
            raise InvalidRequest(f"there is no setting {key!r}; {suggestion(key, self._keys)}")
        if not self._keys[key].writable:
            raise ReadOnly(f"{key} belongs to the configuration file, which is read at the start; set it there")
