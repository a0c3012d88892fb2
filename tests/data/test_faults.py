"""What people who never heard of TOML get wrong in it, and what they are told."""

import tomllib

import pytest

from bot.files.faults import of_toml


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a = „Flüsse“", "between straight quotes"),
        ("a = “rivers”", "between straight quotes"),
        ('a = 1\nb = ["x", „y“]', "between straight quotes"),
        ("„a“ = 1", "between straight quotes"),
        ('a = "Wir sagen "Danke" dem Fluss"', 'a " within it is written \\", or use „…“'),
        ('a = "Flüsse“\nb = 1', "ends on its line, with the quote that it began with"),
        ('a = """Flüsse\nb = 1', "ends on its line, with the quote that it began with"),
        ("a = 'Flüsse\nb = 1", "ends on its line, with the quote that it began with"),
        ("a = 1.5.2027", "a day is written like 2027-05-31"),
        ("a = 01.05.2027", "a day is written like 2027-05-31"),
        ("a = { dates = [21.7.2027, 2028-07-19] }", "a day is written like 2027-05-31"),
        ("a = 2027-02-30", "there is no such day"),
        ("month = 09", "write 9 for 09"),
        ("a = 2,5", "a number has a point"),
        ("a = 1 b = 2", "each key has a line of its own"),
        ("a = ja", "write true or false"),
        ("a = True", "write true or false"),
        ("a = flussfest", "a text stands between quotes"),
        ("a =", "write a value behind"),
        ("größe = 1", "the letters a-z"),
        ("[tag-der-flüsse]", "the letters a-z"),
        ("nur ein Satz", "write: key = value") ,
        ("a = 1\na = 2", "the same key stands there twice"),
        ("[a]\nb = 1\n[a]\nc = 1", "the same table stands there twice"),
        ('a = "C:\\Users"', "a backslash is written"),
        ("a = [1 2]", "put a comma between two entries"),
    ],
)  # fmt: skip
def test_a_slip_in_a_table_is_told_with_what_to_do(text, hint):
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(text)
    message = of_toml(text, str(error.value))
    assert hint in message.partition("; ")[2]
    windows = text.replace("\n", "\r\n")
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(windows)
    assert of_toml(windows, str(error.value)) == message


def test_a_long_line_of_a_stranger_is_looked_at_near_its_fault_alone():
    line = "a = [" + " = " * 300_000
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(line)
    assert of_toml(line, str(error.value)).startswith("invalid value (at line 1, column")
