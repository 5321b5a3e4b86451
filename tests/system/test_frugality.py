"""What the daemon costs: nothing while idle, little while playing."""

import os
import time
from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import Daemon, World, cpu_s, descendants, pss_bytes, wait_until, wakeups

pytestmark = [pytest.mark.system, pytest.mark.alone]

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
MEASURE_S = 30.0 if LONG else 10.0
MOST_SHARE = 0.03


@pytest.fixture
def measured_music(music: Path) -> Path:
    for number in range(3):
        soundfile.write(music / f"{number}.flac", noise(120, seed=number), 44_100, subtype="PCM_16")
    return music


def settled(world: World, daemon: Daemon) -> None:
    """Scanned, measured, workers gone."""
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 3", 30)
    wait_until(lambda: not descendants(daemon.process.pid), 90, every_s=0.5)


def test_an_idle_daemon_sleeps(world: World, measured_music: Path) -> None:
    daemon = Daemon(world, "--music", str(measured_music), "--output", "alsa")
    settled(world, daemon)
    everybody = [daemon.process.pid, *descendants(daemon.process.pid)]
    woken, used_s = wakeups(everybody), cpu_s(everybody)
    time.sleep(MEASURE_S)
    woken, used_s = wakeups(everybody) - woken, cpu_s(everybody) - used_s
    memory_mb = pss_bytes(everybody) / 1e6
    print(f"idle: {woken / MEASURE_S:.2f} wakeups/s, {used_s:.2f} s CPU in {MEASURE_S:.0f} s, {memory_mb:.0f} MB")

    assert everybody == [daemon.process.pid]
    assert woken <= MEASURE_S
    assert used_s == 0.0
    assert memory_mb <= 80


def test_playing_enhanced_costs_little(world: World, measured_music: Path) -> None:
    daemon = Daemon(world, "--music", str(measured_music), "--output", "alsa")
    settled(world, daemon)
    world.playerctl("play")
    time.sleep(8)  # the ring has filled
    # What is about to be heard is rehearsed once, at idle priority; then the worker leaves, and is buried.
    wait_until(lambda: descendants(daemon.process.pid) == daemon.children("auralisd.sound"), 120, every_s=0.5)
    everybody = [daemon.process.pid, *descendants(daemon.process.pid)]
    for _ in range(3):  # a core that is shared does less in its time: what is asked is what it costs undisturbed
        woken, used_s = wakeups(everybody), cpu_s(everybody)
        time.sleep(MEASURE_S)
        woken, used_s = wakeups(everybody) - woken, cpu_s(everybody) - used_s
        memory_mb, share = pss_bytes(everybody) / 1e6, used_s / MEASURE_S
        print(f"playing: {share:.1%} CPU, {woken / MEASURE_S:.0f} wakeups/s, {memory_mb:.0f} MB in {len(everybody)}")
        if share <= MOST_SHARE:
            break

    assert world.get("Enhancement", "State") == 's "adaptive"'
    assert share <= MOST_SHARE
    assert memory_mb <= 260


def test_the_sound_process_rests_after_a_long_silence(world: World, measured_music: Path, tmp_path: Path) -> None:
    config = tmp_path / "auralisd.toml"
    config.write_text("sound_idle_minutes = 0.05\n")
    daemon = Daemon(world, "--config", str(config), "--music", str(measured_music), "--output", "alsa")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 3", 30)
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > 1)
    world.playerctl("pause")
    paused_at = float(world.playerctl("position"))
    assert daemon.children("auralisd.sound")
    wait_until(lambda: not daemon.children("auralisd.sound"), within_s=10)

    assert world.playerctl("status") == "Paused"
    assert abs(float(world.playerctl("position")) - paused_at) < 0.1
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > paused_at + 0.5)
