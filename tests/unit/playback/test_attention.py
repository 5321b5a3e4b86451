"""Whether the sound process answers, and what that comes to."""

from auralisd.playback.attention import ANSWERS_WITHIN_S, HOPELESS_AFTER_S, Attention


def asked() -> tuple[Attention, int]:
    """A process that is ready, and was asked at 0 s."""
    attention = Attention()
    attention.begin()
    attention.ready()
    request = attention.question(0.0)
    assert request is not None
    return attention, request


def test_who_answers_is_asked_again_and_never_silent() -> None:
    attention, request = asked()

    assert attention.question(1.0) is None, "one question at a time"
    assert not attention.answered(request)
    assert attention.question(1.5) == request + 1
    assert not attention.falls_silent(1.5 + ANSWERS_WITHIN_S - 0.1)


def test_who_does_not_answer_in_time_falls_silent_once_and_is_there_again_with_its_answer() -> None:
    attention, request = asked()

    assert not attention.falls_silent(ANSWERS_WITHIN_S - 0.1)
    assert attention.falls_silent(ANSWERS_WITHIN_S)
    assert not attention.falls_silent(ANSWERS_WITHIN_S + 1)
    assert attention.answered(request)
    assert not attention.silent


def test_a_process_that_only_begins_is_not_asked() -> None:
    attention = Attention()
    attention.begin()

    assert attention.question(0.0) is None
    assert not attention.falls_silent(ANSWERS_WITHIN_S + 1)


def test_an_answer_to_an_older_process_says_nothing() -> None:
    attention, request = asked()
    attention.begin()
    attention.ready()
    later = attention.question(10.0)
    attention.falls_silent(10.0 + ANSWERS_WITHIN_S)

    assert later == request + 1
    assert not attention.answered(request)
    assert attention.silent


def test_another_process_is_tried_after_half_a_minute_and_then_ever_later() -> None:
    waits = []
    attention, _ = asked()
    for _ in range(6):
        attention.falls_silent(ANSWERS_WITHIN_S)
        wait_s = next(second for second in range(1000) if attention.is_hopeless(float(second)))
        waits.append(wait_s)
        attention.begin()
        attention.ready()
        attention.question(0.0)

    assert waits == [HOPELESS_AFTER_S, 60, 120, 240, 480, 480]
