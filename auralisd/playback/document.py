"""The tables of docs/playback.md, made from the machine: `python -m auralisd.playback.document` writes them anew.

Each cell is what the machine does when it is asked, never what somebody wrote down.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from auralisd.doors import sound
from auralisd.errors import RequestRefused
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.machine import Input, step
from auralisd.playback.snapshot import StreamEnded

PAGE = Path(__file__).parents[2] / "docs" / "playback.md"
BEGIN = "<!-- made by auralisd.playback.document: begin -->\n"
END = "<!-- made by auralisd.playback.document: end -->\n"

_MOMENT = s.Moment(position_us=60_000_000, length_us=180_000_000, frames=2_646_000, now_s=100.0)
_Given = Callable[[s.PlayerState], Input | None]


def page(text: str) -> str:
    """The page with its tables as the machine is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, behind = rest.partition(END)
    return before + BEGIN + "\n".join(_tables()) + "\n" + END + behind


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) if arguments else PAGE
    target.write_text(page(target.read_text(encoding="utf-8")), encoding="utf-8")


# --- the states and the inputs ------------------------------------------------------------------------


def _states() -> Mapping[str, s.PlayerState]:
    """Three entries, the second of them current; and the ends of the queue."""
    stopped = _after(s.PlayerState(), ask.SetQueue((10, 20, 30), 1, False))
    playing = _heard(_after(stopped, ask.Play()))
    paused = _after(playing, ask.Pause())
    last = _heard(_after(stopped, ask.GoTo(3)))
    restored = s.PlayerState(queue=paused.queue, status=paused.status, start_us=_MOMENT.position_us)
    lost = _after(playing, sound.DeviceState("lost", "default", code="lost"))
    return {
        "nothing queued": s.PlayerState(),
        "stopped": stopped,
        "playing": playing,
        "playing the last": last,
        "paused": paused,
        "paused, nothing loaded": restored,
        "waiting for the device": lost,
        "paused, device lost": _after(lost, ask.Pause()),
    }


def _given() -> Mapping[str, _Given]:
    """Inputs, by what they are called in the table; None where there can be no such thing."""
    return {
        "Play": lambda _: ask.Play(),
        "Pause": lambda _: ask.Pause(),
        "PlayPause": lambda _: ask.Toggle(),
        "Stop": lambda _: ask.Stop(),
        "Next": lambda _: ask.Next(),
        "Previous": lambda _: ask.Previous(),
        "Seek within": lambda _: ask.SeekBy(5_000_000),
        "Seek past the end": lambda _: ask.SeekBy(10**12),
        "GoTo the first": lambda _: ask.GoTo(1),
        "Set, play": lambda _: ask.SetQueue((70, 80), 0, True),
        "Append": lambda _: ask.Append((40,)),
        "Remove the current": lambda state: ask.Remove((state.queue.current,)),
        "Clear": lambda _: ask.Clear(),
        "Undo": lambda _: ask.Undo(),
        "sleep timer runs down": lambda _: s.SleepPassed(),
        "what follows is heard": lambda state: _report(state, state.following) if state.following else None,
        "the last frame was heard": lambda state: sound.Drained(state.generation),
        "the current file cannot be read on": lambda state: _unreadable(state, state.queue.current),
        "the next file cannot be read": lambda state: _unreadable(state, state.following) if state.following else None,
        "a stretch of the current file is damaged": lambda state: sound.Damaged(
            state.generation, state.queue.current, 441, 4_096, 44_100
        ),
        "any report of an older generation": lambda state: sound.Drained(state.generation - 1),
        "the device is lost": lambda _: sound.DeviceState("lost", "default", code="lost"),
        "the device runs": lambda _: sound.DeviceState("running", "default"),
        "the sound process dies": lambda state: s.SoundDied(state.queue.current, again=False),
        "it dies on this entry again": lambda state: s.SoundDied(state.queue.current, again=True),
        "the sound process hangs, and another is tried": lambda _: s.SoundReplaced(),
        "the sound process was ended idle": lambda state: None if state.wants_sound else s.SoundRested(),
    }


def _after(state: s.PlayerState, given: Input) -> s.PlayerState:
    return step(state, given, _MOMENT)[0]


def _report(state: s.PlayerState, entry: int) -> sound.Audible:
    return sound.Audible(state.generation, entry, 44_100, 7_938_000, 0)


def _unreadable(state: s.PlayerState, entry: int) -> sound.Unreadable:
    return sound.Unreadable(state.generation, entry, "damaged", 441)


def _heard(state: s.PlayerState) -> s.PlayerState:
    return _after(state, _report(state, state.queue.current))


# --- words --------------------------------------------------------------------------------------------


def _tables() -> Iterator[str]:
    given = _given()
    for name, state in _states().items():
        yield f"### {name[0].upper()}{name[1:]}\n"
        yield "| input | then | sound is told | others are told |"
        yield "|---|---|---|---|"
        same = []
        for what, make in given.items():
            if (one := make(state)) is None:
                continue
            if row := _row(state, one, what):
                yield row
            else:
                same.append(what)
        yield f"\nNo effect: {'; '.join(same)}.\n"


def _asleep(state: s.PlayerState) -> s.PlayerState:
    return step(state, ask.SetSleepTimer(0.001), s.Moment(now_s=0.0))[0]


def _row(state: s.PlayerState, given: Input, what: str) -> str:
    """A line of the table; "" for an input that changes nothing."""
    before = _asleep(state) if isinstance(given, s.SleepPassed) else state
    try:
        after, effects = step(before, given, _MOMENT)
    except RequestRefused as refusal:
        return f"| {what} | refused: {type(refusal).__name__} | | |"
    orders = [text for effect in effects if (text := _order(effect))]
    events = [_event(effect) for effect in effects if isinstance(effect, s.Tell)]
    if _essence(after) == _essence(before) and not orders and not events:
        return ""
    return f"| {what} | {_words(before, after)} | {', '.join(orders)} | {', '.join(events)} |"


def _essence(state: s.PlayerState) -> tuple[object, ...]:
    return (
        state.status,
        state.queue,
        state.loaded,
        state.start_us,
        state.following,
        state.broken,
        state.lost,
        state.waits,
    )


def _words(before: s.PlayerState, after: s.PlayerState) -> str:
    words = [after.status.lower()]
    if after.waits:
        words.append("waits for the device")
    if not after.queue.entries:
        words.append("nothing queued")
    elif after.queue.current != before.queue.current:
        words.append(f"entry {after.queue.current}")
    if not after.loaded and after.start_us:
        words.append(f"would begin at {after.start_us // 1_000_000} s")
    if after.generation != before.generation:
        words.append("new generation")
    if after.broken - before.broken:
        words.append(f"entry {min(after.broken - before.broken)} is passed over from now on")
    return ", ".join(words)


def _order(effect: s.Effect) -> str:
    match effect:
        case s.StartStream(entry, start_us, playing):
            return f"start entry {entry} at {start_us // 1_000_000} s{'' if playing else ', held'}"
        case s.JoinNext(entry):
            return "nothing follows" if entry is None else f"entry {entry} follows"
        case s.HoldSound():
            return "hold"
        case s.ReleaseSound():
            return "go on"
        case s.HaltSound():
            return "halt"
        case s.ApplyVolume():
            return "volume"
        case _:
            return ""


def _event(told: s.Tell) -> str:
    event = told.event
    return f"StreamEnded ({event.reason})" if isinstance(event, StreamEnded) else type(event).__name__


if __name__ == "__main__":
    main(sys.argv[1:])
