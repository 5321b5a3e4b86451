"""The librarian's start."""

from pathlib import Path

import pytest

from auralisd.errors import StartRefused
from auralisd.library.librarian import Librarian
from auralisd.store.database import Database
from auralisd.supervise import Supervisor


async def test_a_start_on_a_full_disk_is_refused_with_the_remedy(tmp_path: Path) -> None:
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    await database.run(lambda connection: connection.execute("PRAGMA query_only = 1"))
    librarian = Librarian(
        database=database, folders=[tmp_path], publish=lambda _: None, supervisor=Supervisor(lambda *_: None)
    )
    with pytest.raises(StartRefused, match="make room on its disk"):
        await librarian.open()
    await database.close()
