"""The cache of finished sound: found by file, plan and number; bounded; truly cleared."""

import subprocess
import sys

import numpy as np
import pytest

from auralisd.decode.decoder import FileSignature
from auralisd.dsp.chain import Telemetry
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import Chunk, ChunkCache, Key, chunk_frames, room_for

RATE_HZ = 8_000
CHUNK = chunk_frames(RATE_HZ)
CHUNK_BYTES = CHUNK * 8
FILE = FileSignature(1, 2, 3, 4)
PLAN = MasteringPlan("adaptive", 1.0, "adaptive", gain_db=3.0)
TRACK, OTHER_TRACK = 7, 8


def key(number: int, *, signature: FileSignature = FILE, plan: MasteringPlan = PLAN) -> Key:
    return Key(signature, plan, number)


def chunk(number: int, *, first: int = 0, end: int = CHUNK) -> Chunk:
    """Each sample holds the number of its frame."""
    start, stop = number * CHUNK + first, number * CHUNK + end
    sound = room_for(end - first)
    sound[:] = np.arange(start, stop, dtype=np.float32)[:, None]
    readings = tuple(Telemetry(at, min(at + 1_000, stop), 0.0, -1.0) for at in range(start, stop, 1_000))
    return Chunk(start, sound, readings, {start: 0.5})


def filled(count: int, *, budget_bytes: int = 100 * CHUNK_BYTES) -> ChunkCache:
    cache = ChunkCache(budget_bytes)
    cache.serve(RATE_HZ)
    for number in range(count):
        cache.put(key(number), chunk(number), TRACK)
    return cache


def test_a_chunk_is_found_by_its_frames_alone() -> None:
    cache = filled(1)

    assert cache.find(key(0), 0, TRACK) is not None
    assert cache.find(key(0), CHUNK - 1, TRACK) is not None
    assert cache.find(key(0), CHUNK, TRACK) is None
    assert cache.find(key(1), CHUNK, TRACK) is None


@pytest.mark.parametrize("field", FileSignature._fields)
def test_another_file_or_another_state_of_it_is_not_found(field: str) -> None:
    cache = filled(1)

    assert cache.find(key(0, signature=FILE._replace(**{field: 99})), 0, TRACK) is None


def test_another_plan_is_not_found() -> None:
    louder = MasteringPlan("adaptive", 1.0, "adaptive", gain_db=3.5)

    assert filled(1).find(key(0, plan=louder), 0, TRACK) is None


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = filled(4, budget_bytes=4 * CHUNK_BYTES)
    cache.find(key(0), 0, TRACK)
    cache.put(key(4), chunk(4), TRACK)

    assert cache.find(key(0), 0, TRACK) is not None
    assert cache.find(key(1), CHUNK, TRACK) is None
    assert cache.read(1).bytes == 4 * CHUNK_BYTES


def test_three_chunks_have_room_whatever_the_budget() -> None:
    cache = filled(5, budget_bytes=1)

    assert (cache.read(1).chunks, cache.read(1).budget_bytes) == (3, 3 * CHUNK_BYTES)


@pytest.mark.parametrize(("one", "other"), [((0, 500), (500, 900)), ((0, 600), (300, 900)), ((300, 900), (0, 400))])
def test_parts_that_touch_become_one(one: tuple[int, int], other: tuple[int, int]) -> None:
    cache = ChunkCache()
    for first, end in (one, other):
        cache.put(key(2), chunk(2, first=first, end=end), TRACK)
    found = cache.find(key(2), 2 * CHUNK + 450, TRACK)

    assert found is not None
    assert np.array_equal(found.sound[:, 0], np.arange(2 * CHUNK, 2 * CHUNK + 900))
    assert [reading.first_frame for reading in found.readings[1:]] == [
        reading.end_frame for reading in found.readings[:-1]
    ]
    assert cache.read(1).bytes == 900 * 8


def test_of_parts_that_do_not_touch_the_longer_is_kept() -> None:
    cache = ChunkCache()
    cache.put(key(0), chunk(0, first=0, end=500), TRACK)
    cache.put(key(0), chunk(0, first=600, end=700), TRACK)

    assert cache.find(key(0), 499, TRACK) is not None
    assert cache.find(key(0), 650, TRACK) is None


def test_a_cleared_cache_is_empty() -> None:
    cache = filled(3)

    assert cache.clear() == 3 * CHUNK_BYTES
    assert (cache.read(1).chunks, cache.read(1).bytes) == (0, 0)
    assert cache.find(key(0), 0, TRACK) is None


def test_one_track_is_cleared_and_the_others_stay() -> None:
    cache = filled(2)
    cache.put(key(5), chunk(5), OTHER_TRACK)
    cache.find(key(1), CHUNK, OTHER_TRACK)  # the same file is the sound of two tracks

    assert cache.read(1, track=OTHER_TRACK).chunks == 2
    assert cache.clear(OTHER_TRACK) == 2 * CHUNK_BYTES
    assert cache.find(key(0), 0, TRACK) is not None
    assert cache.find(key(1), CHUNK, TRACK) is None


FILLING_AND_CLEARING = """
import tests.unit.sound.test_cache as t
from pathlib import Path

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

empty = resident_mb()
cache = t.filled(100)
full = resident_mb()
cache.clear()
print(full - empty, resident_mb() - empty)
"""


def test_a_cleared_cache_gives_its_memory_back() -> None:
    ran = subprocess.run([sys.executable, "-c", FILLING_AND_CLEARING], capture_output=True, text=True, check=True)
    full_mb, cleared_mb = map(float, ran.stdout.split())

    assert full_mb > 55.0
    assert cleared_mb < 5.0
