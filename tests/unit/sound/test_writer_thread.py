"""What the writer thread must not do while it plays: allocate sound, wait for a lock that others hold for long, or for
control."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.decode.decoder import Damage, Decoder, open_track
from auralisd.doors.clock import ClockReader, ClockWriter, make_clock
from auralisd.doors.link import Link
from auralisd.doors.sound import AskMeters, DeviceState, Hold, Order, QueueNext, Release, Report, Start, Stream
from auralisd.model.taste import OFF, Treatment
from auralisd.output.silent import SilentOutput
from auralisd.sound import process as sound_process
from auralisd.sound import programme
from auralisd.sound.ear import Ear
from auralisd.sound.feeder import Feeder
from auralisd.sound.herald import Herald
from auralisd.sound.process import SoundProcess
from auralisd.sound.ring import BEGINS, FrameRing, Mark
from auralisd.sound.speaker import Speaker

RATE_HZ = 44_100
MOST_BYTES = 6_000
"""Of Python's own small change in one turn; the shortest write is 7 kB of sound."""


def test_a_turn_of_the_writer_allocates_no_sound() -> None:
    ring, speaker = FrameRing(on_room=lambda: None), Speaker(SilentOutput(sleep=lambda _: None))
    feeder = Feeder(ring, speaker, on_underrun=lambda: None, on_fill=lambda: None)
    speaker.open(RATE_HZ)
    ring.begin(1, rate_hz=RATE_HZ)
    ring.mark(Mark(0, ring.write_at, BEGINS, 1, entry=7, origin=ring.write_at, rate_hz=RATE_HZ))
    ring.append(np.full((2 * RATE_HZ, 2), 0.25, np.float32))
    feeder.feed(0, 1)
    speaker.set_gain(0.5)  # it glides while we look
    written = 0
    tracemalloc.start()
    try:
        for _ in range(10):
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            written += feeder.feed(0, 1)
            feeder.sleep_s(0, 0)
            _, peak = tracemalloc.get_traced_memory()
            assert peak - before < MOST_BYTES
    finally:
        tracemalloc.stop()

    assert written >= 10 * 882


def test_a_cut_allocates_no_sound() -> None:
    ring, speaker = FrameRing(on_room=lambda: None), Speaker(SilentOutput(sleep=lambda _: None))
    feeder = Feeder(ring, speaker, on_underrun=lambda: None, on_fill=lambda: None)
    herald = Herald(ring, clock=ClockWriter(make_clock()), report=lambda _: None, now_ns=time.monotonic_ns)
    ear = Ear(ring, speaker, herald, time.monotonic_ns)
    speaker.open(RATE_HZ)
    ring.begin(1, rate_hz=RATE_HZ)
    ring.mark(Mark(0, ring.write_at, BEGINS, 1, entry=7, origin=ring.write_at, rate_hz=RATE_HZ))
    ring.append(np.full((2 * RATE_HZ, 2), 0.25, np.float32))
    feeder.feed(0, 1)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        ear.fall_silent()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert speaker.is_fading
    assert peak - before < MOST_BYTES


class HeldLock:
    """A lock that says who holds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.holder = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self.holder = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self.holder = 0
        self._lock.release()


class Sound:
    """A sound process's threads in this process, with control's end of the link in the test's hands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ours, theirs = socket.socketpair()
        clock_fd = make_clock()
        self.clock = ClockReader(clock_fd)
        self.link: Link[Report, Order] = Link(ours, Report)
        self._ends = (ours, theirs)
        monkeypatch.setattr(sound_process, "leave", lambda _status: None)
        self.process = SoundProcess(Link(theirs, Order), ClockWriter(clock_fd), "silent")
        self._thread = threading.Thread(target=lambda: self.process.run({}), daemon=True)
        self._thread.start()

    def frame_reached(self, frame: int, within_s: float = 10.0) -> None:
        deadline_s = time.monotonic() + within_s
        while self.clock.read().frame < frame:
            assert time.monotonic() < deadline_s, f"stands at {self.clock.read()}"
            time.sleep(0.01)

    def told(self, state: str) -> None:
        while not (isinstance(report := self.link.receive(), DeviceState) and report.state == state):
            pass

    def close(self) -> None:
        self._ends[0].shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        for end in self._ends:
            end.close()
        assert not self._thread.is_alive()


def until(true: Callable[[], bool], what: str, within_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline_s, what
        time.sleep(0.01)


@pytest.fixture
def track(tmp_path: Path) -> Stream:
    path = tmp_path / "a.flac"
    soundfile.write(path, np.zeros((30 * RATE_HZ, 2)), RATE_HZ, subtype="PCM_16")
    return Stream(7, 70, bytes(path), treatment=Treatment(mode=OFF))


def test_a_disk_that_hangs_does_not_hang_the_device(track: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is it asked for anything while the ring's lock is held."""
    lock, hangs, under_lock = HeldLock(), threading.Event(), list[str]()

    class Slow:
        """A decoder on a disk that can be made to hang."""

        def __init__(self, inner: Decoder) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

        def read(self, frames: int) -> object:
            if lock.holder == threading.get_ident():
                under_lock.append("read")
            while hangs.is_set():
                time.sleep(0.01)
            return self._inner.read(frames)

    def opened(path: bytes, on_damage: Callable[[Damage], None]) -> Slow:
        if lock.holder == threading.get_ident():
            under_lock.append("open")
        return Slow(open_track(path, on_damage))

    monkeypatch.setattr(programme, "open_track", opened)
    sound = Sound(monkeypatch)
    sound.process._renderer._reel.ring._lock = lock  # type: ignore[assignment]
    sound.link.send(Start(1, track, playing=True))
    sound.link.send(QueueNext(1, None))
    sound.frame_reached(4_000)
    hangs.set()
    read_at = sound.clock.read().frame
    sound.frame_reached(read_at + RATE_HZ)
    sound.link.send(Hold())
    sound.told("paused")
    hangs.clear()
    sound.close()

    assert under_lock == []


def test_the_device_does_not_wait_for_a_control_process_that_reads_nothing(
    track: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = Sound(monkeypatch)
    sound.link.send(Start(1, track, playing=True))
    sound.frame_reached(4_000)
    for request in range(20_000):  # the answers fill every buffer between the processes
        sound.link.send(AskMeters(request))
    until(lambda: sound.process._teller._reports.qsize() > 1000, "the answers wait")
    for order, running in ((Hold(), False), (Release(), True), (Hold(), False)):
        sound.process._writer.inbox.put(order)
        until(lambda running=running: sound.clock.read().running == running, "the writer waits for control")  # type: ignore[misc]
    sound.close()
