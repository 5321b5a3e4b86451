"""How long an answer takes, at 100,000 tracks, alone and while a scan writes.

`python -m benchmarks.query [ROWS]`: a synthetic database with words as frequent as in a language, and ten typical
expressions, each with many different words; a page has 100 rows.  Nothing is answered twice, so nothing is answered
from the page before.  Beside a scan, batches of 500 new tracks are written one after another meanwhile.
"""

import asyncio
import contextlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from auralisd.library.query import wanted_page, wanted_parts
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.browsing import KINDS, find_parts
from auralisd.store.database import Database
from auralisd.store.hits import Hits
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_page
from auralisd.store.tracks import add_tracks, keep_folders

_TIMES = 100
_GENRES = ("Rock", "Pop", "Jazz", "Electronic", "Classical", "Folk", "Hip Hop", "Metal", "Soul", "Ambient")
_BATCH = 500
_NOW_UNIX_S = 1_800_000_000

Took = tuple[float, float]


class Words:
    """8,000 invented words, the nth as often as 1/n."""

    def __init__(self, dice: random.Random) -> None:
        syllables = [start + end for start in (*"bdfgklmnprst", "tr", "st") for end in (*"aeiou", "ai")]
        made = ("".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(8000))
        self.all = ["the", "a", "of", "in", "love", *made]
        self._upto: list[float] = []
        for rank in range(len(self.all)):
            self._upto.append((self._upto[-1] if self._upto else 0) + 1 / (rank + 2))
        self._dice = dice

    def some(self, count: int) -> str:
        return " ".join(self._dice.choices(self.all, cum_weights=self._upto, k=count)).title()


def files(words: Words, dice: random.Random, numbers: range) -> list[ReadFile]:
    """Albums of twelve tracks, forty albums an artist."""
    made: list[ReadFile] = []
    for number in numbers:
        if number % 480 == 0 or not made:
            artist, genre = words.some(2), dice.choice(_GENRES)
        if number % 12 == 0 or not made:
            album, year = f"{words.some(2)} {number // 12}", dice.randint(1955, 2025)
        tags = Tags(
            words.some(4), (artist,), album, artist, number % 12 + 1, 1, str(year), (genre,), composers=(artist,)
        )
        stream = StreamFacts("flac", dice.randint(90, 600) * 1_000_000, 44_100, 2, 16, 900)
        made.append(ReadFile((1, b"%d.flac" % number), FileFacts(1, number, 1, 1), stream, tags))
    return made


async def fill(database: Database, rows: int, words: Words, dice: random.Random) -> float:
    """Answers how many rows were written in a second."""
    await database.run(lambda connection: keep_folders(connection, [(b"/music", "music")]))
    began_s = time.perf_counter()
    for start in range(0, rows, 480):
        batch = files(words, dice, range(start, min(start + 480, rows)))
        added_unix_s = _NOW_UNIX_S - (rows - start) * 60
        await database.run(lambda connection, batch=batch, at=added_unix_s: add_tracks(connection, batch, at))  # type: ignore[misc]
    await database.run(lambda connection: listen(connection, rows, dice))
    return rows / (time.perf_counter() - began_s)


def listen(connection: sqlite3.Connection, rows: int, dice: random.Random) -> None:
    """A third of the tracks was played, and a tenth of these rated."""
    connection.executemany(
        "INSERT INTO listening (track, favourite, rating, plays, skips, last_played_unix_s) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                track,
                dice.random() < 0.05,
                round(dice.random(), 1) if dice.random() < 0.1 else None,
                dice.randint(1, 40),
                dice.randint(0, 5),
                _NOW_UNIX_S - int(dice.expovariate(1 / (200 * 86_400))),
            )
            for track in dice.sample(range(1, rows + 1), rows // 3)
        ),
    )


def expressions(words: Words, dice: random.Random) -> dict[str, Callable[[], str]]:
    """Ten typical ones; each call makes another."""

    def rare() -> str:
        return dice.choice(words.all[50:])

    def artist() -> int:
        return dice.randint(1, 200)

    return {
        "every track": lambda: "",
        "one word": rare,
        "one or two typed letters": lambda: rare()[: dice.randint(1, 2)],
        "three to five typed letters": lambda: rare()[: dice.randint(3, 5)],
        "two words": lambda: words.some(2),
        "artist:word title:word": lambda: f"artist:{rare()[:3]} title:{words.some(1)}",
        "genre and years": lambda: f"genre:{dice.choice(_GENRES).split()[0]} year>={dice.randint(1955, 2020)}",
        "rating>0.6 or favourite": lambda: f"rating>0.{dice.randint(1, 9)} or favourite plays>{dice.randint(1, 9)}",
        "played<30d skips<3": lambda: f"played<{dice.randint(1, 90)}d skips<{dice.randint(2, 6)}",
        "artist_id=7 duration<4m": lambda: f"artist_id={artist()} duration<{dice.randint(120, 300)}",
    }


class Asker:
    """Asks the store as the librarian does; answers how long it took and how much of that was work, in ms."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hits = Hits(reuse=True)

    async def page(self, expression: str, sort: str = "", offset: int = 0) -> Took:
        wanted = wanted_page(expression, cursor="", limit=100, sort=sort, descending=False, offset=offset)
        return await self._timed(
            lambda connection: find_page(connection, wanted, hits=self._hits, now_unix_s=_NOW_UNIX_S)
        )

    async def parts(self, kind: str, expression: str) -> Took:
        wanted = wanted_parts(kind, expression, cursor="", limit=100, descending=False, offset=0)
        return await self._timed(
            lambda connection: find_parts(connection, wanted, hits=self._hits, now_unix_s=_NOW_UNIX_S)
        )

    async def _timed(self, question: Callable[[sqlite3.Connection], object]) -> Took:
        def ask(connection: sqlite3.Connection) -> float:
            began_s = time.thread_time()
            question(connection)
            return time.thread_time() - began_s

        began_s = time.perf_counter()
        work_s = await self._database.ask(ask)
        return (time.perf_counter() - began_s) * 1000, work_s * 1000


def told(what: str, took: list[Took]) -> None:
    waited, work = ([each[index] for each in took] for index in (0, 1))
    p99_ms, work_p99_ms = (statistics.quantiles(times, n=100)[98] for times in (waited, work))
    print(f"{what}: median {statistics.median(waited):.1f} ms, p99 {p99_ms:.1f} ms (at work {work_p99_ms:.1f} ms)")


async def ask_all(asker: Asker, made: dict[str, Callable[[], str]], where: str) -> None:
    everything = []
    for name, make in made.items():
        took = [await asker.page(make()) for _ in range(_TIMES)]
        told(f"{name}{where}", took)
        everything += took
    told(f"all ten{where}", everything)


@contextlib.asynccontextmanager
async def scanning(database: Database, words: Words, dice: random.Random, rows: int) -> AsyncIterator[None]:
    """New tracks come in as fast as the store takes them."""
    batches = [files(words, dice, range(start, start + _BATCH)) for start in range(rows, rows + 20 * _BATCH, _BATCH)]
    ended = False

    async def write() -> None:
        number = 0
        while not ended:
            batch = [
                msgspec.structs.replace(file, place=(1, b"%d %d.flac" % (number, index)))
                for index, file in enumerate(batches[number % len(batches)])
            ]
            await database.run(lambda connection, batch=batch: add_tracks(connection, batch, _NOW_UNIX_S))  # type: ignore[misc]
            number += 1

    writing = asyncio.create_task(write())
    yield
    ended = True
    await writing


async def measure(state: Path, rows: int) -> None:
    database = Database(state, lambda *_: None)
    await database.open()
    dice = random.Random(1)
    words = Words(dice)
    print(f"tracks written to the database: {await fill(database, rows, words, dice):.0f} /s")
    asker, made = Asker(database), expressions(words, dice)
    await asker.page("a")
    await ask_all(asker, made, "")
    for sort in ("title", "artist", "added", "year", "duration", "rating", "plays", "played"):
        told(f"sorted by {sort}", [await asker.page(words.some(1), sort) for _ in range(_TIMES)])
    told("every track, a jump to the middle", [await asker.page("", "", rows // 2) for _ in range(_TIMES)])
    for kind in KINDS:
        told(f"{kind}, of all", [await asker.parts(kind, "") for _ in range(20)])
        told(f"{kind}, of a word", [await asker.parts(kind, words.some(1)) for _ in range(20)])
    async with scanning(database, words, dice, rows):
        await ask_all(asker, made, ", during a scan")
    await database.close()


def main(rows: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), rows))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
