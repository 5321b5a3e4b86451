"""The command line: the daemon, and each of its stages alone.

`auralisd` is `auralisd run`.  Exit codes: 0 done; 1 the thing asked for could not be done; 2 the words were wrong;
64 the start was refused (a line on stderr says why and what to do); 70 a part of the daemon died.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from auralisd import __version__
from auralisd.config import Asked, load_config
from auralisd.errors import AuralisError, StartRefused
from auralisd.model.preset import PRESETS
from auralisd.model.taste import (
    DEFAULT_INTENSITY,
    LOUDEST_TARGET_LUFS,
    QUIETEST_TARGET_LUFS,
    Taste,
    Treatment,
    is_intensity,
    is_target,
)

EXIT_FAILED = 1
EXIT_REFUSED = 64

STAGES = ("run", "scan", "analyse", "render", "picture", "check")


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point of the program: never returns."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0] not in STAGES and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "run")
    asked = _parser().parse_args(words)
    try:
        sys.exit(_STAGES[asked.stage](asked))
    except StartRefused as refusal:
        print(f"auralisd: {refusal}", file=sys.stderr)
        sys.exit(EXIT_REFUSED)
    except AuralisError as failure:
        print(f"auralisd: {failure}", file=sys.stderr)
        sys.exit(EXIT_FAILED)


def _run(asked: argparse.Namespace) -> int:
    config = load_config(
        Asked(
            config=asked.config,
            music=tuple(asked.music),
            output=asked.output,
            state_dir=asked.state_dir,
            play=asked.play,
            verbose=asked.verbose,
        )
    )
    from auralisd.daemon import run_daemon

    return run_daemon(config)


def _scan(asked: argparse.Namespace) -> int:
    from auralisd.stages.scan import scan

    return scan(asked.folder)


def _analyse(asked: argparse.Namespace) -> int:
    from auralisd.stages.analyse import analyse

    return analyse(asked.files, _treatment(asked), album=asked.album, as_json=asked.json)


def _render(asked: argparse.Namespace) -> int:
    from auralisd.stages.render import render

    return render(asked.input, asked.output, _treatment(asked))


def _picture(asked: argparse.Namespace) -> int:
    from auralisd.stages.picture import picture

    return picture(asked.input, asked.output, _treatment(asked))


def _check(asked: argparse.Namespace) -> int:
    from auralisd.stages.check import check

    return check(load_config(Asked(config=asked.config, music=tuple(asked.music), state_dir=asked.state_dir)))


_STAGES = {"run": _run, "scan": _scan, "analyse": _analyse, "render": _render, "picture": _picture, "check": _check}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="auralisd", description="A headless music daemon that masters each track while it plays."
    )
    parser.add_argument("--version", action="version", version=f"auralisd {__version__}")
    stages = parser.add_subparsers(dest="stage", required=True, metavar="STAGE")

    run = stages.add_parser("run", help="the daemon, in the foreground (the default)")
    _place_options(run)
    run.add_argument("--output", metavar="SPEC", help="alsa[:DEVICE], silent, or file:PATH.wav")
    run.add_argument("--play", action="store_true", help="fill an empty queue with the library and play")
    run.add_argument("--verbose", action="store_true", help="log what happens inside, paths included")

    scan = stages.add_parser("scan", help="read a music folder and say what is in it")
    scan.add_argument("folder", metavar="DIR", type=Path)

    analyse = stages.add_parser("analyse", help="measure files, say what suits them and what would be done to them")
    analyse.add_argument("files", metavar="FILE", type=Path, nargs="+")
    _mastering_options(analyse)
    analyse.add_argument("--album", action="store_true", help="the files are one album: one gain and one tone")
    analyse.add_argument("--json", action="store_true", help="figures for a program")

    render = stages.add_parser("render", help="master a file into a new FLAC, WAV or Opus file")
    render.add_argument("input", metavar="IN", type=Path)
    render.add_argument("output", metavar="OUT", type=Path)
    _mastering_options(render)

    picture = stages.add_parser("picture", help="draw what is done to a file, before and after, as SVG")
    picture.add_argument("input", metavar="FILE", type=Path)
    picture.add_argument("output", metavar="OUT.svg", type=Path)
    _mastering_options(picture)

    check = stages.add_parser("check", help="look for what would keep the daemon from working")
    _place_options(check)
    return parser


def _mastering_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", default="adaptive", choices=sorted(PRESETS), metavar="PRESET")
    parser.add_argument("--intensity", default=DEFAULT_INTENSITY, type=_intensity, metavar="0..1")
    parser.add_argument("--target", default=0.0, type=_target, metavar="LUFS", help="-30..-8; 0 is the preset's own")


def _treatment(asked: argparse.Namespace) -> Treatment:
    taste = Taste(preset=asked.preset, intensity=asked.intensity, target_lufs=asked.target)
    return Treatment(
        mode=taste.mode,
        preset=PRESETS[taste.preset],
        intensity=taste.intensity,
        target_lufs=taste.target_lufs or None,
    )


def _place_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, help="instead of ~/.config/auralis/auralisd.toml")
    parser.add_argument("--music", metavar="DIR", type=Path, action="append", default=[], help="repeatable")
    parser.add_argument("--state-dir", metavar="DIR", type=Path, help="instead of ~/.local/state/auralis")


def _intensity(text: str) -> float:
    value = float(text)
    if not is_intensity(value):
        raise argparse.ArgumentTypeError("say a number from 0 to 1")
    return value


def _target(text: str) -> float:
    value = float(text)
    if not is_target(value):
        raise argparse.ArgumentTypeError(f"say {QUIETEST_TARGET_LUFS:g} to {LOUDEST_TARGET_LUFS:g} LUFS, or 0")
    return value
