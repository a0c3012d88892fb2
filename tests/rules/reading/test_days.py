"""Days as people write them: read where there is one way to read them, said back as they were
meant.
"""

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from tree import TOP, languages

from bot.files.frozen import read_files
from bot.languages import locale
from bot.render.chat import ChatTexts
from bot.rules.reading.when.days import read
from bot.rules.reading.when.lengths import ahead

TODAY = date(2021, 7, 1)
AUGUST = date(2021, 8, 15)
TEXTS = ChatTexts(read_files([TOP]))


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "2021-08-15", AUGUST),
        ("en", "2021-8-5", date(2021, 8, 5)),
        ("en", " 15.08.2021 ", AUGUST),
        ("en", "15/08/2021", AUGUST),
        ("en", "15-8-21", AUGUST),
        ("fr", "15 . 8 . 2021", AUGUST),
        ("en", "15 August 2021", AUGUST),
        ("en", "August 15, 2021", AUGUST),
        ("en", "Sunday, the 15th of Aug", AUGUST),
        ("fr", "dimanche 15 août 2021", AUGUST),
        ("fr", "le 1er août", date(2021, 8, 1)),
        ("fr", "15 aou\u0302t", AUGUST),
        ("fr", "15 sept.", date(2021, 9, 15)),
        ("es", "15 de agosto de 2021", AUGUST),
        ("es", "15 AGOSTO", AUGUST),
        ("es", "15 August 2021", AUGUST),
        ("pt", "15 de agosto de 2021", AUGUST),
        ("pt", "1º de agosto", date(2021, 8, 1)),
        ("ar", "15 أغسطس 2021", AUGUST),
        ("ar", "١٥ اغسطس ٢٠٢١", AUGUST),
        ("ar", "15\u200f/8\u200f/2021", AUGUST),
        ("en", "15 June", date(2022, 6, 15)),
        ("en", "1 July", TODAY),
        ("en", "30.6.", date(2022, 6, 30)),
        ("en", "30 June 2021", date(2021, 6, 30)),
        ("en", "1 January 2040", date(2040, 1, 1)),
        # dots are of people who begin with the day
        ("en", "5.8.2021", date(2021, 8, 5)),
        ("fr", "05/08/2021", date(2021, 8, 5)),
        ("es", "05/08/2021", date(2021, 8, 5)),
        ("en", "08/08/2021", date(2021, 8, 8)),
    ],
)
def test_a_day_is_read(language, text, day):
    assert read(text, language, TODAY) == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        # the fifth of August to some, the eighth of May to others
        ("en", "05/08/2021"),
        ("en", "5-8"),
        ("en-GB", "05/08/2021"),
        ("fr", "15 jui"),
        ("en", "15 or 16 August"),
        ("en", "15 August or September"),
        ("en", "August"),
        ("en", "August 2021"),
        ("en", "31.02.2021"),
        ("en", "2021-02-29"),
        ("en", "15/08-2021"),
        ("en", "15.08.021"),
        ("en", "0 August 2021"),
        ("en", "tomorrow"),
        ("en", "15"),
        ("en", ""),
        ("en", "9" * 4096),
        ("en", "🎉" * 4096),
        ("en", "{{ 1 }} August"[:6]),
    ],
)
def test_what_is_no_day_or_two_is_not_guessed(language, text):
    assert read(text, language, TODAY) is None


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "2 weeks", date(2021, 7, 15)),
        ("en", "in 1 day", date(2021, 7, 2)),
        ("fr", "dans 3 mois", date(2021, 10, 1)),
        ("fr", "10 jours", date(2021, 7, 11)),
        ("es", "dentro de 1 semana", date(2021, 7, 8)),
        ("es", "in 8 months", date(2022, 3, 1)),
        ("en", "2 decades", None),
        ("en", "0 days", None),
        ("en", "900 days", None),
        ("en", "", None),
    ],
)
def test_a_length_of_time_is_the_day_on_which_it_ends(language, text, day):
    assert ahead(text, language, TODAY) == day


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "two weeks", date(2021, 7, 15)),
        ("en", "a week", date(2021, 7, 8)),
        ("en", "In A Couple of Days", date(2021, 7, 3)),
        ("en", "for a month", date(2021, 8, 1)),
        ("en", "12 months", date(2022, 7, 1)),
        ("en", "a year", date(2022, 7, 1)),
        ("en", "until next week", date(2021, 7, 5)),
        ("en", "next month", date(2021, 8, 1)),
        ("fr", "deux semaines", date(2021, 7, 15)),
        ("fr", "dans une semaine", date(2021, 7, 8)),
        ("fr", "quinze jours", date(2021, 7, 16)),
        ("fr", "pendant trois mois", date(2021, 10, 1)),
        ("fr", "jusqu'à la semaine prochaine", date(2021, 7, 5)),
        ("fr", "le mois prochain", date(2021, 8, 1)),
        ("fr", "two weeks", date(2021, 7, 15)),
        ("es", "dos semanas", date(2021, 7, 15)),
        ("es", "dentro de una semana", date(2021, 7, 8)),
        ("es", "por un mes", date(2021, 8, 1)),
        ("es", "quince días", date(2021, 7, 16)),
        ("es", "la semana que viene", date(2021, 7, 5)),
        ("es", "el próximo mes", date(2021, 8, 1)),
        ("ru", "две недели", date(2021, 7, 15)),
        ("ru", "через три дня", date(2021, 7, 4)),
        ("ru", "на неделю", date(2021, 7, 8)),
        ("ru", "на месяц", date(2021, 8, 1)),
        ("ru", "до следующей недели", date(2021, 7, 5)),
        ("pt", "daqui a duas semanas", date(2021, 7, 15)),
        ("pt", "um mês", date(2021, 8, 1)),
        ("pt", "quinze dias", date(2021, 7, 16)),
        ("pt", "até a próxima semana", date(2021, 7, 5)),
        # an article here, one of something in English
        ("pt", "a próxima semana", date(2021, 7, 5)),
        ("ar", "أسبوعين", date(2021, 7, 15)),
        ("ar", "بعد أسبوعين", date(2021, 7, 15)),
        ("ar", "٣ أسابيع", date(2021, 7, 22)),
        ("ar", "لمدة شهر", date(2021, 8, 1)),
        ("ar", "الأسبوع القادم", date(2021, 7, 5)),
        ("en", "a few weeks", None),
        ("en", "one", None),
        ("en", "in", None),
        ("en", "nächste Woche", None),
        ("en", "the week after next week", None),
    ],
)
def test_a_length_of_time_is_read_in_words_too(language, text, day):
    assert ahead(text, language, TODAY, TEXTS.lengths(language)) == day


def test_a_month_from_its_last_day_ends_on_the_last_day():
    assert ahead("1 month", "en", date(2021, 1, 31)) == date(2021, 2, 28)
    assert ahead("2 months", "en", date(2021, 12, 31)) == date(2022, 2, 28)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("form", ["full", "long", "medium", "y-MM-dd"])
def test_every_day_that_we_say_can_be_written_back(language, form):
    days = [TODAY + timedelta(days=n) for n in range(366)]
    assert [
        read(format_date(day, form, locale=locale(language)), language, TODAY) for day in days
    ] == days
