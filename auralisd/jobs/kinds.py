"""The kinds of jobs that work here."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from auralisd.jobs import analyse, bring, render, scan
from auralisd.jobs.ports import Collection, Kind, Presets, ScanningLibrary
from auralisd.supervise import Supervisor


class WholeLibrary(Collection, ScanningLibrary, Protocol):
    """All that jobs need of the library."""


def kinds_of(
    library: WholeLibrary, *, presets: Presets, music_folders: Iterable[Path], supervisor: Supervisor
) -> dict[str, Kind]:
    """Each by its name.  `presets` is asked anew for each job; nothing is rendered into `music_folders`."""
    folders = tuple(bytes(folder) for folder in music_folders)
    return {
        analyse.KIND: analyse.Analyse(library),
        scan.KIND: scan.ScanKind(library),
        bring.KIND: bring.Bring(library, supervisor=supervisor),
        render.KIND: render.RenderKind(library, presets=presets, music_folders=folders, supervisor=supervisor),
    }
