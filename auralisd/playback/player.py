"""Player: the only writer of the player's state.  Everybody else asks, and gets told.

One task takes commands and reports from one mailbox, in order: `machine.step` decides, this shell carries the effects
out, keeps what must survive, and publishes one new Snapshot.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping

from auralisd.doors import sound
from auralisd.errors import RequestRefused
from auralisd.model.audio import us_to_frames
from auralisd.model.knowledge import AlbumPlace
from auralisd.model.track import Track
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.alarms import Alarms
from auralisd.playback.commands import RememberPreset
from auralisd.playback.counting import count_heard, count_weighed
from auralisd.playback.devices import device_of, spec_of
from auralisd.playback.drawing import Seen, drawn
from auralisd.playback.keeping import keep_changed
from auralisd.playback.lookups import Lookups
from auralisd.playback.machine import Input, step
from auralisd.playback.mailbox import Letter, Mailbox, obeyed, refused
from auralisd.playback.notes import Learned, Note, PresetsChanged, Refresh, Rest, SettingsChanged, Tick
from auralisd.playback.orders import Orders
from auralisd.playback.patience import PatientTracks
from auralisd.playback.ports import Memory, Presets, TrackSource
from auralisd.playback.position import Forward, ahead_s, heard_at_us
from auralisd.playback.programme import Programme
from auralisd.playback.questions import Questions
from auralisd.playback.sleeping import due_in_s, left_s
from auralisd.playback.snapshot import PLAYING, Event, Snapshot, SoundRuns, StateChanged
from auralisd.playback.sound_link import SoundLink, SoundStarter, start_sound
from auralisd.playback.told import Deaths, Told
from auralisd.playback.treatments import wants_album
from auralisd.supervise import Supervisor


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
        sound_idle_s: Callable[[], float],
        state: s.PlayerState,
        resumes: Callable[[], bool] = lambda: True,
        start: SoundStarter = start_sound,
    ) -> None:
        self._tracks = PatientTracks(tracks, on_late=self.knowledge_changed)
        self._presets = presets
        self._programme = Programme(self._tracks, presets)
        self._lookups = Lookups(self._tracks)
        self._memory = memory
        self._publish = publish
        self._state = state
        self._output = output
        self._resumes = resumes
        self._dice = random.Random()
        self._mailbox = Mailbox()
        self._alarms = Alarms(self._mailbox.put, sound_idle_s=sound_idle_s)
        self._current: Track | None = None
        self._told = Told()
        self._forward = Forward()
        self._deaths = Deaths()
        self._snapshot = Snapshot()
        self._sound = SoundLink(
            output=spec_of(state.device) if state.device else output,
            greeting=lambda: (sound.SetVolume(self._state.loudness, self._state.muted),),
            on_report=self._on_report,
            on_death=self._on_death,
            on_replaced=lambda: self._mailbox.put(s.SoundReplaced()),
            supervisor=supervisor,
            start=start,
        )
        self._questions = Questions(self._sound)
        self._orders = Orders(self._programme, self._sound)

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def position_us(self) -> int:
        """The position heard now, in the current track; never past its end, 0 while stopped."""
        at_us = heard_at_us(self._state, self._sound.heard(), self._snapshot.length_us, time.monotonic_ns())
        return self._forward.newest(self._state, at_us)

    def buffered_s(self) -> float:
        """How much sound is rendered ahead of the ear; 0 while nothing is loaded."""
        return ahead_s(self._state, self._sound.heard())

    def sleep_left_s(self) -> float:
        """How long until the sleep timer pauses; 0 while it is off."""
        return left_s(self._state, time.monotonic())

    async def ask(self, command: ask.Command) -> tuple[int, ...]:
        """Obey a command; returns when the new state is in force, with the entry ids that it made.

        Raises a RequestRefused, and then nothing has changed.
        """
        answer: asyncio.Future[tuple[int, ...]] = asyncio.get_running_loop().create_future()
        self._mailbox.put_asked(command, answer)
        return await answer

    async def meters(self) -> sound.MetersRead | None:
        """The meters at the frame that is heard; None when no sound process runs or it does not answer in time."""
        return await self._questions.meters()

    async def cache(self, *, clear: bool = False, track: int = 0) -> sound.CacheRead | None:
        """What of one track or (0) of all is kept rendered, `clear` forgets it first; None as for the meters."""
        return await self._questions.cache(clear=clear, track=track)

    def knowledge_changed(self, tracks: tuple[int, ...]) -> None:
        self._mailbox.put(Learned(tracks))

    def presets_changed(self) -> None:
        self._mailbox.put(PresetsChanged())

    def settings_changed(self) -> None:
        self._mailbox.put(SettingsChanged())

    def library_changed(self) -> None:
        self._mailbox.put(Refresh())

    async def run(self) -> None:
        """Take letters for ever; cancelled at shutdown."""
        await self._programme.attend(self._state)
        await self._settle(s.PlayerState(), self._snapshot)
        while True:
            letters = await self._mailbox.take()
            while letters:
                letters = await self._obey(letters)

    async def close(self) -> None:
        """Keep the place and end the sound process."""
        self._alarms.close()
        await self._keep_place()
        await self._sound.end()
        self._tracks.close()

    # --- one letter --------------------------------------------------------------------------------

    async def _obey(self, letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
        """The last letter, for all of them; those that are still to be obeyed, because it was refused."""
        try:
            entries = await self._take(letters[-1][0])
        except RequestRefused as refusal:
            refused(letters[-1], refusal)
            return letters[:-1]
        obeyed(letters, entries)
        return ()

    async def _take(self, letter: Input | Note) -> tuple[int, ...]:
        match letter:
            case Tick():
                self._sound.attend()
                if self._state.status == PLAYING:
                    await self._keep_place()
                self._wind()
            case SettingsChanged():
                self._sound.log_as_we_do()
                if not self._state.wants_sound:
                    self._wind()
            case Rest():
                await self._rest()
            case Refresh() | PresetsChanged() | Learned():
                await self._renew(letter)
            case RememberPreset():
                await self._remember(letter)
                return await self._step(letter)
            case _:
                albums = await self._lookups.for_command(letter, self._state.queue)
                self._told.note(letter, self._state.generation)
                return await self._step(letter, albums)
        return ()

    async def _renew(self, note: Refresh | PresetsChanged | Learned) -> None:
        """Something else is known now than what the current treatment was made from."""
        if isinstance(note, Learned) and not self._programme.is_about(note.tracks):
            return
        if not isinstance(note, PresetsChanged):
            await self._programme.look_again(self._state)
        self._orders.revise(self._state)
        await self._settle(self._state, self._snapshot)

    async def _remember(self, command: RememberPreset) -> None:
        step(self._state, command, self._moment())  # refused before anything is kept
        await self._lookups.must_exist((command.track,))
        await self._tracks.remember_preset(command.track, command.scope, command.preset)
        await self._programme.look_again(self._state)

    async def _step(self, given: Input, albums: Mapping[int, AlbumPlace] | None = None) -> tuple[int, ...]:
        before, seen = self._state, self._snapshot
        after, effects = step(before, given, self._moment(albums))
        self._state = after
        if isinstance(given, sound.Audible):
            self._forward.begins(given.generation)
        if after.generation != before.generation:
            self._told.plans.clear()
        if not after.loaded and (after.taste, after.override) != (before.taste, before.override):
            self._told.plans.clear()  # nobody will tell what they have become
        await self._orders.perform(after, effects)
        await self._programme.attend(after)
        self._orders.revise(after)
        await keep_changed(self._memory, before, after, self.position_us())
        await self._settle(before, seen)
        await self._tell(effects)
        return next((effect.entries for effect in effects if isinstance(effect, s.Answer)), ())

    async def _tell(self, effects: tuple[s.Effect, ...]) -> None:
        """Others hear of it, and what is to be counted is, once all else is done."""
        for effect in effects:
            if isinstance(effect, s.Tell):
                self._publish(effect.event)
        await count_heard(self._tracks, effects)

    async def _keep_place(self) -> None:
        self._state = await count_weighed(self._tracks, self._state, self.position_us())
        await self._memory.keep_place(self._state, self.position_us())

    def _moment(self, albums: Mapping[int, AlbumPlace] | None = None) -> s.Moment:
        position_us = self.position_us()
        rate_hz = (self._current.stream.rate_hz if self._current else None) or 1
        return s.Moment(
            position_us=position_us,
            length_us=self._snapshot.length_us,
            frames=us_to_frames(position_us, rate_hz),
            now_s=time.monotonic(),
            dice=self._dice,
            albums=albums or {},
            resumes=self._resumes(),
            presets=self._presets.presets,
            remembered=bool(self._programme.knowledge(self._current.id if self._current else None).preset),
        )

    # --- after one letter --------------------------------------------------------------------------

    async def _settle(self, before: s.PlayerState, seen: Snapshot) -> None:
        """Read the current track anew where needed, publish what changed, wind the alarms."""
        queue = self._state.queue
        track = queue.track_of(queue.current)
        self._current = None if track is None else (await self._tracks.tracks((track,))).get(track)
        if queue.current != before.queue.current:
            self._told.length_us = None
        wants = (queue.current, wants_album(self._state.taste))
        if wants != (before.queue.current, wants_album(before.taste)):
            await self._programme.wish(self._state)
        self._programme.rehearse(self._state)
        self._snapshot = drawn(self._state, self._seen())
        if self._snapshot != seen:
            self._publish(StateChanged(self._snapshot))
        if self._state.status != before.status or not self._alarms.wound:
            self._wind()
        if self._state.sleep_at_s is not None or before.sleep_at_s is not None:
            self._alarms.wind_sleep(due_in_s(self._state, time.monotonic()))

    def _seen(self) -> Seen:
        return Seen(
            current=self._current,
            heard_length_us=self._told.length_us,
            preset=self._programme.preset(self._state).name,
            presets=self._presets.presets,
            plan=self._told.plans.get(self._state.queue.current),
            in_force=self._snapshot.mastering,
            device=self._told.device,
            device_name=self._state.device or device_of(self._output),
            underruns=self._told.underruns,
        )

    def _wind(self) -> None:
        self._alarms.wind(playing=self._state.wants_sound, running=self._sound.running)

    # --- the sound process -------------------------------------------------------------------------

    async def _rest(self) -> None:
        if self._state.wants_sound:  # while it waits for its device it is the one that tries
            self._wind()
            return
        self._alarms.unwind()  # it has run down: whatever starts the process again, paused as we are, winds another
        moment = self._moment()
        await self._sound.end()
        self._told.rested()
        self._state, _ = step(self._state, s.SoundRested(), moment)
        await self._settle(self._state, self._snapshot)

    def _on_report(self, report: sound.Report) -> None:
        if isinstance(report, sound.MetersRead | sound.CacheRead):
            self._questions.answered(report)
        elif isinstance(report, sound.ThreadsRun):
            self._publish(SoundRuns(report.process, report.writer, report.others, report.refusal))
        else:
            self._mailbox.put(report)

    def _on_death(self, was_ready: bool) -> None:
        current = self._state.queue.current
        again = self._deaths.again(current, asyncio.get_running_loop().time(), was_ready=was_ready)
        self._mailbox.put(s.SoundDied(current, again))
