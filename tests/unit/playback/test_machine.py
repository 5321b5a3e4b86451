"""The player's decisions over any sequence of commands and reports."""

import random

from hypothesis import given
from hypothesis import strategies as st

from auralisd.doors import sound
from auralisd.errors import RequestRefused
from auralisd.model.knowledge import AlbumPlace
from auralisd.model.preset import PRESETS
from auralisd.model.taste import MOST_PREAMP_DB, REPLAY_GAINS, is_intensity, is_target
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.edits import UNDO_DEPTH
from auralisd.playback.machine import Input, step
from auralisd.playback.snapshot import (
    PAUSED,
    PLAYING,
)
from tests.unit.playback.stepping import LOST, MINUTE_US, RUNNING

# --- any sequence at all ------------------------------------------------------------------------------

COMMANDS: list[ask.Command] = [
    ask.Play(),
    ask.Pause(),
    ask.Toggle(),
    ask.Stop(),
    ask.Next(),
    ask.Previous(),
    ask.SeekBy(1_000_000),
    ask.SeekBy(-(10**12)),
    ask.SeekBy(10**12),
    ask.SetQueue((1, 2, 3), 2, True),
    ask.SetQueue((), 0, True),
    ask.Append((4,)),
    ask.PlayNow(5),
    ask.SetLoop("list"),
    ask.SetLoop("track"),
    ask.SetShuffle("tracks"),
    ask.SetShuffle("albums"),
    ask.SetShuffle("off"),
    ask.SetShuffle("genres"),
    ask.SetConsume(True),
    ask.SetConsume(False),
    ask.SetStopAfter(True),
    ask.Insert((4, 5), 1),
    ask.Insert((4, 5), 1000),
    ask.PlayNext((6, 7)),
    ask.Move((3, 2), 1),
    ask.Move((1,), 0),
    ask.Move((999,), 0),
    ask.Remove((1,)),
    ask.Remove((2, 3)),
    ask.Clear(),
    ask.Undo(),
    ask.Redo(),
    ask.GoTo(2),
    ask.SetSleepTimer(5.0),
    ask.SetSleepTimer(0.0),
    ask.SetVolume(0.5),
    ask.SetPreset("warm"),
    ask.SetPreset("none-such"),
    ask.SetDefaultPreset("live"),
    ask.RememberPreset(1, "album", "gentle"),
    ask.SetEnabled(False),
    ask.SetEnabled(True),
    ask.SetBypass(True),
    ask.SetIntensity(0.0),
    ask.SetIntensity(2.0),
    ask.SetTarget(-20.0),
    ask.SetTarget(-1.0),
    ask.SetAlbumMode(True),
    ask.SetReplayGain("auto"),
    ask.SetReplayGain("loud"),
    ask.SetPreamp(3.0),
    ask.SetPreamp(99.0),
]


ALBUMS = {track: AlbumPlace("AB"[track % 2], number=track) for track in range(1, 6)}


@given(st.lists(st.tuples(st.sampled_from(range(len(COMMANDS) + 11)), st.booleans()), max_size=60))
def test_no_sequence_of_commands_and_reports_breaks_the_player(choices: list[tuple[int, bool]]) -> None:
    state = s.PlayerState()
    for choice, remembered in choices:
        before = state
        reports: list[Input] = [
            sound.Audible(state.generation, state.queue.current, 44_100, None, 0),
            sound.Finished(state.generation, state.queue.current, 5),
            sound.Drained(state.generation),
            sound.Unreadable(state.generation, state.following or state.queue.current, "damaged", 0),
            LOST,
            RUNNING,
            s.SoundDied(state.queue.current, again=False),
            s.SoundReplaced(),
            sound.Starved(state.generation, begun=True),
            sound.Audible(state.generation, state.following or state.queue.current, 44_100, None, 0),
            s.SleepPassed(),
        ]
        given_input = COMMANDS[choice] if choice < len(COMMANDS) else reports[choice - len(COMMANDS)]
        moment = s.Moment(1, 3 * MINUTE_US, 7, random.Random(1), remembered=remembered, albums=ALBUMS)
        try:
            state, _ = step(state, given_input, moment)
        except RequestRefused:
            continue

        assert state.generation >= before.generation
        assert not state.waits or (state.lost and state.status == PAUSED)
        assert not state.override or state.queue.current == before.queue.current
        assert {state.taste.preset, state.override} <= {*PRESETS, ""}
        assert is_intensity(state.taste.intensity)
        assert is_target(state.taste.target_lufs)
        assert state.taste.replay_gain in REPLAY_GAINS
        assert abs(state.taste.preamp_db) <= MOST_PREAMP_DB
        assert (state.queue.current == 0) == (not state.queue.entries)
        assert not state.queue.entries or state.queue.track_of(state.queue.current) is not None
        assert sorted(state.queue.play_order) == sorted(entry.id for entry in state.queue.entries)
        assert state.queue.next_id >= before.queue.next_id > max((e.id for e in before.queue.entries), default=0)
        assert state.queue.revision > before.queue.revision or state.queue.entries == before.queue.entries
        assert len(state.edits.past) <= UNDO_DEPTH
        assert state.status != PLAYING or state.loaded
        assert state.following is None or state.queue.track_of(state.following) is not None
