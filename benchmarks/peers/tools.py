"""The peers, each as one function from a file to a file and the CPU seconds that it took."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

TARGET_LUFS: Final = -14.0
CEILING_DBTP: Final = -1.0

_HERE: Final = Path(__file__).parent
_VENV: Final = _HERE.parents[1] / "build" / "peers-venv" / "bin" / "python"
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
_LOUDNORM: Final = f"loudnorm=I={TARGET_LUFS}:TP={CEILING_DBTP}:LRA=20"
"""With the widest range that it accepts: the least that it can be asked to squeeze."""


class Ran(NamedTuple):
    """User and system CPU seconds of a process, and what it printed."""

    cpu_s: float
    out: str
    err: str


def has_ffmpeg() -> bool:
    return shutil.which("ffmpeg") is not None


def has_loudgain() -> bool:
    return shutil.which("loudgain") is not None


def has_package(name: str) -> bool:
    """True when the peers' own Python holds the package."""
    return _VENV.exists() and any((_VENV.parents[1] / "lib").glob(f"python*/site-packages/{name}"))


def loudnorm_once(source: Path, output: Path | None, rate_hz: int) -> float:
    """ffmpeg loudnorm as it runs live."""
    return _ffmpeg(source, output, _LOUDNORM, rate_hz).cpu_s


def loudnorm_twice(source: Path, output: Path | None, rate_hz: int) -> float:
    """Measured first, then applied as one gain where it can; it falls back to riding by itself."""
    first = _ffmpeg(source, None, f"{_LOUDNORM}:print_format=json", rate_hz)
    told = json.loads(first.err[first.err.rindex("{") : first.err.rindex("}") + 1])
    known = {"I": "input_i", "LRA": "input_lra", "TP": "input_tp", "thresh": "input_thresh"}
    measured = ":".join(f"measured_{name}={told[key]}" for name, key in known.items())
    second = _ffmpeg(source, output, f"{_LOUDNORM}:{measured}:offset={told['target_offset']}:linear=true", rate_hz)
    return first.cpu_s + second.cpu_s


def alimiter(source: Path, output: Path | None, rate_hz: int, *, gain_db: float) -> float:
    """One gain, then ffmpeg's look-ahead limiter at our ceiling."""
    limit = 10.0 ** (CEILING_DBTP / 20.0)
    return _ffmpeg(source, output, f"volume={gain_db:.3f}dB,alimiter=limit={limit:.6f}:level=false", rate_hz).cpu_s


def dynaudnorm(source: Path, output: Path | None, rate_hz: int) -> float:
    return _ffmpeg(source, output, "dynaudnorm", rate_hz).cpu_s


def ebur128(source: Path, rate_hz: int) -> float:
    """ffmpeg's meter with true peak."""
    return _ffmpeg(source, None, "ebur128=peak=true", rate_hz).cpu_s


def loudgain(source: Path) -> float:
    """A ReplayGain scan by libebur128, nothing written."""
    return _run(["loudgain", "-q", "-s", "s", str(source)]).cpu_s


def matchering(source: Path, reference: Path, output: Path) -> float:
    """Without the seconds that its imports take."""
    script = str(_HERE / "matchering_run.py")
    return float(_run([str(_VENV), script, str(source), str(reference), str(output)]).out.split()[-1])


def visqol(pairs: Sequence[tuple[Path, Path]]) -> list[float]:
    """MOS-LQO (1..4.73) of each (reference, degraded), files of 48 kHz."""
    files = [str(file) for pair in pairs for file in pair]
    return [float(line) for line in _run([str(_VENV), str(_HERE / "visqol_run.py"), *files]).out.split()]


def _ffmpeg(source: Path, output: Path | None, filters: str, rate_hz: int) -> Ran:
    end = ["-f", "null", "-"] if output is None else ["-c:a", "pcm_f32le", "-y", str(output)]
    reading = ["ffmpeg", "-nostdin", "-nostats", "-threads", "1", "-i", str(source), "-map", "a:0"]
    return _run([*reading, "-af", filters, "-ar", str(rate_hz), *end])


def _run(command: list[str]) -> Ran:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | _ONE_THREAD
    ) as process:
        before = _children_s()
        out, err = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, out, err)
    return Ran(_children_s() - before, out, err)


def _children_s() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system
