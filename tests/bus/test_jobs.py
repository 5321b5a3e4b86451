"""Jobs as a client sees them."""

import asyncio
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from dbus_fast import Variant

from auralisd.jobs.job import JobFailed, Step
from tests.bus.client import INVALID, OUR_NAME, OUR_PATH, OURS_ERROR, PROPERTIES, STANDARD_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

JOBS = f"{OUR_NAME}.Jobs"
JOB = f"{OUR_NAME}.Job"
SPEC = {"tracks": Variant("at", [1, 2])}


async def submit(client: Client, kind: str = "analyse", spec: dict[str, Variant] = SPEC) -> str:
    path: str = (await client.ours("Jobs", "Submit", "sa{sv}", kind, spec))[0]
    return path


async def job(client: Client, path: str) -> dict[str, Any]:
    values: dict[str, Any] = (await client.call(path, PROPERTIES, "GetAll", "s", JOB, to=OUR_NAME))[0]
    return values


async def introspected(client: Client, path: str) -> ET.Element:
    [xml] = await client.call(path, "org.freedesktop.DBus.Introspectable", "Introspect", to=OUR_NAME)
    return ET.fromstring(xml)


def changes_of(client: Client, path: str) -> Iterator[dict[str, Any]]:
    for signal in client.heard:
        if signal.path == path and signal.member == "PropertiesChanged":
            yield signal.body[1]


async def test_what_works_here_is_named_with_its_limits(rig: Rig, client: Client) -> None:
    assert await client.get_all(JOBS) == {
        "Jobs": [],
        "Kinds": ["analyse", "import", "render", "scan"],
        "Running": 0,
        "Waiting": 0,
        "MaxRunning": 2,
        "MaxWaiting": 20,
    }


async def test_a_submitted_job_is_an_object_that_shows_the_way_to_itself(rig: Rig, client: Client) -> None:
    path = await submit(client)
    node = await introspected(client, path)

    assert path == f"{OUR_PATH}/job/1"
    assert [child.get("name") for child in (await introspected(client, OUR_PATH)).findall("node")] == ["job"]
    assert [child.get("name") for child in (await introspected(client, f"{OUR_PATH}/job")).findall("node")] == ["1"]
    assert JOB in {interface.get("name") for interface in node.findall("interface")}


async def test_a_job_says_what_it_does_and_how_far_it_is(rig: Rig, client: Client) -> None:
    path = await submit(client)
    [work] = rig.kinds["analyse"].works
    await work.started.wait()
    work.tell(Step(1, 2, 0.5, "b.flac"))
    await client.settled()
    values = await job(client, path)

    assert (values["Kind"], values["Trigger"], values["State"], values["Cancelable"]) == (
        "analyse",
        "manual",
        "running",
        True,
    )
    assert (values["Progress"], values["Done"], values["Total"], values["Current"]) == (0.5, 1, 2, "b.flac")
    assert values["StartTime"] > 1_600_000_000
    assert {"Progress": 0.5, "Done": 1, "Total": 2, "Current": "b.flac"} in list(changes_of(client, path))


async def test_the_end_of_a_job_is_told_behind_the_properties_that_say_so(rig: Rig, client: Client) -> None:
    path = await submit(client)
    [work] = rig.kinds["analyse"].works
    work.outcome.set_result({"measured": 2, "already": 0, "failed": [(7, "damaged")]})
    await client.settled()
    told = [signal for signal in client.heard if signal.path == path]

    assert [signal.member for signal in told][-2:] == ["PropertiesChanged", "Completed"]
    assert told[-2].body[1]["State"] == "done"
    assert told[-1].body == ["done", {"measured": 2, "already": 0, "failed": [[7, "damaged"]]}]
    assert (await job(client, path))["Progress"] == 1.0


async def test_a_job_that_fails_says_why(rig: Rig, client: Client) -> None:
    path = await submit(client)
    rig.kinds["analyse"].works[0].outcome.set_exception(JobFailed("no-space", "the folder is full; free some space"))
    await client.settled()
    values = await job(client, path)

    assert (values["State"], values["Result"]) == ("failed", {"code": "no-space"})
    assert values["Error"] == "the folder is full; free some space"


async def test_a_mistake_of_ours_fails_the_job_and_tells_no_more_than_that(rig: Rig, client: Client) -> None:
    path = await submit(client)
    rig.kinds["analyse"].works[0].outcome.set_exception(ValueError("/home/ada/Music/secret.flac"))
    await client.settled()
    values = await job(client, path)

    assert (values["State"], values["Result"]) == ("failed", {"code": "internal"})
    assert "secret" not in str(client.heard) + str(values)


async def test_a_running_job_can_be_cancelled(rig: Rig, client: Client) -> None:
    path = await submit(client)
    [work] = rig.kinds["analyse"].works
    await work.started.wait()
    await client.call(path, JOB, "Cancel", to=OUR_NAME)
    await client.settled()

    assert work.cancelled
    assert (await job(client, path))["State"] == "cancelled"
    assert client.signals("Completed") == [["cancelled", {}]]


async def test_two_run_twenty_wait_and_one_more_is_refused(rig: Rig, client: Client) -> None:
    for _ in range(22):
        await submit(client)
    with pytest.raises(CallFailed, match="20 wait") as failure:
        await submit(client)

    assert failure.value.name == OURS_ERROR + "Busy"
    assert (await client.get(JOBS, "Running"), await client.get(JOBS, "Waiting")) == (2, 20)


async def test_a_waiting_job_runs_when_one_is_done_and_a_cancelled_one_never_does(rig: Rig, client: Client) -> None:
    paths = [await submit(client) for _ in range(4)]
    await client.call(paths[2], JOB, "Cancel", to=OUR_NAME)
    works = rig.kinds["analyse"].works
    works[0].outcome.set_result({})
    await asyncio.wait_for(works[3].started.wait(), 5)

    assert not works[2].started.is_set()
    assert [(await job(client, path))["State"] for path in paths] == ["done", "running", "cancelled", "running"]


async def test_an_unknown_kind_is_refused_with_those_there_are(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match="analyse import render scan") as failure:
        await submit(client, "fingerprint")

    assert failure.value.name == OURS_ERROR + "NotSupported"


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({"color": Variant("s", "red")}, "spec knows only"),
        ({"tracks": Variant("s", "1")}, "spec.tracks"),
        ({"format": Variant("s", "mp3")}, "spec.format"),
        ({"intensity": Variant("d", 1.5)}, "spec.intensity"),
        ({"intensity": Variant("d", float("nan"))}, "spec.intensity"),
    ],
)
async def test_a_spec_is_held_against_the_contract(
    rig: Rig, client: Client, spec: dict[str, Variant], named: str
) -> None:
    with pytest.raises(CallFailed, match=named) as failure:
        await submit(client, "render", spec)

    assert failure.value.name == INVALID
    assert await client.get(JOBS, "Jobs") == []


@pytest.mark.parametrize("folder", ["/srv/out put", "file:///srv/out%20put"])
async def test_a_folder_may_be_a_path_or_a_uri(rig: Rig, client: Client, folder: str) -> None:
    await submit(client, "render", {**SPEC, "folder": Variant("s", folder)})

    assert rig.kinds["render"].specs[0]["folder"] == b"/srv/out put"


async def test_the_list_can_be_narrowed(rig: Rig, client: Client) -> None:
    first, second = await submit(client), await submit(client, "render")
    rig.kinds["analyse"].works[0].outcome.set_result({})
    await client.settled()

    async def listed(wanted: dict[str, Variant]) -> list[str]:
        [rows] = await client.ours("Jobs", "List", "a{sv}", wanted)
        return [row["job"] for row in rows]

    assert await listed({}) == [first, second]
    assert await listed({"state": Variant("s", "done")}) == [first]
    assert await listed({"kind": Variant("s", "render")}) == [second]


async def test_a_cleared_job_is_gone_with_its_object(rig: Rig, client: Client) -> None:
    path = await submit(client)
    rig.kinds["analyse"].works[0].outcome.set_result({})
    await client.settled()
    await client.ours("Jobs", "Clear", "u", 3600)
    kept = await client.get(JOBS, "Jobs")
    await client.ours("Jobs", "Clear", "u", 0)
    await client.settled()

    assert (kept, await client.get(JOBS, "Jobs")) == ([path], [])
    with pytest.raises(CallFailed, match=f"{STANDARD_ERROR}UnknownObject"):
        await job(client, path)
    assert (await introspected(client, OUR_PATH)).findall("node") == []


async def test_progress_is_told_four_times_a_second_at_most_and_ends_at_its_last(rig: Rig, client: Client) -> None:
    path = await submit(client)
    [work] = rig.kinds["analyse"].works
    await work.started.wait()
    began_s = asyncio.get_running_loop().time()
    for number in range(100):
        work.tell(Step(number, 100, number / 100))
        await asyncio.sleep(0.01)
    seconds = asyncio.get_running_loop().time() - began_s
    await client.settled(0.5)
    told = [change["Progress"] for change in changes_of(client, path) if "Progress" in change]

    assert 3 <= len(told) <= 4 * (seconds + 1)
    assert told[-1] == 0.99


async def test_tracks_can_be_measured_from_where_the_enhancement_is(rig: Rig, client: Client) -> None:
    [path] = await client.ours("Enhancement", "Analyse", "at", [3, 1])

    assert (await job(client, path))["Kind"] == "analyse"
    assert rig.kinds["analyse"].specs == [{"tracks": [3, 1]}]
