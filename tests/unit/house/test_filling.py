"""What stands in the queue after the start."""

import pytest

from auralisd.errors import Busy, NotFound
from auralisd.filling import tried_twice


class Refusing:
    """Work that is refused so many times before it is done."""

    def __init__(self, refusals: int) -> None:
        self._refusals = refusals
        self.done = False

    async def work(self) -> None:
        self._refusals -= 1
        if self._refusals >= 0:
            raise NotFound("track 7 is not in the library") if self._refusals else Busy("ask again")
        self.done = True


async def test_a_track_that_leaves_the_library_while_the_queue_is_filled_costs_one_more_try(
    caplog: pytest.LogCaptureFixture,
) -> None:
    filling = Refusing(1)
    await tried_twice(filling.work)

    assert filling.done
    assert caplog.text == ""


async def test_a_queue_that_cannot_be_filled_is_told_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    filling = Refusing(2)
    await tried_twice(filling.work)

    assert not filling.done
    assert "the queue is not filled reason=ask again" in caplog.text
