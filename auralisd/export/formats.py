"""The formats that can be written."""

import msgspec

from auralisd.errors import InvalidRequest

FLOAT = 0
OPUS_RATE_HZ = 48_000


class Format(msgspec.Struct, frozen=True):
    """`container` and `subtype` are libsndfile's words; `bits` of integers, FLOAT for what takes floats.
    `rate_hz` is the only rate that it knows, None for any."""

    suffix: str
    container: str
    subtype: str
    bits: int
    rate_hz: int | None = None


_FORMATS = {
    ("flac", 16): Format(".flac", "FLAC", "PCM_16", 16),
    ("flac", 24): Format(".flac", "FLAC", "PCM_24", 24),
    ("wav", 16): Format(".wav", "WAV", "PCM_16", 16),
    ("wav", 24): Format(".wav", "WAV", "PCM_24", 24),
    ("wav", 32): Format(".wav", "WAV", "FLOAT", FLOAT),
    ("opus", 0): Format(".opus", "OGG", "OPUS", FLOAT, OPUS_RATE_HZ),
}
NAMES = tuple(dict.fromkeys(name for name, _ in _FORMATS))
_USUAL_BITS = {"flac": 24, "wav": 24, "opus": 0}


def format_of(name: str, bits: int = 0) -> Format:
    """The format of that name; 0 bits are its usual ones.  Raises InvalidRequest for what it cannot hold."""
    if name not in _USUAL_BITS:
        raise InvalidRequest(f"format must be one of: {' '.join(NAMES)}")
    if (found := _FORMATS.get((name, bits or _USUAL_BITS[name]))) is None:
        able = " ".join(str(depth) for of, depth in _FORMATS if of == name and depth)
        raise InvalidRequest(f"bits of {name} must be one of: {able}" if able else f"{name} has no bits to choose")
    return found
