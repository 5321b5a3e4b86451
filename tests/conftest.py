"""Rules for every run: a skip that nobody expects fails it, so that a missing part never looks like a pass.

Generated examples are the same in each run and have no deadline, so that a busy machine changes no verdict; the long
form (AURALISD_CAMPAIGN=1) looks for new ones.
"""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

EXPECTED_SKIPS: Final = Path(__file__).with_name("expected-skips.txt")


def read_expected(text: str) -> tuple[tuple[str, str], ...]:
    """The (test pattern, reason pattern) pairs of lines such as `tests/system/* | no corpus*`."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("|") for line in lines if line and not line.startswith("#"))
    return tuple((test.strip(), reason.strip()) for test, _, reason in pairs)


class SkipJudge:
    """Remembers the skips of one run and turns its exit code if one was not expected."""

    def __init__(self, expected: tuple[tuple[str, str], ...]) -> None:
        self._expected = expected
        self._unexpected: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._judge(report.nodeid, report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._judge(report.nodeid, report.longrepr)

    def _judge(self, test: str, told: object) -> None:
        reason = str(told[2] if isinstance(told, tuple) else told).removeprefix("Skipped: ")
        if not any(fnmatchcase(test, where) and fnmatchcase(reason, why) for where, why in self._expected):
            self._unexpected.append(f"{test} | {reason}")

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        # First of all: the terminal writes its closing line in this hook and asks for the exit status.
        if self._unexpected and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._unexpected:
            terminalreporter.section("skips that nobody expects: the run fails", red=True)
            for line in self._unexpected:
                terminalreporter.line(line)
            terminalreporter.line(f"Mend them, or give each its line with a reason in tests/{EXPECTED_SKIPS.name}.")


@pytest.fixture(scope="session")
def demo_album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo album's folder, composed once a run; to be read only."""
    # Not at the top: the rule about skips is also tried where auralisd is not on the path.
    from auralisd.demo.album import compose

    return compose(tmp_path_factory.mktemp("demo"), report=lambda _title: None)


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("auralisd", deadline=None, derandomize=os.environ.get("AURALISD_CAMPAIGN") != "1")
    settings.load_profile("auralisd")
    config.pluginmanager.register(SkipJudge(read_expected(EXPECTED_SKIPS.read_text())))
