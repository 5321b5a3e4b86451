"""The MPRIS checklist is whole: each row has a test, each such test a row, and the page shows what came of them."""

import json
import re

from tests.conformance.mpris.rows import named_tests, rows
from tests.conformance.mpris.table import NOT_ASKED, PAGE, RESULTS, YES, page


def test_each_row_has_a_test_named_after_it_and_each_such_test_a_row() -> None:
    assert {test.row for test in named_tests()} == {row.id for row in rows()}


def test_a_test_is_named_after_one_row() -> None:
    assert [
        test.name for test in named_tests() if re.match(r"test_[A-Z]+_\d\d[a-z]?_(\d\d|to|and|[A-Z]+)_", test.name)
    ] == []


def test_each_row_says_how_binding_it_is() -> None:
    assert {row.level for row in rows()} == set("MSOCP")
    assert [row.id for row in rows() if not row.words] == []


def test_the_page_shows_what_came_of_the_rows() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: run python -m tests.conformance.mpris.table"


def test_we_keep_every_row() -> None:
    kept = json.loads((RESULTS / "auralisd.json").read_text(encoding="utf-8"))["rows"]

    assert kept == {row.id: YES for row in rows()}


def test_other_players_were_asked_too() -> None:
    for file in RESULTS.glob("*.json"):
        verdicts = list(json.loads(file.read_text(encoding="utf-8"))["rows"].values())
        assert len(set(verdicts) - {NOT_ASKED}) > (0 if file.stem == "auralisd" else 1)
