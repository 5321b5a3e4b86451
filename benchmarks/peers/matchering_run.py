"""matchering on one file, run by the Python of build/peers-venv: SOURCE REFERENCE OUTPUT; prints its CPU seconds."""

import sys
import time

import scipy.ndimage

# Its limiter asks for a module that scipy took away; the function it wants has only moved.
sys.modules["scipy.ndimage.filters"] = scipy.ndimage

import matchering  # noqa: E402

source, reference, output = sys.argv[1:]
began_s = time.process_time()
matchering.process(target=source, reference=reference, results=[matchering.Result(output, subtype="FLOAT")])
print(time.process_time() - began_s)
