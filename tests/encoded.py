"""Files of every format that PyAV can write, from samples: what the decoders are held against."""

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


def encode(
    path: Path,
    sound: Block,
    rate_hz: int = 44_100,
    *,
    codec: str = "",
    bits: int = 16,
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
            context.bit_rate = 96_000 * sound.shape[1]
        _write(container, stream, sound, rate_hz)
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
