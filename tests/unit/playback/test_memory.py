"""What survives a restart: kept whole, and restored to something that can be played."""

import sqlite3
import threading
import time
from pathlib import Path

import msgspec
import pytest

from auralisd.doors import sound
from auralisd.model.joins import Joins
from auralisd.model.taste import Taste
from auralisd.playback import commands as ask
from auralisd.playback.hearing import Hearing
from auralisd.playback.machine import step
from auralisd.playback.memory import StoredMemory, emptied, restored
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED
from auralisd.playback.state import Moment, PlayerState
from auralisd.store.database import FILE_NAME, Database
from auralisd.store.migrations import MIGRATIONS, migrate
from auralisd.store.playback import PlaceRow, PlaybackRows, QueueRows, load_playback


def a_player(*commands: ask.Command) -> PlayerState:
    state = PlayerState()
    for command in commands:
        state, _ = step(state, command, Moment())
    return state


async def kept_and_recalled(folder: Path, state: PlayerState, position_us: int) -> PlayerState | None:
    """Through a database that is closed and opened again in between."""
    for again in (False, True):
        database = Database(folder, lambda *_: None)
        await database.open()
        memory = StoredMemory(database, lambda _: None)
        if not again:
            await memory.keep_queue(state, position_us)
        recalled = await memory.recall()
        await database.close()
    return recalled


async def test_the_very_first_start_has_no_memory(tmp_path: Path) -> None:
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    recalled = await StoredMemory(database, lambda _: None).recall()
    await database.close()

    assert recalled is None


async def test_queue_modes_taste_and_volume_come_back(tmp_path: Path) -> None:
    state = a_player(
        ask.SetQueue((10, 20, 30), 1, False),
        ask.SetShuffle("tracks"),
        ask.SetLoop("list"),
        ask.SetVolume(0.5),
        ask.SetIntensity(0.25),
        ask.SetEnabled(False),
        ask.SetDefaultPreset("live"),
        ask.SetBypass(True),
        ask.SetTarget(-20.0),
        ask.SetAlbumMode(True),
        ask.SetReplayGain("auto"),
        ask.SetPreamp(-3.5),
        ask.SetGapless(False),
        ask.SetCrossfade(6.5),
        ask.SetCrossfadeOnSkip(True),
    )
    state, _ = step(state, ask.SetPreset("warm"), Moment(remembered=True))
    recalled = await kept_and_recalled(tmp_path, state, 0)

    assert recalled is not None
    assert recalled.queue.entries == state.queue.entries
    assert recalled.queue.play_order == state.queue.play_order
    assert (recalled.queue.current, recalled.queue.loop) == (state.queue.current, "list")
    assert (recalled.volume, recalled.override) == (0.5, "warm")
    assert recalled.joins == Joins(gapless=False, crossfade_s=6.5, on_skip=True)
    assert recalled.taste == Taste(
        enabled=False,
        preset="live",
        intensity=0.25,
        bypass=True,
        target_lufs=-20.0,
        album_mode=True,
        replay_gain="auto",
        preamp_db=-3.5,
    )


async def test_entry_ids_are_not_used_again_after_a_restart(tmp_path: Path) -> None:
    recalled = await kept_and_recalled(tmp_path, a_player(ask.SetQueue((10, 20), 0, False)), 0)

    assert recalled is not None
    again, _ = step(recalled, ask.SetQueue((10, 20), 0, False), Moment())
    assert not {entry.id for entry in again.queue.entries} & {entry.id for entry in recalled.queue.entries}


def test_an_emptied_queue_keeps_the_modes_and_uses_no_entry_id_again() -> None:
    before = a_player(
        ask.SetQueue((10, 20, 30), 1, False), ask.SetShuffle("tracks"), ask.SetLoop("list"), ask.SetVolume(0.5)
    )
    state = emptied(before)
    filled, _ = step(state, ask.SetQueue((10,), 0, False), Moment())

    assert state.queue.entries == ()
    assert (state.queue.shuffle, state.queue.loop, state.volume) == ("tracks", "list", 0.5)
    assert filled.queue.current == before.queue.next_id


async def test_what_was_playing_comes_back_paused_at_its_position(tmp_path: Path) -> None:
    state = a_player(ask.SetQueue((10, 20), 1, True))
    assert state.status == PLAYING
    recalled = await kept_and_recalled(tmp_path, state, 12_345_678)

    assert recalled is not None
    assert (recalled.status, recalled.start_us) == (PAUSED, 12_345_678)
    assert recalled.queue.current == state.queue.current


async def test_a_hearing_goes_on_after_a_restart_and_what_was_counted_counts_no_second_time(tmp_path: Path) -> None:
    state = a_player(ask.SetQueue((10, 20), 0, True))
    state, _ = step(state, sound.Audible(state.generation, 1, 1_000_000, 60_000_000, 5_000_000), Moment())
    recalled = await kept_and_recalled(tmp_path, state, 12_000_000)
    assert recalled is not None
    assert recalled.hearing == Hearing(1, 10, heard_us=7_000_000)
    assert state.hearing is not None
    counted = msgspec.structs.replace(state, hearing=msgspec.structs.replace(state.hearing, counted=True))
    again = await kept_and_recalled(tmp_path, counted, 12_000_000)

    assert again is not None
    assert again.hearing == Hearing(1, 10, heard_us=7_000_000, counted=True)


def test_what_was_stopped_begins_another_hearing() -> None:
    assert restored(rows(status=STOPPED, current_entry=1, heard_us=9)).hearing is None
    assert restored(rows(status=PAUSED, current_entry=77, heard_us=9)).hearing is None


async def test_a_full_disk_is_told_and_what_was_not_kept_is_kept_once_there_is_room(tmp_path: Path) -> None:
    told: list[bool] = []
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    memory = StoredMemory(database, told.append)
    await database.run(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())
    state = a_player(ask.SetQueue(tuple(range(1, 5000)), 7, False))
    await memory.keep_queue(state, 0)
    await database.run(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchone())
    await memory.keep_place(state, 0)
    recalled = await memory.recall()
    await database.close()

    assert told == [False, True]
    assert recalled is not None
    assert recalled.queue.entries == state.queue.entries


async def test_a_disk_that_hangs_holds_nobody_up_and_takes_the_newest_when_it_answers(tmp_path: Path) -> None:
    told: list[bool] = []
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    memory = StoredMemory(database, told.append, within_s=0.2)
    hangs = threading.Event()
    hanging = database.submit(lambda _: hangs.wait(30))
    began = time.monotonic()
    for count in (1, 2, 3):
        await memory.keep_queue(a_player(ask.SetQueue(tuple(range(1, count + 1)), 0, False)), 0)
    waited_s = time.monotonic() - began
    hangs.set()
    await hanging
    for _ in range(20):  # a disk may be slow once more
        await database.run(lambda _: None)
        await memory.keep_place(a_player(ask.SetQueue((1, 2, 3), 0, False), ask.SetVolume(0.5)), 0)
        if told[-1]:
            break
    recalled = await memory.recall()
    await database.close()

    assert 0.2 <= waited_s < 10
    assert told == [False, True]
    assert recalled is not None
    assert [entry.track for entry in recalled.queue.entries] == [1, 2, 3]
    assert recalled.volume == 0.5


async def test_a_database_that_another_program_holds_is_told_and_outlived(tmp_path: Path) -> None:
    told: list[bool] = []
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    await database.run(lambda connection: connection.execute("PRAGMA busy_timeout = 10").fetchone())
    memory = StoredMemory(database, told.append)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await memory.keep_queue(a_player(ask.SetQueue((1, 2), 0, False)), 0)
    other.execute("ROLLBACK")
    other.close()
    await memory.keep_place(a_player(ask.SetQueue((1, 2), 0, False)), 0)
    recalled = await memory.recall()
    await database.close()

    assert told == [False, True]
    assert recalled is not None
    assert len(recalled.queue.entries) == 2


async def test_modes_and_the_count_of_edits_come_back(tmp_path: Path) -> None:
    state = a_player(
        ask.SetQueue((10, 20, 30), 1, False), ask.SetShuffle("albums"), ask.SetConsume(True), ask.SetStopAfter(True)
    )
    recalled = await kept_and_recalled(tmp_path, state, 0)

    assert recalled is not None
    assert recalled.queue == state.queue


def test_an_order_that_is_none_of_the_list_is_made_anew() -> None:
    queue = restored(PlaybackRows(QueueRows(((1, 10), (2, 20)), (2, 7), 3), PlaceRow(shuffle_mode="albums"))).queue

    assert (queue.shuffle, sorted(queue.order.ids)) == ("tracks", [1, 2])


def rows(**place: object) -> PlaybackRows:
    return PlaybackRows(QueueRows(((1, 10), (2, 20)), (), 3), PlaceRow(**place))  # type: ignore[arg-type]


def test_the_name_of_a_preset_that_is_gone_is_kept_for_its_return() -> None:
    state = restored(rows(preset="none-such", current_entry=1, override="nor-such"))

    assert (state.taste.preset, state.override) == ("none-such", "nor-such")


def test_a_preset_chosen_for_an_entry_that_is_gone_is_forgotten() -> None:
    assert restored(rows(current_entry=77, override="warm")).override == ""


def test_a_current_entry_that_is_gone_falls_back_to_the_first_stopped() -> None:
    state = restored(rows(status=PLAYING, current_entry=77, position_us=5))

    assert (state.queue.current, state.status, state.start_us) == (1, STOPPED, 0)


@pytest.mark.parametrize(
    "place",
    [
        {"intensity": float("nan")},
        {"target_lufs": -4.0},
        {"target_lufs": float("nan")},
        {"replay_gain": "loud"},
        {"preamp_db": 16.0},
        {"preamp_db": float("nan")},
    ],
)
def test_a_figure_that_makes_no_sense_falls_back_to_the_usual_one(place: dict[str, object]) -> None:
    assert restored(rows(**place)).taste == Taste()


def test_a_database_of_before_keeps_its_taste() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, MIGRATIONS[:2])
    connection.execute(
        "INSERT INTO place (one, status, current_entry, position_us, loop, shuffle, volume, enabled, preset, intensity)"
        " VALUES (1, 'Paused', 1, 5, 'list', 1, 0.5, 0, 'warm', 0.25)"
    )
    migrate(connection)
    kept = load_playback(connection)
    connection.close()

    assert kept is not None
    assert restored(kept).taste == Taste(enabled=False, preset="warm", intensity=0.25)
    assert (restored(kept).volume, restored(kept).queue.loop) == (0.5, "list")
    assert kept.place.shuffle_mode == "tracks"
