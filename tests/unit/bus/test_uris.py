import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.bus.uris import path_of, uri_of
from auralisd.errors import InvalidRequest, NotSupported, RequestRefused


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_every_file_name_survives_the_way_into_a_uri_and_back(name: bytes) -> None:
    assert path_of(uri_of(b"/" + name)) == b"/" + name


def test_a_uri_is_plain_ascii() -> None:
    assert uri_of("/Musik/Für \udcff #1.flac".encode(errors="surrogateescape")) == (
        "file:///Musik/F%C3%BCr%20%FF%20%231.flac"
    )


def test_localhost_is_this_machine() -> None:
    assert path_of("file://localhost/a%20b.flac") == b"/a b.flac"


@pytest.mark.parametrize(
    ("uri", "refusal"),
    [
        ("http://example.org/a.flac", NotSupported),
        ("gopher:a", NotSupported),
        ("file://elsewhere/a.flac", NotSupported),
        ("/home/me/a.flac", InvalidRequest),
        ("a.flac", InvalidRequest),
        ("", InvalidRequest),
        ("file:a.flac", InvalidRequest),
        ("file://", InvalidRequest),
        ("file:///", InvalidRequest),
        ("file:///a%00b", InvalidRequest),
        ("file:///a?b", InvalidRequest),
        ("file:///a#b", InvalidRequest),
    ],
)
def test_what_is_no_file_uri_of_this_machine_is_refused(uri: str, refusal: type[RequestRefused]) -> None:
    with pytest.raises(refusal):
        path_of(uri)


@given(st.text())
def test_any_text_is_a_path_or_a_refusal(uri: str) -> None:
    with contextlib.suppress(RequestRefused):
        assert path_of(uri).startswith(b"/")
