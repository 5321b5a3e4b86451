"""What is read swiftly is what mutagen reads, of files of every kind, whole and broken; or it is left to mutagen."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.flac import FLAC, Picture
from mutagen.oggvorbis import OggVorbis

from auralisd.errors import TrackUnreadable
from auralisd.model.track import StreamFacts
from auralisd.tags.fields import Words
from auralisd.tags.opening import open_regular
from auralisd.tags.reading import read_tagged
from auralisd.tags.track import read_ordinary, stream_facts
from tests.music import write_music

Told = tuple[StreamFacts, Words] | str

_LATIN_1, _UTF_16, _UTF_8 = 0, 1, 3
_FRAMES = (b"TIT2", b"TCON", b"TYER", b"TXXX", b"COMM", b"APIC", b"UFID", b"USLT", b"TDRC", b"TDAT", b"TAG", b"OggS")


def told_swiftly(path: Path) -> Told | None:
    with open_regular(os.fsencode(path)) as file:
        found = read_ordinary(file.fileno(), os.fsencode(path), path.stat().st_size)
    if found is None:
        return None
    try:
        return stream_facts(found.name, found, b""), found.words
    except TrackUnreadable as fault:
        return fault.code


def told_by_mutagen(path: Path) -> Told:
    try:
        with open_regular(os.fsencode(path)) as file:
            name, info, words = read_tagged(file, os.fsencode(path))
        return stream_facts(name, info, b""), words
    except TrackUnreadable as fault:
        return fault.code


def frames(encoding: int) -> list[Any]:
    made: Any = id3
    return [
        made.TIT2(encoding, ["Höhe"]),
        made.TPE1(encoding, ["Ada", "Bob feat. Cy"]),
        made.TALB(encoding, ["Album"]),
        made.TRCK(encoding, ["3/12"]),
        made.TCON(encoding, ["(17)Rock", "Pop"]),
        made.TDRC(encoding, ["2001"]),
        made.TXXX(encoding, "MusicBrainz Album Id", ["x-y"]),
        made.TXXX(encoding, "replaygain_track_gain", ["-3.2 dB"]),
        made.COMM(encoding, "eng", "", ["hello " * 30]),
        made.COMM(encoding, "eng", "iTunNORM", ["0"]),
        made.UFID("http://musicbrainz.org", b"abc-def"),
        made.PRIV("somebody", b"\x00\x01"),
        made.APIC(encoding, "image/jpeg", 3, "cover", b"\xff\xd8" * 9_000),
    ]


def write_mp3(path: Path, base: Path, *, version: int, encoding: int, more: tuple[Any, ...] = ()) -> None:
    shutil.copy(base, path)
    made: Any = id3
    tags = made.ID3()
    for frame in (*frames(encoding), *more):
        tags.add(frame)
    if version == 4:
        tags.add(made.TDOR(encoding, ["1999"]))
    else:
        tags.update_to_v23()
    tags.save(path, v2_version=version)


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files as programs write them."""
    folder = tmp_path_factory.mktemp("ordinary")
    flac, mp3, ogg = (write_music(folder / f"plain{suffix}", seconds=0.5) for suffix in (".flac", ".mp3", ".ogg"))
    for encoding in (_LATIN_1, _UTF_16, _UTF_8):
        write_mp3(folder / f"four {encoding}.mp3", mp3, version=4, encoding=encoding)
    for encoding in (_LATIN_1, _UTF_16):
        write_mp3(folder / f"three {encoding}.mp3", mp3, version=3, encoding=encoding)
    for path, editor in ((flac, FLAC), (ogg, OggVorbis)):
        file: Any = editor(shutil.copy(path, path.with_stem("tagged")))
        file["artist"], file["comment"] = ["Ä", "B"], "long " * 100
        if editor is FLAC:
            picture: Any = Picture()  # type: ignore[no-untyped-call]
            picture.data, picture.mime = b"x" * 20_000, "image/png"
            file.add_picture(picture)
        file.save()
    untagged = folder / "untagged.mp3"
    write_mp3(untagged, mp3, version=4, encoding=_UTF_8)
    made: Any = id3
    made.ID3(untagged).delete()
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def odd(ordinary: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files that are left to mutagen, for what else it finds in them."""
    folder = tmp_path_factory.mktemp("odd")
    base = next(path for path in ordinary if path.name == "plain.mp3")
    made: Any = id3
    for name, more in (
        ("lyrics", made.USLT(_UTF_8, "eng", "", "la")),
        ("old time", made.TDAT(_LATIN_1, ["0203"])),
        ("second title", made.TXXX(_UTF_8, "replaygain_track_gain ", ["1 dB"])),
    ):
        write_mp3(folder / f"{name}.mp3", base, version=4, encoding=_UTF_8, more=(more,))
    for tagged in (path for path in ordinary if path.stem == "tagged"):
        (folder / f"no text{tagged.suffix}").write_bytes(tagged.read_bytes().replace("Ä".encode(), b"\xc3("))
    with_v1 = folder / "version 1.mp3"
    shutil.copy(base, with_v1)
    made.ID3(with_v1).save(with_v1, v1=2)
    return sorted(folder.iterdir())


def test_ordinary_files_are_read_swiftly_and_as_mutagen_reads_them(ordinary: list[Path]) -> None:
    swiftly = {path.name: told_swiftly(path) for path in ordinary}

    assert swiftly == {path.name: told_by_mutagen(path) for path in ordinary}


def test_odd_files_say_what_mutagen_says_or_are_left_to_it(odd: list[Path]) -> None:
    assert [path.name for path in odd if not _agrees(path)] == []


def _agrees(path: Path) -> bool:
    swiftly = told_swiftly(path)
    return swiftly is None or swiftly == told_by_mutagen(path)


@st.composite
def _wounds(draw: st.DrawFn) -> list[tuple[str, float, bytes]]:
    """What is done to a file, how far from its beginning (0..1 of 300 bytes), or, below 0, from its end."""
    bytes_of_note = st.sampled_from([0, 1, 3, 4, 10, 0x7F, 0x80, 0xFE, 0xFF]) | st.integers(0, 255)
    written = st.lists(bytes_of_note, min_size=1, max_size=6).map(bytes) | st.sampled_from(_FRAMES)
    wound = st.tuples(st.sampled_from(["over", "in", "out", "end"]), st.floats(-0.5, 1.0), written)
    return draw(st.lists(wound, min_size=1, max_size=4))


def _wounded(content: bytes, wounds: list[tuple[str, float, bytes]]) -> bytes:
    for how, where, written in wounds:
        at = max(0, len(content) + int(where * 300)) if where < 0 else min(len(content), int(where**2 * 900))
        match how:
            case "over":
                content = content[:at] + written + content[at + len(written) :]
            case "in":
                content = content[:at] + written + content[at:]
            case "out":
                content = content[:at] + content[at + len(written) :]
            case "end":
                content = content + written
    return content


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 99), _wounds())
def test_broken_files_say_what_mutagen_says_or_are_left_to_it(
    ordinary: list[Path], odd: list[Path], tmp_path: Path, which: int, wounds: list[tuple[str, float, bytes]]
) -> None:
    files = [*ordinary, *odd]
    source = files[which % len(files)]
    broken = tmp_path / f"broken{source.suffix}"
    broken.write_bytes(_wounded(source.read_bytes(), wounds))

    assert _agrees(broken)
