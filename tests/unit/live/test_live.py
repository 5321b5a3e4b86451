"""What the terminal shows."""

import asyncio
import contextlib
import logging
import os
import pty

import pytest
from rich.console import Console

from auralisd.doors.sound import DeviceState, MetersRead
from auralisd.live.lines import Lines, one_line
from auralisd.live.view import LiveView
from auralisd.live.words import bar, clock_text, track_name
from auralisd.logs import StderrNow
from auralisd.model.plan import MasteringPlan
from auralisd.model.taste import Taste
from auralisd.playback.snapshot import PLAYING, Entry, Mastering, Snapshot
from tests.builders import a_track

PLAN = MasteringPlan(
    "adaptive",
    1.0,
    "adaptive",
    input_lufs=-20.0,
    target_lufs=-14.0,
    expected_lufs=-14.0,
    gain_db=6.0,
    ceiling_dbtp=-1.0,
)


class Played:
    """A player of which the view sees one moment."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def position_us(self) -> int:
        return 90_000_000

    async def meters(self) -> MetersRead:
        return MetersRead(1, short_in_lufs=-21.5, short_out_lufs=-15.5, gain_reduction_db=2.5)


def playing(**changes: object) -> Snapshot:
    fields: dict[str, object] = {
        "status": PLAYING,
        "entries": (Entry(1, 1), Entry(2, 2)),
        "current_index": 0,
        "current_entry": 1,
        "current": a_track(title="Aria", artists=("Ada",), album="Album"),
        "length_us": 180_000_000,
        "mastering": Mastering(PLAN, 1),
        "device": DeviceState("running", "default", 44_100, 2, "S32_LE", 882, 22_050, 80.0),
    }
    return Snapshot(**(fields | changes))  # type: ignore[arg-type]


async def drawn(snapshot: Snapshot) -> str:
    """One picture, as text."""
    console = Console(width=100, record=True, force_terminal=True, file=open("/dev/null", "w"))  # noqa: SIM115, ASYNC230
    view = LiveView(Played(snapshot), track_count=lambda: 2, scanning=lambda: False)
    console.print(await view.picture())
    console.file.close()
    return console.export_text()


async def test_the_view_shows_track_progress_loudness_reduction_plan_and_output() -> None:
    text = await drawn(playing())

    for shown in (
        "Aria · Ada · Album",
        "1 of 2",
        "1:30 / 3:00",
        "-21.5 LUFS",
        "-15.5 LUFS",
        "2.5 dB",
        "+6.0 dB",
        "S32_LE",
    ):
        assert shown in text


async def test_the_view_says_when_the_samples_are_untouched() -> None:
    assert "untouched" in await drawn(playing(taste=Taste(enabled=False), mastering=Mastering()))


async def test_the_view_says_that_the_original_is_heard_for_comparison() -> None:
    plan = MasteringPlan("adaptive", 1.0, "bypassed", gain_db=-2.5)

    assert "bypassed: the original" in await drawn(playing(mastering=Mastering(plan, 1)))


async def test_the_view_says_what_replay_gain_does() -> None:
    plan = MasteringPlan("adaptive", 1.0, "levelled", gain_db=-2.5, album=True)
    taste = Taste(enabled=False, replay_gain="album")

    assert "ReplayGain of the album: gain −2.5 dB" in await drawn(playing(taste=taste, mastering=Mastering(plan, 1)))


async def test_the_view_says_why_the_output_is_silent() -> None:
    device = DeviceState("running", "silent", 44_100, 2, "S16_LE", note="no sound: nothing opens")

    assert "no sound: nothing opens" in await drawn(playing(device=device))


async def test_the_view_of_an_empty_queue_says_how_many_tracks_there_are() -> None:
    assert "nothing queued (2 tracks)" in await drawn(Snapshot())


def test_a_line_waits_until_it_is_known_what_is_done_to_the_track() -> None:
    assert one_line(playing(mastering=Mastering())) == ""
    assert one_line(playing(mastering=Mastering(PLAN, 7))) == "", "the plan of the track before"
    assert one_line(playing()).startswith("playing Aria · Ada · Album — −20.0 → −14.0 LUFS")


async def test_each_track_is_one_line_however_often_something_changes(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(Played(playing()))
    task = asyncio.create_task(lines.run())
    for _ in range(3):
        lines.changed()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    task.cancel()

    assert capsys.readouterr().out.count("\n") == 1


async def test_lines_that_nobody_reads_end_and_disturb_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as broken:
        monkeypatch.setattr("sys.stdout", broken)
        lines = Lines(Played(playing()))
        lines.changed()
        async with asyncio.timeout(1):
            await lines.run()


async def test_a_terminal_that_is_gone_ends_the_view_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    gone = os.fdopen(theirs, "w")
    monkeypatch.setattr("sys.stdout", gone)
    os.close(ours)
    async with asyncio.timeout(1):
        await LiveView(Played(playing()), track_count=lambda: 2, scanning=lambda: False).run()
    with contextlib.suppress(OSError):
        gone.close()


def test_a_track_without_a_title_goes_by_its_files_name() -> None:
    assert track_name(a_track(title=None, artists=(), album=None, path=b"/music/b.ogg")) == "b.ogg"


@pytest.mark.parametrize(("position_us", "text"), [(0, "0:00"), (187_000_000, "3:07"), (3_723_000_000, "1:02:03")])
def test_times_read_as_on_a_clock(position_us: int, text: str) -> None:
    assert clock_text(position_us) == text


@pytest.mark.parametrize(
    ("value", "drawn_bar"), [(None, "    "), (-99, "    "), (0.5, "██  "), (9, "████"), (0.28, "█▏  ")]
)
def test_a_bar_is_as_long_as_its_value(value: float | None, drawn_bar: str) -> None:
    assert bar(value, 0, 1, 4) == drawn_bar


async def test_a_log_line_stands_whole_above_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb", buffering=0) as screen:
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr("sys.stdout", terminal)
        monkeypatch.setattr("sys.stderr", terminal)
        logger = logging.Logger("house")
        logger.addHandler(logging.StreamHandler(StderrNow()))
        view = LiveView(Played(playing()), track_count=lambda: 2, scanning=lambda: False)
        task = asyncio.create_task(view.run())
        await asyncio.sleep(0.1)
        drawn_first = screen.read(65_536) or b""
        logger.warning("device lost")
        then = screen.read(65_536) or b""
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    # Before the line the view is wiped row by row, behind it the view is drawn anew.
    wiped, _, anew = then.partition(b"device lost\r\n")
    assert b"S32_LE" in drawn_first
    assert wiped.endswith(b"\x1b[2K")
    assert b"S32_LE" in anew
