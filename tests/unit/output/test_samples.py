"""Packing: integers of the source come out of every device format that can hold them."""

import numpy as np
import pytest

from auralisd.output.samples import Packer


def unpacked(octets: bytes, sample_format: str) -> list[int]:
    if sample_format == "S24_3LE":
        return [int.from_bytes(octets[at : at + 3], "little", signed=True) for at in range(0, len(octets), 3)]
    samples: list[int] = np.frombuffer(octets, "<i2" if sample_format == "S16_LE" else "<i4").tolist()
    return samples


@pytest.mark.parametrize(("sample_format", "bits"), [("S16_LE", 16), ("S24_LE", 24), ("S24_3LE", 24), ("S32_LE", 32)])
def test_a_16_bit_source_passes_bit_for_bit(sample_format: str, bits: int) -> None:
    source = np.array([[-32_768, 32_767], [1, -1], [12_345, 0]])
    packer = Packer(sample_format, channels=2, longest=8)
    packer.pack((source / 32_768).astype(np.float32), at=2, number=0)

    assert unpacked(bytes(packer.block(5)), sample_format)[4:] == (source << (bits - 16)).ravel().tolist()


def test_what_lies_before_and_behind_stays() -> None:
    packer = Packer("S16_LE", channels=2, longest=4)
    packer.pack(np.full((4, 2), 0.5, np.float32), at=0, number=0)
    packer.silence(1, 2)

    assert unpacked(bytes(packer.block(4)), "S16_LE") == [16_384, 16_384, 0, 0, 0, 0, 16_384, 16_384]


def test_what_passes_full_scale_is_held_there() -> None:
    packer = Packer("S32_LE", channels=2, longest=1)
    packer.pack(np.array([[3.0, -3.0]], np.float32), at=0, number=0)

    assert unpacked(bytes(packer.block(1)), "S32_LE") == [2**31 - 1, -(2**31)]


def test_a_float_device_gets_the_floats() -> None:
    frames = np.array([[1.5, -0.1]], np.float32)
    packer = Packer("FLOAT_LE", channels=2, longest=1)
    packer.pack(frames, at=0, number=0)

    assert np.array_equal(np.frombuffer(packer.block(1), "<f4"), frames.ravel())
