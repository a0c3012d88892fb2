"""Languages: what stands in for a tag, and which tag serves who asks for one."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from babel.dates import format_date

from bot.errors import RenderError
from bot.languages import (
    KEPT,
    alphabetical,
    by_small_letters,
    chain,
    colon,
    comma,
    direction,
    in_brackets,
    is_known,
    is_tag,
    language_name,
    locale,
    naming,
    nearest,
    own_names,
    preferred,
    said_day,
    said_days,
    said_instant,
    said_list,
    said_month,
    said_row,
    said_wait,
    said_year,
    sentences,
    shorter,
    stop,
)


def test_a_language_falls_back_to_its_beginnings_then_to_others():
    assert chain("pt-BR", "en") == ("pt-BR", "pt", "en")
    assert chain("pt-BR", "pt", "en-GB", "en") == ("pt-BR", "pt", "en-GB", "en")
    assert chain("zh-Hant-HK") == ("zh-Hant-HK", "zh-Hant", "zh")


def test_each_language_is_called_as_it_calls_itself():
    assert own_names(["fr", "en", "pt-BR"]) == [
        ("en", "English"),
        ("fr", "français"),
        ("pt-BR", "português (Brasil)"),
    ]
    assert language_name("fr", "pt-BR") == "francês"
    assert language_name("pt-BR", "fr") == "portugais (Brésil)"


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


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("fr", "fr"),
        ("es;q=0.4, fr;q=0.9, fil", "fil"),
        ("es;q=0.4, fr;q=0.9", "fr"),
        ("es;q=0.5,fr;q=0.5", "es"),
        ("pt-br;q=0.1", "pt-BR"),
        ("fr-CA;Q=0.3 , es;q=0.2", "fr"),
        ("fr ; q=0.3,es", "es"),
        ("de, *;q=0.1", "en"),
        ("en;q=0, *", "es"),
        ("*, en;q=0, es;q=0", "fil"),
        ("fr;q=0", "en"),
        ("fr;q=0, es;q=0.1", "es"),
        ("fr;q=1.5, es;q=0.1", "es"),
        ("fr;q=-1, es;q=0.1", "es"),
        ("fr;q=nan, fr;q=inf, es;q=0.1", "es"),
        ("fr;level=1, es;q=0.1", "es"),
        ("fr;q=1.000", "fr"),
        (", ,;,fr", "fr"),
        ("fr\n", "fr"),
        ("fr\u00e9, \u0665;q=\u0661", "en"),
        ("", "en"),
        (",".join(["de"] * 9 + ["fr"]), "fr"),
        (",".join(["de"] * 10 + ["fr"]), "en"),
        ("a-" * 9_000 + "fr, es", "es"),
    ],
)
def test_the_language_that_a_browser_likes_best_is_the_heaviest_that_we_have(wanted, tag):
    assert preferred(wanted, by_small_letters(["en", "es", "fil", "fr", "pt-BR"]), "en") == tag


def test_what_a_stranger_sends_is_neither_read_nor_kept_at_length():
    shorter.cache_clear()
    known = by_small_letters(["en", "fr"])
    for number in range(2 * KEPT):
        preferred(",".join([f"a{number}-" + "b-" * 5_000] * 50), known, "en")
        nearest(f"a{number}-" + "b-" * 5_000, ["en"])
    assert shorter.cache_info().currsize == 0


def test_a_locale_is_that_of_the_part_that_is_known():
    assert locale("pt-BR") != locale("pt-PT")
    assert locale("fr-Adlm") == locale("fr")
    with pytest.raises(RenderError, match="'xx'"):
        locale("xx")


@pytest.mark.parametrize("first", ["zh", "ja", "he", "ru"])
def test_no_language_says_months_and_days_as_the_one_before_it(first):
    """In a process of its own, since what one language leaves to another stays to its end."""
    asked = (
        "from datetime import date; from bot.languages import said_day\n"
        f"for tag in ({first!r}, 'de', 'fr'): print(said_day(date(2021, 1, 1), 'LLLL cccc', tag))"
    )
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert said.stdout.splitlines()[1:] == ["Januar Freitag", "janvier vendredi"]


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


@pytest.mark.parametrize(
    ("language", "months", "days", "said"),
    [
        ("en", 9, 0, "9 months"),
        ("en", 0, 14, "2 weeks"),
        ("en", 0, 10, "10 days"),
        ("pt", 3, 0, "3 meses"),
        ("pt", 0, 1, "1 dia"),
        ("ar", 1, 0, "شهر"),
        ("ar", 2, 0, "شهران"),
        ("ar", 0, 7, "أسبوع"),
        ("ar", 11, 0, "11 شهرًا"),
        ("ru", 2, 0, "2 месяца"),
        ("ru", 0, 35, "5 недель"),
        ("zh", 3, 0, "3个月"),
        ("zh", 0, 14, "2周"),
        ("fr", 13, 0, "13\u00a0mois"),
    ],
)
def test_how_long_is_said_in_each_languages_own_words(language, months, days, said):
    assert said_wait(months, days, language) == said


JUNE, NEXT = date(2021, 6, 1), date(2021, 6, 17)


@pytest.mark.parametrize(
    ("language", "first", "last", "said"),
    [
        ("en", JUNE, NEXT, "1–17 June 2021"),
        ("en", JUNE, date(2021, 7, 1), "1 June – 1 July 2021"),
        ("fr", JUNE, NEXT, "du 1er au 17 juin 2021"),
        ("fr", NEXT, date(2022, 1, 1), "du 17 juin 2021 au 1er janvier 2022"),
        ("es", JUNE, NEXT, "del 1 al 17 de junio de 2021"),
        ("pt", JUNE, NEXT, "1º a 17 de junho de 2021"),
        ("pt-PT", JUNE, NEXT, "1 a 17 de junho de 2021"),
        ("ru", JUNE, NEXT, "1–17 июня 2021 г."),
        ("ru", NEXT, date(2022, 1, 1), "17 июня 2021 г. – 1 января 2022 г."),
        ("ar", JUNE, NEXT, "من 1 إلى 17 يونيو 2021"),
        ("zh", JUNE, date(2021, 7, 1), "2021年6月1日至7月1日"),
        ("ru", JUNE, JUNE, "1 июня 2021 г."),
        ("sw", JUNE, date(2021, 7, 2), "1 Juni 2021 – 2 Julai 2021"),
    ],
)
def test_days_say_once_what_they_have_in_common(language, first, last, said):
    assert said_days(first, last, language).replace("\u202f", " ").replace("\u00a0", " ") == said


def test_a_day_with_its_hour_may_stand_behind_any_word():
    moment = datetime(2021, 5, 1, 9, tzinfo=UTC)
    assert said_instant(moment, "ru", weekday=True) == "сб, 1\u00a0мая 2021\u202fг., 09:00"
    assert said_instant(moment, "pt", weekday=True) == "sábado, 1º de maio de 2021 às 09:00"
    assert said_instant(moment, "pt-BR") == "1º de mai. de 2021 às 09:00"
    assert said_day(date(2021, 5, 11), "long", "pt") == "11 de maio de 2021"


@pytest.mark.parametrize(
    ("form", "language", "said"),
    [
        ("d/M/yyyy", "fr", "1/1/2027"),
        ("d/M/yyyy", "pt", "1/1/2027"),
        ("d MMM", "fr", "1er janv."),
        ("full", "fr", "vendredi 1er janvier 2027"),
        ("full", "pt", "sexta-feira, 1º de janeiro de 2027"),
        ("full", "pt-PT", "sexta-feira, 1 de janeiro de 2027"),
        ("'T'Q y", "fr", "T1 2027"),
    ],
)
def test_the_first_of_a_month_is_no_plain_figure_where_it_stands_as_a_word(form, language, said):
    assert said_day(date(2027, 1, 1), form, language) == said


@pytest.mark.parametrize(
    ("language", "names", "said"),
    [
        ("es", ["Francia", "Italia"], "Francia e Italia"),
        ("es", ["A", "madres", "hijos"], "A, madres e hijos"),
        ("es", ["agua", "hielo"], "agua y hielo"),
        ("es", ["Ana", "Íñigo"], "Ana e Íñigo"),
        ("es", ["Iris"], "Iris"),
        ("pt", ["A", "Itália"], "A e Itália"),
        ("ru", ["A", "B", "C"], "A, B и C"),
        ("ar", ["ألف", "باء"], "ألف وباء"),
        ("zh", ["甲", "乙", "丙"], "甲、乙和丙"),
        ("zh", ["甲", "ILO", "FAO"], "甲、ILO 和 FAO"),
        ("zh", ["ILO", "乙和丙"], "ILO 和乙和丙"),
        ("zh-HK", ["A", "B"], "A 及 B"),
        ("zh-HK", ["甲", "乙", "丙"], "甲、乙及丙"),
        ("en", [], ""),
    ],
)
def test_names_are_listed_as_each_language_does(language, names, said):
    assert said_list(names, language) == said


@pytest.mark.parametrize(
    ("language", "row"), [("en", "A, B"), ("fr-CA", "A, B"), ("ar", "A، B"), ("zh-Hant", "A、B")]
)
def test_names_stand_in_a_row_with_the_comma_of_the_language(language, row):
    assert said_row(iter("AB"), language) == row
    assert (said_row("A", language), said_row("", language)) == ("A", "")


@pytest.mark.parametrize(
    ("language", "name", "more", "said"),
    [
        ("en", "Lagos", "Nigeria", "Lagos (Nigeria)"),
        ("zh", "拉各斯", "尼日利亚", "拉各斯（尼日利亚）"),
        ("zh", "金沙萨", "刚果（金）", "金沙萨，刚果（金）"),
        ("en", "Yangon", "Myanmar (Burma)", "Yangon, Myanmar (Burma)"),
    ],
)
def test_more_about_a_name_stands_in_brackets_of_the_language(language, name, more, said):
    assert in_brackets(name, more, language) == said


@pytest.mark.parametrize(
    ("language", "between", "sign", "both", "year"),
    [
        ("en", ", ", ": ", "One. Two.", "2027"),
        ("fr", ", ", "\u00a0: ", "One. Two.", "2027"),
        ("ar", "، ", ": ", "One. Two.", "2027"),
        ("zh", "，", "：", "One.Two.", "2027年"),
    ],
)
def test_parts_of_a_sentence_stand_with_the_signs_of_the_language(
    language, between, sign, both, year
):
    assert (comma(language), colon(language)) == (between, sign)
    assert stop(language) == ("。" if language == "zh" else ". ")
    assert sentences(["One.", "", "Two."], language) == both
    assert said_year(date(2027, 6, 1), language) == year


def test_names_are_sorted_as_people_look_for_them():
    assert sorted(["Zaire", "Équateur", "Fidji", "émir"], key=alphabetical) == [
        "émir",
        "Équateur",
        "Fidji",
        "Zaire",
    ]
    pinyin = ["阿富汗", "贝宁", "法国", "哥伦比亚", "科特迪瓦", "肯尼亚", "印度", "英国", "中国"]
    assert sorted(sorted(pinyin), key=alphabetical) == pinyin


@pytest.mark.parametrize(("language", "said"), [("en", "Jun 2027"), ("zh", "2027年6月")])
def test_a_short_month_has_its_year_where_the_language_has_it(language, said):
    assert said_month(date(2027, 6, 1), language, year=True, short=True) == said
