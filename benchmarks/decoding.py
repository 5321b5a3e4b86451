"""How fast each format is decoded: seconds of stereo at 44.1 kHz for a second of CPU, and what a seek takes,
in a minute and, where there is no table to go by, in an hour.

python -m benchmarks decoding
"""

import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

SECONDS: Final = 60
_TURNS: Final = 3
_SEEKS: Final = 40


def main() -> None:
    with TemporaryDirectory() as folder:
        for name, path in _files(Path(folder)):
            speed = SECONDS / min(_decoded_s(path) for _ in range(_TURNS))
            median_ms, worst_ms = _sought_ms(path)
            print(f"{name}: {speed:.0f} x real time, a seek {median_ms:.1f} ms, at most {worst_ms:.1f}", flush=True)
    _far()


def _far() -> None:
    """The first seek in an hour of what has no table, each in a file that was opened for it."""
    from tests.encoded import encode, repeated
    from tests.sounds import music

    sound = music(SECONDS)
    bare = {"write_xing": "0", "id3v2_version": "0"}
    for name in ("a.aac", "a.mp3", "a.wv"):
        with TemporaryDirectory() as folder:
            path = repeated(encode(Path(folder) / name, sound, muxing=bare), 60)
            taken_ms = [_first_sought_ms(path, number * 360 * 44_100 + 777) for number in range(1, 10)]
        median_ms = statistics.median(taken_ms)
        print(f"{name} of an hour: the first seek {median_ms:.0f} ms, at most {max(taken_ms):.0f}", flush=True)


def _first_sought_ms(path: Path, place: int) -> float:
    from auralisd.decode.decoder import open_track

    decoder = open_track(os.fsencode(path))
    decoder.read(4_410)
    began_s = time.perf_counter()
    decoder.seek(place)
    decoder.read(4_410)
    taken_ms = 1_000 * (time.perf_counter() - began_s)
    decoder.close()
    return taken_ms


def _files(folder: Path) -> list[tuple[str, Path]]:
    import soundfile

    from tests.encoded import encode
    from tests.sounds import music

    sound = music(SECONDS)
    plain = ((kind, folder / f"a.{kind}") for kind in ("flac", "wav", "aiff", "ogg", "mp3"))
    files = []
    for kind, path in plain:
        with soundfile.SoundFile(path, "w", 44_100, 2) as file:
            for start in range(0, len(sound), 44_100):  # Vorbis is not to be written in one go
                file.write(sound[start : start + 44_100])
        files.append((kind, path))
    through_pyav = (
        ("aac in mp4", "a.m4a", "aac"),
        ("alac", "b.m4a", "alac"),
        ("aac, bare", "a.aac", ""),
        ("wma", "a.wma", ""),
        ("wavpack", "a.wv", ""),
        ("true audio", "a.tta", ""),
    )
    files += [(kind, encode(folder / name, sound, codec=codec)) for kind, name, codec in through_pyav]
    headless = encode(folder / "b.mp3", sound, muxing={"write_xing": "0"})
    return [*files, ("mp3 without a header", headless)]


def _decoded_s(path: Path) -> float:
    from auralisd.decode.decoder import open_track

    decoder = open_track(os.fsencode(path))
    began_s = time.process_time()
    while len(decoder.read(16_384)):
        pass
    taken_s = time.process_time() - began_s
    decoder.close()
    return taken_s


def _sought_ms(path: Path) -> tuple[float, float]:
    """Median and worst, up to the first frames behind it."""
    from auralisd.decode.decoder import open_track

    decoder = open_track(os.fsencode(path))
    taken_ms = []
    for number in range(_SEEKS):
        place = (number * 7_919_191) % (SECONDS * 44_100 - 4_410)
        began_s = time.perf_counter()
        decoder.seek(place)
        decoder.read(4_410)
        taken_ms.append(1_000 * (time.perf_counter() - began_s))
    decoder.close()
    return statistics.median(taken_ms), max(taken_ms)
