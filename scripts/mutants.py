"""Break each guarantee on purpose and see that its test notices: `make mutants`, or with words that name some of them.

tests/mutants.toml holds the mutations: `old` stands exactly once in `file` and becomes `new`.  The work is done in a
copy of the tracked files, so the checkout is never touched.  Exits with 1 if a test that should fail passes, if the run
breaks for another reason, or if the test fails without the mutation.
"""

import os
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

REPOSITORY: Final = Path(__file__).resolve().parent.parent
DEADLINE_S: Final = 180.0
# pytest's own codes: tests ran and some failed; anything above is a broken run, not a verdict.
PASSED: Final = 0
FAILED: Final = 1
HUNG: Final = -1

VERDICTS: Final = {
    FAILED: "caught",
    HUNG: "caught (the test ran into its deadline)",
    PASSED: "NOT CAUGHT: the test passes",
}


class Mutant(NamedTuple):
    """One guarantee broken in one line."""

    guarantee: str
    file: str
    old: str
    new: str
    test: str

    def apply(self, tree: Path) -> None:
        """Break the copy in `tree`.  Raises ValueError unless `old` stands there exactly once."""
        path = tree / self.file
        text = path.read_text()
        if (found := text.count(self.old)) != 1:
            raise ValueError(f"{self.file} holds this {found} times, not once: {self.old!r}")
        path.write_text(text.replace(self.old, self.new))


def read_mutants(text: str) -> tuple[Mutant, ...]:
    return tuple(Mutant(**entry) for entry in tomllib.loads(text).get("mutant", ()))


def copy_tracked(target: Path) -> None:
    """The files that git knows, as they are in the checkout now."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True).stdout
    for name in filter(None, os.fsdecode(names).split("\0")):
        if (REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target / name)


def run_test(tree: Path, test: str) -> int:
    """Run one test on the copy; its exit code, or HUNG after the deadline.  Nothing that it started stays."""
    # Before site-packages, so that the copy is imported and not the checkout.
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    process = subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(DEADLINE_S)
    except subprocess.TimeoutExpired:
        return HUNG
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # the test left nothing behind
    finally:
        process.wait()


def judge(mutant: Mutant, tree: Path) -> tuple[bool, str]:
    """Break the copy, run the test, mend the copy; whether the mutation was caught, and in words."""
    path = tree / mutant.file
    if not path.is_file():
        return False, "STALE: there is no such file"
    whole = path.read_bytes()
    try:
        mutant.apply(tree)
        code = run_test(tree, mutant.test)
    except ValueError as stale:
        return False, f"STALE: {stale}"
    finally:
        path.write_bytes(whole)
    return code in (FAILED, HUNG), VERDICTS.get(code, f"BROKEN: pytest left with {code}, so no test was judged")


def main(words: list[str]) -> int:
    mutants = read_mutants((REPOSITORY / "tests" / "mutants.toml").read_text())
    chosen = [mutant for mutant in mutants if not words or any(word in " ".join(mutant) for word in words)]
    failures = 0
    with TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder)
        copy_tracked(tree)
        healthy = {test: run_test(tree, test) == PASSED for test in sorted({mutant.test for mutant in chosen})}
        for mutant in chosen:
            if healthy[mutant.test]:
                caught, verdict = judge(mutant, tree)
            else:
                caught, verdict = False, "BROKEN: the test fails without the mutation"
            failures += not caught
            print(f"{mutant.guarantee:28} {mutant.file:36} {verdict}", flush=True)
    print(f"{len(chosen) - failures} of {len(chosen)} mutations caught")
    return 1 if failures or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
