"""The walls of the source tree: import floors, no module state, and guarantees that are backed by tests."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MODULES = sorted((REPOSITORY / "auralisd").rglob("*.py"))

MUTABLE_NODES = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict", "Lock", "Queue"}


def test_no_package_reaches_above_its_floor_or_past_its_door() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    verdict = subprocess.run([lint, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert verdict.returncode == 0, verdict.stdout


def module_state(tree: ast.Module) -> Iterator[str]:
    """What a module could change about itself: mutable values under a name that is no constant's, and `global`."""
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_mutable(value) and not is_constant(name):
                yield f"line {statement.lineno}: {name}"
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if is_mutable(value) and not is_constant(name):
                yield f"line {statement.lineno}: {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno}: global {', '.join(node.names)}"


def is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return called in MUTABLE_CALLS
    return isinstance(value, MUTABLE_NODES)


def is_constant(name: str) -> bool:
    return name.isupper() or (name.startswith("__") and name.endswith("__"))


def test_no_module_keeps_state() -> None:
    found = {
        str(path.relative_to(REPOSITORY)): state
        for path in MODULES
        if (state := list(module_state(ast.parse(path.read_text()))))
    }

    assert found == {}


@pytest.mark.parametrize(
    "source", ["seen = {}", "_cache: dict[str, int] = dict()", "def f():\n    global x\n    x = 1"]
)
def test_module_state_is_recognised(source: str) -> None:
    assert list(module_state(ast.parse(source)))


def fields_written(tree: ast.Module) -> set[str]:
    """What a module changes in values by name."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    changes = (call for call in calls if ast.unparse(call.func) in ("_changed", "msgspec.structs.replace", "replace"))
    return {keyword.arg for call in changes for keyword in call.keywords if keyword.arg}


def test_whether_anything_sounds_is_decided_in_one_room() -> None:
    rooms = sorted((REPOSITORY / "auralisd" / "playback").glob("*.py"))
    deciding = {
        room.name for room in rooms if fields_written(ast.parse(room.read_text())) & {"status", "generation", "loaded"}
    }

    assert deciding == {"transport.py"}


def test_every_guarantee_has_a_mutation_and_every_mutation_a_guarantee() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \|[^|]+\| `([^`]+)` \| `([^`]+)` \|$",
        (REPOSITORY / "docs" / "guarantees.md").read_text(),
        flags=re.MULTILINE,
    )
    mutants = tomllib.loads((REPOSITORY / "tests" / "mutants.toml").read_text())["mutant"]

    assert {(name, test) for name, _, test in rows} == {(each["guarantee"], each["test"]) for each in mutants}
    assert all((REPOSITORY / owner).exists() for _, owner, _ in rows)


def test_every_mutation_still_fits_its_file() -> None:
    mutants = tomllib.loads((REPOSITORY / "tests" / "mutants.toml").read_text())["mutant"]
    stale = [each["guarantee"] for each in mutants if (REPOSITORY / each["file"]).read_text().count(each["old"]) != 1]

    assert stale == []


def test_the_lock_file_names_no_registry() -> None:
    assert "://" not in (REPOSITORY / "requirements.lock").read_text()
