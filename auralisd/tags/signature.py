"""The signature of a track's sound: the same for the same sound, whatever its tags say and wherever it lies.

It is a digest of how the samples are meant, of how many bytes of sound there are, and of

* the checksum of the decoded samples where the encoder left one (FLAC); else
* the sound itself where it has no more than 16 KiB; else
* eight pieces of 2 KiB, from the first byte to the last in equal steps.

Two different recordings of a lossy format agree in no piece at all, and hardly ever in their length.  Where a piece
says little (silence, as in the separate tracks of a recording, which are equally long), 256 pieces of 16 KiB take
the place of the eight: 4 MiB, and a step of a second in a song of four minutes.  What a signature does not tell apart
is a repair of a moment between two pieces in a file that keeps its length to the byte: that is one track, and meant
to be.  Whoever must be sure that every byte is the same compares the files.

A byte of the sound's length more or less makes another signature, so a file that is still being written has another
than the whole one, also where it holds the checksum already.
"""

import hashlib
import os

from auralisd.errors import TrackUnreadable
from auralisd.tags.opening import open_regular
from auralisd.tags.sound_bytes import SoundBytes, sound_bytes

SIGNATURE_BYTES = 16
_PIECES, _PIECE_BYTES = 8, 2_048
_FINE_PIECES, _FINE_PIECE_BYTES = 256, 16_384
_SAMPLE_BYTES = 64
_FEW_VALUES = 14
"""Of 64 bytes of lossy sound about 57 differ, of plain samples about 30; of silence in any format, a handful."""
_PAGE_MARK = b"OggS"
_RENUMBERED = slice(14, 26)
"""Serial number, page number and checksum: what changes in every page when the tags before it grow by one."""


def audio_signature(path: bytes) -> bytes:
    """16 bytes; reads 16 KiB of most files and never more than 4 MiB of sound.

    Raises TrackUnreadable with the codes of `open_regular`, `not-audio` or `damaged`.
    """
    with open_regular(path) as file:
        return signature_of(file.fileno(), path)


def signature_of(fd: int, path: bytes) -> bytes:
    """The same for an open file, whose position stays; the ending of `path` says what it is."""
    try:
        sound = sound_bytes(fd, os.path.splitext(path)[1].lower())
        hashed = hashlib.blake2b(digest_size=SIGNATURE_BYTES)
        hashed.update(b"%d\0%s\0%d\0%s" % (len(sound.head), sound.head, sound.end - sound.start, sound.checksum))
        if not sound.checksum:
            for piece in _pieces(fd, sound):
                hashed.update(piece)
    except OSError:
        raise TrackUnreadable("unreadable", "the file cannot be read") from None
    return hashed.digest()


def _pieces(fd: int, sound: SoundBytes) -> list[bytes]:
    if sound.end - sound.start <= _PIECES * _PIECE_BYTES:
        return [_read(fd, sound, sound.start, sound.end - sound.start)]
    pieces = _spread(fd, sound, _PIECES, _PIECE_BYTES)
    if any(_says_little(piece) for piece in pieces):
        return _spread(fd, sound, _FINE_PIECES, _FINE_PIECE_BYTES)
    return pieces


def _spread(fd: int, sound: SoundBytes, count: int, size: int) -> list[bytes]:
    """Pieces in equal steps, the first at the start and the last at the end; all of it where they would overlap."""
    room = sound.end - sound.start - size
    if room < count * size:
        return [_read(fd, sound, sound.start, sound.end - sound.start)]
    return [_read(fd, sound, sound.start + room * number // (count - 1), size) for number in range(count)]


def _says_little(piece: bytes) -> bool:
    middle = len(piece) // 2
    return len(set(piece[middle : middle + _SAMPLE_BYTES])) < _FEW_VALUES


def _read(fd: int, sound: SoundBytes, start: int, size: int) -> bytes:
    if not sound.paged:
        return os.pread(fd, size, start)
    # A page that begins shortly before the piece reaches into it with its numbers.
    lead = min(_RENUMBERED.stop, start - sound.start)
    piece = bytearray(os.pread(fd, lead + size, start - lead))
    place = piece.find(_PAGE_MARK)
    while place >= 0:
        numbers = slice(place + _RENUMBERED.start, min(len(piece), place + _RENUMBERED.stop))
        piece[numbers] = bytes(max(0, numbers.stop - numbers.start))
        place = piece.find(_PAGE_MARK, place + 4)
    return bytes(piece[lead:])
