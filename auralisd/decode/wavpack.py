"""WavPack: each block says at which frame it begins, so that one can be found by halving."""

import os
from struct import Struct
from typing import Final, NamedTuple

from auralisd.decode.landmarks import Buffer, Landmark

_HEAD: Final = Struct("<4sIHBBIIII")
_MARK: Final = b"wvpk"
_VERSIONS: Final = range(0x402, 0x411)
_MOST_BLOCK_BYTES: Final = 2**20
_INITIAL: Final = 0x0800
"""The first of the blocks that hold the channels of the same frames."""
_NEAR_BYTES: Final = 2**18
_GUESSES: Final = 6
"""After so many guesses that went by the length of the file, halves are taken."""


class _Block(NamedTuple):
    offset: int
    bytes: int
    stamp: int


class WavPackBlocks:
    """See `landmarks.Landmarks`.  A tick is a frame; `fd` stays the caller's."""

    def __init__(self, fd: int, first: Landmark, total: int) -> None:
        self._fd = fd
        self._first = first
        self._last = Landmark(os.fstat(fd).st_size, first.stamp + total)

    def before(self, stamp: int) -> Landmark | None:
        low, high, tries = self._first, self._last, 0
        while low.stamp < stamp < high.stamp and high.offset - low.offset > _NEAR_BYTES:
            wide = high.offset - low.offset
            part = wide * (stamp - low.stamp) // (high.stamp - low.stamp) - _NEAR_BYTES // 2
            guess = low.offset + (max(1, min(part, wide - 1)) if tries < _GUESSES else wide // 2)
            found = self._block_from(guess, high.offset)
            tries += 1
            if found is None:
                high = Landmark(guess, high.stamp)
            elif found.stamp > stamp:
                high = Landmark(guess, found.stamp)
            else:
                low = found
        return None if low is self._first else low  # FFmpeg cannot be sent to the first byte

    def end(self) -> Landmark | None:
        return self._last

    def learn(self, at: Landmark, packet: Buffer) -> None:
        """Each packet says it again."""

    def _block_from(self, offset: int, end: int) -> Landmark | None:
        """The first block that begins at this byte or behind it, and before `end`."""
        while offset < end:
            page = os.pread(self._fd, _NEAR_BYTES + _HEAD.size, offset)
            at = page.find(_MARK)
            while 0 <= at < _NEAR_BYTES and offset + at < end:
                block = _block(page, at, offset)
                if block is not None and self._goes_on_behind(block):
                    return Landmark(block.offset, block.stamp)
                at = page.find(_MARK, at + 1)
            offset += _NEAR_BYTES
        return None

    def _goes_on_behind(self, block: _Block) -> bool:
        """True where another block follows; what looks like one may be music."""
        behind = os.pread(self._fd, len(_MARK), block.offset + block.bytes)
        return behind == _MARK or not behind


def wavpack_blocks(fd: int, first: Landmark, total: int | None) -> WavPackBlocks | None:
    """None where nothing says how long the file is, or no block begins where FFmpeg found the first."""
    block = _block(os.pread(fd, _HEAD.size, first.offset), 0, first.offset)
    return None if not total or block is None or block.stamp != first.stamp else WavPackBlocks(fd, first, total)


def _block(page: bytes, at: int, offset: int) -> _Block | None:
    if len(page) - at < _HEAD.size:
        return None
    mark, size, version, high, _, _, low, frames, flags = _HEAD.unpack_from(page, at)
    is_block = mark == _MARK and version in _VERSIONS and _HEAD.size <= size + 8 <= _MOST_BLOCK_BYTES
    if not is_block or not frames or not flags & _INITIAL:
        return None
    return _Block(offset + at, size + 8, high << 32 | low)
