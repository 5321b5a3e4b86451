"""Orders: what the machine decided, carried to the sound process."""

from auralisd.doors import sound
from auralisd.playback import state as s
from auralisd.playback.devices import spec_of
from auralisd.playback.programme import Programme
from auralisd.playback.sound_link import SoundLink


class Orders:
    """Lives in the player's task."""

    def __init__(self, programme: Programme, link: SoundLink) -> None:
        self._programme = programme
        self._link = link

    async def perform(self, state: s.PlayerState, effects: tuple[s.Effect, ...]) -> None:
        """Carry out, in order, what of these effects is for the ear."""
        for effect in effects:
            if not isinstance(effect, s.Answer | s.Tell | s.Count):
                await self._perform(state, effect)

    def revise(self, state: s.PlayerState) -> None:
        """Tell sound what shall be done differently.  This is what a listener waits for: no question comes before."""
        if state.loaded and (streams := self._programme.revised(state)):
            self._link.send_if_running(sound.Revise(state.generation, streams))

    async def _perform(self, state: s.PlayerState, effect: s.Effect) -> None:
        match effect:
            case s.StartStream(entry, start_us, playing, over):
                stream = await self._programme.begin(state, entry, start_us, over=over)
                await self._link.send(sound.Start(state.generation, stream, playing))
            case s.JoinNext(entry):
                stream_next = None if entry is None else await self._programme.join(state, entry)
                await self._link.send(sound.QueueNext(state.generation, stream_next))
            case s.HoldSound():
                self._link.send_if_running(sound.Hold())
            case s.ReleaseSound():
                self._link.send_if_running(sound.Release())
            case s.HaltSound():
                self._link.send_if_running(sound.Halt(state.generation))
            case s.LeaveSound():
                self._link.leave()
            case s.ApplyVolume():
                self._link.send_if_running(sound.SetVolume(state.loudness, state.muted))
            case s.ChooseDevice(device):
                self._link.choose(spec_of(device))
            case _:
                raise AssertionError(effect)
