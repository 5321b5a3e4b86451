"""How fast the chain renders: gain, equaliser and limiter over two minutes of loud stereo, on one core.

`python -m benchmarks.render` prints a figure for each rate: seconds of sound for a second of CPU.
"""

import os
import time

RATES_HZ = (44_100, 96_000, 192_000)
SECONDS = 60


def main() -> None:
    # Before numpy is first imported: that is when it reads the number of its threads.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import numpy as np

    from auralisd.dsp.chain import QUANTUM_FRAMES
    from auralisd.mastering.build import build_chain
    from auralisd.model.plan import MasteringPlan

    tone = ((60.0, 2.0), (1000.0, -1.5), (8000.0, 3.0))
    plan = MasteringPlan("adaptive", 1.0, "adaptive", gain_db=4.0, ceiling_dbtp=-1.0, eq_mid=tone, eq_side=tone)
    for rate_hz in RATES_HZ:
        quanta = SECONDS * rate_hz // QUANTUM_FRAMES
        # As loud as to keep the limiter busy: 4 dB over the ceiling every few milliseconds.
        sound = np.random.default_rng(1).normal(0.0, 0.2, (quanta, QUANTUM_FRAMES, 2)).astype(np.float32)
        fastest = float("inf")
        for _ in range(3):
            chain = build_chain(plan, rate_hz)
            began = time.thread_time()
            for block in sound:
                chain.process(block)
            fastest = min(fastest, time.thread_time() - began)
        print(f"render {rate_hz} Hz: {quanta * QUANTUM_FRAMES / rate_hz / fastest:.0f} x real time")


if __name__ == "__main__":
    main()
