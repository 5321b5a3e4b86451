"""The plan beyond what one track needs: albums, the bypassed original and ReplayGain."""

import pytest

from auralisd.mastering.planner import plan
from auralisd.model.taste import BYPASSED, LEVELLED, TaggedGain, Treatment
from tests.unit.mastering.typical import a_profile, louder_at


def test_an_albums_tracks_get_one_gain_and_one_tone() -> None:
    album = a_profile(lufs=-17.0, peak_dbtp=-3.0, mid=louder_at(1000.0, 9.0))
    quiet, loud = (plan(a_profile(lufs=lufs, peak_dbtp=-9.0), Treatment(), album) for lufs in (-23.0, -15.0))

    assert quiet.album
    assert quiet.gain_db == loud.gain_db
    assert quiet.eq_mid == loud.eq_mid
    assert loud.expected_lufs - quiet.expected_lufs == pytest.approx(8.0, abs=0.2)  # type: ignore[operator]


def test_bypass_brings_the_original_to_the_enhanced_loudness() -> None:
    profile = a_profile(mid=louder_at(1000.0, 12.0))
    enhanced, bypassed = plan(profile, Treatment()), plan(profile, Treatment(mode=BYPASSED))

    assert bypassed.state == "bypassed"
    assert bypassed.expected_lufs == pytest.approx(enhanced.expected_lufs, abs=0.01)
    assert (bypassed.eq_mid, bypassed.eq_side, len(bypassed.bands)) == ((), (), 0)
    assert bypassed.limited
    assert not bypassed.transparent


@pytest.mark.parametrize(
    ("lufs", "peak_dbtp", "preamp_db", "gain_db", "limits"),
    [
        (-10.0, 0.5, 0.0, -8.0, ()),
        (-23.0, -10.0, 0.0, 5.0, ()),
        (-23.0, -4.0, 0.0, 3.0, ("peak",)),
        (-23.0, -10.0, 3.0, 8.0, ()),
        (-18.0, 2.0, 0.0, -3.0, ("peak",)),
    ],
)
def test_replay_gain_is_one_gain_to_minus_18_lufs_below_the_ceiling(
    lufs: float, peak_dbtp: float, preamp_db: float, gain_db: float, limits: tuple[str, ...]
) -> None:
    made = plan(a_profile(lufs=lufs, peak_dbtp=peak_dbtp), Treatment(mode=LEVELLED, preamp_db=preamp_db))

    assert made.gain_db == pytest.approx(gain_db)
    assert made.limits == limits
    assert made.eq_mid == ()
    assert not made.limited


def test_replay_gain_goes_by_the_album_where_it_is_asked_to() -> None:
    made = plan(a_profile(lufs=-10.0), Treatment(mode=LEVELLED), a_profile(lufs=-13.0, peak_dbtp=-1.0))

    assert made.album
    assert made.gain_db == pytest.approx(-5.0)


@pytest.mark.parametrize(
    ("tagged", "gain_db"),
    [
        (TaggedGain(-6.5, 1.0), -6.5),
        (TaggedGain(4.0, 0.5), 4.0),
        (TaggedGain(9.0, 0.5), 5.02),
        (TaggedGain(4.0), 0.0),
        (TaggedGain(-4.0), -4.0),
        (None, 0.0),
    ],
)
def test_replay_gain_falls_back_to_what_the_file_says(tagged: TaggedGain | None, gain_db: float) -> None:
    made = plan(None, Treatment(mode=LEVELLED, tagged=tagged))

    assert made.gain_db == pytest.approx(gain_db, abs=0.01)


def test_what_is_measured_counts_more_than_what_the_file_says() -> None:
    made = plan(a_profile(lufs=-12.0), Treatment(mode=LEVELLED, tagged=TaggedGain(20.0, 0.1)))

    assert made.gain_db == pytest.approx(-6.0)


def test_the_original_follows_the_enhanced_sound_to_the_loudness_that_a_rehearsal_told() -> None:
    quiet = a_profile(lufs=-40.0)
    enhanced = plan(quiet, Treatment(trim_lu=0.4))
    bypassed = plan(quiet, Treatment(BYPASSED, trim_lu=0.4))

    assert bypassed.expected_lufs == pytest.approx(enhanced.expected_lufs, abs=0.01)
