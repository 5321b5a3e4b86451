"""The shelf: which presets there are now."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from auralisd.model.preset import PRESETS, Preset
from auralisd.presets.files import Fault, Looked, look_into
from auralisd.supervise import aside
from auralisd.watch.small_folder import SmallFolderWatcher

log = logging.getLogger(__name__)

_ALL = "presets"
"""The subject of a fault of the folder itself."""

OnFault = Callable[[str, bool], None]


class PresetShelf:
    """Built-in presets, and those in the files of `folder`, which may come and go as they like.

    `on_change` is told after another mapping came into force, `on_fault` of each file (by name) that cannot be used,
    and of its being well again.
    """

    def __init__(self, folder: Path, on_change: Callable[[], None], on_fault: OnFault) -> None:
        self._folder = folder
        self._on_change = on_change
        self._on_fault = on_fault
        self._own: dict[str, Preset] = {}
        self._faults: dict[str, Fault] = {}
        self._presets: Mapping[str, Preset] = PRESETS

    @property
    def presets(self) -> Mapping[str, Preset]:
        """Built-in ones first, then own ones by name: another mapping whenever one of them changed."""
        return self._presets

    async def open(self) -> None:
        """Know what is there now."""
        self._take(await aside("presets", lambda: look_into(self._folder)))

    async def run(self) -> None:
        """Follow the files until cancelled."""
        loop = asyncio.get_running_loop()

        def look() -> None:
            looked = look_into(self._folder)
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody plays any more
                loop.call_soon_threadsafe(self._take, looked)

        await SmallFolderWatcher(self._folder, look).run()

    def _take(self, looked: Looked) -> None:
        faults = {file.file_name: file.found for file in looked.files if isinstance(file.found, Fault)}
        before = self._own
        # A folder that cannot be seen whole says nothing of what is not seen.
        own = dict(before) if looked.fault else {}
        for file in looked.files:
            if isinstance(file.found, Preset):
                own[file.name] = file.found
            elif file.name in before:
                own[file.name] = before[file.name]
        if looked.fault:
            faults[_ALL] = looked.fault
        self._tell_faults(faults, own)
        if own == before:
            return
        self._own = own
        self._presets = PRESETS | {name: own[name] for name in sorted(own)}
        log.info("own presets: %s", ", ".join(sorted(own)) or "none")
        self._on_change()

    def _tell_faults(self, faults: dict[str, Fault], own: Mapping[str, Preset]) -> None:
        for file_name, fault in faults.items():
            if self._faults.get(file_name) == fault:
                continue
            kept = file_name.removesuffix(".toml") in own
            log.warning(
                "own preset %s file=%s reason=%s remedy=%s",
                "stays as it was" if kept else "left out",
                _shown(file_name),
                fault.reason,
                fault.remedy,
            )
            self._on_fault(file_name, True)
        for file_name in self._faults.keys() - faults.keys():
            self._on_fault(file_name, False)
        self._faults = faults


def _shown(file_name: str) -> str:
    return file_name if file_name.isprintable() else ascii(file_name)
