"""What a written file is called."""

import pytest

from auralisd.export.naming import numbered, safe_name, stem_of
from auralisd.model.track import Tags


@pytest.mark.parametrize(
    ("tags", "stem"),
    [
        (Tags(title="Aria", track_number=3), "03 Aria"),
        (Tags(title="Aria", track_number=112), "112 Aria"),
        (Tags(title="Aria"), "Aria"),
        (Tags(track_number=3), "source name"),
    ],
)
def test_a_file_is_called_by_number_and_title_where_it_has_them(tags: Tags, stem: str) -> None:
    assert stem_of(tags, "source name.ogg") == stem


def test_the_discs_of_an_album_are_told_apart() -> None:
    tags = Tags(title="Aria", track_number=3, disc_number=2)

    assert (stem_of(tags, "a.flac", with_disc=True), stem_of(tags, "a.flac")) == ("2-03 Aria", "03 Aria")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AC/DC: Live?", "AC_DC_ Live_"),
        ("../../etc/passwd", "_.._etc_passwd"),
        (".hidden", "hidden"),
        ("...", "Track"),
        ("", "Track"),
        ("a\x00b\nc", "a_b_c"),
        ("ends with dots. . ", "ends with dots"),
        ("Ünïcode ♥", "Ünïcode ♥"),
        ("lone \udce9", "lone _"),
    ],
)
def test_no_title_makes_a_name_that_leads_elsewhere_or_is_refused(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_a_long_title_is_cut_between_letters() -> None:
    name = safe_name("é" * 300)

    assert name == "é" * 100


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert [numbered("Aria", ".flac", number) for number in (1, 2)] == ["Aria.flac", "Aria (2).flac"]
