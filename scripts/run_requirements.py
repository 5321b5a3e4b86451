"""Print the part of requirements.lock that auralisd needs to run: the same pins and hashes, no developers' tools.

Run by .venv/bin/python, whose installed packages say who needs whom.
"""

import re
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed_by(name: str) -> set[str]:
    """Every package that `name` needs on this Python, and what those need in turn."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for text in requires(waiting.pop()) or ():
            requirement = Requirement(text)
            package = canonicalize_name(requirement.name)
            if package not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
                found.add(package)
                waiting.append(package)
    return found


def locked(text: str, packages: set[str]) -> str:
    """The entries of a lock file that pin one of `packages`; an entry is a line and the indented ones below it."""
    entries = re.findall(r"^[^\s#].*\n(?:[ \t]+.*\n)*", text, flags=re.MULTILINE)
    return "".join(entry for entry in entries if canonicalize_name(re.split(r"[=\[; ]", entry)[0]) in packages)


if __name__ == "__main__":
    print(locked(Path("requirements.lock").read_text(), needed_by("auralisd")), end="")
