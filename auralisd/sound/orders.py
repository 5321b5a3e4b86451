"""What the two threads of the sound process say to each other, beside the orders of control."""

import msgspec


class RateWanted(msgspec.Struct, frozen=True):
    """render -> writer: the stream is at this rate; which rate does the device run at?"""

    generation: int
    rate_hz: int


class Filled(msgspec.Struct, frozen=True):
    """render -> writer: the first frames of this generation are in the ring."""

    generation: int


class TakenOver(msgspec.Struct, frozen=True):
    """render -> writer: from here on the ring is of this generation, which came in over the one before it."""

    generation: int


class Announced(msgspec.Struct, frozen=True):
    """control's door -> writer: a start is with the render thread, which sees whether it can come in over what sounds.

    Where it cannot, and comes as a Start of its own, this is whether it plays, unless control has said something since.
    """

    playing: bool


class RateGiven(msgspec.Struct, frozen=True):
    """writer -> render: fill the ring at this rate, from the frame at ring position `at` on (None: from the start).

    `at` is given when the device came back at another rate than the one the ring was filled at.
    """

    generation: int
    rate_hz: int
    at: int | None = None


class RoomFound(msgspec.Struct, frozen=True):
    """writer -> render: the room that was asked for is there."""
