"""PipeWire and WirePlumber in a private world, from their packages, unpacked into the folder `AURALISD_PIPEWIRE`.

Debian's PipeWire plug-in for ALSA and its PulseAudio exclude each other, so they are run from there, without being
installed: docs/pipewire.md.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import find, noise
from tests.system.rig import SINK, Daemon, World, begun, end, wait_until

pytestmark = [pytest.mark.system, pytest.mark.alone]

UNPACKED = os.environ.get("AURALISD_PIPEWIRE", "")
RATE_HZ = 44_100
SERVER_CONFIG = """
context.properties = {
  core.daemon = true  core.name = pipewire-0
  default.clock.rate = 44100  default.clock.allowed-rates = [ 44100 ]
  default.clock.quantum = 2048  default.clock.min-quantum = 1024  default.clock.max-quantum = 8192
}
context.spa-libs = {
  audio.convert.* = audioconvert/libspa-audioconvert  support.* = support/libspa-support
}
context.modules = [
  { name = libpipewire-module-protocol-native } { name = libpipewire-module-metadata }
  { name = libpipewire-module-spa-node-factory } { name = libpipewire-module-client-node }
  { name = libpipewire-module-access } { name = libpipewire-module-adapter }
  { name = libpipewire-module-link-factory } { name = libpipewire-module-session-manager }
]
context.objects = [ { factory = adapter args = {
  factory.name = support.null-audio-sink  node.name = SINK  media.class = Audio/Sink
  audio.position = [ FL FR ]  audio.rate = 44100  object.linger = true
} } ]
"""
ALSA_CONFIG = """
pcm_type.pipewire {{ lib "{plugins}/libasound_module_pcm_pipewire.so" }}
ctl_type.pipewire {{ lib "{plugins}/libasound_module_ctl_pipewire.so" }}
pcm.!default {{ type pipewire }}
ctl.!default {{ type pipewire }}
"""


class PipeWorld(World):
    """A private bus, and PipeWire with a null sink in the place of PulseAudio."""

    def __init__(self, folder: Path, unpacked: Path) -> None:
        super().__init__(folder)
        libraries = next(iter(unpacked.glob("usr/lib/*/pipewire-0.3"))).parent
        share = unpacked / "usr/share"
        shutil.copytree(share / "pipewire", folder / "pipewire")
        (folder / "pipewire/pipewire.conf").write_text(SERVER_CONFIG.replace("SINK", SINK))
        (folder / "asound.conf").write_text(ALSA_CONFIG.format(plugins=libraries / "alsa-lib"))
        self.environment |= {
            "PATH": f"{unpacked}/usr/bin:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": str(libraries),
            "SPA_PLUGIN_DIR": str(libraries / "spa-0.2"),
            "PIPEWIRE_MODULE_DIR": str(libraries / "pipewire-0.3"),
            "PIPEWIRE_CONFIG_DIR": str(folder / "pipewire"),
            "WIREPLUMBER_MODULE_DIR": str(libraries / "wireplumber-0.4"),
            "WIREPLUMBER_DATA_DIR": str(share / "wireplumber"),
            "WIREPLUMBER_CONFIG_DIR": str(share / "wireplumber"),
        }

    def start_sound_server(self) -> subprocess.Popen[bytes]:
        """Both; the first is the server.  In real time where that is allowed: else a busy machine drops whole quanta of
        the graph, whoever plays."""
        server = self.spawn(*in_real_time(), "pipewire", "-c", "pipewire.conf")
        wait_until(lambda: "Core" in self._asked("pw-cli", "info", "0"))
        self.manager = self.spawn("wireplumber")
        wait_until(lambda: "*   " in self._asked("wpctl", "status"))
        return server

    def _asked(self, *command: str) -> str:
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout


def in_real_time() -> tuple[str, ...]:
    command = ("chrt", "-f", "20")
    return command if subprocess.run((*command, "true"), check=False, capture_output=True).returncode == 0 else ()


@pytest.fixture
def piped(tmp_path: Path) -> Iterator[PipeWorld]:
    if not UNPACKED:
        pytest.skip("no PipeWire: AURALISD_PIPEWIRE names no folder of its packages")
    with begun(PipeWorld(tmp_path, Path(UNPACKED))) as world:
        yield world


def playing(world: World, music: Path, tracks: int) -> Daemon:
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == f"u {tracks}")
    world.set("Enhancement", "Enabled", "b", "false")
    return daemon


def test_a_track_cut_in_two_is_recorded_as_the_uncut_one(piped: PipeWorld, music: Path) -> None:
    piece = noise(8, seed=7)
    cut = 4 * RATE_HZ + 1_234
    for number, half in enumerate((piece[:cut], piece[cut:])):
        soundfile.write(music / f"{number}.flac", half, RATE_HZ, subtype="PCM_16")
    daemon = playing(piped, music, 2)
    recording = music.parent / "recording.wav"
    recorder = piped.spawn(
        *in_real_time(), "pw-record", "-P", "{ stream.capture.sink = true }", f"--target={SINK}",
        "--format=s16", f"--rate={RATE_HZ}", "--channels=2", str(recording),
    )  # fmt: skip
    wait_until(lambda: recording.exists() and recording.stat().st_size > 100_000)
    piped.playerctl("play")
    wait_until(lambda: piped.playerctl("status") == "Stopped", within_s=60, every_s=0.2)
    time.sleep(1.0)  # what the graph still holds
    recorder.send_signal(signal.SIGINT)
    recorder.wait(10)
    daemon.stop()
    heard, _ = soundfile.read(recording, dtype="int16")

    at = find(heard, piece)
    print(f"{len(piece)} frames, found whole at {at} of {len(heard)}")
    assert at is not None


def test_the_music_comes_back_by_itself_with_the_server(piped: PipeWorld, music: Path) -> None:
    soundfile.write(music / "1.flac", noise(60), RATE_HZ, subtype="PCM_16")
    daemon = playing(piped, music, 1)
    piped.playerctl("play")
    wait_until(lambda: piped.get("Output", "State") == 's "running"')
    server = piped.processes[piped.processes.index(piped.manager) - 1]
    end(piped.manager)
    server.kill()
    wait_until(lambda: piped.get("Output", "State") == 's "lost"')
    piped.start_sound_server()
    returned_s = time.monotonic()
    wait_until(lambda: piped.get("Output", "State") == 's "running"', within_s=10)
    print(f"running {time.monotonic() - returned_s:.1f} s after PipeWire was back")
    before = float(piped.playerctl("position"))
    wait_until(lambda: float(piped.playerctl("position")) > before + 1)
    daemon.stop()
    assert "Traceback" not in daemon.log()
