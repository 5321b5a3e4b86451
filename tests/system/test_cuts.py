"""Where music is cut or begins in the middle, nothing is heard that stands out of it: no click at the sink."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.quality import bars
from tests.sounds import music as made_music
from tests.system.hearing import Frames, find
from tests.system.rig import Daemon, Recorder, World, wait_until
from tests.system.seams import comes, fall_db, leaves, rise_db

pytestmark = [pytest.mark.system, pytest.mark.alone]

RATE_HZ = 44_100
TIMES = 3
SEEN_FRAMES = 3_000
"""So much of the music before is looked at for where it was."""


@pytest.fixture
def pieces(music: Path) -> list[Frames]:
    """Music, loud and smooth: at a hard edge it clicks.  No frame of it is silent."""
    made = []
    for number in range(2):
        piece = np.rint(made_music(40, peak_db=-3.0, seed=number + 3) * 32_767).astype(np.int16)
        piece[(piece == 0).all(axis=1)] = 1
        soundfile.write(music / f"{number}.flac", piece, RATE_HZ, subtype="PCM_16")
        made.append(piece)
    return made


@pytest.fixture
def playing(world: World, music: Path, pieces: list[Frames]) -> Iterator[Daemon]:
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    daemon.wait_tracks(len(pieces))
    wait_until(lambda: world.get("Queue", "CurrentIndex") == "i 0")
    world.set("Enhancement", "Enabled", "b", "false")
    world.playerctl("play")
    wait_until(lambda: world.playerctl("status") == "Playing")
    yield daemon
    assert "Traceback" not in daemon.log()


class Cuts:
    """How far each cut stood out, in dB, by what was done."""

    def __init__(self, world: World, recorder: Recorder, pieces: list[Frames]) -> None:
        self.found_db: dict[str, list[float]] = {}
        self._world, self._recorder, self._pieces = world, recorder, pieces

    def fall(self, what: str, *verb: str, piece: int = 0) -> None:
        self._wait_for(piece)
        before = self._do(*verb)
        heard = self._recorder.so_far()
        seam = leaves(heard, self._pieces[piece], before - SEEN_FRAMES)
        assert seam is not None, f"{what}: it was not playing"
        self.found_db.setdefault(f"{what}, the end", []).append(fall_db(heard, self._pieces[piece], seam))

    def rise(self, what: str, *verb: str, piece: int = 0) -> None:
        if verb:
            self._do(*verb)
        heard = self._wait_for(piece)
        seam = comes(heard, self._pieces[piece], len(heard))
        assert seam is not None, f"{what}: it does not play"
        self.found_db.setdefault(f"{what}, the beginning", []).append(rise_db(heard, self._pieces[piece], seam))

    def _wait_for(self, piece: int) -> Frames:
        """Until a piece plays, and has for a while without a gap: what was recorded by then."""
        heard = self._recorder.so_far()

        def plays() -> bool:
            nonlocal heard
            heard = self._recorder.so_far()
            last = heard[-SEEN_FRAMES:]
            place = find(self._pieces[piece], last[:400])
            return place is not None and np.array_equal(self._pieces[piece][place : place + len(last)], last)

        wait_until(plays, every_s=0.05)
        return heard

    def _do(self, *verb: str) -> int:
        before = len(self._recorder.so_far())
        if verb:
            self._world.playerctl(*verb)
        else:
            self._world.set("Output", "Muted", "b", "true")
        time.sleep(0.6)
        return before


@pytest.mark.usefixtures("playing")
def test_no_cut_clicks(world: World, pieces: list[Frames]) -> None:
    recorder = Recorder(world)
    cuts = Cuts(world, recorder, pieces)
    for _ in range(TIMES):
        cuts.fall("pause", "pause")
        cuts.rise("play after a pause", "play")
        cuts.fall("seek", "position", "12.345")
        cuts.rise("seek")
        cuts.fall("skip", "next")
        cuts.fall("skip back", "previous", piece=1)
        cuts.fall("stop", "stop")
        world.playerctl("play")
        cuts.fall("mute")
        world.set("Output", "Muted", "b", "false")
    recorder.stop()
    print({what: [round(db, 1) for db in found] for what, found in cuts.found_db.items()})

    # A machine so busy that the server's step falls into the midst of a cut is no fault of the cut.
    medians_db = {what: statistics.median(found) for what, found in cuts.found_db.items()}
    assert max(medians_db.values()) <= bars.HIGH_TRANSIENT_DB, medians_db
