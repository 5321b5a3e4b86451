"""Rendering: tracks into new files, which appear in their folder all together or not at all."""

import itertools
import time
from collections.abc import Generator, Iterator, Sequence

import msgspec

from auralisd.doors.worker import Render, Rendered, RenderedTrack, RenderProgress, ToRender
from auralisd.errors import NotWritten, TrackUnreadable
from auralisd.export.formats import format_of
from auralisd.export.workshop import Workshop
from auralisd.model.taste import Treatment

_TELL_EVERY_S = 0.2


def render(task: Render) -> Generator[RenderProgress | Rendered, None, None]:
    """Any number of `RenderProgress` and one `Rendered`.  Closed before its end, it leaves nothing."""
    try:
        with Workshop(task.workshop) as workshop:
            rendered = yield from _Job(task, workshop).run()
    except NotWritten as refusal:
        yield Rendered(task.task, (), refusal.code, str(refusal))
        return
    yield Rendered(task.task, rendered)


class _Job:
    """One `Render` under way.  Of its work half is rehearsing and half rendering, each counted in frames."""

    def __init__(self, task: Render, workshop: Workshop) -> None:
        self._task = task
        self._workshop = workshop
        self._format = format_of(task.format, task.bits)
        self._whole: list[tuple[bytes, str, str]] = []
        self._before = [0, *itertools.accumulate(each.profile.frames for each in task.tracks)]
        self._outcomes: list[RenderedTrack] = []
        self._told_at_s = 0.0

    def run(self) -> Generator[RenderProgress, None, tuple[RenderedTrack, ...]]:
        """Render every track, then give all files their names.  Raises NotWritten."""
        album = yield from self._rehearsed_album()
        for place, each in enumerate(self._task.tracks):
            try:
                self._outcomes.append((yield from self._render(place, each, album)))
            except TrackUnreadable as fault:
                self._outcomes.append(RenderedTrack(each.track, code=fault.code))
        names = iter(self._workshop.publish(self._whole))
        return tuple(each if each.code else msgspec.structs.replace(each, name=next(names)) for each in self._outcomes)

    def _render(
        self, place: int, each: ToRender, album: Treatment | None
    ) -> Generator[RenderProgress, None, RenderedTrack]:
        # Imported here because only some workers render, and scanning must not wait for scipy.
        from auralisd.export.rendering import Rendering
        from auralisd.mastering.planner import plan
        from auralisd.tags.carrying import carry

        path = self._workshop.place(place, self._format.suffix)
        treatment = album or (yield from self._rehearsed(place, each))
        chosen = plan(each.profile, treatment, self._task.album)
        rendering = Rendering(each.path, self._format, chosen)
        rehearsed = self._before[-1] if album else self._before[place + 1]
        for frames in rendering.into(path):
            yield from self._progress(place, rehearsed + self._before[place] + frames)
        carry(each.path, path, self._format.suffix)
        self._whole.append((path, each.stem, self._format.suffix))
        return RenderedTrack(
            each.track,
            integrated_lufs=rendering.integrated_lufs,
            true_peak_dbtp=rendering.true_peak_dbtp,
        )

    def _rehearsed(self, place: int, each: ToRender) -> Generator[RenderProgress, None, Treatment]:
        from auralisd.export.rehearsal import Piece, rehearsed

        rehearsing = rehearsed([Piece(each.path, each.profile)], self._task.treatment)
        treatment = yield from self._watched(rehearsing, [place], 2 * self._before[place])
        return treatment

    def _rehearsed_album(self) -> Generator[RenderProgress, None, Treatment | None]:
        """The treatment under which the album as a whole is as loud as its plan says; None where there is no album."""
        from auralisd.export.rehearsal import Piece, rehearsed

        task = self._task
        if task.album is None:
            return None
        rehearsing = rehearsed([Piece(each.path, each.profile) for each in task.tracks], task.treatment, task.album)
        try:
            treatment = yield from self._watched(rehearsing, range(len(task.tracks)), 0)
        except TrackUnreadable:
            return task.treatment  # which of them it is, rendering says; without it, the album is another one
        return treatment

    def _watched(
        self, rehearsing: Generator[tuple[int, int], None, Treatment], places: Sequence[int], base_frames: int
    ) -> Generator[RenderProgress, None, Treatment]:
        """A rehearsal, telling how far it is; a second round does not set it back."""
        furthest = 0
        while True:
            try:
                at, frames = next(rehearsing)
            except StopIteration as end:
                treatment: Treatment = end.value
                return treatment
            furthest = max(furthest, self._before[places[at]] - self._before[places[0]] + frames)
            yield from self._progress(places[at], base_frames + furthest)

    def _progress(self, place: int, done_frames: int) -> Iterator[RenderProgress]:
        """Told now and then."""
        now_s = time.monotonic()
        if now_s - self._told_at_s >= _TELL_EVERY_S:
            self._told_at_s = now_s
            share = min(1.0, done_frames / max(1, 2 * self._before[-1]))
            yield RenderProgress(self._task.task, place, len(self._outcomes), share)
