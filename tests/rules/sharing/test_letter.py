"""Letters to those who decide: a line goes with its gap, and `check` names what a letter lacks."""

import pytest

from bot.rules.sharing import letter

SHEET = "To {to}\n\nGood day,\n\nwe ask you.\n{own}\n\nPlease answer.\n\n{name}\n{place}"
NOTHING = {"to": "", "own": "", "name": "", "place": ""}


def test_all_that_was_said_stands_where_its_gap_was():
    said = {"to": "the mayor", "own": "I saw it.", "name": "Quilla", "place": "Nyeri"}
    assert letter.written(SHEET, **said) == (
        "To the mayor\n\nGood day,\n\nwe ask you.\nI saw it.\n\nPlease answer.\n\nQuilla\nNyeri"
    )


def test_a_line_without_its_word_is_left_out_with_the_space_around_it():
    assert letter.written(SHEET, **NOTHING) == "Good day,\n\nwe ask you.\n\nPlease answer."
    assert letter.written(SHEET, **NOTHING | {"name": "Quilla"}).endswith("answer.\n\nQuilla")


def test_what_somebody_says_is_never_read_as_a_gap():
    said = NOTHING | {"own": "{name} {0.__class__} }{", "name": "Quilla"}
    assert "\n{name} {0.__class__} }{\n" in letter.written(SHEET, **said)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SHEET, []),
        (SHEET.replace("{own}", ""), ["lacks {own}, where its writer stands"]),
        (SHEET + "\n{nmae}", ["has the gap {nmae}; there are {name}, {own}, {place} and {to}"]),
        (SHEET.replace("\n{place}", ", {place}"), ["has two gaps in the line '{name}, {place}'"]),
        ("{own", ["has a brace too many or too few"]),
    ],
)
def test_what_is_wrong_with_its_gaps_is_named(text, told):
    faults = list(letter.faults(text))
    assert len(faults) == len(told)
    assert all(fault.startswith(each) for fault, each in zip(faults, told, strict=True))
