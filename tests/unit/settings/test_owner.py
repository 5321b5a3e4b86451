"""Settings: what the file says, what was set goes before it, and nothing changes on a refusal."""

import asyncio
from typing import Any

import msgspec
import pytest

from auralisd.config_file import FileConfig
from auralisd.errors import InvalidRequest, NotKept, ReadOnly, RequestRefused, StartRefused
from auralisd.settings import owner
from auralisd.settings.owner import Settings
from tests.kept import MemoryKept

FILE = FileConfig(sound_idle_minutes=5.0, keep_awake=False)


class Bench:
    """Settings, where they are kept, and what was told of them."""

    def __init__(self, file: FileConfig = FILE, kept: dict[str, Any] | None = None) -> None:
        self.kept = MemoryKept()
        self.kept.values = dict(kept or {})
        self.kept.file = file
        self.told: list[tuple[str, ...]] = []
        self.settings = Settings(file, self.kept, read_again=self.read_again, on_change=self.told.append)

    def read_again(self) -> FileConfig:
        if self.kept.file.render_cache_mb == 13:
            raise StartRefused("auralisd.toml: unknown key 'kep_awake'; did you mean 'keep_awake'?")
        return self.kept.file


async def test_what_is_set_goes_before_the_file_and_a_reset_goes_back_to_it() -> None:
    bench = Bench()
    await bench.settings.change({"sound_idle_minutes": 1.5, "resume_playing": True})
    assert (bench.settings.now.sound_idle_minutes, bench.settings.now.resume_playing) == (1.5, True)
    assert bench.settings.own == {"sound_idle_minutes", "resume_playing"}
    await bench.settings.reset(["sound_idle_minutes"])

    assert bench.settings.now == msgspec.structs.replace(FILE, resume_playing=True)
    assert bench.kept.values == {"resume_playing": True}
    assert bench.told == [("sound_idle_minutes", "resume_playing"), ("sound_idle_minutes",)]


@pytest.mark.parametrize(
    ("wanted", "refusal", "words"),
    [
        ({"keep_awake": True, "resume_playin": True}, InvalidRequest, "did you mean 'resume_playing'"),
        ({"keep_awake": True, "sound_idle_minutes": 0.0}, InvalidRequest, "^sound_idle_minutes: "),
        ({"keep_awake": True, "mpris_presence": "never"}, InvalidRequest, "^mpris_presence: "),
        ({"keep_awake": True, "resume_playing": 1}, InvalidRequest, "^resume_playing: "),
        ({"keep_awake": True, "output": "silent"}, ReadOnly, "output belongs to the configuration file"),
        ({"keep_awake": True, "limits.costly_burst": 9}, ReadOnly, "limits.costly_burst"),
        ({"keep_awake": True, "limits": {}}, InvalidRequest, "limits"),
    ],
)
async def test_one_wrong_key_and_nothing_changes(
    wanted: dict[str, Any], refusal: type[RequestRefused], words: str
) -> None:
    bench = Bench()
    with pytest.raises(refusal, match=words):
        await bench.settings.change(wanted)
    with pytest.raises(RequestRefused):
        await bench.settings.reset(wanted if refusal is ReadOnly else [*wanted, "nothing"])

    assert (bench.settings.now, bench.settings.own) == (FILE, frozenset())
    assert (bench.kept.values, bench.told) == ({}, [])


async def test_a_disk_that_takes_no_more_changes_nothing() -> None:
    bench = Bench()
    await bench.settings.change({"keep_awake": True})
    bench.kept.full = True
    with pytest.raises(NotKept):
        await bench.settings.change({"resume_playing": True})
    with pytest.raises(NotKept):
        await bench.settings.reset(["keep_awake"])

    assert bench.settings.now == msgspec.structs.replace(FILE, keep_awake=True)


async def test_what_was_kept_is_taken_up_and_what_makes_no_sense_any_more_is_passed_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench(kept={"resume_playing": True, "sound_idle_minutes": -3, "shape": "round", "output": "silent"})
    await bench.settings.open()

    assert bench.settings.now == msgspec.structs.replace(FILE, resume_playing=True)
    assert bench.settings.own == {"resume_playing"}
    assert [key in caplog.text for key in ("sound_idle_minutes", "shape", "output")] == [True] * 3
    assert bench.told == []


async def test_a_file_that_is_read_anew_comes_into_force_where_nothing_was_set() -> None:
    bench = Bench()
    await bench.settings.change({"keep_awake": True})
    bench.kept.file = FileConfig(sound_idle_minutes=7.0, keep_awake=False, publish_file_urls=True, mixer="hardware")
    await bench.settings.reload()

    assert bench.settings.now == FileConfig(sound_idle_minutes=7.0, keep_awake=True, publish_file_urls=True)
    assert bench.told[1:] == [("sound_idle_minutes", "publish_file_urls")]
    assert {each.key: each.default for each in bench.settings.described}["sound_idle_minutes"] == 7.0


async def test_a_broken_file_that_is_read_anew_changes_nothing() -> None:
    bench = Bench()
    bench.kept.file = FileConfig(render_cache_mb=13, keep_awake=True)
    with pytest.raises(InvalidRequest, match="did you mean 'keep_awake'"):
        await bench.settings.reload()

    assert bench.settings.now == FILE


async def test_what_the_command_line_says_of_the_machine_is_what_holds() -> None:
    kept = MemoryKept()
    settings = Settings(FILE, kept, read_again=lambda: kept.file, at_start={"output": "silent"})

    assert settings.values["output"] == "silent"
    assert {each.key: each.default for each in settings.described}["output"] == ""


@pytest.mark.parametrize("full", [False, True])
async def test_a_disk_that_hangs_keeps_nobody_waiting_and_what_was_set_holds_once_it_is_kept(
    monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    monkeypatch.setattr(owner, "KEPT_WITHIN_S", 0.05)
    bench = Bench()
    bench.kept.hangs, bench.kept.full = asyncio.Event(), full
    async with asyncio.timeout(5):
        with pytest.raises(NotKept, match="once it is kept"):
            await bench.settings.change({"keep_awake": True})
        with pytest.raises(NotKept, match="try again"):
            await bench.settings.reset(["keep_awake"])
    assert bench.settings.now == FILE
    bench.kept.hangs.set()
    for _ in range(5):
        await asyncio.sleep(0)

    assert bench.settings.now.keep_awake is not full
    assert bench.kept.values == ({} if full else {"keep_awake": True})
    bench.kept.full = False
    await bench.settings.change({"resume_playing": True})


async def test_nothing_more_is_taken_before_all_that_a_disk_held_up_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "KEPT_WITHIN_S", 0.05)
    bench = Bench()
    held_up = [asyncio.Event(), asyncio.Event()]
    bench.kept.hangs = held_up[0]
    first = asyncio.ensure_future(bench.settings.change({"keep_awake": True}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.kept.hangs = held_up[1]
    second = asyncio.ensure_future(bench.settings.change({"resume_playing": True}))
    assert all(isinstance(each, NotKept) for each in await asyncio.gather(first, second, return_exceptions=True))
    for released in held_up:
        with pytest.raises(NotKept, match="try again"):
            await bench.settings.reset(["keep_awake"])
        released.set()
        for _ in range(5):
            await asyncio.sleep(0)

    assert bench.settings.own == {"keep_awake", "resume_playing"}
    bench.kept.hangs = None
    await bench.settings.reset(["keep_awake"])


async def test_closing_does_not_wait_for_a_disk_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "KEPT_WITHIN_S", 0.05)
    bench = Bench()
    bench.kept.hangs = asyncio.Event()
    with pytest.raises(NotKept):
        await bench.settings.change({"keep_awake": True})
    bench.settings.close()
    for _ in range(5):
        await asyncio.sleep(0)

    assert bench.settings.now == FILE
