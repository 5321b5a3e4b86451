"""Revision: what is on the tape rendered once more, because other things are known or wanted of it.

Only the render thread uses it.  Where the new plan equals the old one nothing happens at all.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from auralisd.decode.decoder import Decoder
from auralisd.doors.sound import Stream
from auralisd.errors import TrackUnreadable
from auralisd.model.plan import MasteringPlan
from auralisd.sound.planning import Planning, needs_look
from auralisd.sound.reel import Reel
from auralisd.sound.score import Part
from auralisd.sound.splices import Splices

log = logging.getLogger(__name__)

WISH_FADE_S: Final = 0.040
KNOWLEDGE_FADE_S: Final = 2.0
"""A full measurement takes over from a provisional plan without being noticed."""

CALLED_OFF_FADE_S: Final = 0.2

_LEAST_WAIT_S: Final = 0.1
"""In a pause shortly before it is due, what was put off is not asked for again and again."""


def revised(stream: Stream, streams: Sequence[Stream]) -> Stream:
    """The stream as the newest of `streams` has it; where it was begun, and what was found out here, stay."""
    for newer in streams:
        if newer.entry == stream.entry:
            profile = newer.profile or stream.profile
            stream = msgspec.structs.replace(newer, start_frame=stream.start_frame, profile=profile)
    return stream


class Revision:
    """`tell` is told each plan that takes over, and from which frame of its stream on."""

    def __init__(
        self, reel: Reel, splices: Splices, planning: Planning, tell: Callable[[Stream, MasteringPlan, int], None]
    ) -> None:
        self._reel = reel
        self._splices = splices
        self._planning = planning
        self._tell = tell
        self._put_off_to: int | None = None

    @property
    def is_overdue(self) -> bool:
        """True when what was put off can be carried out."""
        return self._put_off_to is not None and self._reel.ring.read_at >= self._put_off_to

    @property
    def patience_s(self) -> float | None:
        """How long to wait before what was put off may be due, for the reader may stand; None where nothing was."""
        if self._put_off_to is None:
            return None
        return max(_LEAST_WAIT_S, (self._put_off_to - self._reel.ring.read_at) / self._reel.ring.rate_hz)

    def forget(self) -> None:
        """What was put off is of an older tape."""
        self._put_off_to = None

    def note(self, streams: Sequence[Stream]) -> None:
        """Remember for each entry on the tape what it has become."""
        for part in self._reel.score.parts:
            newest = revised(part.newest, streams)
            part.wanted = newest if newest != part.stream else None

    def is_due(self, part: Part) -> bool:
        """True when the part would be planned otherwise now; else its plan holds for what it has become."""
        if part.wanted is None:
            return False
        if part.wanted.overlap_s != part.stream.overlap_s and not self._reel.is_coming_in(part):
            return True
        return needs_look(part.wanted) or not self._holds(part, *self._planning.planned(part.wanted, None))

    def renew_heard(self) -> Stream | None:
        """Render what is heard next once more, where it is due, and fade over to it.

        Gives the stream that lay behind it on the tape, and does not any more.
        """
        self._put_off_to = None
        # The second attempt is for a border that was passed during the first one.
        for _ in range(2):
            part = self._reel.part_heard_next()
            if part is None:
                return None
            following = self._reel.score.after(part)
            try:
                if following is not None and self._reel.is_coming_in(following):
                    if self._both_retaken(part, following):
                        return None
                    continue
                if part.wanted is None:
                    return None
                if self._retaken(part):
                    return None if following is None or following in self._reel.score.parts else following.newest
            except TrackUnreadable as failure:
                self._put_off(following if following is not None and self._reel.is_coming_in(following) else part)
                log.warning("another plan waits put_off=%s reason=%s", self._put_off_to is not None, failure)
                return None
        self._treat_rest()
        return None

    def _put_off(self, coming: Part) -> None:
        """Until the song that leaves, whose file is gone, is not heard any more: then it is not needed."""
        if coming.lap is not None and self._reel.ring.read_at < coming.lap.touches_to:
            self._put_off_to = coming.lap.touches_to

    def _retaken(self, part: Part) -> bool:
        """False when the reader was faster, and the part as good as over."""
        wanted = part.newest
        decoder: Decoder | None = self._reel.decoder_of(part) if needs_look(wanted) else None
        known, plan = self._planning.planned(wanted, decoder)
        base = self._reel.ring.read_at
        is_heard = self._reel.part_heard_next() is part
        if not is_heard or self._holds(part, known, plan):
            self._reel.give_back(decoder)
            return is_heard
        if plan.transparent and part.plan.transparent:
            self._reel.give_back(decoder)
            self._took_over(part, known, plan, base)
            return True
        fade_s = _fade_s(part, wanted)
        decoder = self._reel.decoder_of(part) if decoder is None else decoder
        at = self._splices.retake(part, decoder, plan, base=base, fade_s=fade_s)
        if at is None:
            return False
        self._took_over(part, known, plan, at)
        return True

    def call_off(self, coming: Part) -> bool:
        """The song that comes in already goes away again, and the one that was about to leave stays; False when it is
        too late for that."""
        leaving = self._reel.score.before(coming)
        if leaving is None or not self._reel.is_coming_in(coming):
            return False
        base = self._reel.ring.read_at
        try:
            decoder = self._reel.decoder_of(leaving)
            return self._splices.retake(leaving, decoder, leaving.plan, base=base, fade_s=CALLED_OFF_FADE_S) is not None
        except TrackUnreadable as failure:
            log.warning("what comes in goes on reason=%s", failure)
            return False

    def _both_retaken(self, leaving: Part, coming: Part) -> bool:
        """While one song comes in over the other, both are rendered anew; False when the reader was faster."""
        plans = []
        for part in (leaving, coming):
            decoder = self._reel.decoder_of(part) if needs_look(part.newest) else None
            plans.append(self._planning.planned(part.newest, decoder))
            self._reel.give_back(decoder)
        due = [
            (part, *planned)
            for part, planned in zip((leaving, coming), plans, strict=True)
            if not self._holds(part, *planned)
        ]
        if not due:
            return True
        fade_s = min(_fade_s(part, known) for part, known, _ in due)
        before, leaving.plan = leaving.plan, plans[0][1]
        at = None
        try:
            decoder = self._reel.decoder_of(coming)
            at = self._splices.retake(coming, decoder, plans[1][1], base=self._reel.ring.read_at, fade_s=fade_s)
        finally:
            if at is None:
                leaving.plan = before
        if at is None:
            return False
        for part, known, plan in due:
            self._took_over(part, known, plan, at)
        return True

    def _treat_rest(self) -> None:
        """The reader is too fast for a fade: what follows is treated as wanted."""
        part = self._reel.score.last
        if part is None or part.wanted is None or not self._reel.is_recording:
            return
        known, plan = self._planning.planned(part.wanted, self._reel.decoder_of(part))
        self._took_over(part, known, plan, self._splices.treat_rest(plan))

    def _holds(self, part: Part, known: Stream, plan: MasteringPlan) -> bool:
        if plan != part.plan:
            return False
        part.stream, part.wanted = known, None
        return True

    def _took_over(self, part: Part, stream: Stream, plan: MasteringPlan, at: int) -> None:
        part.stream, part.wanted, part.plan = stream, None, plan
        self._tell(stream, plan, part.begin.frame_at(at, self._reel.ring.rate_hz))


def _fade_s(part: Part, wanted: Stream) -> float:
    """With one treatment and another plan, more is known of the track or its album: nobody asked to hear a change."""
    same = wanted.treatment.untrimmed == part.stream.treatment.untrimmed
    return KNOWLEDGE_FADE_S if same else WISH_FADE_S
