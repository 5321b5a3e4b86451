"""ViSQOL in audio mode, run by the Python of build/peers-venv: pairs REFERENCE DEGRADED of 48 kHz; a MOS-LQO a line."""

import sys

from visqol import VisqolApi

judge = VisqolApi()
judge.create(mode="audio")
files = sys.argv[1:]
for reference, degraded in zip(files[::2], files[1::2], strict=True):
    print(judge.measure(reference, degraded).moslqo)
