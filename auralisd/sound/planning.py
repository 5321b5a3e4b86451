"""Planning: what will be done to a stream, from what is known of it and what is wanted.

Only the render thread uses it.  A look at a track that was never measured takes a while and depends on how fast the
machine is at that moment; so it is remembered, and a seek neither waits for it nor sounds different after it.
"""

from collections import OrderedDict
from typing import Final

import msgspec

from auralisd.decode.decoder import Decoder, FileSignature
from auralisd.doors.sound import Stream
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import LEVELLED, OFF
from auralisd.sound.excerpts import provisional_profile

_LOOKS_KEPT: Final = 64


def needs_look(stream: Stream) -> bool:
    """True when the file must be looked at before it can be planned."""
    treatment = stream.treatment
    if stream.profile is not None or treatment.mode == OFF:
        return False
    return treatment.mode != LEVELLED or treatment.tagged is None


class Planning:
    def __init__(self) -> None:
        self._looks: OrderedDict[FileSignature, SoundProfile] = OrderedDict()

    def planned(self, stream: Stream, decoder: Decoder | None) -> tuple[Stream, MasteringPlan]:
        """The stream with the profile that it was planned by, and its plan.

        The decoder is that of the stream where it `needs_look`, and is left anywhere.
        """
        if needs_look(stream) and decoder is not None:
            stream = msgspec.structs.replace(stream, profile=self._look(decoder))
        return stream, plan(stream.profile, stream.treatment, stream.album)

    def _look(self, decoder: Decoder) -> SoundProfile:
        profile = self._looks.get(decoder.signature) or provisional_profile(decoder)
        self._looks[decoder.signature] = profile
        self._looks.move_to_end(decoder.signature)
        if len(self._looks) > _LOOKS_KEPT:
            self._looks.popitem(last=False)
        return profile
