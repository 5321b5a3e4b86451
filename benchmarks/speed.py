"""How fast the sound is made and measured on one core, beside its peers in turns on the same pieces.

    python -m benchmarks.speed [--pieces N]

prints seconds of sound for a second of CPU.  Ours and each peer take turns on every piece, so that a busy machine is as
busy for both; what counts is the ratio.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

RATES_HZ: Final = (44_100, 96_000, 192_000)
SECONDS: Final = 30
PIECES: Final = 3
_LENGTH_S: Final = (70.0, 230.0)
_EXCERPTS: Final = 12
_TURNS: Final = 2


class Turn(NamedTuple):
    """One tool on one piece: its CPU seconds in the best of its turns, and ours just before."""

    piece: str
    tool: str
    against: str
    seconds: float
    cpu_s: float
    our_cpu_s: float


def main() -> None:
    # Before numpy is first imported: that is when it reads the number of its threads.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=PIECES)
    pieces = parser.parse_args().pieces if __name__ == "__main__" else PIECES
    for line in chain(_synthetic(), _real(pieces)):
        print(line, flush=True)


def _synthetic() -> Iterator[str]:
    """A mix that is far enough from every target for all stages to have work."""
    from auralisd.analysis.live_meter import LiveMeter
    from auralisd.analysis.provisional import profile_from_excerpts
    from tests.quality.renders import measured, planned, rendered
    from tests.sounds import music

    for rate_hz in RATES_HZ:
        sound = music(SECONDS, rate_hz)
        profile = measured(sound, rate_hz)
        yield f"measure {rate_hz} Hz: {SECONDS / _cpu_s(partial(measured, sound, rate_hz)):.0f} x real time"
        for preset in ("adaptive", "live"):
            chosen = planned(profile, preset)
            cpu_s = _cpu_s(partial(rendered, sound, chosen, rate_hz))
            yield f"render {rate_hz} Hz, {preset}: {SECONDS / cpu_s:.0f} x real time"
    rate_hz = RATES_HZ[0]
    sound = music(SECONDS, rate_hz)
    step = len(sound) // _EXCERPTS
    excerpts = [sound[at : at + rate_hz] for at in range(0, step * _EXCERPTS, step)]
    cpu_s = _cpu_s(lambda: profile_from_excerpts(excerpts, rate_hz, 2, len(sound)))
    yield f"measure {_EXCERPTS} excerpts of 1 s: {cpu_s * 1000:.0f} ms"

    def live() -> None:
        meter = LiveMeter(rate_hz)
        for start in range(0, len(sound), 16_384):
            meter.feed(sound[start : start + 16_384], start)

    yield f"live meter: {_cpu_s(live) / SECONDS * 100:.3f} % of a core"


def _real(pieces: int) -> Iterator[str]:
    from tests.quality.bars import (
        ANALYSIS_WITH_DECODE,
        CHAIN_WITH_DECODE,
        CHAIN_WITHOUT_DECODE,
        FASTER_THAN_PEERS,
    )

    turns: list[Turn] = []
    for file in _music(pieces):
        if len({turn.piece for turn in turns}) < pieces:
            turns += _turns(file)
    for tool, (must, aim) in {
        "chain, decoding included": CHAIN_WITH_DECODE,
        "chain, without decoding": CHAIN_WITHOUT_DECODE,
        "analysis, decoding included": ANALYSIS_WITH_DECODE,
    }.items():
        mine = [turn for turn in turns if turn.tool == tool]
        if mine:
            speed = sum(turn.seconds for turn in mine) / sum(turn.cpu_s for turn in mine)
            yield f"{tool}: {speed:.0f} x real time (must {must:g}, aim {aim:g})"
    must, aim = FASTER_THAN_PEERS
    for tool, against in dict.fromkeys((turn.tool, turn.against) for turn in turns if turn.against):
        theirs = [turn for turn in turns if (turn.tool, turn.against) == (tool, against)]
        speed = sum(turn.seconds for turn in theirs) / sum(turn.cpu_s for turn in theirs)
        ratio = statistics.median(turn.cpu_s / turn.our_cpu_s for turn in theirs)
        asked = f", must {must:g}, aim {aim:g}" if "loudnorm" in tool or tool == "matchering" else ""
        yield f"{tool}: {speed:.0f} x real time; our {against} is {ratio:.1f} times as fast{asked}"
    if not pieces or not turns:
        yield "real pieces: none here, make corpus fetches them"
    from benchmarks.peers.side_by_side import absent

    for name in absent():
        yield f"{name}: absent, scripts/peers brings it"


def _music(pieces: int) -> list[Path]:
    """Pieces of the length of a song."""
    import soundfile

    from tests.quality.campaign import corpus

    shortest, longest = _LENGTH_S
    songs = [file for file in corpus() if shortest <= soundfile.info(file).duration <= longest]
    # More than asked for, because those that are left alone are not counted.
    return songs[:: max(1, len(songs) // max(1, 2 * pieces))]


def _turns(file: Path) -> Iterator[Turn]:
    import tempfile

    import soundfile

    from auralisd.stages.listening import measured as measured_file
    from benchmarks.peers import tools
    from tests.quality.pieces import decoded
    from tests.quality.renders import planned, rendered
    from tests.sounds import music

    sound, rate_hz = decoded(file)
    seconds = len(sound) / rate_hz
    chosen = planned(measured_file(file))
    if not (chosen.eq_mid and chosen.bands and chosen.limited):
        return  # of a track that is nearly left alone no chain's speed can be told

    render = partial(_rendered_from, file, chosen)
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "in.wav", Path(folder) / "out.wav"
        reference = Path(folder) / "reference.wav"
        soundfile.write(source, sound, rate_hz, subtype="FLOAT")
        soundfile.write(reference, music(SECONDS, rate_hz), rate_hz, subtype="FLOAT")
        yield Turn(
            file.stem, "chain, without decoding", "", seconds, _cpu_s(partial(rendered, sound, chosen, rate_hz)), 0.0
        )
        yield Turn(file.stem, "chain, decoding included", "", seconds, _cpu_s(render), 0.0)
        yield Turn(file.stem, "analysis, decoding included", "", seconds, _cpu_s(partial(measured_file, file)), 0.0)
        peers: dict[tuple[str, str], Callable[[], float]] = {}
        if tools.has_ffmpeg():
            peers["ffmpeg loudnorm, one pass", "chain"] = lambda: tools.loudnorm_once(file, None, rate_hz)
            peers["ffmpeg loudnorm, two passes", "chain"] = lambda: tools.loudnorm_twice(file, None, rate_hz)
            peers["ffmpeg alimiter", "chain"] = lambda: tools.alimiter(file, None, rate_hz, gain_db=chosen.gain_db)
            peers["ffmpeg dynaudnorm", "chain"] = lambda: tools.dynaudnorm(file, None, rate_hz)
            peers["ffmpeg ebur128 with true peak", "analysis"] = lambda: tools.ebur128(file, rate_hz)
        if tools.has_loudgain():
            peers["loudgain", "analysis"] = lambda: tools.loudgain(file)
        if tools.has_package("matchering"):
            peers["matchering", "chain"] = lambda: tools.matchering(source, reference, output)
        for (tool, against), run in peers.items():
            ours: Callable[[], object] = render if against == "chain" else partial(measured_file, file)
            yield Turn(file.stem, tool, against, seconds, run(), _cpu_s(ours, turns=1))


def _rendered_from(file: Path, chosen: object) -> None:
    """From the file to finished sound, in the blocks of the product, which are thrown away."""
    from contextlib import closing

    from auralisd.dsp.channels import to_stereo
    from auralisd.mastering.build import build_chain
    from auralisd.model.plan import MasteringPlan
    from auralisd.stages.listening import blocks, opened

    assert isinstance(chosen, MasteringPlan)
    with closing(opened(file)) as decoder:
        chain = build_chain(chosen, decoder.format.rate_hz)
        for block in blocks(decoder):
            chain.process(to_stereo(block))
        chain.flush()


def _cpu_s(work: Callable[[], object], *, turns: int = _TURNS) -> float:
    """CPU seconds of the best of some turns."""
    times = []
    for _ in range(turns):
        began_s = time.thread_time()
        work()
        times.append(time.thread_time() - began_s)
    return min(times)


if __name__ == "__main__":
    main()
