"""Which folders can become music folders, and what is remembered of those that were chosen."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.errors import Conflict, InvalidRequest, NotFound, NotSupported, ReadOnly, RequestRefused, Unavailable
from auralisd.library.events import FoldersChanged, LibraryEvent
from auralisd.library.folders import Folder
from auralisd.library.housing import look_at
from auralisd.library.librarian import Librarian
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.adopting import adopt_file
from auralisd.store.database import Database
from auralisd.store.folders import empty_folder, find_choices, remove_folder
from auralisd.store.rows import OUTSIDE, ReadFile
from auralisd.supervise import Supervisor


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("Music/deep", "More", "state/auralis", ".cache/auralis", "home/.hidden/auralis"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "file.flac").touch()
    (tmp_path / "link").symlink_to(tmp_path / "Music" / "deep")
    (tmp_path / "alias").symlink_to(tmp_path / "Music")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    return tmp_path


def looked_at(place: Path, path: Path) -> Folder | RequestRefused | None:
    private = [bytes(place / "state" / "auralis"), bytes(place / "home" / ".hidden" / "auralis")]
    return look_at(bytes(path), [Folder(1, bytes(place / "Music"), "Music")], private)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("nowhere", NotFound),
        ("broken", NotFound),
        ("x" * 300, Unavailable),
        ("file.flac", NotSupported),
        ("file.flac/below", NotSupported),
        ("Music/deep", Conflict),
        ("link", Conflict),
        ("", Conflict),
        ("state", NotSupported),
        ("state/auralis", NotSupported),
        ("/", NotSupported),
        ("/proc", NotSupported),
        ("/sys/class", NotSupported),
        ("/dev", NotSupported),
        ("/proc/self/root", NotSupported),
    ],
)
def test_what_cannot_be_a_music_folder_is_refused_without_its_path(
    place: Path, name: str, refusal: type[Exception]
) -> None:
    found = looked_at(place, place / name)

    assert isinstance(found, refusal)
    assert "/" not in str(found)[2:]


def test_a_folder_that_nobody_has_yet_can_be_one_and_one_that_is_one_is_told(place: Path) -> None:
    assert looked_at(place, place / "More") is None
    assert looked_at(place, place / "home") is None  # what lies in it is hidden, and never looked into
    for same in ("Music", "alias"):
        assert looked_at(place, place / same) == Folder(1, bytes(place / "Music"), "Music")


class Home:
    """The librarian of a state folder, opened as a start does; `configured` None: the default."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.events: list[LibraryEvent] = []

    async def opened(self, *configured: str) -> Librarian:
        self.database = Database(self.place / "state", lambda *_: None)
        await self.database.open()
        librarian = Librarian(
            database=self.database,
            folders=[self.place / name for name in configured or ("Music",)],
            by_default=not configured,
            publish=self.events.append,
            supervisor=Supervisor(lambda *_: None),
            private=(self.place / "state",),
            watching=False,
        )
        await librarian.open()
        return librarian

    async def closed(self) -> None:
        await self.database.close()


@pytest.fixture
async def home(place: Path) -> AsyncIterator[Home]:
    home = Home(place)
    yield home
    await home.closed()


def names(librarian: Librarian) -> list[str]:
    return [os.path.basename(path).decode() for path in librarian.music_folders]


async def test_what_was_added_is_there_after_the_next_start_in_its_order(home: Home, place: Path) -> None:
    first = await home.opened("Music")
    for name in ("home", "More"):
        await first.housing.add(bytes(place / name))
    await home.closed()
    second = await home.opened("Music")
    [_, added, _] = await second.list_folders()
    await second.housing.remove(added.id)
    await home.closed()
    third = await home.opened("Music")

    assert names(second) == ["Music", "More"]
    assert names(third) == ["Music", "More"]
    assert added.name == "home"


async def test_the_default_folder_may_go_until_somebody_names_it(home: Home) -> None:
    first = await home.opened()
    [folder] = await first.list_folders()
    await first.housing.remove(folder.id)
    await home.closed()
    second = await home.opened()
    none = names(second)
    await home.closed()
    third = await home.opened("Music")
    named = names(third)
    await home.closed()
    fourth = await home.opened()

    assert (names(first), none, named) == ([], [], ["Music"])
    assert names(fourth) == ["Music"]


async def test_a_folder_of_the_configuration_is_not_removed_and_the_remedy_is_told(home: Home) -> None:
    librarian = await home.opened("Music")
    [folder] = await librarian.list_folders()
    with pytest.raises(ReadOnly, match="take it out of music_folders"):
        await librarian.housing.remove(folder.id)
    with pytest.raises(NotFound, match="no music folder 99"):
        await librarian.housing.remove(99)

    assert names(librarian) == ["Music"]
    assert home.events == []


async def test_the_configuration_counts_where_it_and_a_choice_cannot_both(home: Home, place: Path) -> None:
    first = await home.opened("More")
    await first.housing.add(bytes(place / "Music" / "deep"))
    await home.closed()
    second = await home.opened("Music")
    with_outer = names(second)
    await home.closed()

    assert with_outer == ["Music"]
    assert names(await home.opened("More")) == ["More", "deep"]


@pytest.mark.parametrize("path", [b"Music", b"", b"/a\0b"])
async def test_what_is_no_path_is_refused(home: Home, path: bytes) -> None:
    librarian = await home.opened("Music")
    with pytest.raises(InvalidRequest):
        await librarian.housing.add(path)


async def test_what_says_nothing_in_a_path_makes_no_other_folder(home: Home, place: Path) -> None:
    librarian = await home.opened("Music")
    number = await librarian.housing.add(bytes(place / "More"))
    again = await librarian.housing.add(b"/" + bytes(place) + b"/./More/../More//")

    assert again == number
    assert [event for event in home.events if isinstance(event, FoldersChanged)] == [
        FoldersChanged((bytes(place / "Music"), bytes(place / "More")))
    ]


async def test_folders_of_one_name_can_be_told_apart(home: Home, place: Path) -> None:
    (place / "home" / "Music").mkdir()
    librarian = await home.opened("Music")
    await librarian.housing.add(bytes(place / "home" / "Music"))

    assert [folder.name for folder in await librarian.list_folders()] == ["Music", "Music 2"]


async def test_a_track_that_was_opened_by_its_path_becomes_one_of_the_folder(home: Home, place: Path) -> None:
    librarian = await home.opened("Music")

    def outside(path: Path) -> ReadFile:
        return ReadFile((OUTSIDE, bytes(path)), FileFacts(1, 2, 3, 4), StreamFacts("flac"), Tags("T"))

    track, hidden, beside = [
        (await home.database.run(lambda rows, path=path: adopt_file(rows, outside(path), 0)))[0]  # type: ignore[misc]
        for path in (place / "More" / "a.flac", place / "More" / ".b" / "b.flac", place / "More2" / "c.flac")
    ]
    number = await librarian.housing.add(bytes(place / "More"))
    found = await librarian.tracks((track, hidden, beside))

    assert [found[each].folder for each in (track, hidden, beside)] == [number, OUTSIDE, OUTSIDE]
    assert found[track].path == bytes(place / "More" / "a.flac")


async def test_a_folder_that_was_not_empty_when_the_daemon_ended_is_emptied_by_the_next(
    home: Home, place: Path
) -> None:
    first = await home.opened("Music")
    number = await first.housing.add(bytes(place / "More"))

    def keep(rows: sqlite3.Connection) -> None:
        for inode in range(1200):
            facts, path = FileFacts(1, inode, 3, 4), b"%d.flac" % inode
            adopt_file(rows, ReadFile((number, path), facts, StreamFacts("flac"), Tags("T")), 0)
        remove_folder(rows, number, remembered=False)
        empty_folder(rows, number, 9)

    await home.database.run(keep)
    await home.closed()
    second = await home.opened("Music")
    second.housing.empty_the_rest()
    left = "SELECT count(*) FROM track WHERE gone_unix_s IS NULL"
    async with asyncio.timeout(20):
        while await home.database.ask(lambda rows: rows.execute(left).fetchone()) != (0,):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)

    assert (await home.database.run(find_choices)).leaving == ()
    assert second.track_count == 0


async def test_a_folder_that_comes_back_while_it_is_emptied_keeps_what_is_left(home: Home, place: Path) -> None:
    librarian = await home.opened("Music")
    number = await librarian.housing.add(bytes(place / "More"))
    held = threading.Event()
    waiting = home.database.submit(lambda _: held.wait(10))
    leaving = asyncio.ensure_future(librarian.housing.remove(number))
    coming = asyncio.ensure_future(librarian.housing.add(bytes(place / "More")))
    await asyncio.sleep(0.05)
    held.set()
    await asyncio.gather(waiting, leaving)

    assert await coming == number
    assert (await home.database.run(find_choices)).leaving == ()
    assert names(librarian) == ["Music", "More"]
