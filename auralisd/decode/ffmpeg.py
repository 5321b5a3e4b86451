"""FFmpeg: AAC, ALAC, WMA, Monkey's Audio, WavPack, True Audio, Musepack, and MP3 that tells no length.

Its blocks are laid on the frames of the track: what an encoder put before and behind is cut off, what is missing shows
as damage, and a seek lands on its frame.
"""

import os
from fractions import Fraction
from typing import Final

import numpy as np

from auralisd.decode.avstream import AvStream, Decoded
from auralisd.decode.chain import adts_chain, mp3_chain
from auralisd.decode.clock import Clock
from auralisd.decode.landmarks import Landmark, Landmarks
from auralisd.decode.padding import delay_of_aac, of_itunes
from auralisd.decode.regular import name_of, refuse_limits, signature_of
from auralisd.decode.wavpack import wavpack_blocks
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable

_RUN_UP_S: Final = 0.25
"""A codec that begins in the middle is in its stride by then."""

_EXACT_SLACK: Final = 16
_VARYING_SLACK: Final = 4_096
"""Of codecs whose blocks differ in length, stamps lie beside the count now and then."""
_VARYING: Final = frozenset({"vorbis", "opus"})

_FAR: Final = 2**62
_PREROLLED: Final = "asf"
"""In this container stamps begin at whatever the encoder liked."""
_TABLED: Final = "mov"
_PAGED: Final = "ogg"
_CHAINS: Final = {"mp3": mp3_chain, "aac": adts_chain}
_BLOCKED: Final = "wv"
_CHAINED_BYTES: Final = 64 * 2**20
_COUNTED_BYTES: Final = 32 * 2**20
"""A stream without a table is looked through to its end when it is opened, a larger one is not: 0.04 s for so many
bytes that are whole, and 0.1 s for those that only FFmpeg can follow."""


class FfmpegSource:
    """See `source.Source`."""

    frames: int | None

    def __init__(self, fd: int, path: bytes) -> None:
        """`fd` stays the caller's.  Raises TrackUnreadable."""
        self._name = name_of(path)
        self.signature = signature_of(fd)
        self._stream = AvStream(fd, path)
        self._fd = os.dup(fd)
        self.format = self._stream.format
        self._position = 0
        self._due: Block | None = None
        self._due_at = 0
        self._next_at = 0
        self._jumped = True
        try:
            self._lay_out()
            refuse_limits(self.format, self.frames, self._name)
        except BaseException:
            self.close()
            raise

    def read(self, max_frames: int) -> Block:
        pieces: list[Block] = []
        room = max_frames
        while room > 0 and (block := self._block_here()) is not None:
            piece = block[:room]
            pieces.append(piece)
            room -= len(piece)
            self._position += len(piece)
            self._due, self._due_at = block[len(piece) :], self._position
        if pieces:
            return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        if self._due is not None or self._stream.failures:
            raise TrackUnreadable("damaged", f"{self._name} is damaged from frame {self._position} on")
        return np.empty((0, self.format.channels), np.float32)

    def resume(self) -> int | None:
        self._stream.failures = 0
        if self._due is None:
            return None
        self._position = self._due_at
        return self._position

    def seek(self, frame: int) -> None:
        run_up = round(_RUN_UP_S * self.format.rate_hz)
        for back in (run_up, 8 * run_up, frame + run_up):
            self._go_to(frame - back)
            if self._forward_to(frame) or frame <= back:
                break
        self._position = frame
        self._stream.failures = 0

    def close(self) -> None:
        self._stream.close()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    # --- the frames of the track ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Where frame 0 is, and the last one."""
        stream, first = self._stream, self._stream.first
        smpb = of_itunes(stream.tag("iTunSMPB"))
        self._is_tabled = _TABLED in stream.container
        starts = 0 if first.stamp is None else first.stamp
        if stream.container != _PREROLLED and stream.starts is not None:
            starts = min(starts, stream.starts)
        delay = 0
        if not self._is_trimmed(first):
            delay = smpb.delay if smpb is not None else delay_of_aac(stream.first_packet.head)
        tick = stream.frames_a_tick
        self._clock = Clock(
            self.format.rate_hz,
            tick,
            stream.block_frames or (len(first.block) if stream.container == _PREROLLED else 0),
            origin=starts + Fraction(delay) / tick,
            slack=_VARYING_SLACK if stream.codec in _VARYING else _EXACT_SLACK,
        )
        self._clock.in_step(len(first.block) - delay)
        packet = stream.first_packet.stamp
        self._start_stamp = starts if packet is None else min(starts, packet)
        self._end = smpb.frames if smpb is not None else None
        self._landmarks = None if self._is_trimmed(first) else self._found_landmarks()
        self.frames = self._declared(delay)

    def _is_trimmed(self, first: Decoded) -> bool:
        """True when the container's own word was followed: its first packet lies before the first frame."""
        stamp = self._stream.first_packet.stamp
        return stamp is not None and first.stamp is not None and stamp < first.stamp

    def _declared(self, delay: int) -> int | None:
        if self._end is not None:
            return self._end
        stream = self._stream
        if stream.container in _CHAINS:
            return self._counted()
        if stream.lasts is None:
            return None
        return max(0, round(stream.lasts * stream.frames_a_tick) - delay)

    def _found_landmarks(self) -> Landmarks | None:
        stream, packet = self._stream, self._stream.first_packet
        if packet.stamp is None or packet.offset is None or packet.ticks <= 0:
            return None
        first = Landmark(packet.offset, packet.stamp)
        if stream.container == _BLOCKED:
            return wavpack_blocks(self._fd, first, stream.lasts)
        chain = _CHAINS.get(stream.container)
        return None if chain is None else chain(self._fd, first, packet.ticks)

    def _counted(self) -> int | None:
        size = self.signature.size_bytes
        end = None if self._landmarks is None or size > _CHAINED_BYTES else self._landmarks.end()
        if end is not None:
            return max(0, self._clock.frame(end.stamp))
        if size > _COUNTED_BYTES:
            return None
        self._seek(_FAR, to=0)
        ends = self._stream.last_stamp()
        self._go_to(0)
        return None if ends is None else max(0, self._clock.frame(ends))

    # --- moving ------------------------------------------------------------------------------------------

    def _go_to(self, frame: int) -> None:
        """Go on decoding at this frame or before it, as far as the container can tell."""
        stamp = self._start_stamp if frame <= 0 else self._clock.ticks(frame)
        self._seek(stamp, to=stamp)
        self._due = None
        self._next_at = 0
        self._jumped = True

    def _seek(self, near: int, *, to: int) -> None:
        """Go on at a packet near a stamp, and pass over those that lie before `to`."""
        landmarks = self._landmarks
        landmark = None if landmarks is None else landmarks.before(near)
        if landmarks is None or landmark is None:
            self._stream.seek(near)
        else:
            self._stream.seek_from(landmark, to, landmarks.learn if self._stream.container in _CHAINS else None)

    def _forward_to(self, target: int) -> bool:
        """Decode up to a frame; False when the container came out behind it already, or at its end."""
        is_first = True
        while (block := self._block_due()) is not None:
            if is_first and self._due_at > target:
                return False
            is_first = False
            if self._due_at + len(block) > target:
                cut = max(0, target - self._due_at)
                self._due, self._due_at = block[cut:], self._due_at + cut
                break
            self._due = None
        return not is_first

    def _block_here(self) -> Block | None:
        """The block that begins at the position; None at the end, and where something is missing."""
        block = self._block_due()
        return block if block is not None and self._due_at <= self._position else None

    def _block_due(self) -> Block | None:
        """The block that comes next, wherever it lies (`_due_at`)."""
        while self._due is None or not len(self._due):
            decoded = self._stream.next()
            if decoded is None:
                self._due = None
                return None
            self._lay(decoded)
        return self._due

    def _lay(self, decoded: Decoded) -> None:
        at = self._place(decoded)
        block = decoded.block
        self._next_at = at + len(block)
        end = self._end_of(decoded, at)
        if end is not None:
            block = block[: max(0, end - at)]
        if at < 0:
            block, at = block[-at:], 0
        self._due, self._due_at = block, at

    def _place(self, decoded: Decoded) -> int:
        if decoded.stamp is None:
            return self._next_at
        if not self._jumped:
            return self._clock.frame_in_turn(decoded.stamp, self._next_at)
        self._jumped = False
        return self._clock.frame_after_jump(decoded.stamp)

    def _end_of(self, decoded: Decoded, at: int) -> int | None:
        """Where the music ends, as far as this block is concerned."""
        if self._stream.container == _PAGED:
            return self.frames
        if self._end is not None or decoded.ends is None or not self._is_tabled:
            return self._end
        says, whole = self._clock.frame(decoded.ends), at + len(decoded.block)
        return says if says < whole or self.frames is None else min(whole, self.frames)
