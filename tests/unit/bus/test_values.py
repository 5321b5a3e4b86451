import math
from typing import Any

import pytest

from auralisd.bus.values import (
    MAX_ELEMENTS,
    Boxed,
    Spec,
    Type,
    UndeclaredKey,
    admit,
    admit_boxed,
    parse_all,
    shape,
)
from auralisd.errors import InvalidRequest

LEVEL = Spec("Level", "d", low=0.0, high=1.0)
COLOUR = Spec("Colour", "s", words=("red", "blue"))
OPTIONS = Spec("options", "a{sv}", keys={"sort": Spec("options.sort", "s", words=("up",)), "gain": Spec("gain", "d")})


def box(signature: str, value: Any) -> tuple[str, Any]:
    return signature, value


def test_a_signature_is_read_into_its_types() -> None:
    assert parse_all("xa{sv}a(dd)") == (
        Type("x"),
        Type("a", (Type("{", (Type("s"), Type("v"))),)),
        Type("a", (Type("(", (Type("d"), Type("d"))),)),
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_must_be_finite(value: float) -> None:
    with pytest.raises(InvalidRequest, match="Level must be a finite number"):
        admit(Spec("Level", "d"), value)


@pytest.mark.parametrize("value", [-0.001, 1.001, -1e300])
def test_a_number_outside_its_range_is_refused_with_the_range(value: float) -> None:
    with pytest.raises(InvalidRequest, match="Level must be between 0 and 1"):
        admit(LEVEL, value)


def test_both_ends_of_a_range_belong_to_it() -> None:
    assert [admit(LEVEL, 0.0), admit(LEVEL, 1.0)] == [0.0, 1.0]


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequest, match="Colour must be one of: red blue"):
        admit(COLOUR, "Red")


def test_each_word_of_a_list_is_checked() -> None:
    with pytest.raises(InvalidRequest):
        admit(Spec("fields", "as", words=("id",)), ["id", "path"])


def test_a_text_of_more_than_64_kib_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="longer"):
        admit(Spec("text", "s"), "ä" * 33_000)


def test_an_array_of_more_than_ten_thousand_elements_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="more than 10000"):
        admit(Spec("tracks", "at"), [1] * (MAX_ELEMENTS + 1))


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequest, match="options knows only: sort gain"):
        admit(OPTIONS, {"order": Boxed("s", "up")})


def test_an_option_of_the_wrong_type_or_word_is_refused() -> None:
    for wrong in (Boxed("u", 1), Boxed("s", "down")):
        with pytest.raises(InvalidRequest, match=r"options\.sort"):
            admit(OPTIONS, {"sort": wrong})


def test_options_arrive_as_plain_values() -> None:
    assert admit(OPTIONS, {"sort": Boxed("s", "up"), "gain": Boxed("i", 2)}) == {"sort": "up", "gain": 2.0}


@pytest.mark.parametrize("signature", list("ynqiuxt"))
def test_an_integer_is_taken_where_a_number_is_wanted(signature: str) -> None:
    admitted = admit_boxed(LEVEL, Boxed(signature, 1))

    assert (admitted, type(admitted)) == (1.0, float)


@pytest.mark.parametrize("boxed", [Boxed("b", True), Boxed("s", "1"), Boxed("ad", [1.0]), Boxed("i", 2)])
def test_anything_else_is_refused_for_a_number(boxed: Boxed) -> None:
    with pytest.raises(InvalidRequest):
        admit_boxed(LEVEL, boxed)


def test_a_map_leaves_with_the_types_that_the_contract_gives_its_keys() -> None:
    keys = {"id": Spec("id", "t"), "names": Spec("names", "as")}

    shaped = shape(Spec("rows", "aa{sv}", keys=keys), [{"id": 3, "names": ("a\0",)}], box)

    assert shaped == [{"id": ("t", 3), "names": ("as", ["a"])}]


def test_a_key_that_the_contract_does_not_have_cannot_leave() -> None:
    with pytest.raises(UndeclaredKey):
        shape(Spec("row", "a{sv}", keys={"id": Spec("id", "t")}), {"path": "/music"}, box)


def test_a_bad_object_path_cannot_leave() -> None:
    with pytest.raises(ValueError, match="not an object path"):
        shape(Spec("paths", "ao"), ["/fine", "/not fine"], box)
