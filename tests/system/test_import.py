"""Music from elsewhere, copied into a music folder by a real worker."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from auralisd.doors.child import Child, start_child
from auralisd.doors.worker import Answer
from auralisd.errors import InvalidRequest, LimitExceeded, NotFound, RequestRefused, Unavailable
from auralisd.jobs.bring import MAX_FILES, Bring
from auralisd.jobs.job import JobFailed, Step
from auralisd.model.track import MOST_IMPORTED_BYTES
from tests.music import odd_name, write_music
from tests.system.test_upkeep import Living

pytestmark = pytest.mark.system


async def start_crashing_worker() -> Child:
    return await start_child("tests.crashing_worker", Answer)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


async def imported(living: Living, *paths: Path, **options: Any) -> dict[str, Any]:
    kind = Bring(living.library, supervisor=living.supervisor)
    work = await kind.prepare({"uris": tuple(bytes(path) for path in paths), "into": 1, **options})
    steps: list[Step] = []
    result = await work.run(steps.append)
    assert [step.done for step in steps] == list(range(len(steps)))
    return result


def grown(path: Path, content: bytes, size: int) -> Path:
    with open(path, "wb") as file:
        file.write(content)
        file.truncate(size)
    return path


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_every_format_is_copied_byte_for_byte_and_is_a_track_at_once(
    music: Path, stick: Path, tmp_path: Path
) -> None:
    files = [write_music(stick / f"{suffix[1:]}{suffix}") for suffix in (".flac", ".mp3", ".ogg", ".opus", ".wav")]
    async with Living(music, tmp_path) as living:
        result = await imported(living, *files)
        tracks = await living.library.tracks(tuple(result["tracks"]))

    assert result["files"] == [path.name for path in files]
    assert [track.file_name for track in tracks.values()] == result["files"]
    for path in files:
        copy = music / path.name
        assert copy.read_bytes() == path.read_bytes()
        assert copy.stat().st_mtime_ns == path.stat().st_mtime_ns
    assert names_in(music) == set(result["files"])


async def test_what_scans_find_while_it_is_imported_is_one_track_each(music: Path, stick: Path, tmp_path: Path) -> None:
    files = [write_music(stick / f"{number}.flac", track=number, seconds=0.05) for number in range(30)]
    async with Living(music, tmp_path) as living:
        importing = asyncio.ensure_future(imported(living, *files))
        while not importing.done():
            await living.library.scan(living.library.wanted_scan(()), lambda _: None)
        result = importing.result()
        page = await living.library.query("", cursor="", limit=500, sort="", descending=False, offset=0)

    assert sorted(result["files"]) == sorted(path.name for path in files)
    assert sorted(track.id for track in page.rows) == sorted(result["tracks"])


async def test_a_file_that_is_there_is_never_replaced(music: Path, stick: Path, tmp_path: Path) -> None:
    there = write_music(music / "a.flac", track=1)
    before = there.read_bytes()
    async with Living(music, tmp_path) as living:
        result = await imported(living, write_music(stick / "a.flac", track=2))

    assert result["files"] == ["a (2).flac"]
    assert there.read_bytes() == before


async def test_what_sounds_like_a_track_that_is_there_is_copied_only_when_asked(
    music: Path, stick: Path, tmp_path: Path
) -> None:
    there = write_music(music / "a.flac")
    copy = Path(shutil.copy(there, stick / "b.flac"))
    async with Living(music, tmp_path) as living:
        [track] = await living.library.album_order()
        result = await imported(living, copy)
        assert (result["files"], result["same"]) == ([], [("b.flac", track)])
        again = await imported(living, copy, duplicates=True)

    assert again["files"] == ["b.flac"]


async def test_each_file_that_cannot_be_read_is_named_and_the_others_come(
    music: Path, stick: Path, tmp_path: Path
) -> None:
    (stick / "noise.flac").write_bytes(os.urandom(10_000))
    (stick / "empty.mp3").touch()
    good = write_music(stick / "good.flac")
    async with Living(music, tmp_path) as living:
        result = await imported(living, stick / "noise.flac", stick / "empty.mp3", good)

    assert result["refusals"] == [("noise.flac", "not-audio"), ("empty.mp3", "empty")]
    assert names_in(music) == {"good.flac"}


async def test_a_name_that_is_no_text_becomes_one(music: Path, stick: Path, tmp_path: Path) -> None:
    odd = odd_name(stick)
    shutil.copy(write_music(stick / "a.flac"), odd)
    async with Living(music, tmp_path) as living:
        result = await imported(living, odd)

    [name] = result["files"]
    assert (music / name).read_bytes() == odd.read_bytes()


async def test_what_cannot_be_is_refused_before_anything_is_copied(music: Path, stick: Path, tmp_path: Path) -> None:
    good = write_music(stick / "good.flac")
    huge = grown(stick / "huge.wav", b"", MOST_IMPORTED_BYTES + 1)
    refusals: list[tuple[dict[str, Any], type[RequestRefused], str]] = [
        ({"uris": ()}, InvalidRequest, "at least one"),
        ({"uris": tuple(b"/%d.flac" % number for number in range(MAX_FILES + 1))}, LimitExceeded, "200"),
        ({"uris": (bytes(good), bytes(huge))}, LimitExceeded, "huge.wav is larger than 500 MB"),
        ({"uris": (bytes(good), bytes(stick / "none.flac"))}, InvalidRequest, "none.flac is not there"),
        ({"uris": (b"/etc/passwd",)}, InvalidRequest, "passwd has no ending of music"),
        ({"uris": (bytes(good),), "into": 99}, NotFound, "no music folder 99"),
        ({"uris": (bytes(good),), "tracks": [1]}, InvalidRequest, "not tracks"),
    ]
    async with Living(music, tmp_path) as living:
        kind = Bring(living.library, supervisor=living.supervisor)
        for spec, refusal, words in refusals:
            with pytest.raises(refusal, match=words):
                await kind.prepare({"into": 1, **spec})
        os.rename(music, tmp_path / "away")
        with pytest.raises(Unavailable, match="connect its drive"):
            await kind.prepare({"uris": (bytes(good),), "into": 1})

    assert names_in(tmp_path / "away") == set()


async def test_a_job_that_is_cancelled_leaves_no_part_of_a_file(music: Path, stick: Path, tmp_path: Path) -> None:
    big = grown(stick / "big.wav", write_music(stick / "a.wav", seconds=1).read_bytes(), 300_000_000)
    async with Living(music, tmp_path) as living:
        kind = Bring(living.library, supervisor=living.supervisor)
        work = await kind.prepare({"uris": (bytes(big),), "into": 1})
        running = asyncio.create_task(work.run(lambda _: None))
        async with asyncio.timeout(20):
            while not names_in(music):  # noqa: ASYNC110  nobody tells of a hidden folder
                await asyncio.sleep(0.005)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert names_in(music) == set()


async def test_a_worker_that_dies_fails_the_job_and_names_the_file(music: Path, stick: Path, tmp_path: Path) -> None:
    async with Living(music, tmp_path) as living:
        kind = Bring(living.library, supervisor=living.supervisor, start=start_crashing_worker)
        work = await kind.prepare({"uris": (bytes(write_music(stick / "crash.flac")),), "into": 1})
        with pytest.raises(JobFailed, match=r"crash\.flac: .*import the rest again"):
            await work.run(lambda _: None)

    assert names_in(music) == set()
