"""Score: the entries whose frames are in the ring or on their way into it, in order."""

from dataclasses import dataclass

from auralisd.doors.sound import Finished, Stream, Unreadable
from auralisd.model.plan import MasteringPlan
from auralisd.sound.lap import Lap
from auralisd.sound.meters import Meters
from auralisd.sound.ring import Mark


@dataclass(slots=True, eq=False)
class Part:
    """One entry in the ring.  `begin` is its mark; `ended` is set once its last frame is rendered.

    `plan` was made of `stream`; `wanted` is what the stream has become since, None when it is still that.  `from_at`
    is where its first frame lies, and `lap` where it sounds together with the part before it, if it does.
    """

    stream: Stream
    plan: MasteringPlan
    meters: Meters
    begin: Mark
    from_at: int
    lap: Lap | None = None
    ended: Finished | Unreadable | None = None
    wanted: Stream | None = None

    @property
    def newest(self) -> Stream:
        return self.wanted or self.stream

    @property
    def alone_at(self) -> int:
        """From here on nothing of the part before it is needed any more."""
        return self.begin.at if self.lap is None else self.lap.touches_to


class Score:
    """The render thread's own record; the last part is the one that is, or was last, rendered."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    @property
    def last(self) -> Part | None:
        return self.parts[-1] if self.parts else None

    def index_at(self, position: int) -> int:
        """Which part sounds at a ring position; −1 before the first."""
        return max((index for index, part in enumerate(self.parts) if part.begin.at <= position), default=-1)

    def ahead_of(self, position: int) -> Part | None:
        """The last part, when it follows another and the reader at `position` has not come to it; one that took over
        from another generation does not follow that."""
        if len(self.parts) < 2:
            return None
        before, last = self.parts[-2:]
        follows = last.begin.generation == before.begin.generation
        return last if follows and last.begin.at >= position else None

    def keep_up_to(self, part: Part) -> None:
        """What follows `part` is not in the ring any more."""
        del self.parts[self.parts.index(part) + 1 :]

    def before(self, part: Part) -> Part | None:
        index = self.parts.index(part)
        return self.parts[index - 1] if index else None

    def after(self, part: Part) -> Part | None:
        following = self.parts[self.parts.index(part) + 1 :]
        return following[0] if following else None

    def forget_before(self, position: int) -> None:
        """Drop the parts that cannot be heard any more, when nothing before `position` can."""
        while len(self.parts) > 1 and self.parts[1].alone_at <= position:
            del self.parts[0]

    def find(self, generation: int, entry: int) -> Part | None:
        """The newest part of an entry."""
        for part in reversed(self.parts):
            if (part.begin.generation, part.begin.entry) == (generation, entry):
                return part
        return None
