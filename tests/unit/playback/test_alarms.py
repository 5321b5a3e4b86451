"""Alarms: however often one is wound, it rings."""

import asyncio

from auralisd.playback.alarms import Alarms
from auralisd.playback.state import SleepPassed


async def test_a_sleep_timer_that_is_wound_again_and_again_rings_all_the_same() -> None:
    rung: list[object] = []
    alarms = Alarms(rung.append, sound_idle_s=lambda: 60)
    for _ in range(200):
        alarms.wind_sleep(0.1)
        await asyncio.sleep(0.01)
        if rung:
            break

    assert rung == [SleepPassed()]
    alarms.close()


async def test_a_sleep_timer_that_is_to_ring_earlier_does_and_one_that_is_off_does_not() -> None:
    rung: list[object] = []
    alarms = Alarms(rung.append, sound_idle_s=lambda: 60)
    alarms.wind_sleep(60)
    alarms.wind_sleep(0.01)
    await asyncio.sleep(0.2)
    assert rung == [SleepPassed()]
    alarms.wind_sleep(0.01)
    alarms.wind_sleep(None)
    await asyncio.sleep(0.2)

    assert len(rung) == 1
