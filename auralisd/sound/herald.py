"""Herald: tells what is heard: marks that were passed, the clock, the device.  Only the writer thread uses it."""

from collections.abc import Callable

from auralisd.doors.clock import NOTHING_HEARD, ClockWriter, Heard, frame_now
from auralisd.doors.sound import Audible, DeviceState, Drained, Finished, Report, Underran, Unreadable
from auralisd.output.device import OpenedFormat
from auralisd.sound.ring import BEGINS, CONTINUES, STOPS, FrameRing, Mark


class Herald:
    def __init__(
        self, ring: FrameRing, *, clock: ClockWriter, report: Callable[[Report], None], now_ns: Callable[[], int]
    ) -> None:
        self.heard = NOTHING_HEARD
        self._ring = ring
        self._clock = clock
        self._report = report
        self._now_ns = now_ns
        self._told = -1
        self._told_end: Finished | Unreadable | None = None
        self._told_state: DeviceState | None = None
        self._underruns = 0

    def marks(self, heard_at: int, generation: int) -> bool:
        """Tell the marks reached since the last look, in order; True when the end of the music is among them."""
        ended = False
        for mark in self._ring.marks:
            if self._told < mark.serial and mark.at <= heard_at and mark.generation == generation:
                self._told = mark.serial
                self._mark(mark)
                ended = mark.kind == STOPS
        return ended

    def drained(self, generation: int) -> None:
        self._report(Drained(generation))

    def underrun(self) -> None:
        self._underruns += 1
        self._report(Underran(self._underruns))

    def position(self, at: int, generation: int, *, running: bool) -> None:
        """Publish which frame sounds at a ring position, and how far that may be trusted to move on."""
        mark = self._ring.mark_at(at)
        if mark is None or mark.generation != generation:
            return
        if mark.kind == STOPS:
            self.stand_still()
            return
        border = next((each.at for each in self._ring.marks if each.at > at and each.kind != CONTINUES), None)
        end = self._ring.read_at if border is None else min(border, self._ring.read_at)
        if at < mark.origin:  # it is waited for: the clock stands
            end = at
        rate_hz = self._ring.rate_hz
        buffered_ms = max(0, self._ring.write_at - at) * 1000 // rate_hz
        self._publish(
            Heard(
                generation=mark.generation,
                entry=mark.entry,
                rate_hz=mark.rate_hz,
                frame=mark.frame_at(at, rate_hz),
                at_ns=self._now_ns(),
                end_frame=mark.frame_at(max(at, end), rate_hz),
                running=running,
                buffered_ms=buffered_ms,
            )
        )

    def stand_still(self) -> None:
        """The clock stops where it is by now."""
        now_ns = self._now_ns()
        self._publish(self.heard._replace(frame=frame_now(self.heard, now_ns), at_ns=now_ns, running=False))

    def device(
        self,
        state: str,
        name: str,
        opened: OpenedFormat | None,
        *,
        fill_s: float,
        code: str = "",
        note: str = "",
        again: bool = False,
    ) -> None:
        """Tell the device's state, when it is news; that it is lost answers each order, even the tenth in vain.

        `again`: nobody asked, it was tried by itself.
        """
        told = DeviceState(state, name, code=code, note=note)
        if opened is not None and state != "lost":
            told = DeviceState(
                state,
                opened.device,
                rate_hz=opened.rate_hz,
                channels=opened.channels,
                sample_format=opened.sample_format,
                period_frames=opened.period_frames,
                buffer_frames=opened.buffer_frames,
                fill_ms=round(fill_s * 1000, 1),
                note=opened.note,
            )
        if told != self._told_state or (state == "lost" and not again):
            self._told_state = told
            self._report(told)

    def _mark(self, mark: Mark) -> None:
        # An end is told once, even if it was the end of the music for a moment before something followed.
        if mark.ended is not None and mark.ended is not self._told_end:
            self._told_end = mark.ended
            self._report(mark.ended)
        if mark.kind == BEGINS:
            self._report(Audible(mark.generation, mark.entry, mark.rate_hz, mark.frames, mark.frame))

    def _publish(self, heard: Heard) -> None:
        self.heard = heard
        self._clock.publish(heard)
