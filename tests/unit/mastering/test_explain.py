"""What a listener is told of a plan."""

import re
from typing import Any

import pytest

from auralisd.mastering.explain import explain
from auralisd.model.plan import BandDynamics, MasteringPlan

BANDS = (
    BandDynamics(200.0, -24.0, 1.5, 25.0, 250.0),
    BandDynamics(3_000.0, -28.25, 1.0, 25.0, 250.0),
    BandDynamics(20_000.0, -38.0, 2.0, 25.0, 250.0),
)


def a_plan(**figures: Any) -> MasteringPlan:
    ordinary: dict[str, Any] = {
        "preset": "adaptive", "intensity": 1.0, "state": "adaptive", "input_lufs": -18.5, "target_lufs": -14.0,
        "expected_lufs": -14.0, "gain_db": 4.6, "ceiling_dbtp": -1.0,
    }  # fmt: skip
    return MasteringPlan(**(ordinary | figures))


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"bands": BANDS}, "Loud moments are held: bass above −24.0 dB by 1.5:1, treble above −38.0 dB by 2:1."),
        ({"width": 1.19}, "Width: the side times 1.19 above 300 Hz, and its bass narrowed to the middle."),
        ({"width": 0.8}, "Width: the side times 0.80 above 300 Hz."),
        ({"album": True}, "Gain and tone are those of the whole album."),
    ],
)
def test_each_part_that_acts_has_its_sentence(figures: dict[str, Any], told: str) -> None:
    assert explain(a_plan(**figures))[1:] == (told,)


def test_all_parts_are_told_in_one_order() -> None:
    made = a_plan(eq_mid=((100.0, 2.0),), limits=("max-gain",), expected_lufs=-16.0, bands=BANDS, width=1.1, album=True)

    assert [sentence.split(maxsplit=1)[0] for sentence in explain(made)] == [
        "−18.5", "Tone:", "Stays", "Loud", "Width:", "Gain",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("gain-reduction", "more would be heard as squeezing"),
        ("peak-to-loudness", "more would leave too little between its loudness and its peaks"),
        ("max-gain", "more gain would bring up the noise"),
        ("peak", "more would bring its peaks to the ceiling"),
    ],
)
def test_each_cap_says_why_it_binds_and_how_far_the_target_is(code: str, why: str) -> None:
    assert explain(a_plan(limits=(code,), expected_lufs=-15.5))[1] == f"Stays 1.5 LU below its target: {why}."


def test_two_caps_are_both_named() -> None:
    [_, told] = explain(a_plan(limits=("max-gain", "gain-reduction"), expected_lufs=-15.0))

    assert told.endswith("bring up the noise, and more would be heard as squeezing.")


def test_every_cap_that_the_plan_documents_is_explained() -> None:
    documented = set(
        re.findall(r"`([a-z-]+)`", re.split(r"caps that kept", MasteringPlan.__doc__ or "")[1].split(";")[0])
    )

    assert documented == {"gain-reduction", "peak-to-loudness", "max-gain", "peak", "silence"}
    for code in documented - {"silence"}:
        assert len(explain(a_plan(limits=(code,)))) == 2


def test_the_original_at_equal_loudness_is_told_as_that() -> None:
    assert explain(a_plan(state="bypassed")) == (
        "The original, as loud as the enhanced sound: −18.5 → −14.0 LUFS: gain +4.6 dB.",
    )


def test_replaygain_is_told_as_that() -> None:
    assert explain(a_plan(state="levelled", expected_lufs=-18.0, gain_db=0.5)) == (
        "The original, levelled: −18.5 → −18.0 LUFS: gain +0.5 dB.",
    )


def test_replaygain_by_tags_alone_is_told_by_its_gain() -> None:
    assert explain(a_plan(state="levelled", input_lufs=None, expected_lufs=None, gain_db=-6.5)) == (
        "The original, levelled: gain −6.5 dB.",
    )


def test_what_does_not_act_is_not_told() -> None:
    flat = (BandDynamics(200.0, -24.0, 1.0, 25.0, 250.0),)

    assert len(explain(a_plan(bands=flat, width=1.0, eq_mid=((100.0, 0.2),), expected_gain_reduction_db=0.1))) == 1
