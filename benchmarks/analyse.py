"""How fast a track is measured, decoding left out: in full, from excerpts, and live; on one core.

`python -m benchmarks.analyse` prints seconds of sound for a second of CPU, and the milliseconds before a first sound.
"""

import os
import time

RATE_HZ = 44_100
SECONDS = 120
EXCERPTS = 12


def main() -> None:
    # Before numpy is first imported: that is when it reads the number of its threads.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import numpy as np

    from auralisd.analysis.live_meter import LiveMeter
    from auralisd.analysis.measure import Measuring
    from auralisd.analysis.provisional import profile_from_excerpts
    from auralisd.dsp.block import Block

    def full(sound: Block) -> None:
        measuring = Measuring(RATE_HZ, 2)
        for start in range(0, len(sound), 65_536):
            measuring.feed(sound[start : start + 65_536])
        measuring.result()

    def from_excerpts(sound: Block) -> None:
        every = len(sound) // EXCERPTS
        profile_from_excerpts(
            [sound[at : at + RATE_HZ] for at in range(0, every * EXCERPTS, every)], RATE_HZ, 2, len(sound)
        )

    def live(sound: Block) -> None:
        meter = LiveMeter(RATE_HZ)
        for start in range(0, len(sound), 16_384):
            meter.feed(sound[start : start + 16_384], start)

    def cpu_s(work: object, sound: Block) -> float:
        assert callable(work)
        times = []
        for _ in range(5):
            began = time.thread_time()
            work(sound)
            times.append(time.thread_time() - began)
        return min(times)

    sound = np.random.default_rng(1).normal(0.0, 0.2, (SECONDS * RATE_HZ, 2)).astype(np.float32)
    print(f"analyse: {SECONDS / cpu_s(full, sound):.0f} x real time")
    print(f"analyse from {EXCERPTS} excerpts of 1 s: {cpu_s(from_excerpts, sound) * 1000:.0f} ms")
    print(f"live meter: {cpu_s(live, sound) / SECONDS * 100:.3f} % of a core")


if __name__ == "__main__":
    main()
