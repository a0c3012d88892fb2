"""Languages: what stands in for a tag, and which tag serves who asks for one."""

from datetime import date

import pytest
from babel.dates import format_date

from bot.errors import RenderError
from bot.languages import chain, direction, is_known, is_tag, locale, naming, nearest


def test_a_language_falls_back_to_its_beginnings_then_to_others():
    assert chain("pt-BR", "en") == ("pt-BR", "pt", "en")
    assert chain("pt-BR", "pt", "en-GB", "en") == ("pt-BR", "pt", "en-GB", "en")
    assert chain("zh-Hant-HK") == ("zh-Hant-HK", "zh-Hant", "zh")


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("pt-BR", "pt-BR"),
        ("pt-br", "pt-BR"),
        ("fr-CA", "fr"),
        ("FIL", "fil"),
        ("fi", None),
        ("pt", None),
        ("", None),
        ("*", None),
    ],
)
def test_the_nearest_language_is_the_tag_or_its_beginning(wanted, tag):
    assert nearest(wanted, ("fil", "fr", "pt-BR")) == tag


def test_a_locale_is_that_of_the_part_that_is_known():
    assert locale("pt-BR") != locale("pt-PT")
    assert locale("fr-Adlm") == locale("fr")
    with pytest.raises(RenderError, match="'xx'"):
        locale("xx")


def test_english_says_the_day_first_and_names_places_as_most_do():
    assert format_date(date(2021, 5, 1), "long", locale=locale("en")) == "1 May 2021"
    assert naming("en").territories["LC"] == "St. Lucia"


def test_a_language_has_a_direction():
    assert [direction(tag) for tag in ("ar", "pt-BR", "he-IL")] == ["rtl", "ltr", "rtl"]


@pytest.mark.parametrize(
    ("word", "written", "known"),
    [("pt-BR", True, True), ("zh-Hant", True, True), ("xx", True, False), ("PT", False, True)],
)
def test_a_tag_may_be_well_written_and_yet_unknown(word, written, known):
    assert (is_tag(word), is_known(word)) == (written, known)
