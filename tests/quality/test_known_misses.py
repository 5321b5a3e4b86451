"""Known misses excuse what they name, and nothing else."""

from tests.quality.known_misses import news


def test_a_miss_that_nobody_knows_is_news() -> None:
    assert news(["a, live: range", "b, live: range"], ["a, live"]) == ["b, live: range"]


def test_a_known_miss_that_is_none_any_more_is_news_too() -> None:
    assert news([], ["a, live"]) == ["a, live: does not miss any more"]
