"""`python -m auralisd.output.probe SPEC`: does this output open, and how does it run?

A process of its own: opening a dead device can hang with Python's global lock held.  Prints one line; the exit status
is 0 when it opened as named.
"""

import sys

from auralisd.errors import AuralisError
from auralisd.output.choose import choose_output

PROBED_RATE_HZ = 44_100


def probe(spec: str) -> int:
    try:
        output = choose_output(spec)
        opened = output.open(PROBED_RATE_HZ)
    except AuralisError as reason:
        print(reason)
        return 1
    output.close()
    print(opened.note or f"sound device {opened.device}: {opened.rate_hz} Hz, {opened.sample_format}")
    return int(bool(opened.note))


if __name__ == "__main__":
    sys.exit(probe(sys.argv[1]))
