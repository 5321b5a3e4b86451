import re
from pathlib import Path

import pytest

from auralisd.bus import contract as contracts
from auralisd.bus.document import PAGE, page
from auralisd.bus.jobs import job_row, job_values
from auralisd.bus.metadata import track_row
from auralisd.jobs.job import Job
from tests.builders import a_track

CONTRACT = contracts.load()
MEMBERS = [
    (f"{interface.name}.{name}", member.prose)
    for interface in CONTRACT.values()
    for members in (interface.methods, interface.signals, interface.properties)
    for name, member in members.items()
]


def test_every_interface_has_prose() -> None:
    assert [interface.name for interface in CONTRACT.values() if not interface.prose] == []


@pytest.mark.parametrize(("member", "prose"), MEMBERS, ids=[name for name, _ in MEMBERS])
def test_every_member_has_prose_of_its_own(member: str, prose: str) -> None:
    assert prose.endswith(".")


def test_every_argument_has_a_name() -> None:
    for interface in CONTRACT.values():
        for method in interface.methods.values():
            assert all(spec.name for spec in method.takes + method.gives)


def test_each_file_is_named_after_its_interface() -> None:
    assert {file.stem for file in contracts.contract_folder().glob("*.xml")} == set(CONTRACT)


def test_an_annotation_of_a_property_overrides_that_of_its_interface() -> None:
    player = CONTRACT["org.mpris.MediaPlayer2.Player"]

    assert player.properties["Position"].emits == "false"
    assert player.properties["Volume"].emits == "true"


def test_the_fields_that_can_be_asked_for_are_the_keys_of_a_row() -> None:
    query = CONTRACT["org.auralis.Auralis1.Library"].methods["Query"]
    listing = CONTRACT["org.auralis.Auralis1.Queue"].methods["List"]
    row, entry = query.gives[0].keys or {}, listing.gives[0].keys or {}
    options = listing.takes[2].keys or {}

    assert query.takes[1].words == tuple(row) == options["fields"].words
    assert list(entry) == ["entry", "index", "track", *row]
    assert set(track_row(a_track(), ())) <= set(row)


def test_a_left_out_property_is_gone_from_the_xml_too() -> None:
    left = contracts.without(CONTRACT, "org.mpris.MediaPlayer2", "DesktopEntry")["org.mpris.MediaPlayer2"]

    assert "DesktopEntry" not in left.properties
    assert "DesktopEntry" not in left.xml


def test_a_range_may_be_open_at_one_end(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text(
        '<node><interface name="a.B"><property name="P" type="d" access="read">'
        '<annotation name="org.auralis.Range" value="..3"/></property></interface></node>'
    )

    spec = contracts.load(tmp_path)["a.B"].properties["P"].spec

    assert (spec.low, spec.high) == (float("-inf"), 3.0)


def test_the_page_about_the_bus_is_what_the_xml_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(CONTRACT), "stale: run python -m auralisd.bus.document"


def test_a_key_of_a_map_has_bounds_and_words_of_its_own() -> None:
    spec = CONTRACT["org.auralis.Auralis1.Jobs"].methods["Submit"].takes[1].keys or {}

    assert (spec["intensity"].low, spec["intensity"].high) == (0.0, 1.0)
    assert spec["format"].words == ("flac", "wav", "opus")
    assert spec["tracks"].words == ()


def test_a_row_of_the_list_of_jobs_holds_what_a_job_says_of_itself() -> None:
    listed = CONTRACT["org.auralis.Auralis1.Jobs"].methods["List"].gives[0].keys or {}
    values, row = job_values(Job(1, "analyse")), job_row(Job(1, "analyse"))
    said = CONTRACT["org.auralis.Auralis1.Job"].properties

    assert set(values) == set(said)
    assert {"job", *row} == set(listed)
    assert {key.replace("_", "") for key in row} == {name.lower() for name in said if name != "Result"}


def test_what_mpris_says_of_a_track_is_the_same_everywhere() -> None:
    folder = contracts.contract_folder()
    texts = [file.read_text() for file in sorted(folder.glob("org.mpris.*.xml"))]
    keys = [found for text in texts for found in re.findall(r'org\.auralis\.Keys" value="(mpris:trackid[^"]*)"', text)]

    assert len(keys) == 4
    assert len(set(keys)) == 1
