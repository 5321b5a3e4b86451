"""Whatever the player is like, its properties can be sent, and signals add up to what GetAll answers."""

import math
from typing import Any

from dbus_fast import Message, MessageType, Variant
from hypothesis import given, settings
from hypothesis import strategies as st

from auralisd.bus import contract as contracts
from auralisd.bus import properties
from auralisd.bus.metadata import entry_of, entry_path, track_row
from auralisd.bus.standard import typed_values
from auralisd.bus.values import Spec, Typed, shape
from auralisd.doors.sound import DeviceState
from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import REPLAY_GAINS, Taste
from auralisd.model.track import FileFacts, StreamFacts, Tags, Track
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, Entry, Mastering, Snapshot

CONTRACT = contracts.load()
PLAYER = "org.mpris.MediaPlayer2.Player"

# Tags hold anything that a file can: NUL, lone surrogates, noncharacters, right-to-left marks.
texts = st.text(alphabet=st.characters(codec=None), max_size=40)
some_text = texts.filter(bool)
maybe_text = st.none() | some_text
text_tuples = st.lists(some_text, max_size=12).map(tuple)
any_int = st.integers(-(2**70), 2**70)
numbers = st.floats(allow_nan=False, allow_infinity=False)
maybe_number = st.none() | numbers
curves = st.lists(st.tuples(numbers, numbers), max_size=4).map(tuple)
u32 = st.integers(0, 2**32 - 1)
positive = st.integers(1, 2**62)

tags = st.builds(
    Tags,
    title=maybe_text,
    artists=text_tuples,
    album=maybe_text,
    album_artist=maybe_text,
    track_number=st.none() | any_int,
    disc_number=st.none() | any_int,
    date=maybe_text,
    genres=text_tuples,
    composers=text_tuples,
    mbid=maybe_text,
)
tracks = st.builds(
    Track,
    id=positive,
    folder=positive,
    folder_name=some_text,
    path=st.binary(max_size=20).map(lambda name: b"/" + name),
    file_name=some_text,
    facts=st.just(FileFacts(1, 1, 1, 1)),
    stream=st.builds(StreamFacts, format=some_text, duration_us=st.none() | positive, rate_hz=st.none() | u32),
    tags=tags,
    added_unix_s=st.integers(-(2**62), 2**62),
)
plans = st.builds(
    MasteringPlan,
    preset=texts,
    intensity=numbers,
    state=st.sampled_from(["off", "provisional", "adaptive", "bypassed", "levelled"]),
    input_lufs=maybe_number,
    target_lufs=maybe_number,
    expected_lufs=maybe_number,
    eq_mid=curves,
    eq_side=curves,
    bands=st.lists(st.builds(BandDynamics, numbers, numbers, numbers, numbers, numbers), max_size=3).map(tuple),
    width=numbers,
    limits=text_tuples,
    album=st.booleans(),
)
own_presets = st.builds(Preset, texts, texts, texts, numbers, numbers, treble_db=numbers, own=st.booleans())
snapshots = st.builds(
    Snapshot,
    status=st.sampled_from([PLAYING, PAUSED, STOPPED]),
    entries=st.lists(st.builds(Entry, u32, positive), max_size=3).map(tuple),
    current_index=st.integers(-1, 2**31 - 1),
    current_entry=u32,
    current=st.none() | tracks,
    length_us=st.none() | positive,
    can_go_next=st.booleans(),
    can_go_previous=st.booleans(),
    can_undo=st.booleans(),
    can_redo=st.booleans(),
    loop=st.sampled_from(["none", "track", "list"]),
    shuffle=st.sampled_from(["off", "tracks", "albums"]),
    consume=st.booleans(),
    stop_after=st.booleans(),
    volume=st.floats(0, 1),
    taste=st.builds(
        Taste,
        enabled=st.booleans(),
        preset=texts,
        intensity=st.floats(0, 1),
        bypass=st.booleans(),
        target_lufs=st.floats(-30, 0),
        album_mode=st.booleans(),
        replay_gain=st.sampled_from(REPLAY_GAINS),
        preamp_db=st.floats(-15, 15),
    ),
    preset=texts,
    default_preset=texts,
    presets=st.dictionaries(texts, own_presets, max_size=2).map(lambda own: {**PRESETS, **own}),
    mastering=st.builds(Mastering, st.none() | plans, u32, st.integers(0, 2**62)),
    device=st.builds(DeviceState, state=st.sampled_from(["closed", "running", "paused", "lost"]), device=texts),
    underruns=st.integers(0, 2**63),
)


def readings(snapshot: Snapshot, position_us: int) -> dict[str, properties.Values]:
    return {
        PLAYER: properties.player(snapshot, position_us=position_us, with_url=True),
        "org.auralis.Auralis1.Enhancement": properties.enhancement(snapshot),
        "org.auralis.Auralis1.Queue": properties.queue(snapshot),
        "org.auralis.Auralis1.Output": properties.output(snapshot, buffered_s=1.5, sleep_left_s=12.5),
    }


def marshal(signature: str, value: Any) -> None:
    """Put a value into the bytes of a message, as the wire does."""
    message = Message(message_type=MessageType.METHOD_RETURN, reply_serial=1, signature=signature, body=[value])
    message._marshall(False)


@given(snapshots, st.integers(-(2**63), 2**63 - 1))
@settings(max_examples=200, deadline=None)
def test_every_property_of_every_snapshot_can_be_sent(snapshot: Snapshot, position_us: int) -> None:
    for interface, values in readings(snapshot, position_us).items():
        typed = typed_values(CONTRACT, interface, values)
        marshal("a{sv}", shape(Spec("properties", "a{sv}"), typed, Variant))


@given(tracks)
@settings(max_examples=200, deadline=None)
def test_every_row_of_every_track_can_be_sent(track: Track) -> None:
    rows = CONTRACT["org.auralis.Auralis1.Library"].methods["Query"].gives[0]
    marshal(rows.signature, shape(rows, [track_row(track, ())], Variant))


@given(st.lists(snapshots, min_size=2, max_size=5))
@settings(max_examples=100, deadline=None)
def test_signals_added_up_are_what_get_all_answers(story: list[Snapshot]) -> None:
    seen = readings(story[0], 0)
    told = {name: dict(values) for name, values in seen.items()}
    for snapshot in story[1:]:
        for name, values in readings(snapshot, 0).items():
            told[name] |= properties.changed(CONTRACT[name], seen[name], values)
            seen[name] = values

    assert told == seen


@given(snapshots, st.integers(-(2**63), 2**63 - 1))
@settings(max_examples=100, deadline=None)
def test_a_position_lies_within_its_track(snapshot: Snapshot, position_us: int) -> None:
    position = properties.player(snapshot, position_us=position_us, with_url=False)["Position"]

    assert 0 <= position <= (math.inf if snapshot.length_us is None else snapshot.length_us)


@given(tracks)
@settings(max_examples=200, deadline=None)
def test_metadata_fits_what_known_clients_can_hold(track: Track) -> None:
    metadata = properties.player(Snapshot(current=track, current_entry=1, length_us=5), position_us=0, with_url=False)[
        "Metadata"
    ]

    assert metadata["xesam:title"]
    assert metadata["mpris:trackid"] == "/org/auralis/Auralis1/entry/1"
    assert "xesam:url" not in metadata
    for value in metadata.values():
        texts_in_it = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        assert len(texts_in_it) <= 8
        assert all(0 < len(text.encode()) < 384 for text in texts_in_it)


@given(u32)
def test_an_entry_survives_the_way_into_a_track_id_and_back(entry: int) -> None:
    assert entry_of(entry_path(entry)) == entry


@given(texts)
def test_any_other_track_id_is_none_of_ours(path: str) -> None:
    assert entry_of(path) is None or path == entry_path(entry_of(path) or 0)


def test_a_property_leaves_with_the_keys_that_the_contract_gives_it() -> None:
    [metadata] = typed_values(CONTRACT, PLAYER, {"Metadata": {"mpris:length": 3}}).values()

    assert isinstance(metadata, Typed)
    assert shape(Spec("value", "v"), metadata, lambda signature, value: (signature, value)) == (
        "a{sv}",
        {"mpris:length": ("x", 3)},
    )
