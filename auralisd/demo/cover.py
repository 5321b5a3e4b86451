"""The cover: first light over water, painted with numpy and written as a PNG by hand."""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIDE_PIXELS: Final = 600

# The sky from the zenith down to the horizon: (height from the top, red, green, blue).
_SKY: Final = (
    (0.00, 24, 28, 66),
    (0.25, 56, 50, 104),
    (0.45, 150, 84, 122),
    (0.58, 240, 146, 110),
    (0.66, 255, 214, 150),
)
_HORIZON: Final = 0.66
_SUN: Final = (0.60, _HORIZON - 0.045, 0.085)  # across, down, radius

Picture = NDArray[np.float64]


def cover_png() -> bytes:
    """The cover as a PNG file, the same bytes every time."""
    # Painted at twice the size and averaged, so that edges are smooth.
    big = _paint(2 * SIDE_PIXELS)
    small = big.reshape(SIDE_PIXELS, 2, SIDE_PIXELS, 2, 3).mean(axis=(1, 3))
    return _png(np.clip(np.round(small), 0, 255).astype(np.uint8))


def _paint(side: int) -> Picture:
    down, across = np.mgrid[0:side, 0:side] / side
    sky = _sky(across, down)
    # The water is the sky upside down, darker, stirred by waves that grow towards us.
    nearness = np.clip((down - _HORIZON) / (1.0 - _HORIZON), 0.0, 1.0)
    waves = np.sin(2.0 * np.pi * 26.0 * nearness**0.55 + 5.0 * np.sin(9.0 * across + 14.0 * nearness))
    mirrored = _sky(across + 0.035 * nearness * waves, 2.0 * _HORIZON - down - 0.02 * waves * nearness)
    picture = np.where((down > _HORIZON)[..., np.newaxis], mirrored * (0.78 - 0.30 * nearness)[..., np.newaxis], sky)
    for ridge_height, roughness, shade in ((0.060, 1.0, (92, 62, 104)), (0.030, 1.7, (52, 40, 78))):
        ridge = _HORIZON - ridge_height * _ridge(across, roughness)
        hill = (down > ridge) & (down <= _HORIZON)
        picture[hill] = shade
    return picture


def _sky(across: Picture, down: Picture) -> Picture:
    heights, *channels = np.array(_SKY).T
    sky = np.stack([np.interp(down, heights, channel) for channel in channels], axis=-1)
    x, y, radius = _SUN
    distance = np.hypot(across - x, down - y)
    glow = np.exp(-((distance / (2.6 * radius)) ** 1.2))[..., np.newaxis]
    disc = np.clip((radius - distance) * 400.0, 0.0, 1.0)[..., np.newaxis]
    lit = sky + glow * (np.array([255.0, 226.0, 170.0]) - sky) * 0.75
    return np.asarray(lit + disc * (np.array([255.0, 246.0, 222.0]) - lit))


def _ridge(across: Picture, roughness: float) -> Picture:
    return np.asarray(
        1.0
        + 0.55 * np.sin(5.3 * roughness * across + 2.0 * roughness)
        + 0.25 * np.sin(13.7 * roughness * across)
        + 0.10 * np.sin(41.0 * roughness * across + 1.0)
    )


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """An RGB image of 8 bits as a PNG; each line starts with its filter, here always 0 (ISO/IEC 15948)."""
    height, width, _ = pixels.shape
    lines = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    lines[:, 1:] = pixels.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), level=9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
