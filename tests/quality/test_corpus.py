"""The rows that are judged on music, on at least twenty real tracks: the long form (AURALISD_CAMPAIGN=1)."""

import os

import pytest

from tests.quality.campaign import all_missed, corpus, looks, table

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
LEAST_PIECES = 20


@pytest.mark.skipif(not LONG, reason="the long form (make campaign) judges the corpus")
def test_every_row_holds_on_real_music(capsys: pytest.CaptureFixture[str]) -> None:
    files = corpus()
    if not files:
        pytest.skip("no corpus: make corpus fetches it")
    found = list(looks(files))
    with capsys.disabled():
        print("", *table(found), sep="\n")
    missed = [f"{row}: {line}" for row, lines in all_missed(found) for line in lines]

    assert len(found) >= LEAST_PIECES
    assert not missed, "\n".join(missed)
