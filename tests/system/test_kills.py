"""Killed at any moment, the daemon comes back with every edit that was answered, within two seconds of the place."""

import asyncio
import os
import random
import signal
import time
from pathlib import Path

import pytest
import soundfile
from dbus_fast import Variant

from tests.bus.client import OUR_NAME, PLAYER, CallFailed, Client, a_client
from tests.system.hearing import noise
from tests.system.queue_model import Entries, Model
from tests.system.rig import Daemon, World, wait_until
from tests.system.test_random_commands import listed

pytestmark = pytest.mark.system

CAMPAIGN = os.environ.get("AURALISD_CAMPAIGN") == "1"
MOMENTS = 100 if CAMPAIGN else 10
SEEDS = range(10) if CAMPAIGN else (0,)
"""A thousand moments in all, which several cores may share."""

MOST_LOST_S = 2.0
TRACKS = 3
QUEUE = f"{OUR_NAME}.Queue"


@pytest.fixture
def album(music: Path) -> Path:
    for number in range(TRACKS):
        soundfile.write(music / f"{number}.flac", noise(120, seed=number), 44_100, subtype="PCM_16")
    return music


def started(world: World, album: Path, *more: str) -> Daemon:
    daemon = Daemon(world, "--music", str(album), "--output", "silent", *more)
    daemon.wait_ready(30)
    daemon.wait_tracks(TRACKS)
    return daemon


class Editor:
    """Edits the queue without a rest; `answered` is what it must be, `asked` what it may be besides."""

    def __init__(self, client: Client, model: Model, dice: random.Random) -> None:
        self._client, self._model, self._dice = client, model, dice
        self.asked: Entries | None = None
        self.position_s, self.read_at = 0.0, 0.0
        self.edits = 0

    @property
    def answered(self) -> Entries:
        return self._model.entries

    async def work(self, *, quiet: bool) -> None:
        """Until the daemon is gone; `quiet` only listens, as edits keep the place too."""
        while True:
            if quiet:
                await asyncio.sleep(0.005)
            else:
                await self._edit()
                self.edits += 1
            self.position_s = await self._client.get(PLAYER, "Position") / 1e6
            self.read_at = time.monotonic()

    async def _edit(self) -> None:
        """One edit that leaves the current entry where it is, as long as it is not the only one."""
        model, dice = self._model, self._dice
        others = [entry for entry in model.ids if entry != model.current]
        after = Model(list(model.entries), model.current, model.status, model.loop, model.next_id)
        tracks = [dice.randint(1, TRACKS) for _ in range(dice.randint(1, 40))]
        match dice.randrange(5) if others else 0:
            case 0 | 1 if len(others) < 400:
                after.append(tracks)
                work = self._client.ours("Queue", "Append", "at", tracks)
            case 2:
                position = dice.randrange(len(model.entries) + 1)
                after.insert(tracks, position)
                work = self._client.ours("Queue", "Insert", "atu", tracks, position)
            case 3:
                moving = dice.sample(model.ids, min(3, len(model.ids)))
                after.move(moving, 0)
                work = self._client.ours("Queue", "Move", "auu", moving, 0)
            case _:
                gone = dice.sample(others, max(1, len(others) // 3))
                after.remove(gone)
                work = self._client.ours("Queue", "Remove", "au", gone)
        self.asked = after.entries
        await work
        self._model, self.asked = after, None


async def killed_while_it_edits(world: World, daemon: Daemon, dice: random.Random) -> Editor:
    """The editor as it was in that moment."""
    async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as client:
        if await client.get(QUEUE, "Length") == 0:
            await client.ours("Queue", "Set", "atub", [1, 2, 3], 0, True)
        await client.set(PLAYER, "LoopStatus", Variant("s", "Playlist"))
        await client.player("Play")
        [[newest]] = await client.ours("Queue", "Append", "at", [1])
        current = await client.get(QUEUE, "CurrentEntry")
        model = Model(await listed(client), current, "Playing", next_id=newest + 1)
        editor = Editor(client, model, dice)
        before_s = await client.get(PLAYER, "Position") / 1e6
        working = asyncio.ensure_future(editor.work(quiet=dice.random() < 0.5))
        await asyncio.wait({working}, timeout=dice.uniform(0.05, 3.5))
        assert not working.done(), working.exception()
        os.kill(daemon.process.pid, signal.SIGKILL)
        with pytest.raises((CallFailed, TimeoutError)):
            await working
        editor.position_s = max(editor.position_s, before_s)
    daemon.process.wait(5)
    return editor


@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_at_random_moments_no_answered_edit_is_lost_and_two_seconds_at_most(
    world: World, album: Path, seed: int
) -> None:
    dice = random.Random(20_261_125 + seed)
    daemon = started(world, album)
    lost_s, edits = [], 0
    for moment in range(MOMENTS):
        editor = await killed_while_it_edits(world, daemon, dice)
        daemon = started(world, album)
        async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as client:
            entries = await listed(client)
            position_s = await client.get(PLAYER, "Position") / 1e6
            status = await client.get(PLAYER, "PlaybackStatus")
            if dice.random() < 0.3:  # far from the end of a track
                await client.player("Next")
        assert entries in (editor.answered, editor.asked), f"moment {moment}: an edit that was answered is lost"
        assert status == "Paused"
        lost_s.append(editor.position_s - position_s)
        edits += editor.edits
        assert lost_s[-1] <= MOST_LOST_S, f"moment {moment}"
    print(f"{MOMENTS} kills among {edits} edits, {max(lost_s):.2f} s lost at most")
    assert edits >= MOMENTS


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_moment_the_sound_process_is_killed_in_the_music_goes_on_there(
    world: World, album: Path, seed: int
) -> None:
    dice = random.Random(7 + seed)
    daemon = started(world, album, "--play")
    wait_until(lambda: world.playerctl("status") == "Playing")
    async with a_client(world.environment["DBUS_SESSION_BUS_ADDRESS"]) as client:
        await client.set(PLAYER, "LoopStatus", Variant("s", "Playlist"))
        entries = await listed(client)

        async def position_s() -> float:
            return float(await client.get(PLAYER, "Position")) / 1e6

        async def heard_from(place_s: float) -> float:
            async with asyncio.timeout(20):
                while (now_s := await position_s()) <= place_s:
                    await client.settled(0.02)
            return now_s

        for _ in range(MOMENTS):
            await client.player("Next")  # two deaths on one entry would be the file's fault
            await heard_from(0.0)
            await asyncio.sleep(dice.uniform(0.0, 0.5))
            (sound,) = await asyncio.to_thread(daemon.children, "auralisd.sound")
            before_s, at = await position_s(), time.monotonic()
            os.kill(sound, signal.SIGKILL)
            after_s = await heard_from(before_s + 0.2)

            assert after_s <= before_s + time.monotonic() - at + 0.1
            assert await client.get(PLAYER, "PlaybackStatus") == "Playing"
            assert await listed(client) == entries
    assert "Traceback" not in daemon.log()


@pytest.mark.parametrize("wanted", [True, False])
def test_what_was_playing_plays_on_after_a_kill_where_that_is_wanted(world: World, album: Path, wanted: bool) -> None:
    configuration = Path(world.environment["XDG_CONFIG_HOME"]) / "auralis" / "auralisd.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f"resume_playing = {'true' if wanted else 'false'}\n")
    daemon = started(world, album, "--play")
    wait_until(lambda: world.playerctl("status") == "Playing")
    wait_until(lambda: float(world.playerctl("position")) > 2.2)
    daemon.process.kill()
    daemon.process.wait()
    started(world, album)
    if wanted:
        wait_until(lambda: world.playerctl("status") == "Playing")
        wait_until(lambda: float(world.playerctl("position")) > 3)
    assert world.playerctl("status") == ("Playing" if wanted else "Paused")
