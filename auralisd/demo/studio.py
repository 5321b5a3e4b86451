"""The room and the desk: notes are played onto a tape, the room answers, the mix gets its level and its tone."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from auralisd.demo.instruments import Instrument, Samples
from auralisd.demo.score import Note

# What is still to be heard after the last note: the room, then a fade.
_TAIL_S: Final = 3.0
_FADE_S: Final = 0.8


class Tape:
    """A stereo recording in the making.  `room` receives what the reverberation will answer."""

    def __init__(self, *, rate_hz: int, beats: float, beats_per_minute: float, seed: int) -> None:
        self.rate_hz = rate_hz
        self._beat_s = 60.0 / beats_per_minute
        self._rng = np.random.default_rng(seed)
        frames = round((beats * self._beat_s + _TAIL_S) * rate_hz)
        self._dry = np.zeros((2, frames))
        self._room = np.zeros((2, frames))

    def play(
        self,
        notes: Sequence[Note],
        instrument: Instrument,
        *,
        level_db: float,
        pan: float = 0.0,
        room_db: float = -12.0,
        loose_s: float = 0.006,
    ) -> None:
        """Record a part.  `pan` is −1 (left) to 1 (right), `loose_s` how human the timing is."""
        takes: dict[tuple[float, float], Samples] = {}
        for note in notes:
            sound = takes.get(note[1:3])
            if sound is None:
                held_s = note.length_beats * self._beat_s
                sound = takes[note[1:3]] = instrument(note.pitch_hz, held_s, self.rate_hz, self._rng)
            late_s = self._rng.uniform(0.0, 2.0 * loose_s)
            self._record(sound, note.start_beats * self._beat_s + late_s, level_db + note.level_db, pan, room_db)

    def _record(self, sound: Samples, at_s: float, level_db: float, pan: float, room_db: float) -> None:
        at = round(at_s * self.rate_hz)
        heard = sound[: self._dry.shape[1] - at]
        angle = (pan + 1.0) * np.pi / 4.0
        gains = np.array([np.cos(angle), np.sin(angle)]) * 10.0 ** (level_db / 20.0)
        # The room hears every player a little nearer to the middle than the ear does.
        room_gains = (0.7 * gains + 0.3 * gains[::-1]) * 10.0 ** (room_db / 20.0)
        for channel in range(2):
            self._dry[channel, at : at + len(heard)] += gains[channel] * heard
            self._room[channel, at : at + len(heard)] += room_gains[channel] * heard

    def mix(self, *, decay_s: float, dark_hz: float = 4000.0) -> Samples:
        """Add the room and fade what is left of it at the end; shape (2, frames)."""
        answer = _impulse_response(self.rate_hz, decay_s=decay_s, dark_hz=dark_hz, rng=self._rng)
        frames = self._dry.shape[1]
        size = 1 << (frames + answer.shape[1]).bit_length()
        wet = np.fft.irfft(np.fft.rfft(self._room, size) * np.fft.rfft(answer, size), size)
        mixed = self._dry + wet[:, :frames]
        fade = round(_FADE_S * self.rate_hz)
        mixed[:, -fade:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)
        return mixed


def toned(mix: Samples, rate_hz: int, curve: Sequence[tuple[float, float]]) -> Samples:
    """Bend the spectrum along `(hz, db)` points, joined by straight lines over the logarithm of frequency."""
    frames = mix.shape[1]
    size = 1 << (frames - 1).bit_length()
    bins_hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    corners_hz, gains_db = np.array(curve).T
    gain = 10.0 ** (np.interp(np.log2(np.maximum(bins_hz, 1.0)), np.log2(corners_hz), gains_db) / 20.0)
    return np.asarray(np.fft.irfft(np.fft.rfft(mix, size) * gain, size)[:, :frames])


def levelled(mix: Samples, *, rms_db: float, ceiling_db: float = -1.0) -> Samples:
    """Bring the mean level to `rms_db` and round off whatever then comes near the ceiling.

    Far below the ceiling nothing changes; a mix that is pushed against it comes out squashed.
    """
    pushed = mix * (10.0 ** (rms_db / 20.0) / np.sqrt(np.mean(mix**2)))
    ceiling = 10.0 ** (ceiling_db / 20.0)
    knee = 0.6 * ceiling
    over = np.maximum(np.abs(pushed) - knee, 0.0) / (ceiling - knee)
    rounded = np.minimum(np.abs(pushed), knee) + (ceiling - knee) * np.tanh(over)
    return np.asarray(np.copysign(rounded, pushed))


def _impulse_response(rate_hz: int, *, decay_s: float, dark_hz: float, rng: np.random.Generator) -> Samples:
    """A room's answer: decaying noise, its treble gone sooner than its middle, of unit energy in each channel."""
    frames = round(decay_s * rate_hz)
    time_s = np.arange(frames) / rate_hz
    noise = np.fft.rfft(rng.standard_normal((2, frames)))
    hz = np.fft.rfftfreq(frames, 1.0 / rate_hz)
    # Rumble makes a mix muddy, so the room has none.
    clear = (hz / 150.0) ** 2 / (1.0 + (hz / 150.0) ** 2)
    dark = clear / (1.0 + (hz / dark_hz) ** 2)
    long = np.fft.irfft(noise * dark, frames) * np.exp(-6.9 * time_s / decay_s)
    short = np.fft.irfft(noise * clear, frames) * np.exp(-27.0 * time_s / decay_s)
    answer = (long + 0.5 * short) * np.clip(time_s / 0.012, 0.0, 1.0)
    return np.asarray(answer / np.sqrt(np.sum(answer**2, axis=1, keepdims=True)))
