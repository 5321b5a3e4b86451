"""Padding: what iTunes and FFmpeg write about the frames that they put before and behind the music."""

import pytest

from auralisd.decode.padding import Padding, delay_of_aac, of_itunes


def test_itunes_names_delay_and_length_in_hexadecimal() -> None:
    text = " 00000000 00000840 000001BF 000000000001E241 00000000 00000000"

    assert of_itunes(text) == Padding(2_112, 123_457)


@pytest.mark.parametrize(
    "text",
    ["", "iTunes", " 00000000 00000840", " 00000000 FFFFFFFF 000001BF 000000000001E241", " 0 840 1BF 0", " 0 x 1 2"],
)
def test_nonsense_is_as_good_as_absent(text: str) -> None:
    assert of_itunes(text) is None


def test_the_encoder_that_signs_its_first_packet_has_a_known_delay() -> None:
    assert delay_of_aac(b"\xde\x02\x00Lavc60.31.102\x00\x02") == 1_024
    assert delay_of_aac(b"\x21\x1b\x80") == 0
