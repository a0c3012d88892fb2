"""The headers of answers."""

from email.message import Message
from urllib.parse import unquote

import pytest

from bot.web.headers import kept_as


@pytest.mark.parametrize(
    ("filename", "plain"),
    [
        ("trees-plant.ics", "trees-plant.ics"),
        ("Отчёт.docx", "file.docx"),
        ("Отчёт", "file"),
        ("v1.Отчёт", "file"),
        ('a "b".csv', "file.csv"),
        ("a\\b.csv", "file.csv"),
        ("a.csv\r\nset-cookie: a=b", "file"),
        ("a.csv\n", "file"),
        ("", "file"),
    ],
)
def test_what_is_kept_has_a_name_that_a_header_holds(filename, plain):
    value = kept_as(filename)["content-disposition"]
    value.encode("latin-1")
    assert value.isprintable()
    read = Message()
    read["content-disposition"] = value.partition("; filename*=")[0]
    assert read.get_filename() == plain
    coded = value.partition("; filename*=UTF-8''")[2]
    assert unquote(coded) == ("" if plain == filename else filename)
