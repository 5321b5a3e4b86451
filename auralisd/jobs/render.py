"""Kind `render`: tracks, mastered as they would be played, into new files."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import Mapping
from typing import Any

import msgspec

from auralisd.doors.worker import Render, Rendered, RenderProgress, ToRender
from auralisd.errors import InvalidRequest, LimitExceeded
from auralisd.export.formats import format_of
from auralisd.export.naming import stem_of
from auralisd.export.workshop import remove_workshop, workshop_in
from auralisd.jobs.analyse import MeasuringProgress
from auralisd.jobs.asked import only, tracks_of
from auralisd.jobs.job import JobFailed, Result, Step
from auralisd.jobs.ports import Library, MusicFolders, Presets, Tell
from auralisd.jobs.target import must_take_files
from auralisd.library.errands import Errands, WorkerDied, WorkerStarter, start_worker
from auralisd.model.album import album_profile
from auralisd.model.preset import Preset
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import DEFAULT_INTENSITY, ENHANCED, OFF, Taste, Treatment, is_intensity, is_target
from auralisd.model.track import Track
from auralisd.supervise import Supervisor, aside

KIND = "render"
MAX_TRACKS = 1_000
_CLEAN_S = 5.0
_KEYS = ("tracks", "folder", "format", "bits", "preset", "intensity", "target_lufs", "album")


class Order(msgspec.Struct, frozen=True):
    """What one job of this kind shall do."""

    tracks: tuple[Track, ...]
    folder: bytes
    format: str
    bits: int
    treatment: Treatment
    album: bool


class RenderKind:
    """Spec: `tracks` and `folder` (bytes of an absolute path), and the rest as the XML of Jobs.Submit has it."""

    def __init__(
        self,
        library: Library,
        *,
        presets: Presets,
        music_folders: MusicFolders,
        supervisor: Supervisor,
        start: WorkerStarter = start_worker,
    ) -> None:
        self._library = library
        self._presets = presets
        self._music_folders = music_folders
        self._supervisor = supervisor
        self._start = start
        self._numbers = itertools.count(1)

    async def prepare(self, spec: Mapping[str, Any]) -> "RenderWork":
        only(spec, KIND, _KEYS)
        form, bits = spec.get("format", "flac"), spec.get("bits", 0)
        format_of(form, bits)
        treatment = treatment_of(spec, self._presets())
        tracks = await tracks_of(spec, self._library)
        if len(tracks) > MAX_TRACKS:
            raise LimitExceeded(f"spec.tracks: {len(tracks)} are more than the {MAX_TRACKS} of one job; submit several")
        await must_take_files(spec.get("folder", b""), self._music_folders())
        order = Order(tracks, spec["folder"], form, bits, treatment, spec.get("album", False))
        number = next(self._numbers)
        return RenderWork(
            order,
            self._library,
            Errands(f"rendering {number}", self._start, self._supervisor),
            workshop=workshop_in(order.folder, os.getpid(), number),
        )


def treatment_of(spec: Mapping[str, Any], presets: Mapping[str, Preset]) -> Treatment:
    """How it shall sound: the preset `adaptive` in full, unless something else is said.  Raises InvalidRequest."""
    name, target = spec.get("preset", Taste().preset), spec.get("target_lufs", 0.0)
    intensity = spec.get("intensity", DEFAULT_INTENSITY)
    if name not in presets:
        raise InvalidRequest(f"spec.preset must be one of: {' '.join(presets)}")
    if not is_intensity(intensity):
        raise InvalidRequest("spec.intensity must be between 0 and 1")
    if not is_target(target):
        raise InvalidRequest("spec.target_lufs must be between -30 and -8, or 0 for the preset's own")
    mode = OFF if intensity == 0.0 else ENHANCED
    return Treatment(mode=mode, preset=presets[name], intensity=intensity, target_lufs=target or None)


class RenderWork:
    """One job of it: what was not measured yet is measured, then a worker of its own renders all of it."""

    def __init__(self, order: Order, library: Library, errands: Errands, *, workshop: bytes) -> None:
        self._order = order
        self._library = library
        self._errands = errands
        self._workshop = workshop

    async def run(self, tell: Tell) -> Result:
        profiles, failed = await self._profiles(tell)
        if not profiles:
            raise JobFailed("unreadable", "none of the tracks can be read; see what Library.Get says of them")
        album = album_profile(tuple(profiles.values())) if self._order.album else None
        tracks = [track for track in self._order.tracks if track.id in profiles]
        progress = RenderProgressTeller(tracks, tell)
        try:
            rendered = await self._errands.render(
                lambda task: self._task(task, tracks, profiles, album), progress.on_progress
            )
        except WorkerDied as death:
            raise _died(death, progress.current) from None
        finally:
            await self._errands.close()
            await self._clean()
        return _result(rendered, failed)

    async def _profiles(self, tell: Tell) -> tuple[dict[int, SoundProfile], list[tuple[int, str]]]:
        """What is known of each track, measured where it was not, and the code of each that cannot be."""
        kept = {track.id: await self._library.profile(track.id) for track in self._order.tracks}
        missing = tuple(track for track in self._order.tracks if kept[track.id] is None)
        failed = []
        if missing:
            measuring = MeasuringProgress(missing, lambda step: tell(Step(0, len(kept), 0.0, step.current)))
            outcomes = await self._library.measure_now(tuple(track.id for track in missing), measuring.on_track)
            for track, code in outcomes.items():
                kept[track] = await self._library.profile(track)
                if kept[track] is None:
                    failed.append((track, code))
        return {track: profile for track, profile in kept.items() if profile is not None}, failed

    async def _clean(self) -> None:
        """A worker that was killed left its workshop behind; a drive that does not answer keeps it for the next one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLEAN_S):
                await aside("workshop", lambda: remove_workshop(self._workshop))

    def _task(
        self, number: int, tracks: list[Track], profiles: dict[int, SoundProfile], album: SoundProfile | None
    ) -> Render:
        order = self._order
        with_disc = len({track.tags.disc_number for track in tracks}) > 1
        return Render(
            task=number,
            folder=order.folder,
            workshop=self._workshop,
            format=order.format,
            bits=order.bits,
            treatment=order.treatment,
            album=album,
            tracks=tuple(
                ToRender(
                    track.id, track.path, profiles[track.id], stem_of(track.tags, track.file_name, with_disc=with_disc)
                )
                for track in tracks
            ),
        )


class RenderProgressTeller:
    """What the worker tells into steps of the job."""

    def __init__(self, tracks: list[Track], tell: Tell) -> None:
        self._names = [track.file_name for track in tracks]
        self._tell = tell
        self.current = self._names[0]
        tell(Step(0, len(tracks), 0.0, self.current))

    def on_progress(self, news: RenderProgress) -> None:
        self.current = self._names[news.place]
        self._tell(Step(news.whole, len(self._names), news.share, self.current))


def _died(death: WorkerDied, file_name: str) -> JobFailed:
    if death.hung:
        return JobFailed(
            "hung", f"the drive of {file_name} or of the target does not answer; submit again when it does"
        )
    return JobFailed("worker-died", f"the process that rendered {file_name} ended by itself; submit the job again")


def _result(rendered: Rendered, failed: list[tuple[int, str]]) -> Result:
    """Raises JobFailed when nothing was written."""
    if rendered.code:
        raise JobFailed(rendered.code, rendered.text)
    written = [track for track in rendered.tracks if not track.code]
    if not written:
        raise JobFailed("unreadable", "none of the tracks can be read; see what Library.Get says of them")
    return {
        "files": [track.name for track in written],
        "tracks": [track.track for track in written],
        "loudness_lufs": [(t.track, t.integrated_lufs) for t in written if t.integrated_lufs is not None],
        "true_peak_dbtp": [(t.track, t.true_peak_dbtp) for t in written if t.true_peak_dbtp is not None],
        "failed": [*failed, *((track.track, track.code) for track in rendered.tracks if track.code)],
    }
