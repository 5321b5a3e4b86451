"""`python -m auralisd.sound.capabilities`: what this machine can do with sound, found out by trying it.

A process of its own, because control must not load these libraries, and because a broken one may end the process that
loads it.  Prints one JSON object: part → "" when it is available, else why it is not.
"""

import importlib
import sys
from typing import Final

import msgspec

from auralisd.decode.remedy import PYAV_REMEDY

PARTS: Final = {
    "alsa": "alsaaudio",
    "decoding": "soundfile",
    "mastering": "numpy.fft",
    "resampling": "soxr",
    "tags": "mutagen",
}

CODECS: Final = {"flac": "FLAC", "vorbis": "VORBIS", "opus": "OPUS", "mp3": "MP3"}
"""Those of libsndfile, by its own words for them."""

MORE_CODECS: Final = {
    "aac": "aac",
    "alac": "alac",
    "ape": "ape",
    "musepack": "mpc8",
    "tta": "tta",
    "wavpack": "wavpack",
    "wma": "wmav2",
}
"""Those of FFmpeg, which comes with PyAV: `model.audio.OPTIONAL_CODECS`, by its own words for them."""


def capabilities() -> dict[str, str]:
    """Each part loaded once, each codec asked for."""
    found = {part: _loads(module) for part, module in PARTS.items()}
    return found | _codecs(found["decoding"]) | _more_codecs()


def _loads(module: str, remedy: str = "run make setup again") -> str:
    try:
        importlib.import_module(module)
    except (ImportError, OSError) as reason:
        return f"{module} cannot be loaded ({reason}); {remedy}"
    return ""


def _codecs(decoding: str) -> dict[str, str]:
    if decoding:
        return dict.fromkeys(CODECS, decoding)
    import soundfile

    there = soundfile.available_formats().keys() | soundfile.available_subtypes().keys()
    lacking = f"libsndfile {soundfile.__libsndfile_version__} lacks it; use 1.1 or newer"
    return {codec: "" if name in there else lacking for codec, name in CODECS.items()}


def _more_codecs() -> dict[str, str]:
    if missing := _loads("av", PYAV_REMEDY):
        return dict.fromkeys(MORE_CODECS, missing)
    import av

    there = av.codecs_available
    return {
        codec: "" if name in there else f"FFmpeg {av.ffmpeg_version_info} lacks it; {PYAV_REMEDY}"
        for codec, name in MORE_CODECS.items()
    }


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(capabilities()).decode())
