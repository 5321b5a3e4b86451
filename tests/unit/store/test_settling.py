"""Albums settle at the end of each transaction, whoever wrote there; those of older versions when they are opened."""

import contextlib
import sqlite3
from pathlib import Path

from auralisd.store.albums import identity_of
from auralisd.store.database import FILE_NAME, Database
from auralisd.store.knowing import remember_for_album
from auralisd.store.migrations import MIGRATIONS, migrate
from auralisd.store.settling import UNSETTLED
from auralisd.store.tracks import add_tracks, keep_folders
from tests.older import write_tracks
from tests.unit.store.test_albums import a_file, song

SAMPLER = [song(f"a/{n}", n, album_artist=f"Artist {n}", mb_album="x" if n == 3 else None) for n in (1, 2, 3)]


PILE = 1_000


def by_identity(connection: sqlite3.Connection) -> list[tuple[int]]:
    return connection.execute(
        "SELECT count(*) FROM track WHERE album_identity != '' GROUP BY album_identity ORDER BY 1"
    ).fetchall()


async def test_albums_are_settled_at_the_end_of_each_transaction_whoever_writes(tmp_path: Path) -> None:
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    await database.run(lambda connection: keep_folders(connection, [(b"/music", "music")]))
    for number, each in enumerate(SAMPLER, 1):
        file = a_file(number, each)
        await database.run(lambda connection, file=file: add_tracks(connection, [file], 0))  # type: ignore[misc]
    whole = await database.ask(by_identity)
    await database.run(lambda connection: connection.execute("DELETE FROM track WHERE id = 3"))
    without = await database.ask(lambda connection: connection.execute("SELECT album_identity FROM track").fetchall())
    unsettled = await database.ask(lambda connection: connection.execute("SELECT count(*) FROM unsettled").fetchone())
    await database.close()

    assert whole == [(3,)]
    assert len(set(without)) == 1
    assert unsettled == (0,)


async def test_a_library_of_an_older_version_has_its_albums_by_the_rule_when_it_is_opened(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as old:
        migrate(old, MIGRATIONS[: MIGRATIONS.index(UNSETTLED)])
        keep_folders(old, [(b"/music", "music")])
        old.execute("BEGIN")
        pile = [song(f"pile/{n}", n, album="Pile", album_artist="Ada") for n in range(PILE)]
        write_tracks(old, [a_file(number, each) for number, each in enumerate((*SAMPLER, *pile), 1)])
        old.execute("UPDATE track SET album_group = ''")
        old.execute("UPDATE track SET album_identity = path WHERE album = 'Pile'")
        assert len(by_identity(old)) == 3 + PILE
        remember_for_album(old, identity_of(old, 1) or "", "warm")
        old.execute("COMMIT")
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    found = await database.ask(by_identity)
    presets = await database.ask(
        lambda connection: connection.execute(
            "SELECT preset, album IN (SELECT album_identity FROM track) FROM album_preset"
        ).fetchall()
    )
    await database.close()

    assert found == [(3,), (PILE,)]
    assert presets == [("warm", 1)]
    assert len(list((tmp_path / "backups").iterdir())) == 1
