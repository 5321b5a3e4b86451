"""docs/mpris.md, the table of rows and players: `python -m tests.conformance.mpris.table [PLAYER...]`.

Each PLAYER (auralisd, mpv, or the bus name of one that runs on this session's bus, with tracks named One, Two, Three
and Four as its queue) is put on the bench, and what came of it is kept in results/; then the page is written anew from
all that is kept.
"""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conformance.mpris.rows import GROUPS, SUITE, TESTS, Row, named_tests, row_of, rows

RESULTS: Final = SUITE / "results"
PAGE: Final = TESTS.parent / "docs" / "mpris.md"
YES, NO, NOT_ASKED = "yes", "no", "–"

_HEAD = """# MPRIS, row by row

This page is generated from `tests/conformance/mpris/`: `python -m tests.conformance.mpris.table PLAYER...` puts players
on the bench and writes it. Every row is a test of that name (`PM-15` is `test_PM_15_...`); `make test` and
`make campaign` hold auralisd to all of them, the latter with both D-Bus libraries. docs/dbus.md holds the members.

M: the specification (MPRIS 2.2) demands it; S: it recommends it; O: it allows it; C: a client that people use needs it;
P: the specification is silent or at odds with itself, and this is what auralisd does.
A dash: the player has not got what the row is about, or it can be seen from within auralisd alone.
"""


class Verdicts:
    """A pytest plugin: what became of the tests of each row."""

    def __init__(self) -> None:
        self.of_row: dict[str, set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        row = row_of(report.nodeid.rpartition("::")[2])
        if row is not None and (report.when == "call" or report.outcome != "passed"):
            self.of_row.setdefault(row, set()).add(report.outcome)

    def verdict(self, row: Row) -> str:
        outcomes = self.of_row.get(row.id, set())
        if "failed" in outcomes:
            return NO
        return YES if "passed" in outcomes else NOT_ASKED


def judge(player: str) -> dict[str, Any]:
    """Put one player on the bench."""
    places = [str(SUITE)]
    if player == "auralisd":
        places += sorted({str(test.file) for test in named_tests() if test.file.parent != SUITE})
    else:
        os.environ["AURALISD_MPRIS_PLAYER"] = player
    verdicts = Verdicts()
    chosen = " or ".join(f"test_{group}_" for group in GROUPS)
    pytest.main(["-q", "--tb=line", "-p", "no:cacheprovider", "-k", chosen, *places], plugins=[verdicts])
    return {"player": _told_of(player), "rows": {row.id: verdicts.verdict(row) for row in rows()}}


def page() -> str:
    """The whole page, from what is kept."""
    kept = [json.loads(file.read_text(encoding="utf-8")) for file in _kept()]
    lines = [_HEAD, "| player | rows kept | not kept | – |", "|---|---|---|---|"]
    for each in kept:
        verdicts = list(each["rows"].values())
        lines.append(f"| {each['player']} | {' | '.join(str(verdicts.count(word)) for word in (YES, NO, NOT_ASKED))} |")
    names = [each["player"].split()[0] for each in kept]
    for group, title in GROUPS.items():
        lines += [
            "",
            f"## {title}",
            "",
            f"| row | | what holds | {' | '.join(names)} |",
            "|---" * (3 + len(kept)) + "|",
        ]
        for row in rows():
            if row.id.startswith(f"{group}-"):
                verdicts = [each["rows"].get(row.id, NOT_ASKED) for each in kept]
                lines.append(f"| {row.id} | {row.level} | {row.words} | {' | '.join(verdicts)} |")
    return "\n".join(lines) + "\n"


def main(players: list[str]) -> None:
    for player in players:
        name = player.removeprefix("org.mpris.MediaPlayer2.")
        # A process for each: what pytest has imported for one player does not choose another.
        told = subprocess.run(
            [sys.executable, "-m", "tests.conformance.mpris.table", "--judge", player],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout.decode()
        print(told)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.json").write_text(told.strip().splitlines()[-1] + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


def _kept() -> list[Path]:
    """Ours first."""
    return sorted(RESULTS.glob("*.json"), key=lambda file: (file.stem != "auralisd", file.stem))


def _told_of(player: str) -> str:
    """What it is, with its version."""
    if player == "auralisd":
        return f"auralisd {version('auralisd')}"
    if player == "mpv":
        told = subprocess.run(
            ["dpkg-query", "-W", "mpv", "mpv-mpris"], capture_output=True, text=True, check=True
        ).stdout
        versions = dict(line.split() for line in told.splitlines())
        return f"mpv {_upstream(versions['mpv'])} with mpv-mpris {_upstream(versions['mpv-mpris'])}"
    return player.removeprefix("org.mpris.MediaPlayer2.")


def _upstream(debian: str) -> str:
    return re.sub(r"^\d+:|[-+].*$", "", debian)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--judge"]:
        print(json.dumps(judge(sys.argv[2])))
    else:
        main(sys.argv[1:])
