"""A child that does not leave when its link closes, nor when it is asked to."""

import signal
import sys

signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.stdout.close()
while True:
    signal.pause()
