"""What the sink plays against the clock: when it was asked for, and when it was to be heard."""

import os
import subprocess
import threading
import time

import numpy as np

from auralisd.output.alsa import AlsaOutput
from tests.system.hearing import Frames
from tests.system.rig import World, end, record
from tests.system.seams import silent_from

_PROBES = 9
_STEP_S = 0.020
"""The sink makes so much at once, for so the recorder asks it: the first frame of a step is heard as it comes."""


class Stopwatch:
    """A recorder that knows when each frame came.

    No step comes before its turn: the one that came soonest tells when recording began.
    """

    def __init__(self, world: World) -> None:
        self.rate_hz = world.rate_hz
        self._world = world
        self._octets = bytearray()
        self._began_s = float("inf")
        self._process = record(world, subprocess.PIPE)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def now(self) -> int:
        """The frame that comes now."""
        return round((time.monotonic() - self._began_s) * self.rate_hz)

    def so_far(self) -> Frames:
        octets = bytes(self._octets)
        return np.frombuffer(octets[: len(octets) // 4 * 4], np.int16).reshape(-1, 2)

    def is_silent(self, seconds: float = 0.1) -> bool:
        """True when nothing sounded lately."""
        frames = self.so_far()[-round(seconds * self.rate_hz) :]
        return len(frames) > 0 and not frames.any()

    def ended_ms(self, asked_at: int) -> float:
        """How long after it was asked for there was silence."""
        return (silent_from(self.so_far(), asked_at) - asked_at) / self.rate_hz * 1000

    def began_ms(self, asked_at: int, *, out_of_silence: bool) -> float:
        """How long after it was asked for something began to sound, out of silence or behind what sounded before."""
        recording = self.so_far()
        silent = asked_at if out_of_silence else silent_from(recording, asked_at)
        first = silent + int(np.argmax(recording[silent:].any(axis=1)))
        return (first - asked_at) / self.rate_hz * 1000

    def sink_ms(self) -> float:
        """The sink's own latency: until a period, handed to an open device that holds nothing, begins to sound."""
        device = AlsaOutput("default")
        opened = device.open(self.rate_hz)
        width = 2 if opened.sample_format == "S16_LE" else 4
        octets = memoryview(b"\x11" * (opened.period_frames * 2 * width))
        took_ms = []
        for number in range(_PROBES):
            time.sleep(0.15 + 0.0023 * number)  # at any moment of a step
            asked_at = self.now()
            device.write(octets)
            time.sleep(0.15)
            took_ms.append(self.began_ms(asked_at, out_of_silence=True))
            device.drop()
        device.close()
        return float(np.median(took_ms))

    def stop(self) -> Frames:
        self._process.terminate()
        self._reading.join(5)
        end(self._process)
        return self.so_far()

    def _read(self) -> None:
        assert self._process.stdout is not None
        number = self._process.stdout.fileno()
        while octets := os.read(number, 65_536):
            self._octets += octets
            self._began_s = min(self._began_s, time.monotonic() - len(self._octets) / 4 / self.rate_hz + _STEP_S)
