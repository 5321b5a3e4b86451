"""What listening leaves behind on a track."""

import msgspec

PLAYED = "played"
SKIPPED = "skipped"


class Numbers(msgspec.Struct, frozen=True):
    """`rating` is 0..1, None where there is none; `last_played_unix_s` is when a play was last counted, None: never."""

    favourite: bool = False
    rating: float | None = None
    plays: int = 0
    skips: int = 0
    last_played_unix_s: int | None = None
