"""Capabilities: each codec is asked for, and a part that is missing has its reason."""

import sys

import pytest

from auralisd.model.audio import OPTIONAL_CODECS
from auralisd.sound.capabilities import MORE_CODECS, capabilities


def test_every_part_that_is_installed_is_available() -> None:
    assert not any(capabilities().values())


def test_what_needs_pyav_is_what_may_be_missing() -> None:
    assert MORE_CODECS.keys() == OPTIONAL_CODECS


def test_without_pyav_its_codecs_name_the_remedy_and_no_other_part_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    found = capabilities()

    assert {part for part, reason in found.items() if reason} == OPTIONAL_CODECS
    assert all("pip install 'auralisd[formats]'" in found[codec] for codec in OPTIONAL_CODECS)
