"""The kinds of jobs that work here."""

from collections.abc import Iterable
from pathlib import Path

from auralisd.jobs import analyse, render
from auralisd.jobs.ports import Kind, Library, Presets
from auralisd.supervise import Supervisor


def kinds_of(
    library: Library, *, presets: Presets, music_folders: Iterable[Path], supervisor: Supervisor
) -> dict[str, Kind]:
    """Each by its name.  `presets` is asked anew for each job; nothing is written into `music_folders`."""
    folders = tuple(bytes(folder) for folder in music_folders)
    return {
        analyse.KIND: analyse.Analyse(library),
        render.KIND: render.RenderKind(library, presets=presets, music_folders=folders, supervisor=supervisor),
    }
