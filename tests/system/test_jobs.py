"""Jobs of the real daemon: an album measured and rendered, cancelled, and its worker killed."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC, Picture

from auralisd.analysis.measure import Measuring
from auralisd.dsp.block import Block
from auralisd.tags.carrying import read_carried
from auralisd.tags.track import read_track
from tests.sounds import music as sound_like_music
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system

RATE_HZ = 44_100
JOBS = "org.auralis.Auralis1.Jobs"
JOB = "org.auralis.Auralis1.Job"
ART = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A bus; nobody needs a sound server to render."""
    private = World(tmp_path)
    try:
        private.start_bus()
        yield private
    finally:
        private.close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out put"
    folder.mkdir()
    return folder


def write_album(folder: Path, *, seconds: float = 12.0, tracks: int = 3) -> None:
    """Tracks of one album with tags, art, and ReplayGain, the second one 3.5 dB below the others."""
    piece = sound_like_music(6.0)
    for number in range(1, tracks + 1):
        path = folder / f"source {number}.flac"
        sound = np.tile(piece, (round(seconds / 6.0), 1)) * np.float32(0.4 if number == 2 else 0.6)
        soundfile.write(path, sound, RATE_HZ, format="FLAC", subtype="PCM_16")
        file: Any = FLAC(path)  # type: ignore[no-untyped-call]
        words = {"title": f"Song {number}", "artist": "Ada", "album": "Album", "tracknumber": str(number)}
        for key, value in {**words, "replaygain_track_gain": "-3.00 dB"}.items():
            file[key] = value
        picture: Any = Picture()  # type: ignore[no-untyped-call]
        picture.type, picture.mime, picture.data = 3, "image/png", ART
        file.add_picture(picture)
        file.save()


def started(world: World, music: Path, tracks: int) -> Daemon:
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    daemon.wait_tracks(tracks)
    return daemon


def ids(world: World) -> list[int]:
    """The tracks in album order."""
    answer = busctl(world, "call", "/org/auralis/Auralis1", "org.auralis.Auralis1.Library", "Query", "sassua{sv}",
                    "", "1", "id", "", "500", "0")  # fmt: skip
    return [row["id"]["data"] for row in answer[0]]


def busctl(world: World, verb: str, *words: str) -> Any:
    return json.loads(world.run("busctl", "--user", "--json=short", "--", verb, "org.auralis.Auralis1", *words))["data"]


def submit(world: World, kind: str, tracks: list[int], **spec: tuple[str, object]) -> str:
    words = ["tracks", "at", str(len(tracks)), *map(str, tracks)]
    for key, (signature, value) in spec.items():
        words += [key, signature, str(value)]
    answer = busctl(world, "call", "/org/auralis/Auralis1", JOBS, "Submit", "sa{sv}", kind, str(1 + len(spec)), *words)
    return str(answer[0])


def job(world: World, path: str) -> dict[str, Any]:
    [values] = busctl(world, "call", path, "org.freedesktop.DBus.Properties", "GetAll", "s", JOB)
    return {name: value["data"] for name, value in values.items()}


def ended(world: World, path: str, within_s: float = 90.0) -> dict[str, Any]:
    wait_until(lambda: job(world, path)["State"] in ("done", "failed", "cancelled"), within_s, every_s=0.1)
    values = job(world, path)
    values["Result"] = {key: value["data"] for key, value in values["Result"].items()}
    return values


def under_way(world: World, path: str) -> None:
    wait_until(lambda: job(world, path)["Progress"] > 0.0, 60.0)


def loudness(path: Path) -> tuple[float, float]:
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return loudness_of(sound, rate_hz)


def loudness_of(sound: Block, rate_hz: int) -> tuple[float, float]:
    measuring = Measuring(rate_hz, 2)
    measuring.feed(sound)
    result = measuring.result()
    assert result.integrated_lufs is not None
    assert result.true_peak_dbtp is not None
    return result.integrated_lufs, result.true_peak_dbtp


@pytest.mark.parametrize(("form", "rate_hz"), [("flac", RATE_HZ), ("wav", RATE_HZ), ("opus", 48_000)])
def test_an_album_is_rendered_whole_with_tags_and_art(
    world: World, music: Path, target: Path, form: str, rate_hz: int
) -> None:
    write_album(music)
    started(world, music, 3)
    tracks = ids(world)
    values = ended(world, submit(world, "render", tracks, folder=("s", target), format=("s", form)))
    names = [f"0{number} Song {number}.{form}" for number in (1, 2, 3)]

    assert (values["State"], values["Error"], values["Progress"], values["Done"]) == ("done", "", 1.0, 3)
    assert values["Result"]["files"] == names == sorted(path.name for path in target.iterdir())
    assert values["Result"]["tracks"] == tracks
    for place, name in enumerate(names):
        lufs, dbtp = loudness(target / name)
        told = dict(values["Result"]["loudness_lufs"])[tracks[place]]
        print(f"{name}: {lufs:.2f} LUFS {dbtp:.2f} dBTP, told {told:.2f}")
        info = soundfile.info(target / name)
        assert abs(lufs - told) <= (0.3 if form == "opus" else 0.02)
        assert abs(told - -14.0) <= 0.5
        assert dbtp <= (1.0 if form == "opus" else -0.95)
        assert (info.samplerate, info.frames) == (rate_hz, 12 * rate_hz)
        carried = read_carried(bytes(target / name))
        assert read_track(bytes(target / name))[2].title == f"Song {place + 1}"
        assert [picture.data for picture in carried.pictures] == [ART]
        assert not [key for key, _ in carried.comments if "replaygain" in key]


def test_an_album_of_one_gain_keeps_the_steps_between_its_tracks(world: World, music: Path, target: Path) -> None:
    write_album(music)
    started(world, music, 3)
    tracks = ids(world)
    values = ended(
        world, submit(world, "render", tracks, folder=("s", target), album=("b", "true"), target_lufs=("d", -18))
    )
    levels = dict(values["Result"]["loudness_lufs"])
    before = [loudness(music / f"source {number}.flac")[0] for number in (1, 2, 3)]
    after = [levels[track] for track in tracks]

    assert after[0] - after[1] == pytest.approx(before[0] - before[1], abs=0.5)
    assert before[0] - before[1] > 3.0


def test_nothing_is_changed_at_intensity_0(world: World, music: Path, target: Path) -> None:
    write_album(music, tracks=1)
    started(world, music, 1)
    ended(world, submit(world, "render", ids(world), folder=("s", target), intensity=("d", 0), bits=("u", 16)))
    [made] = target.iterdir()

    assert np.array_equal(
        soundfile.read(made, dtype="int16")[0], soundfile.read(music / "source 1.flac", dtype="int16")[0]
    )


def test_a_name_that_is_taken_gets_a_number(world: World, music: Path, target: Path) -> None:
    write_album(music, tracks=1)
    started(world, music, 1)
    (target / "01 Song 1.flac").write_bytes(b"theirs")
    values = ended(world, submit(world, "render", ids(world), folder=("s", f"file://{target}".replace(" ", "%20"))))

    assert values["Result"]["files"] == ["01 Song 1 (2).flac"]
    assert (target / "01 Song 1.flac").read_bytes() == b"theirs"


def test_a_job_that_is_cancelled_leaves_nothing(world: World, music: Path, target: Path) -> None:
    write_album(music, seconds=120.0)
    daemon = started(world, music, 3)
    daemon.wait_measured(3)
    path = submit(world, "render", ids(world), folder=("s", target))
    under_way(world, path)
    seen = [entry.name for entry in target.iterdir()]
    world.run("busctl", "--user", "call", "org.auralis.Auralis1", path, JOB, "Cancel")
    values = ended(world, path, 5.0)

    assert [name for name in seen if not name.startswith(".auralis-")] == []
    assert seen
    assert (values["State"], values["Cancelable"]) == ("cancelled", False)
    assert list(target.iterdir()) == []


def test_a_worker_that_is_killed_fails_its_job_and_leaves_no_partial_file(
    world: World, music: Path, target: Path
) -> None:
    write_album(music, seconds=120.0)
    daemon = started(world, music, 3)
    daemon.wait_measured(3)
    idle = daemon.children("auralisd.worker")
    path = submit(world, "render", ids(world), folder=("s", target))
    under_way(world, path)
    [worker] = [pid for pid in daemon.children("auralisd.worker") if pid not in idle]
    os.kill(worker, signal.SIGKILL)
    values = ended(world, path, 10.0)

    assert (values["State"], values["Result"]) == ("failed", {"code": "worker-died"})
    assert "source" in values["Error"]
    assert list(target.iterdir()) == []
    assert daemon.process.poll() is None
    assert "done" in ended(world, submit(world, "analyse", ids(world)))["State"]


def test_a_daemon_that_is_killed_with_its_worker_leaves_no_partial_file(
    world: World, music: Path, target: Path
) -> None:
    """As the service manager does it: the one is gone, the other is asked to end."""
    write_album(music, seconds=120.0)
    daemon = started(world, music, 3)
    daemon.wait_measured(3)
    under_way(world, submit(world, "render", ids(world), folder=("s", target)))
    workers = daemon.children("auralisd.worker")
    os.kill(daemon.process.pid, signal.SIGSTOP)
    for worker in workers:
        os.kill(worker, signal.SIGTERM)

    wait_until(lambda: not list(target.iterdir()), 30.0)
    daemon.process.kill()


def test_a_daemon_that_is_killed_leaves_no_partial_file(world: World, music: Path, target: Path) -> None:
    write_album(music, seconds=120.0)
    daemon = started(world, music, 3)
    daemon.wait_measured(3)
    under_way(world, submit(world, "render", ids(world), folder=("s", target)))
    daemon.process.kill()
    daemon.process.wait()

    wait_until(lambda: not list(target.iterdir()), 30.0)


def test_a_daemon_that_ends_in_order_leaves_no_partial_file(world: World, music: Path, target: Path) -> None:
    write_album(music, seconds=120.0)
    daemon = started(world, music, 3)
    daemon.wait_measured(3)
    under_way(world, submit(world, "render", ids(world), folder=("s", target)))
    status, _ = daemon.stop()

    assert status == 0
    assert list(target.iterdir()) == []


def test_tracks_are_measured_when_asked_and_a_damaged_one_is_named(world: World, music: Path) -> None:
    write_album(music)
    whole = (music / "source 3.flac").read_bytes()
    (music / "source 3.flac").write_bytes(whole[:60_000] + bytes(len(whole) - 60_000))
    started(world, music, 3)
    tracks = ids(world)
    values = ended(world, submit(world, "analyse", tracks))

    assert values["Result"]["measured"] + values["Result"]["already"] == 2
    assert values["Result"]["failed"] == [[tracks[2], "damaged"]]


def test_no_property_of_a_job_names_a_folder(world: World, music: Path, target: Path) -> None:
    write_album(music, seconds=60.0)
    daemon = started(world, music, 3)
    path = submit(world, "render", ids(world), folder=("s", target))
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["State"] in ("queued", "running"):
        seen.append(job(world, path))
    spoken = json.dumps(seen)

    assert "source 1.flac" in spoken
    assert str(music) not in spoken
    assert str(target) not in spoken
    assert str(music) not in daemon.log()
    assert str(target) not in daemon.log()


@pytest.mark.parametrize("place", ["Music", "Music/inside", "link", "gone"])
def test_a_target_that_cannot_be_is_refused(world: World, music: Path, tmp_path: Path, place: str) -> None:
    write_album(music, tracks=1)
    (music / "inside").mkdir()
    (tmp_path / "link").symlink_to(music)
    started(world, music, 1)

    with pytest.raises(AssertionError, match=r"spec\.folder must") as refusal:
        submit(world, "render", ids(world), folder=("s", tmp_path / place))
    assert str(tmp_path) not in str(refusal.value).rpartition(": ")[2]
