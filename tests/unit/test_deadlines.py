"""docs/deadlines.md says what the code does, and every row of it is tested."""

import importlib
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"^\| (.+?) \| ([\d.]+) \| `([\w.]+)` \| (.+?) \| `([^`]+)` \|$",
    (REPOSITORY / "docs" / "deadlines.md").read_text(),
    flags=re.MULTILINE,
)


def test_the_table_is_read() -> None:
    lines = [line for line in (REPOSITORY / "docs" / "deadlines.md").read_text().splitlines() if "`auralisd." in line]

    assert len(ROWS) == len(lines) > 10


@pytest.mark.parametrize("row", ROWS, ids=[row[2] for row in ROWS])
def test_each_deadline_is_that_of_the_code_and_has_its_test(row: tuple[str, ...]) -> None:
    _, seconds, constant, _, test = row
    module, _, name = constant.rpartition(".")
    file, _, function = test.partition("::")

    assert getattr(importlib.import_module(module), name) == float(seconds)
    assert re.search(rf"^(async )?def {function}\(", (REPOSITORY / file).read_text(), flags=re.MULTILINE)
