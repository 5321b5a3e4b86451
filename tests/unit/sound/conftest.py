"""Tests of the sound process's parts."""

from collections.abc import Callable, Iterator

import pytest

from tests.unit.sound.writing import NotingOutput, Rig


@pytest.fixture
def rig_on() -> Iterator[Callable[[NotingOutput], Rig]]:
    rigs: list[Rig] = []

    def start(output: NotingOutput) -> Rig:
        rigs.append(Rig(output))
        return rigs[-1]

    yield start
    for rig in rigs:
        rig.close()
