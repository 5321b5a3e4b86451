"""`python -m auralisd.demo DIR`: compose the demo album into DIR and print where it is."""

import sys
from pathlib import Path

from auralisd.demo.album import compose


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m auralisd.demo DIR", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        compose(folder, report=lambda title: print(f"demo: composing {title}", file=sys.stderr, flush=True))
    except OSError as refused:
        print(f"demo: cannot write {folder}: {refused.strerror}; name another folder", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
