"""A library at work, whose listener writes one number after another for its tracks and says which are kept.

It is killed in the midst of it, while it scans.
"""

import asyncio
import itertools
import sys
from pathlib import Path

from auralisd.library.librarian import Librarian
from auralisd.store.database import Database
from auralisd.supervise import Supervisor


async def main(music: Path, state: Path, start: int) -> None:
    supervisor = Supervisor(lambda *_: sys.exit(1))
    database = Database(state, supervisor.report)
    await database.open()
    librarian = Librarian(
        database=database, folders=[music], publish=lambda _: None, supervisor=supervisor, measuring=False
    )
    await librarian.open()
    supervisor.start("librarian", librarian.run())
    for number in itertools.count(start * 1_000_000):
        page = await librarian.query("", cursor="", limit=20, sort="", descending=False, offset=0)
        for track in page.rows:
            await librarian.remember_preset(track.id, "track", str(number))
            print(track.id, number, flush=True)
        await asyncio.sleep(0.001)


if __name__ == "__main__":
    Path(sys.argv[2]).mkdir(exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
