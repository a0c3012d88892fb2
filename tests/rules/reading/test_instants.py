"""Instants as people write them, in the words of several languages."""

from datetime import UTC, datetime

import pytest
from tree import TOP

from bot.files.frozen import read_files
from bot.render.chat import ChatTexts
from bot.rules import dates
from bot.rules.reading.when.instants import read

TEXTS = ChatTexts(read_files([TOP]))
BERLIN = dates.zone("Europe/Berlin")
# it is 00:30 on Saturday, the first of May, in Berlin already
NOW = datetime(2021, 4, 30, 22, 30, tzinfo=UTC)


def meant(text, language="en"):
    instant = read(text, NOW, BERLIN, 9 * 60, TEXTS.instants(language), language)
    return instant and instant.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-05-01 14:00", "2021-05-01 14:00"),
        (" 01.05.2021 14:00 ", "2021-05-01 14:00"),
        ("01/05/2021 14:00", "2021-05-01 14:00"),
        ("2021-05-01T14:00", "2021-05-01 14:00"),
        ("now", "2021-05-01 00:30"),
        ("Tomorrow", "2021-05-02 09:00"),
        ("tomorrow 15:00", "2021-05-02 15:00"),
        ("15:00 tomorrow", "2021-05-02 15:00"),
        ("tomorrow at 3 pm", "2021-05-02 15:00"),
        ("tomorrow, 3:30 p.m.", "2021-05-02 15:30"),
        ("the day after tomorrow 8am", "2021-05-03 08:00"),
        ("3pm", "2021-05-01 15:00"),
        ("3 PM", "2021-05-01 15:00"),
        ("at 9.30am", "2021-05-01 09:30"),
        ("12am", "2021-05-02 00:00"),
        ("12pm", "2021-05-01 12:00"),
        ("at noon", "2021-05-01 12:00"),
        ("00:15", "2021-05-02 00:15"),
        ("today 15:00", "2021-05-01 15:00"),
        ("Monday 10:00", "2021-05-03 10:00"),
        ("on Tue at 7pm", "2021-05-04 19:00"),
        ("Saturday 10:00", "2021-05-01 10:00"),
        ("Saturday 00:10", "2021-05-08 00:10"),
        ("3 May 15:00", "2021-05-03 15:00"),
        ("3 May at 3 o’clock", "2021-05-03 03:00"),
        ("15:00 on May 3, 2022", "2022-05-03 15:00"),
        ("3 May", "2021-05-03 09:00"),
        # an hour that the clock leaves out
        ("2022-03-27 02:30", "2022-03-27 03:30"),
        ("2021-05-01 00:20", None),
        ("2021-04-30 14:00", None),
        ("yesterday", None),
        ("today 00:10", None),
        ("25:00", None),
        ("0001-01-01 00:10", None),
        ("1 January 0001 00:10", None),
        ("13 am", None),
        ("3:75pm", None),
        ("15", None),
        ("05/08/2021 and 15:00", None),
        ("as soon as possible", None),
        ("", None),
    ],
)
def test_an_instant_is_read_by_the_clock_of_its_zone_and_lies_ahead(text, instant):
    assert meant(text) == instant


@pytest.mark.parametrize(
    ("language", "text", "instant"),
    [
        ("fr", "maintenant", "2021-05-01 00:30"),
        ("fr", "demain 15:00", "2021-05-02 15:00"),
        ("fr", "demain à 15 h", "2021-05-02 15:00"),
        ("fr", "demain, 15h30", "2021-05-02 15:30"),
        ("fr", "après-demain 9 heures", "2021-05-03 09:00"),
        ("fr", "aujourd'hui à midi", "2021-05-01 12:00"),
        ("fr", "aujourd’hui 17 h", "2021-05-01 17:00"),
        ("fr", "7 h du soir", "2021-05-01 19:00"),
        ("fr", "15 h de l’après-midi", "2021-05-01 15:00"),
        ("fr", "lundi à 10 h", "2021-05-03 10:00"),
        ("fr", "le 3 mai à 15 h", "2021-05-03 15:00"),
        ("fr", "tomorrow 3pm", "2021-05-02 15:00"),
        ("es", "ahora", "2021-05-01 00:30"),
        ("es", "mañana 15:00", "2021-05-02 15:00"),
        ("es", "mañana a las 15 h", "2021-05-02 15:00"),
        ("es", "manana a las 3 de la tarde", "2021-05-02 15:00"),
        ("es", "a las 9 de la mañana", "2021-05-01 09:00"),
        ("es", "mañana a las 9 de la mañana", "2021-05-02 09:00"),
        ("es", "pasado mañana a las 8:30 a. m.", "2021-05-03 08:30"),
        ("es", "hoy al mediodía", "2021-05-01 12:00"),
        ("es", "el lunes a las 10:00", "2021-05-03 10:00"),
        ("es", "3 de mayo, 15:00", "2021-05-03 15:00"),
        ("es", "3pm", "2021-05-01 15:00"),
        ("ru", "сейчас", "2021-05-01 00:30"),
        ("ru", "завтра в 15 ч", "2021-05-02 15:00"),
        ("ru", "послезавтра в 9 утра", "2021-05-03 09:00"),
        ("ru", "сегодня в 7 часов вечера", "2021-05-01 19:00"),
        ("ru", "в 3 часа дня", "2021-05-01 15:00"),
        ("ru", "в понедельник в 10:00", "2021-05-03 10:00"),
        ("ru", "до пятницы", "2021-05-07 09:00"),
        ("ru", "во вторник", "2021-05-04 09:00"),
        ("ru", "в среду", "2021-05-05 09:00"),
        ("ru", "3 мая, 15:00", "2021-05-03 15:00"),
        ("pt", "agora", "2021-05-01 00:30"),
        ("pt", "amanhã às 15h", "2021-05-02 15:00"),
        ("pt", "amanha as 3 da tarde", "2021-05-02 15:00"),
        ("pt", "às 9 da manhã", "2021-05-01 09:00"),
        ("pt", "depois de amanhã às 8:30", "2021-05-03 08:30"),
        ("pt", "hoje ao meio-dia", "2021-05-01 12:00"),
        ("pt", "segunda-feira às 10:00", "2021-05-03 10:00"),
        ("pt", "3 de maio, 15:00", "2021-05-03 15:00"),
        ("ar", "الآن", "2021-05-01 00:30"),
        ("ar", "غدًا الساعة 3 م", "2021-05-02 15:00"),
        ("ar", "بعد غد 8:30", "2021-05-03 08:30"),
        ("ar", "٩ صباحًا", "2021-05-01 09:00"),
        ("ar", "اليوم ظهرًا", "2021-05-01 12:00"),
        ("ar", "يوم الاثنين الساعة 10:00", "2021-05-03 10:00"),
    ],
)
def test_an_instant_is_read_in_the_words_of_each_language_and_in_english(language, text, instant):
    assert meant(text, language) == instant
