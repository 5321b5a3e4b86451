"""Health: faults by code, each raised and cleared by whoever sees it."""

from auralisd.health import Health


def test_a_fault_is_told_once_however_many_subjects_have_it() -> None:
    told: list[int] = []
    health = Health(lambda: told.append(1))
    health.report("folder-missing", "a", wrong=True)
    health.report("folder-missing", "b", wrong=True)

    assert health.faults == ("folder-missing",)
    assert len(told) == 1


def test_a_fault_stays_until_its_last_subject_is_well() -> None:
    health = Health(lambda: None)
    health.report("folder-missing", "a", wrong=True)
    health.report("folder-missing", "b", wrong=True)
    health.clear("a")
    after_one = health.faults
    health.clear("b")

    assert after_one == ("folder-missing",)
    assert health.faults == ()


def test_a_fault_that_was_never_there_can_be_cleared() -> None:
    told: list[int] = []
    health = Health(lambda: told.append(1))
    health.report("device-lost", "device", wrong=False)

    assert told == []


def test_capabilities_add_up_and_are_told_when_they_change() -> None:
    told: list[int] = []
    health = Health(lambda: told.append(1))
    health.know({"mp3": "", "opus": "libsndfile is too old"})
    health.know({"mp3": ""})

    assert health.capabilities == {"mp3": "", "opus": "libsndfile is too old"}
    assert len(told) == 1
