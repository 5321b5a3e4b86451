"""MP3: whether its header can be trusted with the length.

libsndfile believes what the first frame says of the length, and where it says nothing, it takes the first frame's bit
rate for that of all: a file of varying bit rate is then cut short, by half and without an error.
"""

import os
from typing import Final

_HEAD_BYTES: Final = 10
_FOOTER: Final = 0x10
_MOST_TAGS: Final = 8
_SEARCHED_BYTES: Final = 65_536
_VBRI_AT: Final = 36
_SIDE_BYTES: Final = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}
"""Between the frame's head and Xing's, by (is MPEG-1, is mono)."""
_HAS_FRAMES, _HAS_BYTES = 1, 2
_LAYER_3: Final = 1
_SLACK: Final = 0.02
"""Of the bytes that the header counts: tags behind the music may be as large."""
_TRAILING_BYTES: Final = 65_536


def tells_no_length(fd: int) -> bool:
    """True for an MP3 stream of which nothing says how long it is, or whose own word falls short of the file."""
    start = after_id3(fd)
    page = os.pread(fd, _SEARCHED_BYTES, start)
    at = _first_frame(page)
    if at is None:
        return False
    frame = page[at : at + 256]
    if frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI":
        return False
    is_mpeg1, is_mono = frame[1] >> 3 & 3 == 3, frame[3] >> 6 == 3
    xing = frame[4 + _SIDE_BYTES[is_mpeg1, is_mono] :]
    if xing[:4] not in {b"Xing", b"Info"}:
        return True
    flags = int.from_bytes(xing[4:8], "big")
    if not flags & _HAS_FRAMES:
        return True
    counted = int.from_bytes(xing[12:16], "big") if flags & _HAS_BYTES else 0
    there = os.fstat(fd).st_size - start - at
    return 0 < counted * (1 + _SLACK) + _TRAILING_BYTES < there


def after_id3(fd: int, start: int = 0) -> int:
    """Where the stream begins, or goes on."""
    for _ in range(_MOST_TAGS):
        head = os.pread(fd, _HEAD_BYTES, start)
        if len(head) < _HEAD_BYTES or not head.startswith(b"ID3"):
            break
        size = 0
        for octet in head[6:]:
            size = size << 7 | octet & 0x7F
        start += size + _HEAD_BYTES * (2 if head[5] & _FOOTER else 1)
    return start


def _first_frame(page: bytes) -> int | None:
    """Where layer III begins, when nothing but padding comes before."""
    at = len(page) - len(page.lstrip(b"\0"))
    head = page[at : at + 4]
    is_frame = len(head) == 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] >> 1 & 3 == _LAYER_3
    return at if is_frame and head[2] >> 4 != 0xF and head[2] >> 2 & 3 != 3 else None
