"""Editing: what becomes of the queue, and of what plays, when somebody edits it or goes through it otherwise.  Pure."""

from typing import assert_never

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.playback import commands as ask
from auralisd.playback import edits
from auralisd.playback import queue as q
from auralisd.playback.edits import Arrangement, EditHistory
from auralisd.playback.queue import Listing, PlayQueue
from auralisd.playback.shuffle import shuffled
from auralisd.playback.snapshot import QueueChanged
from auralisd.playback.state import Answer, HaltSound, Moment, PlayerState, Tell
from auralisd.playback.tasting import must_be_known
from auralisd.playback.transport import Stepped, move, play, rejoined, stop, to_entry, with_queue

_Adding = ask.Append | ask.Insert | ask.InsertAfter | ask.PlayNext | ask.PlayNow

_changed = msgspec.structs.replace


def edit(state: PlayerState, command: ask.EditCommand, moment: Moment) -> Stepped:
    match command:
        case ask.SetQueue():
            return _set(state, command, moment)
        case ask.Append() | ask.Insert() | ask.InsertAfter() | ask.PlayNext() | ask.PlayNow():
            return _add(state, command, moment)
        case ask.Move(entries, position):
            return _taken_up(state, edits.moved(state.queue, entries, position), "move", moment)
        case ask.Remove(entries):
            queue = edits.removed(state.queue, entries)
            return _taken_up(state, queue, "remove", moment, onward=q.survivor(state.queue, queue.listing.places))
        case ask.Clear():
            return _taken_up(state, edits.relisted(state.queue, Listing()), "clear", moment)
        case ask.Undo():
            return _back(state, "undo", moment)
        case ask.Redo():
            return _back(state, "redo", moment)
        case _:
            assert_never(command)


def change_mode(state: PlayerState, command: ask.ModeCommand, moment: Moment) -> Stepped:
    queue = state.queue
    match command:
        case ask.SetLoop(loop):
            must_be_known("loop", loop, q.LOOPS)
            changed = _changed(queue, loop=loop)
        case ask.SetShuffle(shuffle):
            must_be_known("ShuffleMode", shuffle, q.SHUFFLES)
            changed = queue if shuffle == queue.shuffle else shuffled(queue, shuffle, moment.deal)
        case ask.SetConsume(consume):
            changed = _changed(queue, consume=consume)
        case ask.SetStopAfter(stop_after):
            changed = _changed(queue, stop_after=stop_after)
        case _:
            assert_never(command)
    return rejoined(with_queue(state, changed))


def _set(state: PlayerState, command: ask.SetQueue, moment: Moment) -> Stepped:
    tracks, first = command.tracks, command.start
    if first >= max(1, len(tracks)):
        raise InvalidRequest(f"start {first} is outside the list of {len(tracks)}; say 0 to {max(0, len(tracks) - 1)}")
    queue = edits.replaced(state.queue, tracks, start=first, deal=moment.deal)
    stopped, effects = stop(state, moment)
    noted = _noted(stopped) if command.undoable else _changed(stopped, edits=EditHistory())
    fresh = _changed(with_queue(noted, queue), broken=frozenset(), start_us=0)
    if command.play:
        fresh, started = play(fresh)
        # The start replaces what sounded: halting first would close a device that is needed at once.
        effects = (*(effect for effect in effects if not started or not isinstance(effect, HaltSound)), *started)
    answer = Answer(tuple(entry.id for entry in queue.entries))
    return fresh, (*effects, Tell(QueueChanged(queue.revision, "set")), answer)


def _add(state: PlayerState, command: _Adding, moment: Moment) -> Stepped:
    queue = state.queue
    match command:
        case ask.Append(tracks):
            added = edits.inserted(queue, tracks, len(queue.entries), deal=moment.deal)
            edited, effects = _taken_up(state, added, "append", moment)
        case ask.Insert(tracks, position):
            added = edits.inserted(queue, tracks, position, deal=moment.deal)
            edited, effects = _taken_up(state, added, "insert", moment)
        case ask.InsertAfter(track, after, play):
            added = edits.inserted(queue, (track,), _behind(after, queue), deal=moment.deal)
            edited, effects = _taken_up(state, added, "insert", moment)
            if play:
                edited, started = move(edited, ask.GoTo(queue.next_id), moment)
                effects = (*effects, *started)
        case ask.PlayNext(tracks):
            edited, effects = _taken_up(state, edits.inserted_next(queue, tracks), "play_next", moment)
        case ask.PlayNow(track):
            edited = with_queue(_noted(state), edits.inserted_next(queue, (track,)))
            edited, effects = to_entry(edited, queue.next_id, moment, playing=True)
            effects = (*effects, Tell(QueueChanged(edited.queue.revision, "insert")))
        case _:
            assert_never(command)
    return edited, (*effects, Answer(tuple(range(queue.next_id, edited.queue.next_id))))


def _behind(entry: int, queue: PlayQueue) -> int:
    """The place behind an entry; the start for 0, the end for one that is not there."""
    if entry == 0:
        return 0
    return queue.index_of(entry) + 1 if entry in queue.listing.places else len(queue.entries)


def _back(state: PlayerState, operation: str, moment: Moment) -> Stepped:
    """Undo or redo: what plays goes on where it is still there, else what followed it, else what was current then."""
    if operation == "undo":
        there, history = state.edits.undone(state.queue)
    else:
        there, history = state.edits.redone(state.queue)
    queue = edits.relisted(state.queue, there.listing, moment.deal)
    onward = q.survivor(state.queue, queue.listing.places) or _current_of(there)
    edited, effects = _taken_up(state, queue, operation, moment, onward=onward)
    return _changed(edited, edits=history), effects


def _current_of(there: Arrangement) -> int | None:
    return there.current if there.current in there.listing.places else None


def _taken_up(
    state: PlayerState, queue: PlayQueue, operation: str, moment: Moment, *, onward: int | None = None
) -> Stepped:
    """An edited queue: the current entry goes on where it is still there, else `onward` does; None: play stops."""
    if queue.entries == state.queue.entries:
        return state, ()
    told = Tell(QueueChanged(queue.revision, operation))
    edited, effects = _with_current(_noted(state), queue, onward, moment)
    return edited, (*effects, told)


def _with_current(state: PlayerState, queue: PlayQueue, onward: int | None, moment: Moment) -> Stepped:
    left = state.queue.current
    if left in queue.listing.places or not left:
        current = left or onward or queue.current or q.first(queue)
        return rejoined(with_queue(state, q.with_current(queue, current)))
    if onward is not None:
        return to_entry(with_queue(state, queue), onward, moment, playing=state.wants_sound)
    stopped, effects = stop(state, moment, reason="stopped" if not queue.entries else "skipped")
    return with_queue(stopped, q.with_current(queue, q.first(queue))), effects


def _noted(state: PlayerState) -> PlayerState:
    """The way back leads here."""
    return _changed(state, edits=state.edits.edited(state.queue))
