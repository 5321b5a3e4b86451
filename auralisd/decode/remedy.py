"""What to do where an optional part is missing; a module of its own, since it is wanted where nothing else loads."""

from typing import Final

PYAV_REMEDY: Final = "install PyAV: make setup does, or pip install 'auralisd[formats]'"
