"""docs/playback.md says what the machine does."""

from auralisd.playback.document import BEGIN, END, PAGE, page


def test_the_table_of_states_is_what_the_machine_does() -> None:
    text = PAGE.read_text()

    assert page(text) == text, "write it anew: python -m auralisd.playback.document"


def test_what_is_written_by_hand_stays() -> None:
    made = page(f"before\n{BEGIN}old\n{END}behind\n")

    assert made.startswith(f"before\n{BEGIN}### Nothing queued")
    assert made.endswith(f"{END}behind\n")
    assert "old\n" not in made
