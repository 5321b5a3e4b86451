"""`make bench`: run every benchmark of this folder, each in a process of its own, and print one table.

A benchmark is a module with `main()` that prints its figures, one a line as `what: figure`, or a table of its own.
`python -m benchmarks NAME…` runs some of them.
"""

import importlib
import os
import pkgutil
import platform
import subprocess
import sys
from pathlib import Path

RUN_ONE = "--run"


def names() -> list[str]:
    return sorted(
        each.name
        for each in pkgutil.iter_modules([str(Path(__file__).parent)])
        if each.name != "__main__" and not each.ispkg
    )


def figures(name: str) -> tuple[list[tuple[str, str]], int]:
    """Run one benchmark; its (what, figure) pairs and its exit code.  What it says on stderr is passed on."""
    command = [sys.executable, "-m", "benchmarks", RUN_ONE, name]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return [_figure(line.strip()) for line in answer.stdout.splitlines() if line.strip()], answer.returncode


def _figure(line: str) -> tuple[str, str]:
    """A line of a table is kept as it is."""
    what, _, figure = ("", "", line) if line.startswith("|") else line.partition(": ")
    return what, figure


def main(words: list[str]) -> int:
    if words[:1] == [RUN_ONE]:
        importlib.import_module(f"benchmarks.{words[1]}").main()
        return 0
    if unknown := set(words) - set(names()):
        print(
            f"bench: no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(names())}", file=sys.stderr
        )
        return 2
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    failed = 0
    for name in words or names():
        rows, code = figures(name)
        failed += code != 0
        for what, figure in rows:
            print(f"{name:<10} {what:<52} {figure}" if what else figure, flush=True)
        if code != 0:
            print(f"{name:<10} failed with exit code {code}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
