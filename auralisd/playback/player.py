"""Player: the only writer of the player's state.  Everybody else asks, and gets told.

One task takes commands and reports from one mailbox, in order: `machine.step` decides, this shell carries the effects
out, keeps what must survive, and publishes one new Snapshot.
"""

import asyncio
import random
import time
from collections.abc import Callable

import msgspec

from auralisd.doors import sound
from auralisd.doors.clock import frame_now
from auralisd.errors import Busy, NotFound, RequestRefused
from auralisd.model.audio import frames_to_us, us_to_frames
from auralisd.model.taste import OFF
from auralisd.model.track import Track
from auralisd.playback import commands as ask
from auralisd.playback import queue as q
from auralisd.playback import state as s
from auralisd.playback.commands import RememberPreset
from auralisd.playback.hearing import Outcome, weighed
from auralisd.playback.machine import Input, step
from auralisd.playback.notes import Learned, Note, PresetsChanged, Refresh, Rest, Tick
from auralisd.playback.ports import Memory, Presets, TrackSource
from auralisd.playback.programme import Programme
from auralisd.playback.questions import Questions
from auralisd.playback.snapshot import PLAYING, STOPPED, Event, Mastering, Snapshot, StateChanged
from auralisd.playback.sound_link import SoundLink, SoundStarter, start_sound
from auralisd.playback.treatments import preset_named, wants_album
from auralisd.supervise import Supervisor

KEEP_PLACE_EVERY_S = 2.0
"""While playing, the position is made durable this often: at most so much of it is lost."""

MAX_WAITING = 256
"""Commands that may wait; more are refused, so that a flood cannot grow the mailbox."""

DEADLY_WITHIN_S = 10.0
"""A second death of the sound process on one entry within this time is the file's fault."""


Letter = tuple[Input | Note, asyncio.Future[tuple[int, ...]] | None]


class Player:
    """`ask` for something, read `snapshot`, listen through `publish`; `run` is its task."""

    def __init__(
        self,
        *,
        tracks: TrackSource,
        presets: Presets,
        memory: Memory,
        publish: Callable[[Event], None],
        supervisor: Supervisor,
        output: str,
        sound_idle_s: float,
        state: s.PlayerState,
        start: SoundStarter = start_sound,
    ) -> None:
        self._tracks = tracks
        self._presets = presets
        self._programme = Programme(tracks, presets)
        self._memory = memory
        self._publish = publish
        self._supervisor = supervisor
        self._sound_idle_s = sound_idle_s
        self._state = state
        self._dice = random.Random()
        self._mailbox: asyncio.Queue[Letter] = asyncio.Queue()
        self._current: Track | None = None
        self._heard_length_us: int | None = None
        self._plans: dict[int, sound.Planned] = {}
        self._device = sound.DeviceState("closed", "")
        self._underruns_before = 0
        self._underruns = 0
        self._last_death: tuple[int, float] = (0, 0.0)
        self._questions = Questions()
        self._timer: asyncio.TimerHandle | None = None
        self._capabilities: dict[str, str] = {}
        self._snapshot = Snapshot()
        self._sound = SoundLink(
            output=output,
            greeting=lambda: (sound.SetVolume(self._state.volume),),
            on_report=self._on_report,
            on_death=self._on_death,
            supervisor=supervisor,
            start=start,
        )

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def capabilities(self) -> dict[str, str]:
        """What the sound process told of its parts; empty before it ran."""
        return self._capabilities

    def position_us(self) -> int:
        """The position heard now, in the current track; never past its end, 0 while stopped."""
        state = self._state
        if state.status == STOPPED:
            return 0
        heard = self._sound.heard()
        if not state.loaded or heard.generation != state.generation:
            return state.start_us
        length_us = self._snapshot.length_us
        if heard.entry != state.queue.current:  # the border was heard, its report is on the way
            return length_us or 0
        position_us = frames_to_us(frame_now(heard, time.monotonic_ns()), max(1, heard.rate_hz))
        return position_us if length_us is None else min(position_us, length_us)

    async def ask(self, command: ask.Command) -> tuple[int, ...]:
        """Obey a command; returns when the new state is in force, with the entry ids that it made.

        Raises a RequestRefused, and then nothing has changed.
        """
        if self._mailbox.qsize() >= MAX_WAITING:
            raise Busy("the player has too many commands waiting; ask again")
        answer: asyncio.Future[tuple[int, ...]] = asyncio.get_running_loop().create_future()
        self._mailbox.put_nowait((command, answer))
        return await answer

    async def meters(self) -> sound.MetersRead | None:
        """The meters at the frame that is heard; None when no sound process runs or it does not answer in time."""
        if not self._sound.running:
            return None
        request = self._questions.new()
        self._sound.send_if_running(sound.AskMeters(request))
        read = await self._questions.answer(request)
        return read if isinstance(read, sound.MetersRead) else None

    async def cache(self, *, clear: bool = False, track: int = 0) -> sound.CacheRead | None:
        """What of one track or (0) of all is kept rendered, `clear` forgets it first; None as for the meters."""
        if not self._sound.running:
            return None
        request = self._questions.new()
        self._sound.send_if_running(sound.AskCache(request, clear, track))
        read = await self._questions.answer(request)
        return read if isinstance(read, sound.CacheRead) else None

    def knowledge_changed(self, tracks: tuple[int, ...]) -> None:
        self._mailbox.put_nowait((Learned(tracks), None))

    def presets_changed(self) -> None:
        self._mailbox.put_nowait((PresetsChanged(), None))

    def library_changed(self) -> None:
        self._mailbox.put_nowait((Refresh(), None))

    async def run(self) -> None:
        """Take letters for ever; cancelled at shutdown."""
        await self._programme.attend(self._state)
        await self._settle(s.PlayerState(), self._snapshot)
        while True:
            letter, answer = await self._mailbox.get()
            try:
                entries = await self._take(letter)
            except RequestRefused as refusal:
                if answer is None:
                    raise
                if not answer.cancelled():
                    answer.set_exception(refusal)
            else:
                if answer is not None and not answer.cancelled():
                    answer.set_result(entries)

    async def close(self) -> None:
        """Keep the place and end the sound process."""
        if self._timer is not None:
            self._timer.cancel()
        await self._weigh()
        await self._memory.keep_place(self._state, self.position_us())
        await self._sound.end()

    # --- one letter --------------------------------------------------------------------------------

    async def _take(self, letter: Input | Note) -> tuple[int, ...]:
        match letter:
            case Tick():
                await self._weigh()
                await self._memory.keep_place(self._state, self.position_us())
                self._wind_timer()
            case Rest():
                await self._rest()
            case Refresh() | PresetsChanged() | Learned():
                await self._renew(letter)
            case RememberPreset():
                await self._remember(letter)
                return await self._step(letter)
            case ask.SetQueue(tracks) | ask.Append(tracks):
                await self._must_exist(tracks)
                return await self._step(letter)
            case ask.PlayNow(track):
                await self._must_exist((track,))
                return await self._step(letter)
            case _:
                self._note(letter)
                return await self._step(letter)
        return ()

    async def _must_exist(self, tracks: tuple[int, ...]) -> None:
        there = await self._tracks.tracks(tuple(set(tracks)))
        for track in tracks:
            if track not in there:
                raise NotFound(f"track {track} is not in the library; Query names those that are")

    async def _renew(self, note: Refresh | PresetsChanged | Learned) -> None:
        """Something else is known now than what the current treatment was made from."""
        if isinstance(note, Learned) and not self._programme.is_about(note.tracks):
            return
        if not isinstance(note, PresetsChanged):
            await self._programme.look_again(self._state)
        self._revise()
        await self._settle(self._state, self._snapshot)

    async def _remember(self, command: RememberPreset) -> None:
        step(self._state, command, self._moment())  # refused before anything is kept
        await self._must_exist((command.track,))
        await self._tracks.remember_preset(command.track, command.scope, command.preset)
        await self._programme.look_again(self._state)

    def _note(self, letter: Input) -> None:
        """What the shell remembers of a report, beside what the machine decides."""
        match letter:
            case sound.Planned(generation=generation, entry=entry) if generation == self._state.generation:
                self._plans[entry] = letter
            case sound.Audible(generation=generation, frames=frames) if generation == self._state.generation:
                self._heard_length_us = None if frames is None else frames_to_us(frames, max(1, letter.rate_hz))
                self._plans = {entry: plan for entry, plan in self._plans.items() if entry == letter.entry}
            case sound.DeviceState():
                self._device = letter
            case sound.Underran(total=total):
                self._underruns = self._underruns_before + total
            case s.SoundDied():  # what the dead process had told before stands in the mailbox before this
                self._underruns_before = self._underruns
                self._device = sound.DeviceState("closed", self._device.device)
            case sound.Ready(capabilities=capabilities):
                self._capabilities = capabilities
            case _:
                pass  # a command, or a report that only the machine weighs

    async def _step(self, given: Input) -> tuple[int, ...]:
        before, seen = self._state, self._snapshot
        after, effects = step(before, given, self._moment())
        self._state = after
        if after.generation != before.generation:
            self._plans.clear()
        if not after.loaded and (after.taste, after.override) != (before.taste, before.override):
            self._plans.clear()  # nobody will tell what they have become
        answer: tuple[int, ...] = ()
        for effect in effects:
            if isinstance(effect, s.Answer):
                answer = effect.entries
            elif not isinstance(effect, s.Tell | s.Count):
                await self._perform(effect)
        await self._programme.attend(after)
        self._revise()
        if _list(after.queue) != _list(before.queue):
            await self._memory.keep_queue(after)
        if _place(after) != _place(before):
            await self._memory.keep_place(after, self.position_us())
        await self._settle(before, seen)
        await self._tell(effects)
        return answer

    async def _tell(self, effects: tuple[s.Effect, ...]) -> None:
        """Others hear of it, and what is to be counted is, once all else is done."""
        for effect in effects:
            if isinstance(effect, s.Tell):
                self._publish(effect.event)
            elif isinstance(effect, s.Count):
                await self._count(effect.outcome)

    async def _weigh(self) -> None:
        """Count the hearing under way as soon as it is a play: a death later on takes nothing of it away."""
        if self._state.hearing is not None:
            hearing, outcomes = weighed(self._state.hearing, self.position_us())
            self._state = msgspec.structs.replace(self._state, hearing=hearing)
            for outcome in outcomes:
                await self._count(outcome)

    async def _count(self, outcome: Outcome) -> None:
        await self._tracks.count(outcome.entry, outcome.track, outcome.outcome)

    def _moment(self) -> s.Moment:
        position_us = self.position_us()
        rate_hz = (self._current.stream.rate_hz if self._current else None) or 1
        return s.Moment(
            position_us=position_us,
            length_us=self._snapshot.length_us,
            frames=us_to_frames(position_us, rate_hz),
            dice=self._dice,
            presets=self._presets.presets,
            remembered=bool(self._programme.knowledge(self._current.id if self._current else None).preset),
        )

    async def _perform(self, effect: s.Effect) -> None:
        match effect:
            case s.StartStream(entry, start_us, playing):
                stream = await self._programme.begin(self._state, entry, start_us)
                await self._sound.send(sound.Start(self._state.generation, stream, playing))
            case s.JoinNext(entry):
                stream_next = None if entry is None else await self._programme.join(self._state, entry)
                await self._sound.send(sound.QueueNext(self._state.generation, stream_next))
            case s.HoldSound():
                self._sound.send_if_running(sound.Hold())
            case s.ReleaseSound():
                self._sound.send_if_running(sound.Release())
            case s.HaltSound():
                self._sound.send_if_running(sound.Halt(self._state.generation))
            case s.ApplyVolume():
                self._sound.send_if_running(sound.SetVolume(self._state.volume))
            case _:
                raise AssertionError(effect)

    def _revise(self) -> None:
        """Tell sound what shall be done differently.  This is what a listener waits for: no question comes before."""
        if self._state.loaded and (streams := self._programme.revised(self._state)):
            self._sound.send_if_running(sound.Revise(self._state.generation, streams))

    # --- after one letter --------------------------------------------------------------------------

    async def _settle(self, before: s.PlayerState, seen: Snapshot) -> None:
        """Read the current track anew where needed, publish what changed, wind the timers."""
        queue = self._state.queue
        track_id = queue.track_of(queue.current)
        if track_id is None:
            self._current = None
        else:
            self._current = (await self._tracks.tracks((track_id,))).get(track_id)
        if queue.current != before.queue.current:
            self._heard_length_us = None
        wants = (queue.current, wants_album(self._state.taste))
        if wants != (before.queue.current, wants_album(before.taste)):
            await self._programme.wish(self._state)
        self._programme.rehearse(self._state)
        self._snapshot = self._drawn()
        if self._snapshot != seen:
            self._publish(StateChanged(self._snapshot))
        if self._state.status != before.status or self._timer is None:
            self._wind_timer()

    def _drawn(self) -> Snapshot:
        state, queue = self._state, self._state.queue
        stream = self._current.stream if self._current else None
        onward = q.after(queue, queue.current, asked=True, broken=state.broken)
        presets = self._presets.presets
        return Snapshot(
            status=state.status,
            entries=queue.entries,
            revision=queue.revision,
            current_index=queue.current_index,
            current_entry=queue.current,
            current=self._current,
            length_us=self._heard_length_us or (stream.duration_us if stream else None),
            can_go_next=onward is not None and onward != queue.current,
            can_go_previous=bool(queue.current),
            loop=queue.loop,
            shuffle=queue.shuffle,
            volume=state.volume,
            taste=state.taste,
            preset=self._programme.preset(state).name,
            default_preset=preset_named(state.taste.preset, presets).name,
            presets=presets,
            mastering=self._mastering(),
            device=self._device,
            underruns=self._underruns,
        )

    def _mastering(self) -> Mastering:
        """What was told of the current entry; until something is, what was told of the one before is in force."""
        state = self._state
        if state.taste.mode == OFF:
            return Mastering()
        planned = self._plans.get(state.queue.current)
        if planned is not None:
            rate_hz = self._current.stream.rate_hz if self._current else None
            from_us = frames_to_us(planned.effective_frame, rate_hz) if rate_hz else 0
            return Mastering(planned.plan, planned.entry, from_us)
        if state.loaded:
            return msgspec.structs.replace(self._snapshot.mastering, effective_from_us=state.start_us)
        return Mastering()

    # --- timers and the sound process --------------------------------------------------------------

    def _wind_timer(self) -> None:
        """Playing: keep the place every 2 s.  Silent: let the sound process end after its rest.  Else no timer.

        While it waits for its device it does not rest: it is the one that tries."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        if self._state.status == PLAYING:
            self._timer = loop.call_later(KEEP_PLACE_EVERY_S, self._mailbox.put_nowait, (Tick(), None))
        elif self._sound.running:
            self._timer = loop.call_later(self._sound_idle_s, self._mailbox.put_nowait, (Rest(), None))

    async def _rest(self) -> None:
        if self._state.wants_sound:
            self._wind_timer()
            return
        self._timer = None  # it has run down: whatever starts the process again, paused as we are, winds another
        position_us = self.position_us()
        await self._sound.end()
        self._underruns_before = self._underruns
        self._device = sound.DeviceState("closed", self._device.device)
        self._state = step(self._state, s.SoundRested(), s.Moment(position_us=position_us))[0]
        await self._settle(self._state, self._snapshot)

    def _on_report(self, report: sound.Report) -> None:
        if isinstance(report, sound.MetersRead | sound.CacheRead):
            self._questions.answered(report)
            return
        self._mailbox.put_nowait((report, None))

    def _on_death(self, was_ready: bool) -> None:
        """A process that was never ready has not come to any file: it died of itself."""
        now = asyncio.get_running_loop().time()
        entry, when = self._last_death
        current = self._state.queue.current
        again = was_ready and entry == current and now - when < DEADLY_WITHIN_S
        if was_ready:
            self._last_death = (current, now)
        self._mailbox.put_nowait((s.SoundDied(current, again), None))


def _list(queue: q.PlayQueue) -> tuple[object, ...]:
    """What `keep_queue` keeps: long, but the very same objects unless somebody has edited it."""
    return (queue.entries, queue.order, queue.next_id)


def _place(state: s.PlayerState) -> tuple[object, ...]:
    """What `keep_place` keeps, besides the position."""
    queue = state.queue
    return (state.status, queue.current, queue.loop, queue.shuffle, state.volume, state.taste, state.override)
