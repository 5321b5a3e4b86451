"""Rendering: tracks into new files, which appear in their folder all together or not at all."""

import time
from collections.abc import Generator

import msgspec

from auralisd.doors.worker import Render, Rendered, RenderedTrack, RenderProgress, ToRender
from auralisd.errors import NotWritten, TrackUnreadable
from auralisd.export.formats import format_of
from auralisd.export.workshop import Workshop

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
    """One `Render` under way."""

    def __init__(self, task: Render, workshop: Workshop) -> None:
        self._task = task
        self._workshop = workshop
        self._format = format_of(task.format, task.bits)
        self._whole: list[tuple[bytes, str, str]] = []
        self._told_at_s = 0.0

    def run(self) -> Generator[RenderProgress, None, tuple[RenderedTrack, ...]]:
        """Render every track, then give all files their names.  Raises NotWritten."""
        outcomes = []
        for place, each in enumerate(self._task.tracks):
            try:
                outcomes.append((yield from self._render(place, each)))
            except TrackUnreadable as fault:
                outcomes.append(RenderedTrack(each.track, code=fault.code))
        names = iter(self._workshop.publish(self._whole))
        return tuple(each if each.code else msgspec.structs.replace(each, name=next(names)) for each in outcomes)

    def _render(self, place: int, each: ToRender) -> Generator[RenderProgress, None, RenderedTrack]:
        # Imported here because only some workers render, and scanning must not wait for scipy.
        from auralisd.export.rendering import Rendering
        from auralisd.mastering.planner import plan
        from auralisd.tags.carrying import carry

        path = self._workshop.place(place, self._format.suffix)
        chosen = plan(each.profile, self._task.treatment, self._task.album)
        rendering = Rendering(each.path, self._format, chosen)
        for frames in rendering.into(path):
            if self._may_tell():
                yield RenderProgress(self._task.task, place, frames)
        carry(each.path, path, self._format.suffix)
        self._whole.append((path, each.stem, self._format.suffix))
        return RenderedTrack(
            each.track,
            integrated_lufs=rendering.integrated_lufs,
            true_peak_dbtp=rendering.true_peak_dbtp,
        )

    def _may_tell(self) -> bool:
        now_s = time.monotonic()
        if now_s - self._told_at_s < _TELL_EVERY_S:
            return False
        self._told_at_s = now_s
        return True
