"""What goes wrong around the library costs only itself: crashing files, hanging reads, exhausted watches."""

import asyncio
import errno
import gc
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path

import pytest
from watchdog.observers.inotify_c import InotifyFD

from auralisd.doors.child import Child, start_child
from auralisd.doors.worker import Answer
from auralisd.library.errands import Errands, WorkerDied, start_worker
from auralisd.library.events import FolderFault, LibraryChanged, LibraryEvent, ProfileReady
from auralisd.library.librarian import Librarian
from auralisd.store.database import Database
from auralisd.supervise import Supervisor
from tests.music import copies, write_music

pytestmark = pytest.mark.system


async def start_crashing_worker() -> Child:
    return await start_child("tests.crashing_worker", Answer)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder


async def _scanned(
    music: Path,
    state: Path,
    *,
    crashing: bool = False,
    measuring: bool = False,
    until: type[LibraryEvent] | None = None,
) -> tuple[Librarian, list[LibraryEvent]]:
    """One look at everything, and, with `until`, such an event."""
    events: list[LibraryEvent] = []
    seen = asyncio.Event()

    def publish(event: LibraryEvent) -> None:
        events.append(event)
        if until is not None and isinstance(event, until):
            seen.set()

    supervisor = Supervisor(lambda *_: None)
    database = Database(state, lambda *_: None)
    await database.open()
    librarian = Librarian(
        database=database,
        folders=[music],
        publish=publish,
        supervisor=supervisor,
        start=start_crashing_worker if crashing else start_worker,
        measuring=measuring,
    )
    await librarian.open()
    supervisor.start("librarian", librarian.run())
    async with asyncio.timeout(60):
        await librarian.scanned_once()
        if until is not None:
            await seen.wait()
    await supervisor.close()
    await librarian.close()
    await database.close()
    return librarian, events


async def test_a_file_that_crashes_its_reader_costs_only_itself(
    music: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    copies(seed, music, 100)
    seed.rename(music / "crash.flac")
    first, _ = await _scanned(music, tmp_path, crashing=True)
    deaths = caplog.text.count("worker died")
    caplog.clear()
    again, _ = await _scanned(music, tmp_path, crashing=True)

    assert first.track_count == again.track_count == 100
    assert deaths == 3
    assert "worker died" not in caplog.text


async def test_a_file_that_crashes_its_reader_costs_only_itself_while_several_workers_read(
    music: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    for folder in range(5):
        copies(seed, music / str(folder), 500)
    seed.rename(music / "3" / "crash.flac")
    library, _ = await _scanned(music, tmp_path, crashing=True)

    assert library.track_count == 2500
    assert caplog.text.count("worker died") == 3


async def test_a_worker_that_hangs_is_ended_at_its_deadline(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auralisd.library.errands.ANSWER_S", 1.0)
    supervisor = Supervisor(lambda *_: None)
    errands = Errands("scanning", start_crashing_worker, supervisor)
    with pytest.raises(WorkerDied) as death:
        await errands.read_tags((bytes(music / "hang.flac"),))
    answer = await errands.read_tags((bytes(music / "none.flac"),))
    await errands.close()

    assert death.value.hung
    assert not death.value.crashed
    assert answer.files[0].code == "missing"


async def test_a_file_on_a_drive_that_does_not_answer_is_read_once_it_does(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("auralisd.library.errands.ANSWER_S", 1.0)
    monkeypatch.setattr("auralisd.library.keeping._AGAIN_S", 0.1)
    write_music(music / "hang.flac")
    answering = asyncio.get_running_loop().call_later(3.0, (music / "awake").touch)
    librarian, _ = await _scanned(music, tmp_path, crashing=True, until=LibraryChanged)
    answering.cancel()

    assert librarian.track_count == 1
    assert "files do not answer count=1" in caplog.text


async def test_a_track_on_a_drive_that_does_not_answer_is_away_and_not_gone(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_music(music / "hang.flac")
    (music / "awake").touch()
    await _scanned(music, tmp_path, crashing=True)
    (music / "awake").unlink()
    monkeypatch.setattr("auralisd.library.errands.ANSWER_S", 1.0)
    os.utime(file, ns=(1, 1))
    _, events = await _scanned(music, tmp_path, crashing=True, until=LibraryChanged)
    (change,) = [event for event in events if isinstance(event, LibraryChanged)]

    assert (change.unavailable, change.removed) == (1, 0)


async def test_a_worker_runs_only_when_nobody_else_wants_the_processor(music: Path) -> None:
    errands = Errands("scanning", start_worker, Supervisor(lambda *_: None))
    await errands.read_tags((bytes(music / "none.flac"),))
    assert errands.pid is not None
    policy, niceness = os.sched_getscheduler(errands.pid), os.getpriority(os.PRIO_PROCESS, errands.pid)
    await errands.close()

    assert (policy, niceness) == (os.SCHED_IDLE, 19)


async def test_an_idle_worker_leaves(music: Path) -> None:
    supervisor = Supervisor(lambda *_: None)
    errands = Errands("scanning", start_worker, supervisor, idle_s=0.1)
    await errands.read_tags((bytes(music / "none.flac"),))
    assert errands.pid is not None
    await asyncio.sleep(0.5)

    assert errands.pid is None
    await supervisor.close()


async def test_a_measured_track_is_told_and_kept(music: Path, tmp_path: Path) -> None:
    write_music(music / "a.flac", seconds=1)
    _, events = await _scanned(music, tmp_path, measuring=True, until=ProfileReady)
    (ready,) = [event for event in events if isinstance(event, ProfileReady)]

    assert ready.profile.frames == 48_000


async def test_the_end_of_watches_is_told_with_the_folder_and_the_remedy(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The kernel's limit cannot be lowered for one process: its refusal is put in its place."""
    (music / "below").mkdir()
    real = InotifyFD.add_callback

    def refuse(reader: InotifyFD, path: bytes, *rest: object) -> object:
        if path.endswith(b"below"):
            raise OSError(errno.ENOSPC, "no space")
        return real(reader, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(InotifyFD, "add_callback", refuse)
    _, events = await _scanned(music, tmp_path)
    (told,) = [line for line in caplog.messages if "code=watch-limit" in line]

    assert FolderFault("Music", "watch-limit") in events
    assert "folder=Music" in told
    assert "sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512" in told


async def test_without_any_watch_everything_is_read_once_and_the_limit_is_told(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's limit of instances cannot be lowered for one process either."""
    write_music(music / "a.flac")

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "too many instances")

    monkeypatch.setattr(InotifyFD, "__init__", refuse)
    librarian, events = await _scanned(music, tmp_path)

    assert librarian.track_count == 1
    assert FolderFault("Music", "watch-limit") in events


async def test_no_log_line_and_no_refusal_names_a_folder(
    music: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    (music / "secret place").mkdir()
    (music / "secret place" / "noise.mp3").write_bytes(b"\x55" * 5000)
    write_music(music / "secret place" / "a.flac")
    await _scanned(music, tmp_path)

    assert "noise.mp3" in caplog.text
    assert "secret" not in caplog.text
    assert str(tmp_path) not in caplog.text


async def _largest_of_an_empty_database(folder: Path) -> int:
    database = Database(folder, lambda *_: None)
    await database.open()
    largest = max(path.stat().st_size for path in folder.iterdir())  # noqa: ASYNC240  nobody else waits
    await database.close()
    return largest


def test_a_scan_that_cannot_be_kept_ends_and_says_so(music: Path, tmp_path: Path) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    copies(seed, music, 1200)
    (tmp_path / "empty").mkdir()
    # As on a full disk: room for an empty database, and for few tracks in it.
    room_bytes = asyncio.run(_largest_of_an_empty_database(tmp_path / "empty")) + 80_000
    full = ("prlimit", f"--fsize={room_bytes}", sys.executable, "-m", "auralisd", "scan", str(music))
    done = subprocess.run(full, capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode == 1
    assert "the scan broke off" in done.stderr


class _BusySelector(selectors.DefaultSelector):
    """Notes the processor time that the loop's thread took between two looks at its sockets.

    Not the time on the clock: on a machine that is shared, that says more of the neighbours.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest_s = 0.0
        self._left_at_s = time.thread_time()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.longest_s = max(self.longest_s, time.thread_time() - self._left_at_s)
        ready = super().select(timeout)
        self._left_at_s = time.thread_time()
        return ready


@pytest.mark.alone
def test_a_scan_of_thousands_never_holds_the_loop(music: Path, tmp_path: Path) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    for folder in range(50):
        copies(seed, music / str(folder), 100)
    selector = _BusySelector()
    gc.disable()  # the heap of a test run is not the daemon's: to look through it takes longer than what is measured
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        librarian, _ = runner.run(_scanned(music, tmp_path))
    gc.enable()

    assert librarian.track_count == 5000
    assert selector.longest_s < 0.008
