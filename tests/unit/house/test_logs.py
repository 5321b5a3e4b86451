"""The logs: paths of the music folder are names above DEBUG."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from auralisd.logs import PrivateFormatter, start_logging

MUSIC = Path("/home/ada/Music")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    start_logging((MUSIC,), level="debug", journal=False, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_a_path_of_the_music_folder_becomes_the_folders_name(lines: io.StringIO) -> None:
    logging.getLogger().info("cannot read %s/Bach/aria.flac", MUSIC)

    assert "cannot read Music/Bach/aria.flac" in lines.getvalue()
    assert str(MUSIC) not in lines.getvalue()


def test_a_traceback_carries_no_path_of_the_music_folder_either(lines: io.StringIO) -> None:
    try:
        (MUSIC / "none.flac").open()
    except FileNotFoundError:
        logging.getLogger().exception("scan failed")

    assert "Traceback" in lines.getvalue()
    assert str(MUSIC) not in lines.getvalue()


def test_a_folder_that_became_one_later_is_concealed_too_and_stays_so() -> None:
    formatter = PrivateFormatter((MUSIC,), journal=False)
    formatter.conceal([Path("/mnt/nas/More")])
    formatter.conceal([MUSIC, Path("/mnt/nas/More/deep"), Path("/")])
    said = ("/home/ada/Music/a", "/mnt/nas/More/b", "/mnt/nas/More/deep/c")
    record = logging.LogRecord("scan", logging.INFO, __file__, 1, " ".join(said), (), None)

    assert formatter.format(record).endswith("Music/a More/b deep/c")


def test_debug_lines_keep_their_paths(lines: io.StringIO) -> None:
    logging.getLogger().debug("walk %s", MUSIC)

    assert str(MUSIC) in lines.getvalue()


def test_a_name_that_is_not_text_is_logged_all_the_same() -> None:
    record = logging.LogRecord("scan", logging.INFO, __file__, 1, "odd %s", ("b\udcffd.flac",), None)

    assert PrivateFormatter((MUSIC,), journal=False).format(record).endswith("odd b\\udcffd.flac")


def test_the_journal_gets_a_level_on_each_line() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        start_logging((), level="info", journal=True, stream=stream)
        logging.getLogger().warning("one\ntwo")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(False)

    assert stream.getvalue() == "<4>one\n<4>two\n"
