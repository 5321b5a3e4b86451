"""The rule of tests/conftest.py, tried on a run of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import read_expected

CONFTEST = Path(__file__).parents[1] / "conftest.py"
SKIPPING = """
import pytest

def test_plays(): pass

def test_needs_a_corpus(): pytest.skip("no corpus here: make corpus fetches it")
"""


def pytest_with(folder: Path, *, expected: str, source: str = SKIPPING) -> "subprocess.CompletedProcess[str]":
    (folder / "conftest.py").write_bytes(CONFTEST.read_bytes())
    (folder / "expected-skips.txt").write_text(expected)
    (folder / "test_it.py").write_text(source)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:asyncio",
        "-p",
        "no:hypothesispytest",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_skip_that_nobody_expects_fails_the_run_and_is_named(tmp_path: Path) -> None:
    run = pytest_with(tmp_path, expected="")

    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_it.py::test_needs_a_corpus | no corpus here: make corpus fetches it" in run.stdout


def test_a_skipped_module_is_a_skip_too(tmp_path: Path) -> None:
    run = pytest_with(tmp_path, expected="", source="import pytest\npytest.importorskip('no_such_module')\n")

    assert run.returncode != pytest.ExitCode.OK
    assert "test_it.py | could not import 'no_such_module'" in run.stdout


def test_an_expected_skip_passes(tmp_path: Path) -> None:
    run = pytest_with(tmp_path, expected="# because\n*::test_needs_* | no corpus here*\n")

    assert run.returncode == pytest.ExitCode.OK


def test_a_skip_with_another_reason_than_expected_fails(tmp_path: Path) -> None:
    run = pytest_with(tmp_path, expected="*::test_needs_* | no sound server*\n")

    assert run.returncode == pytest.ExitCode.TESTS_FAILED


def test_comments_and_blank_lines_expect_nothing() -> None:
    assert read_expected("# a comment | with a bar\n\n a | b \n") == (("a", "b"),)
