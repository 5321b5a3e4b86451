"""Planning: what will be done to a stream, from what is known of it and the taste."""

import msgspec

from auralisd.decode.decoder import Decoder
from auralisd.doors.sound import Stream
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.taste import Taste
from auralisd.sound.excerpts import provisional_profile


def planned(stream: Stream, decoder: Decoder, taste: Taste) -> tuple[Stream, MasteringPlan]:
    """The stream's plan, and the stream with the profile that it was planned by.

    A track that was never measured is looked at now, where the taste needs it; the decoder is left anywhere.
    """
    if taste.transparent and stream.profile is None:
        return stream, MasteringPlan(preset=taste.preset, intensity=taste.intensity, state="off")
    profile = stream.profile or provisional_profile(decoder)
    return msgspec.structs.replace(stream, profile=profile), plan(profile, taste)
