"""A library whose drive is mounted and taken away: run in a mount namespace of its own, it says what became of it."""

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.music import write_music
from tests.system.living import living


def _mount(*words: str) -> None:
    subprocess.run(words, check=True)


async def main(folder: Path) -> None:
    music = folder / "Music"
    music.mkdir()
    async with living(music, folder / "state") as library:
        _mount("mount", "-t", "tmpfs", "none", str(music))
        write_music(music / "a.flac")
        track = (await library.until(lambda rows: "a.flac" in rows))["a.flac"].id
        # Watched is what lies on the drive now, not what it hides.
        write_music(music / "b.flac")
        await library.until(lambda rows: "b.flac" in rows)
        _mount("mount", "-t", "tmpfs", "none", str(music))
        await library.until(lambda rows: not rows)
        kept = (await library.librarian.tracks((track,)))[track]
        _mount("umount", str(music))
        rows = await library.until(lambda rows: len(rows) == 2)
        _mount("umount", str(music))
        await library.until(lambda rows: not rows)
    print("kept" if (kept.available, rows["a.flac"].id) == (False, track) else "lost")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
