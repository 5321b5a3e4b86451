"""Thousands of mixed commands at fifty a second: the real daemon is always what a small model says it should be."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from dbus_fast import Variant

from tests.bus.client import OUR_NAME, PLAYER, CallFailed, Client, a_client
from tests.system.hearing import Frames, find, noise
from tests.system.queue_model import Model
from tests.system.rig import Daemon, Recorder, World, pss_bytes
from tests.system.sound_driver import RISE_FRAMES

pytestmark = pytest.mark.system

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
COMMANDS = 5_000 if LONG else 300
RATE_HZ = 50.0
TRACKS = 5
SAMPLE_HZ = 44_100
QUEUE, ENHANCEMENT = f"{OUR_NAME}.Queue", f"{OUR_NAME}.Enhancement"
PRESETS = ("adaptive", "gentle", "warm", "bright", "punchy", "live")


@pytest.fixture
def daemon(world: World, music: Path) -> Iterator[Daemon]:
    for number in range(TRACKS):
        soundfile.write(music / f"{number}.flac", noise(60, seed=number), SAMPLE_HZ, subtype="PCM_16")
    configuration = Path(world.environment["XDG_CONFIG_HOME"]) / "auralis" / "auralisd.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text("render_cache_mb = 0\n")  # which else fills as it should, and hides what leaks
    running = Daemon(world, "--music", str(music), "--output", "alsa")
    running.wait_ready()
    running.wait_tracks(TRACKS)
    yield running
    assert "Traceback" not in running.log()


@pytest.fixture
async def client(world: World, daemon: Daemon) -> AsyncIterator[Client]:
    async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as connected:
        yield connected


class Storm:
    """A daemon, the model of it, and the dice; `jumps` counts what may move the position other than by playing."""

    def __init__(self, client: Client, model: Model, dice: random.Random) -> None:
        self.client, self.model, self.dice = client, model, dice
        self.jumps = 0
        self.volume, self.preset = 1.0, "adaptive"
        self._doings = [name.removeprefix("_do_") for name in dir(self) if name.startswith("_do_")]
        self._weights = [_WEIGHTS.get(name, 2) for name in self._doings]

    async def step(self) -> str:
        """One command, to the daemon and to the model; answers its name."""
        (doing,) = self.dice.choices(self._doings, self._weights)
        before = (self.model.current, self.model.status)
        await getattr(self, f"_do_{doing}")()
        if doing in _JUMPING or (self.model.current, self.model.status) != before:
            self.jumps += 1
        return doing

    # --- transport --------------------------------------------------------------------------------

    async def _do_play(self) -> None:
        await self.client.player("Play")
        self.model.play()

    async def _do_pause(self) -> None:
        await self.client.player("Pause")
        self.model.pause()

    async def _do_play_pause(self) -> None:
        if self.model.current:
            await self.client.player("PlayPause")
            self.model.play_pause()

    async def _do_stop(self) -> None:
        await self.client.player("Stop")
        self.model.stop()

    async def _do_next(self) -> None:
        await self.client.player("Next")
        self.model.next()

    async def _do_previous(self) -> None:
        """Within three seconds the entry before: which it was depends on the clock, and both are right."""
        before = self.model.before()
        await self.client.player("Previous")
        now = await self.client.get(QUEUE, "CurrentEntry")
        assert now in (self.model.current, before)
        self.model.current = now

    async def _do_seek(self) -> None:
        await self.client.player("Seek", "x", self.dice.randrange(-5_000_000, 2_000_000))

    async def _do_set_position(self) -> None:
        entry, position_us = self.model.current, self.dice.randrange(20_000_000)
        await self.client.player("SetPosition", "ox", f"/org/auralis/Auralis1/entry/{entry}", position_us)

    async def _do_go_to(self) -> None:
        if self.model.ids:
            entry = self.dice.choice(self.model.ids)
            await self.client.ours("Queue", "GoTo", "u", entry)
            self.model.go_to(entry)

    # --- edits ------------------------------------------------------------------------------------

    async def _do_set(self) -> None:
        tracks, play = self._tracks(6) or [1], self.dice.random() < 0.7
        start = self.dice.randrange(len(tracks))
        [made] = await self.client.ours("Queue", "Set", "atub", tracks, start, play)
        assert made == self.model.set(tracks, start, play)

    async def _do_append(self) -> None:
        tracks = self._tracks()
        [made] = await self.client.ours("Queue", "Append", "at", tracks)
        assert made == self.model.append(tracks)

    async def _do_insert(self) -> None:
        tracks, position = self._tracks(), self.dice.randrange(len(self.model.entries) + 1)
        [made] = await self.client.ours("Queue", "Insert", "atu", tracks, position)
        assert made == self.model.insert(tracks, position)

    async def _do_play_next(self) -> None:
        tracks = self._tracks()
        [made] = await self.client.ours("Queue", "PlayNext", "at", tracks)
        assert made == self.model.play_next(tracks)

    async def _do_move(self) -> None:
        entries, position = self._entries(), self.dice.randrange(len(self.model.entries) + 1)
        await self.client.ours("Queue", "Move", "auu", entries, position)
        self.model.move(entries, position)

    async def _do_remove(self) -> None:
        entries = self._entries()
        await self.client.ours("Queue", "Remove", "au", entries)
        self.model.remove(entries)

    async def _do_clear(self) -> None:
        await self.client.ours("Queue", "Clear")
        self.model.clear()

    async def _do_undo(self) -> None:
        assert await self._done("Undo") == self.model.undo()

    async def _do_redo(self) -> None:
        assert await self._done("Redo") == self.model.redo()

    async def _done(self, member: str) -> bool:
        try:
            await self.client.ours("Queue", member)
        except CallFailed as refusal:
            if "NotFound" not in refusal.name:
                raise
            return False
        return True

    def _tracks(self, most: int = 3) -> list[int]:
        return [self.dice.randint(1, TRACKS) for _ in range(self.dice.randint(0, most))]

    def _entries(self) -> list[int]:
        return self.dice.sample(self.model.ids, min(len(self.model.ids), self.dice.randint(0, 2)))

    # --- wishes -----------------------------------------------------------------------------------

    async def _do_volume(self) -> None:
        self.volume = self.dice.randrange(101) / 100
        await self.client.set(PLAYER, "Volume", Variant("d", self.volume))

    async def _do_preset(self) -> None:
        self.preset = self.dice.choice(PRESETS)
        await self.client.set(ENHANCEMENT, "Preset", Variant("s", self.preset))

    async def _do_loop(self) -> None:
        self.model.loop = self.dice.choice(("None", "Track", "Playlist"))
        await self.client.set(PLAYER, "LoopStatus", Variant("s", self.model.loop))


_WEIGHTS = {"play": 6, "clear": 1, "stop": 1, "append": 4, "seek": 4, "set_position": 4, "next": 4, "volume": 4}
_JUMPING = {"previous", "seek", "set_position", "go_to", "set", "stop", "next", "remove", "clear", "undo", "redo"}


class Watch:
    """The position, read again and again: between jumps it never goes back."""

    def __init__(self, storm: Storm) -> None:
        self._storm = storm
        self._last: tuple[int, int, int] = (-1, 0, 0)
        self.reads = 0

    async def look(self) -> None:
        storm = self._storm
        jumps, entry = storm.jumps, storm.model.current
        position_us = await storm.client.get(PLAYER, "Position")
        if self._last[:2] == (jumps, entry):
            assert position_us >= self._last[2], f"the position went back by {self._last[2] - position_us} µs"
            self.reads += 1
        self._last = (jumps, entry, position_us)


def held(daemon: Daemon) -> tuple[int, int, float, float]:
    """Threads and descriptors of the control and the sound process together, and the MB that each holds (PSS)."""
    sound = daemon.children("auralisd.sound")
    pids = [daemon.process.pid, *sound]
    threads = sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in pids)
    descriptors = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
    return threads, descriptors, pss_bytes([daemon.process.pid]) / 1e6, pss_bytes(sound) / 1e6


async def is_as_the_model_says(storm: Storm, doing: str) -> None:
    model, client = storm.model, storm.client
    told = await client.get_all(QUEUE)
    player = await client.get_all(PLAYER)
    says = (model.current, len(model.entries), model.status, model.loop, bool(model.past), bool(model.future))
    found = (told["CurrentEntry"], told["Length"], player["PlaybackStatus"], player["LoopStatus"])
    assert (*found, told["CanUndo"], told["CanRedo"]) == says, f"after {doing}"
    track_id = player["Metadata"].get("mpris:trackid", "/0")
    assert track_id.rpartition("/")[2] == str(model.current), f"after {doing}"


async def listed(client: Client) -> list[tuple[int, int]]:
    """The whole queue, as (entry, track)."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page, cursor, *_ = await client.ours("Queue", "List", "sua{sv}", cursor, 500, {})
        rows += page
        if not cursor:
            return [(row["entry"], row["track"]) for row in rows]


async def a_storm(client: Client, seed: int) -> Storm:
    """The queue as the first start has filled it is where the model begins."""
    async with asyncio.timeout(20):
        while await client.get(QUEUE, "Length") != TRACKS:
            await client.settled(0.02)
    model = Model(entries=await listed(client), current=await client.get(QUEUE, "CurrentEntry"))
    model.next_id = max(model.ids) + 1
    model.past = [([], 0)]
    return Storm(client, model, random.Random(seed))


async def test_no_mixture_of_commands_leads_away_from_what_a_model_predicts(
    world: World, daemon: Daemon, client: Client
) -> None:
    storm = await a_storm(client, 20_261_125)
    watch = Watch(storm)
    began, at_first = time.monotonic(), (0, 0, 0.0, 0.0)
    for number in range(COMMANDS):
        if number == 100:
            at_first = held(daemon)
        doing = await storm.step()
        await is_as_the_model_says(storm, doing)
        await watch.look()
        await asyncio.sleep(max(0.0, began + (number + 1) / RATE_HZ - time.monotonic()))
    took_s = time.monotonic() - began
    await client.set(PLAYER, "Volume", Variant("d", 1.0))
    await client.set(ENHANCEMENT, "Enabled", Variant("b", False))
    preset = await client.get(ENHANCEMENT, "Preset")
    entries = await listed(client)

    assert entries == storm.model.entries
    assert preset == storm.preset
    assert watch.reads > COMMANDS / 5
    await it_sounds_right(world, client)
    at_last = held(daemon)
    print(
        f"{COMMANDS} commands at {COMMANDS / took_s:.0f}/s; threads, descriptors, MB of control and of sound: ", end=""
    )
    print(f"{at_first} → {at_last}")
    threads, descriptors, control_mb, sound_mb = at_last
    assert threads <= at_first[0] + 1
    assert descriptors <= at_first[1] + 2
    assert control_mb < at_first[2] + 8
    assert sound_mb < at_first[3] + 30


async def it_sounds_right(world: World, client: Client) -> None:
    """After all that, each track is heard where a seek leads in it, sample for sample."""
    [made] = await client.ours("Queue", "Set", "atub", list(range(1, TRACKS + 1)), 0, False)
    rows, *_ = await client.ours("Queue", "List", "sua{sv}", "", 0, {"fields": Variant("as", ["file_name"])})
    for entry, row in zip(made, rows, strict=True):
        piece = noise(60, seed=int(row["file_name"].removesuffix(".flac")))
        recorder = Recorder(world)
        await client.ours("Queue", "GoTo", "u", entry)
        wanted = piece[12 * SAMPLE_HZ + RISE_FRAMES : 12 * SAMPLE_HZ + SAMPLE_HZ // 10]
        for _ in range(4):  # the sound server of a busy machine drops some of what it is given
            await client.player("SetPosition", "ox", f"/org/auralis/Auralis1/entry/{entry}", 12_000_000)
            if await asyncio.to_thread(is_heard, recorder, wanted):
                break
        else:
            pytest.fail(f"{row['file_name']} is not heard from 12 s on")
        recorder.stop()


def is_heard(recorder: Recorder, piece: Frames) -> bool:
    """Within a few seconds."""
    deadline_s = time.monotonic() + 4
    while time.monotonic() < deadline_s:
        if find(recorder.so_far(), piece) is not None:
            return True
        time.sleep(0.05)
    return False
