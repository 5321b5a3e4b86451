from hypothesis import given
from hypothesis import strategies as st

from auralisd.bus.text import MAX_TEXT_BYTES, bus_text, is_object_path


def test_a_text_loses_its_nuls() -> None:
    assert bus_text("one\0two") == "onetwo"


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    assert bus_text("a\udcffb") == "a\ufffdb"


def test_a_text_is_cut_at_a_whole_character() -> None:
    assert bus_text("äöü", max_bytes=3) == "ä"


def test_a_text_of_a_megabyte_is_cut() -> None:
    assert len(bus_text("x" * 2**20)) == MAX_TEXT_BYTES


@given(st.text(alphabet=st.characters(codec=None)))
def test_whatever_a_tag_holds_leaves_as_valid_utf8_without_nul(text: str) -> None:
    assert "\0" not in bus_text(text).encode().decode()


def test_an_object_path_has_names_between_its_slashes() -> None:
    assert is_object_path("/")
    assert is_object_path("/org/auralis/Auralis1/entry/7")
    for bad in ("", "org", "/org/", "//", "/a b", "/é", "/a\n"):
        assert not is_object_path(bad)
