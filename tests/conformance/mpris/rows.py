"""The rows of the checklist, and the tests that are named after them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUITE: Final = Path(__file__).parent
TESTS: Final = SUITE.parents[1]
GROUPS: Final = {
    "BUS": "The name, the object, and D-Bus in general",
    "ROOT": "org.mpris.MediaPlayer2",
    "PP": "org.mpris.MediaPlayer2.Player: properties",
    "PM": "org.mpris.MediaPlayer2.Player: methods",
    "PS": "org.mpris.MediaPlayer2.Player: what is told",
    "MD": "Metadata",
    "TL": "org.mpris.MediaPlayer2.TrackList",
}
_TEST: Final = re.compile(rf"^ *(?:async )?def (test_({'|'.join(GROUPS)})_(\d\d[a-z]?)_(\w+))\(", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    id: str
    level: str
    words: str


@dataclass(frozen=True)
class Named:
    """A test that is named after a row."""

    row: str
    name: str
    file: Path


def rows() -> list[Row]:
    table = tomllib.loads((SUITE / "rows.toml").read_text(encoding="utf-8"))
    return [Row(f"{group}-{number}", *row) for group, found in table.items() for number, row in found.items()]


def named_tests() -> Iterator[Named]:
    """Every test that is named after a row; those outside this folder look inside auralisd."""
    for file in sorted(TESTS.rglob("test_*.py")):
        for name, group, number, _ in _TEST.findall(file.read_text(encoding="utf-8")):
            yield Named(f"{group}-{number}", name, file)


def row_of(test: str) -> str | None:
    """The row after which a test is named."""
    found = _TEST.match(f"def {test.partition('[')[0]}(")
    return f"{found[2]}-{found[3]}" if found else None
