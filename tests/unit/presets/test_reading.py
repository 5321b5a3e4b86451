"""What a preset's file may say."""

import msgspec
import pytest

from auralisd.model.preset import PRESETS, Preset
from auralisd.presets.reading import RANGES, PresetRefused, preset_of


def refusal_of(content: str | bytes, name: str = "mine") -> PresetRefused:
    with pytest.raises(PresetRefused) as refusal:
        preset_of(name, content if isinstance(content, bytes) else content.encode())
    return refusal.value


def test_a_preset_is_a_built_in_one_with_some_of_it_changed() -> None:
    text = (
        'based_on = "warm"\nlabel = "Späte Stunde"\ndescription = "Leise"\nbass_db = 3\ntreble_db = -1.5\nratio = 2\n'
    )

    assert preset_of("late", text.encode()) == msgspec.structs.replace(
        PRESETS["warm"],
        name="late",
        label="Späte Stunde",
        description="Leise",
        bass_db=3.0,
        treble_db=-1.5,
        ratio=2.0,
        own=True,
    )


def test_what_a_file_does_not_say_is_adaptive_and_named_after_the_file() -> None:
    preset = preset_of("late-night_2", b"target_lufs = -20")

    assert (preset.label, preset.description) == ("Late night 2", "Own preset, based on Adaptive")
    assert preset.correction == PRESETS["adaptive"].correction
    assert isinstance(preset.target_lufs, float)


def test_every_number_of_a_preset_can_be_set_and_every_built_in_one_lies_within_the_ranges() -> None:
    numbers = {field.name for field in msgspec.structs.fields(Preset) if field.type is float}

    assert set(RANGES) == numbers
    for preset in PRESETS.values():
        for key, (low, high) in RANGES.items():
            assert low <= getattr(preset, key) <= high, (preset.name, key)


@pytest.mark.parametrize("key", RANGES)
def test_each_number_is_taken_at_the_ends_of_its_range_and_refused_beyond(key: str) -> None:
    low, high = RANGES[key]
    for value in (low, high):
        assert getattr(preset_of("mine", f"{key} = {value}".encode()), key) == value
    for text in (
        f"{low - 0.01}",
        f"{high + 0.01}",
        "nan",
        "inf",
        "-inf",
        "true",
        '"1"',
        "[1]",
        "9" * 5000,
        "1979-05-27",
    ):
        refusal = refusal_of(f"{key} = {text}")
        assert key in refusal.reason or "TOML" in refusal.reason


@pytest.mark.parametrize(
    ("text", "reason", "remedy"),
    [
        ("bas_db = 3", "unknown key 'bas_db'", "did you mean bass_db?"),
        ("xyzzy = 3", "unknown key 'xyzzy'", "known: based_on"),
        ('based_on = "wram"', "'wram' is no built-in preset", "did you mean warm?"),
        ("based_on = 7", "7 is no built-in preset", "adaptive"),
        ("bass_db = 7", "bass_db: 7 is out of range", "from -6 to 6"),
        ("bass_db = nan", "bass_db: nan is out of range", "from -6 to 6"),
        ('label = ""', "label: '' is no line of text", "64 characters"),
        ('label = "two\\nlines"', "is no line of text", "64 characters"),
        ('label = "nul\\u0000"', "is no line of text", "64 characters"),
        (f'description = "{"x" * 301}"', "is no line of text", "300 characters"),
        ("label = 7", "7 is no line of text", "64 characters"),
        ("= broken", "not valid TOML", "mend that line"),
        ("bass_db = 1\nbass_db = 2", "not valid TOML", "mend that line"),
        ("[" * 5000, "not valid TOML", ""),
        ("a = " + "[" * 5000 + "]" * 5000, "not valid TOML", ""),
        ("", "it says nothing", "based_on"),
        ("# nothing yet\n", "it says nothing", "based_on"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(text: str, reason: str, remedy: str) -> None:
    refusal = refusal_of(text)

    assert reason in refusal.reason
    assert remedy in refusal.remedy
    assert len(str(refusal)) < 400


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal_of(b"label = '\xff'").reason == "not UTF-8"


@pytest.mark.parametrize("name", ["", "Late", "late night", "a" * 33, "ö", "../warm", "a.b", "a\n"])
def test_a_name_that_cannot_be_asked_for_is_refused(name: str) -> None:
    assert "rename it" in refusal_of("bass_db = 1", name).remedy


@pytest.mark.parametrize("name", PRESETS)
def test_a_built_in_preset_is_not_hidden(name: str) -> None:
    assert "comes with the product" in refusal_of("bass_db = 1", name).reason
