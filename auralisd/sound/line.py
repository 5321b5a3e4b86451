"""Line: the device as it comes and goes: opened, given back, changed for another, lost, tried again.

Only the writer thread uses it.  A device that is lost while it plays is tried again by itself, later and later; one
that is held is left alone.
"""

import contextlib
import logging
from collections.abc import Callable

from auralisd.errors import OutputLost
from auralisd.output.device import Output
from auralisd.sound.ear import Ear
from auralisd.sound.herald import Herald
from auralisd.sound.motion import STALLED_S, WEDGED_S, Motion
from auralisd.sound.retry import Retry
from auralisd.sound.speaker import Speaker

log = logging.getLogger(__name__)


class Line:
    """`fill_s` is how much sound is kept in the device now; `choose` makes the output of a spec."""

    def __init__(
        self,
        speaker: Speaker,
        ear: Ear,
        herald: Herald,
        *,
        fill_s: Callable[[], float],
        choose: Callable[[str], Output],
        now_ns: Callable[[], int],
    ) -> None:
        self.rate_asked_hz = 0
        self._speaker = speaker
        self._ear = ear
        self._herald = herald
        self._fill_s = fill_s
        self._choose = choose
        self._now_ns = now_ns
        self._retry = Retry()
        self._motion = Motion()

    @property
    def is_open(self) -> bool:
        return self._speaker.opened is not None

    @property
    def is_waited_for(self) -> bool:
        """True while a lost device is tried again by itself."""
        return self._retry.pending

    def open(self) -> None:
        """At the rate that was asked for, or another.  Raises OutputLost."""
        opened = self._speaker.open(self.rate_asked_hz)
        self._retry.opened(self._now_s())
        self.begin()
        log.info(
            "device opened name=%s rate_hz=%d format=%s period=%d buffer=%d",
            *(opened.device, opened.rate_hz, opened.sample_format, opened.period_frames, opened.buffer_frames),
        )
        self.tell("running")

    def begin(self) -> None:
        """It is to move from now on."""
        self._motion.begin(self._now_s())

    def close(self) -> None:
        """Give the device back; what was not heard is played when it is opened again."""
        if self.is_open:
            self._ear.take_back()
            self._speaker.close()
            self.tell("closed")

    def leave(self) -> None:
        """For ever: what is heard dies away."""
        with contextlib.suppress(OutputLost):  # it is given up
            if self.is_open:
                self._ear.fall_silent()
                self._ear.take_back()
        self._speaker.close()

    def change(self, spec: str) -> None:
        """Another output, which is not open yet."""
        self.give_up()
        try:
            self.close()
        except OutputLost:
            self._ear.stand()
            self._speaker.close()
        self._speaker.replace(self._choose(spec))

    def lose(self, loss: OutputLost) -> None:
        """Stand at the frame that was heard last; who plays has the device tried again."""
        waited_for = self._retry.pending
        if not waited_for:
            log.warning("device lost code=%s reason=%s", loss.code, loss)
        self._ear.stand()
        self.tell("lost", code=loss.code, note=str(loss), again=waited_for)
        self._speaker.close()  # told before, for it may hang
        if not self._ear.holding:
            self._retry.lost(self._now_s())

    def give_up(self) -> None:
        """Nobody waits for it now; whoever asks for it has it tried at once."""
        self._retry.give_up()

    def wait_s(self) -> float:
        """How long until a device that is waited for is to be tried."""
        return self._retry.wait_s(self._now_s())

    def stands_still(self, unheard: int) -> bool:
        """True while the device plays nothing of what it has; it is told as lost.  Raises OutputLost in the end."""
        motion = self._motion
        motion.saw(self._ear.at, unheard, self._now_s())
        stands_s = motion.stands_s(self._now_s())
        was_stalled, motion.stalled = motion.stalled, stands_s >= STALLED_S
        if stands_s >= WEDGED_S:
            raise OutputLost("hung", f"{self._speaker.name} stands still; see whether the sound server runs")
        if motion.stalled and not was_stalled:
            log.warning("device stands still name=%s", self._speaker.name)
            self._ear.stand_still()
            self.tell("lost", code="hung", note=f"{self._speaker.name} stands still")
        elif was_stalled and not motion.stalled:
            self.tell("running")
        return motion.stalled

    def tell(self, state: str, *, code: str = "", note: str = "", again: bool = False) -> None:
        """How the device is; `again`: it was tried by itself, and nobody waits for an answer."""
        opened, fill_s = self._speaker.opened, self._fill_s()
        self._herald.device(state, self._speaker.name, opened, fill_s=fill_s, code=code, note=note, again=again)

    def _now_s(self) -> float:
        return self._now_ns() / 1e9
