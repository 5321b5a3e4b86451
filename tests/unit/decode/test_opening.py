"""Opening: which library decodes what, and what is said where PyAV is not installed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.decode.decoder import open_track
from auralisd.decode.opening import open_source
from auralisd.errors import TrackUnreadable
from tests.encoded import encode
from tests.sounds import music

SOUND = music(1.5)


def take_pyav_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("av", "auralisd.decode.ffmpeg", "auralisd.decode.avstream", "auralisd.decode.folding"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "av", None)


def source_of(path: Path) -> str:
    source, _ = open_source(os.fsencode(path))
    source.close()
    return type(source).__name__


@pytest.mark.parametrize("name", ["a.flac", "a.wav", "a.aiff", "a.ogg", "a.mp3"])
def test_libsndfile_goes_first(tmp_path: Path, name: str) -> None:
    soundfile.write(tmp_path / name, SOUND, 44_100)

    assert source_of(tmp_path / name) == "SndfileSource"


@pytest.mark.parametrize("name", ["a.m4a", "a.aac", "a.wv", "a.tta", "a.wma"])
def test_pyav_takes_what_libsndfile_cannot_decode(tmp_path: Path, name: str) -> None:
    assert source_of(encode(tmp_path / name, SOUND)) == "FfmpegSource"


def test_pyav_is_not_loaded_for_what_libsndfile_decodes(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", SOUND, 44_100)
    script = (
        "import os, sys; from auralisd.decode.decoder import open_track\n"
        "open_track(os.fsencode(sys.argv[1])).close(); sys.exit('av' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "a.flac"], check=False)

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.m4a", "AAC"), ("a.aac", "AAC"), ("a.wv", "WavPack"), ("a.tta", "True Audio"), ("a.wma", "WMA")],
)
def test_without_pyav_a_file_that_needs_it_is_refused_by_name_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    encode(tmp_path / name, SOUND)
    take_pyav_away(monkeypatch)
    with pytest.raises(TrackUnreadable, match=rf"{name}.*{kind}.*pip install") as refusal:
        open_track(os.fsencode(tmp_path / name))

    assert refusal.value.code == "unreadable"
    assert str(tmp_path) not in str(refusal.value)


def test_without_pyav_an_mp3_without_header_plays_as_far_as_libsndfile_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode(tmp_path / "a.mp3", SOUND, muxing={"write_xing": "0"})
    take_pyav_away(monkeypatch)

    assert source_of(tmp_path / "a.mp3") == "SndfileSource"


def test_a_film_without_its_table_is_damaged_and_no_other_thing(tmp_path: Path) -> None:
    whole = encode(tmp_path / "a.m4a", SOUND).read_bytes()
    (tmp_path / "a.m4a").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TrackUnreadable) as refusal:
        open_track(os.fsencode(tmp_path / "a.m4a"))

    assert refusal.value.code == "damaged"


def test_the_content_says_what_a_file_is_and_not_its_name(tmp_path: Path) -> None:
    encode(tmp_path / "a.m4a", SOUND, codec="alac")
    os.rename(tmp_path / "a.m4a", tmp_path / "a.flac")
    decoder = open_track(os.fsencode(tmp_path / "a.flac"))

    assert np.allclose(decoder.read(len(SOUND)), SOUND, atol=2.0**-15)


def test_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    encode(tmp_path / "b.m4a", SOUND)
    (tmp_path / "a.m4a").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{tmp_path}/b.m4a\n#EXT-X-ENDLIST\n")
    with pytest.raises(TrackUnreadable) as refusal:
        open_track(os.fsencode(tmp_path / "a.m4a"))

    assert refusal.value.code == "not-audio"
