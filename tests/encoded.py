"""Files of every format that PyAV can write, from samples: what the decoders are held against."""

import base64
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
import numpy as np

from auralisd.dsp.block import Block

_CODECS = {
    ".m4a": "aac",
    ".aac": "aac",
    ".alac": "alac",
    ".wv": "wavpack",
    ".tta": "tta",
    ".wma": "wmav2",
    ".mp3": "libmp3lame",
    ".flac": "flac",
}
_INTEGER = {"s16": np.int16, "s32": np.int32}
_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_EXACT = {"aac": {"aac_pns": "0"}}
"""Noise that a codec makes up itself differs from one decoding to the next."""

_APE = (
    "TUFDIJYPAAA0AAAAGAAAAAQAAAAsAAAAkAYAAAAAAAAAAAAAFb6aaRkAIwdbi/m2j0Xf/OgDAAAAIAEAIAMAAAEAAAAQAAEAQB8AAHwAAABS"
    "SUZGZAYAAFdBVkVmbXQgEAAAAAEAAQBAHwAAgD4AAAIAEABkYXRhQAYAAHZjt2huAwAAyv+XjkeF6ZI+iGVXyWhJdDEBXjAhybFELShL4e60"
    "P3Ejv0wWmHZoGJZRP3MC8nsB1VvgQ32g917hjpcgU7tfmOkthRr/0A80PyvrKPu6WA61+SsR2PTxCSII2OiOI2yL43eJITIIGufOWJYHjpG+"
    "JraYz3H2hf39kHxWaf1nQx1pkUpNm5BiVFju27ii6FOrgXcQekvryI/GR4oFlgZnxa++9g7WiIQAcZLFyVFsdI5kJoVdZbSzA8pJyAfbUkwn"
    "2VWeWsrWj1pz7yhYGfmyWWQir7RBRT4mW+oeKReXVBBgW0LTKNgFGxZUNAPn1TNJuhuyXO8CCUjGZ3kXHl/AzZ5qXawWQ1LaC9eX1zcg0k7u"
    "D0F5zjexOnW4MrHLTQ2jISjPJwN3dWNGf1dsj5xoJN+yNAuRudiwrrKt78tRlTwo3KJc1QbpgngMq/tAavXpIRFXcffc1aoX5x8GeetYstJL"
    "R6z5MW0Y2E+g9E9HS20zBfUQ35MV3citm+ap2u1EIW4NFlP+3U3ju+Zt7ohkrNROEr3dBLNCrglSmOE2rpgnh6641oGzN3DStvVxlXmMZKDX"
    "A7PQd0WJs2BVDHw1MRuKAIguHsFvpQmwiNFIxOSuEfGXn6V5JiZ76AZt3608DYFwlpP+/xL8DllBF+zpIUUItjgE9MfIi076uGEMeNpiNNoU"
    "vEAcUDueyXW2APdUIZoeHAQeDv/i7ki3LUhXI/tNE6MU07wvpjrC5z5BKMxPugsTZadUSWUDw6b9+bASSqCaF0Rl6QPbjAGUvVFf9T6CbbAn"
    "dZs6GMO9ruWFDO3oU9YjaFV0GxbrKxb+RoEOBYdutiCuwB4xi6qtkfmNOGoQpls0XLH2kp6W3QAgbpI2FtNjQsRY1oslu/ebPL0Sz09oNsr5"
    "7KOjZBlzIFa7Zlob8qSMeK+avw8NkYRKGZz8hZYkYRbfyJG+O9AYno8wLC+arh6cNmrUiGdrNBrox7bIkoVHPy9h/RlP7XVP3shQvDGgzezY"
    "l05HtU0gTnwE7GcmlaaFrkh6Qq/fEMAqophru81gWTCTts/yPshJZ17CzTpgvUF6BV9optg0pIKKWRKSuZYnR3j0KcKOkgu/nugLOFbPaAws"
    "Dof9dWCf5zbVVRJL+WqLUn1kiPleRBJqHYzs0L+eLfOB4NhFj78aChufqQ6EJe98NJLqq49Q/1ITeofZ8ezCj62ERZX+QlOc/nlWKSBJrfng"
    "06nTQgTLT19KbN6PASTGpiP5OB8tn97S7CsbRNWR0j7Y/QN1PVk4ImqPEpq3wIPV/o42xZ3mXXwdhxgyDgMjIUJ8u6aBaiBRxjoHjSmy7qri"
    "D/eAHXn6IptIA7zPnc58xJtEw1RRfwUdZe3Amik4KgU1TI9sOzufvpqTiDTJlHrlvtEh9RHbvD1Yl9GFYZw8n8IzdGEcgmyOR6nFaZkYdx9U"
    "p+1KOPQOz1k69YG6wLpC3qugWkV56nVqrReNntYct1LqJo3jmT6zn6EcvOG75DQfdcB6+3cyhgAB8+Kw/ah4Qx5cRAz17FJmy628wn8Nm6/4"
    "B02DeqqWYibGKpcOdcr/4RZ/CjsmFMu2JfraibxbWWCY3f98QPqTC9gWkkTy/+n+Q3nJmNCWyj1XoJC4CL1Y2Q9LxM8oYYdzuAO9ZiSUZO1W"
    "l+6LgPaDe2B7VYGqbvbMR9MklUjtdAVyKgeBwEAEudmawrQD9c/XVgmN8rbBLvKKzHnwhOspohUpfkZzMFR6gV3oGfVQpVrTAeUqzO0g1hse"
    "K+oskeUQmjS1IxXDoNCgYbrFgsiCFcSpIhAxlflqAZFZRBdSkvIvppE+qAP17j4Bu+DKmdEMurGqk4brEz2/sMivZHbK+BFL40+Phy1+ppTm"
    "rJW9M5VisN+gJejeRS+add70IZccFol0dCI+BUtQsh+wcfMoApCjAT9VKEaEsCRfUrd9rDLkCQPkk0oXhGjrwN/azm7vpszhc94Do39VeEGj"
    "fSMT1dYaA3nRNB5PzA9JW+BwOcmVqUhY+lv5NHcCBTDXwhWudOLdiGAtXaMp/T9TyKMjUeaaJVbjhQz3byqz+VwyuKVLse4uU3anZKSmNp/2"
    "KIDHizj9id2tPa1du4zrH5akAHMGQ3miLYrH2SQ/qRxvTItnutHeoTmsO5xhKD0Cus4tTowGL25EoZZ+XAAU0rxhmJnEoM40uQfVkB7Be3Gd"
    "z4FxdevfT/XnzQUd1JTvPad8AAAAAA=="
)
"""What `tone` holds, as the Java port of Monkey's Audio writes it; FFmpeg only reads the format."""


def tone() -> Block:
    """0.1 s of a quiet tone at 8 kHz, exact in 16 bits."""
    samples = np.rint(300 * np.sin(2 * np.pi * np.arange(800) / 25)) / 2**15
    block: Block = samples.astype(np.float32)[:, None]
    return block


def write_ape(path: Path) -> Path:
    """`tone` in Monkey's Audio."""
    path.write_bytes(base64.b64decode(_APE))
    return path


def encode(
    path: Path,
    sound: Block,
    rate_hz: int = 44_100,
    *,
    codec: str = "",
    bits: int = 16,
    kbit: int = 96,
    muxing: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """Write (frames, channels); the ending says the format, `codec` another than its usual one (`alac` in `.m4a`)."""
    codec = codec or _CODECS[path.suffix]
    with av.open(str(path), "w", options=dict(muxing)) as container:
        stream: Any = container.add_stream(codec, rate=rate_hz, options=_EXACT.get(codec, {}))
        context = stream.codec_context
        context.layout = _LAYOUTS[sound.shape[1]]
        formats = [each.name for each in context.codec.audio_formats or ()]
        context.format = next((name for name in formats if name.startswith(f"s{bits}")), formats[0])
        if codec in {"aac", "libmp3lame", "wmav2"}:
            context.bit_rate = 1_000 * kbit * sound.shape[1]
        _write(container, stream, sound, rate_hz)
    return path


def repeated(path: Path, times: int) -> Path:
    """What is there so many times over, as one stream: bare frames, or WavPack of which each block says its place."""
    whole = path.read_bytes()
    if path.suffix != ".wv":
        path.write_bytes(whole * times)
        return path
    blocks, at = [], 0
    while whole.startswith(b"wvpk", at):
        size = 8 + int.from_bytes(whole[at + 4 : at + 8], "little")
        blocks.append(whole[at : at + size])
        at += size
    frames = int.from_bytes(whole[12:16], "little")
    with path.open("wb") as file:
        for turn in range(times):
            for block in blocks:
                first = int.from_bytes(block[16:20], "little") + turn * frames
                numbers = (times * frames).to_bytes(4, "little") + first.to_bytes(4, "little")
                file.write(block[:12] + numbers + block[20:])
    return path


def _write(container: Any, stream: Any, sound: Block, rate_hz: int) -> None:
    context = stream.codec_context
    step = context.frame_size or 4_096
    for start in range(0, len(sound), step):
        frame = av.AudioFrame.from_ndarray(
            _laid(sound[start : start + step], context.format.name), context.format.name, context.layout.name
        )
        frame.sample_rate, frame.pts = rate_hz, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _laid(block: Block, name: str) -> Any:
    plain = name.removesuffix("p")
    samples: Any = block
    if plain in _INTEGER:
        scale = 2.0**15 if plain == "s16" else 2.0**31
        samples = np.rint(block.astype(np.float64) * scale).clip(-scale, scale - 1).astype(_INTEGER[plain])
    return np.ascontiguousarray(samples.T) if name.endswith("p") else samples.reshape(1, -1)
