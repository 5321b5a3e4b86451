"""Scans as a client sees them."""

from typing import Any

import pytest
from dbus_fast import Variant

from auralisd.jobs.job import Step
from auralisd.library.events import ScanBroke, ScanningChanged
from tests.bus.client import INVALID, OUR_NAME, OURS_ERROR, PROPERTIES, CallFailed, Client
from tests.bus.conftest import Rig

LIBRARY = f"{OUR_NAME}.Library"
JOB = f"{OUR_NAME}.Job"


async def scan(client: Client, *folders: int) -> str:
    path: str = (await client.ours("Library", "Scan", "ata{sv}", list(folders), {}))[0]
    return path


async def job(client: Client, path: str) -> dict[str, Any]:
    values: dict[str, Any] = (await client.call(path, PROPERTIES, "GetAll", "s", JOB, to=OUR_NAME))[0]
    return values


async def test_a_scan_is_a_job_that_tells_what_came_of_it(rig: Rig, client: Client) -> None:
    path = await scan(client, 1, 2)
    [work] = rig.kinds["scan"].works
    await work.started.wait()
    work.tell(Step(300, 300, -1.0, "b.flac"))
    await client.settled()
    seen = await job(client, path)
    work.outcome.set_result({"added": 3, "refused": 1, "refusals": [("noise.mp3", "not-audio")]})
    await client.settled()
    after = await job(client, path)

    assert rig.kinds["scan"].specs == [{"folders": [1, 2]}]
    assert (seen["Kind"], seen["Trigger"], seen["Progress"], seen["Done"], seen["Current"]) == (
        "scan",
        "manual",
        -1.0,
        300,
        "b.flac",
    )
    assert after["Result"] == {"added": 3, "refused": 1, "refusals": [["noise.mp3", "not-audio"]]}


async def test_a_second_scan_of_the_same_folders_is_the_running_one(rig: Rig, client: Client) -> None:
    first, again, other = await scan(client, 1), await scan(client, 1), await scan(client, 2)
    rig.kinds["scan"].works[0].outcome.set_result({})
    await client.settled()

    assert (first == again, first == other) == (True, False)
    assert await scan(client, 1) not in {first, other}


async def test_scans_run_one_at_a_time_and_wait_for_no_other_job(rig: Rig, client: Client) -> None:
    for _ in range(3):
        await client.ours("Jobs", "Submit", "sa{sv}", "analyse", {"tracks": Variant("at", [1])})
    paths = [await scan(client, 1), await scan(client, 2)]
    states = [(await job(client, path))["State"] for path in paths]
    jobs = await client.get_all(f"{OUR_NAME}.Jobs")

    assert states == ["running", "queued"]
    assert (jobs["Running"], jobs["Waiting"]) == (2, 1)


async def test_an_unknown_folder_and_an_unknown_option_are_refused(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed) as unknown:
        await scan(client, 99)
    with pytest.raises(CallFailed) as option:
        await client.ours("Library", "Scan", "ata{sv}", [], {"tracks": Variant("at", [1])})

    assert unknown.value.name == OURS_ERROR + "NotFound"
    assert option.value.name == INVALID


@pytest.mark.parametrize("code", ["folder-missing", "not-kept"])
async def test_scanning_and_its_failure_are_told(rig: Rig, client: Client, code: str) -> None:
    rig.library.scanning = True
    rig.service.on_event(ScanningChanged(True))
    rig.service.on_event(ScanBroke(code))
    await client.settled()
    told = [(signal.member, signal.body) for signal in client.heard]

    assert (await client.get_all(LIBRARY))["Scanning"] is True
    assert ("ScanFailed", [code]) in told
    assert any(member == "PropertiesChanged" and body[1].get("Scanning") is True for member, body in told)
