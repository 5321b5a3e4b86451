"""Which output: from the words of `--output` to the thing itself."""

from pathlib import Path

import msgspec

from auralisd.errors import OutputLost, StartRefused
from auralisd.output.device import OpenedFormat, Output
from auralisd.output.silent import SilentOutput
from auralisd.output.wavfile import WavOutput


def choose_output(spec: str, *, mixer: str = "software") -> Output:
    """`alsa`, `alsa:DEVICE`, `silent`, `file:PATH.wav` or `auto`; `mixer` is `software`, or `hardware` for the device's
    own where it has one.  Raises StartRefused for anything else."""
    kind, _, rest = spec.partition(":")
    match kind, rest:
        case "auto", "":
            return AlsaWhenOpened("default", instead=SilentOutput(), mixer=mixer)
        case "silent", "":
            return SilentOutput()
        case "alsa", device:
            return AlsaWhenOpened(device or "default", mixer=mixer)
        case "file", path if path.endswith(".wav"):
            return WavOutput(Path(path))
        case _:
            raise StartRefused(f"output {spec!r} is none of alsa[:DEVICE], silent, file:PATH.wav or auto")


class AlsaWhenOpened:
    """An ALSA device, whose library loads when it is first opened.  See `device.Output`.

    `instead` takes its place when it does not open, and says so; not for one that was open before: that may come back.
    """

    def __init__(self, device: str, *, instead: Output | None = None, mixer: str = "software") -> None:
        self.name = device
        self._device = device
        self._instead = instead
        self._mixer = mixer
        self._alsa: Output | None = None
        self._chosen: Output = SilentOutput() if instead is None else instead

    def open(self, rate_hz: int) -> OpenedFormat:
        try:
            opened = self._loaded().open(rate_hz)
            self._chosen = self._loaded()
            self._instead = None
        except OutputLost as loss:
            if self._instead is None:
                raise
            self._chosen = self._instead
            note = f"no sound, played silently in real time: {loss}; start a sound server, or name --output alsa:DEVICE"
            opened = msgspec.structs.replace(self._instead.open(rate_hz), note=note)
        self.name = opened.device
        return opened

    def write(self, frames: memoryview) -> int:
        return self._chosen.write(frames)

    def unheard_frames(self) -> int:
        return self._chosen.unheard_frames()

    def set_volume(self, gain: float) -> bool:
        return self._chosen.set_volume(gain)

    def drop(self) -> None:
        self._chosen.drop()

    def close(self) -> None:
        self._chosen.close()

    def _loaded(self) -> Output:
        if self._alsa is None:
            try:
                from auralisd.output.alsa import AlsaOutput
            except ImportError as missing:
                raise OutputLost("no-device", f"ALSA's library does not load ({missing}); run make setup") from missing
            self._alsa = AlsaOutput(self._device, with_mixer=self._mixer == "hardware")
        return self._alsa
