"""Times of the day as people write them in each language, in the words of the shipped files."""

import pytest
from tree import TOP, languages

from bot.files.frozen import read_files
from bot.render.chat import ChatTexts
from bot.rules.reading import tongues
from bot.rules.reading.when.clock import NO_TIME, minute

TEXTS = ChatTexts(read_files([TOP]))

READ = {
    "en": """
        7 pm = 19:00 · 7pm = 19:00 · 7PM = 19:00 · 7 p.m. = 19:00 · 7p = 19:00 · 7:30 pm = 19:30
        at 19:00 = 19:00 · 19h = 19:00 · 19.30 = 19:30 · 19:30 = 19:30 · 1930 = 19:30 · 0800 = 8:00
        noon = 12:00 · 12 noon = 12:00 · midnight = 0:00 · 12 am = 0:00 · 12 pm = 12:00
        half past seven in the evening = 19:30 · quarter to 9 pm = 20:45 · quarter past 8 am = 8:15
        seven in the evening = 19:00 · 7 in the evening = 19:00 · 8 in the morning = 8:00
        eight o’clock = 8:00 · 8 oclock = 8:00 · eight thirty = 8:30 · 10 at night = 22:00
        every day at 9 am please = 9:00 · around 6pm = 18:00 · 8 am. = 8:00 · 9 = 9:00 · 09 = 9:00
        20-00 = 20:00 · 20-30 = 20:30 · mornings at 9 = 9:00 · twenty-one thirty = 21:30 · ７ｐｍ = 19:00 · 7 evening = 19:00 · 8 30 pm = 20:30
    """,
    "fr": """
        19h = 19:00 · 19 h = 19:00 · 19h30 = 19:30 · 19 h 30 = 19:30 · 19H30 = 19:30
        7 h du soir = 19:00 · 8 heures = 8:00 · à 8 heures = 8:00 · 8h du matin = 8:00 · midi = 12:00
        minuit = 0:00 · midi et demi = 12:30 · sept heures du soir = 19:00 · vingt heures = 20:00
        huit heures et demie = 8:30 · dix-neuf heures = 19:00 · 8 h moins le quart = 7:45
        9 h et quart = 9:15 · vers 18h = 18:00 · tous les jours à 19h svp = 19:00 · le soir à 20h = 20:00
        3 h de l’après-midi = 15:00 · 3h de l'apres midi = 15:00 · 20:00 = 20:00 · 20.00 = 20:00
        8h00 = 8:00 · 8h du mat = 8:00 · 3h de l’aprem = 15:00 · vingt et une heures = 21:00 · 18 heures 30 = 18:30 · 7 pm = 19:00
    """,
    "es": """
        7 de la tarde = 19:00 · a las 8 de la mañana = 8:00 · a las 8 de la manana = 8:00
        mediodía = 12:00 · mediodia = 12:00 · medianoche = 0:00 · 12 del mediodía = 12:00
        siete de la tarde = 19:00 · las siete y media de la tarde = 19:30 · 8 y media = 8:30
        9 menos cuarto de la noche = 20:45 · 9 y cuarto de la mañana = 9:15 · 10 de la noche = 22:00
        12 de la noche = 0:00 · la una de la tarde = 13:00 · 20 hs = 20:00 · 20h = 20:00 · 8pm = 20:00
        8 p. m. = 20:00 · a las 20:00 = 20:00 · a las 10 horas = 10:00 · 20.30 = 20:30 · todos los días a las 9 = 9:00
        a las 7 y 30 de la tarde = 19:30 · cuarto para las 8 de la noche = 19:45 · 12 del día = 12:00 · por la tarde a las 6 = 18:00
    """,
    "pt": """
        7 da noite = 19:00 · às 8h = 8:00 · as 8h = 8:00 · 19h30 = 19:30 · 8 da manhã = 8:00
        8 da manha = 8:00 · meio-dia = 12:00 · meio dia e meia = 12:30 · meia-noite = 0:00
        sete da noite = 19:00 · sete e meia da noite = 19:30 · às 15 horas = 15:00 · 3 da tarde = 15:00
        vinte horas = 20:00 · 10 horas = 10:00 · às 10 horas = 10:00 · 20:00 = 20:00 · 20h = 20:00 · 8 e meia da manhã = 8:30 · 12h = 12:00
        uma da tarde = 13:00 · umas 8 da noite = 20:00 · vinte e duas horas = 22:00 · 10 da noite = 22:00 · lá pelas 18h = 18:00 · todo dia às 9h pfv = 9:00
    """,
    "ru": """
        7 вечера = 19:00 · в 7 вечера = 19:00 · в 8 утра = 8:00 · 19 часов = 19:00 · в 10 часов = 10:00 · 19 ч = 19:00
        19ч = 19:00 · 19 ч 30 мин = 19:30 · 19ч30 = 19:30 · полдень = 12:00 · полночь = 0:00
        в полдень = 12:00 · семь вечера = 19:00 · восемь часов утра = 8:00 · 3 часа дня = 15:00
        в три дня = 15:00 · 12 дня = 12:00 · 12 ночи = 0:00 · 2 ночи = 2:00 · 20.00 = 20:00
        20-00 = 20:00 · в 20:00 = 20:00 · двадцать часов = 20:00 · каждый день в 9 утра = 9:00
        без четверти восемь утра = 7:45 · в 8 с половиной утра = 8:30 · утром в 9 = 9:00
        вечером в 8 = 20:00 · по утрам в 9 = 9:00 · 8 веч = 20:00 · 9:30 утра = 9:30
    """,
    "ar": """
        ٧ مساءً = 19:00 · 7 مساء = 19:00 · 7 مساءا = 19:00 · 7 صباحا = 7:00 · السابعة مساءً = 19:00
        السابعه مساء = 19:00 · الساعة السابعة مساءً = 19:00 · الساعة 8 صباحًا = 8:00 · ٨ ص = 8:00
        ٨ص = 8:00 · 7م = 19:00 · ٧:٣٠ م = 19:30 · السابعة والنصف مساء = 19:30 · الظهر = 12:00
        سبعة ونص المسا = 19:30 · 12 ظهرا = 12:00 · منتصف الليل = 0:00 · ۷ مساء = 19:00
        الساعة ١٩:٠٠ = 19:00 · 19:00 = 19:00 · ثمانية الصبح = 8:00 · 3 بعد الظهر = 15:00
        ٤ العصر = 16:00 · 9 بالليل = 21:00 · الثامنة إلا ربعا مساء = 19:45 · كل يوم الساعة 9 صباحا = 9:00
        مســاء 7 = 19:00 · التاسعة والربع صباحا = 9:15 · الحادية عشرة صباحا = 11:00 · تمانية المسا = 20:00 · ساعة 8 مساء = 20:00
    """,
    "zh": """
        下午7点 = 19:00 · 晚上七点 = 19:00 · 早上八点半 = 8:30 · 晚上7点 = 19:00 · 下午三点 = 15:00
        晚上7：30 = 19:30 · 19点 = 19:00 · 19：00 = 19:00 · 八点 = 8:00 · 8点钟 = 8:00 · 二十点 = 20:00
        中午 = 12:00 · 中午12点 = 12:00 · 中午十二点半 = 12:30 · 中午1点 = 13:00 · 午夜 = 0:00
        晚上12点 = 0:00 · 上午9点 = 9:00 · 每天早上8点 = 8:00 · 早8点 = 8:00 · 晚八点 = 20:00
        晚上八點 = 20:00 · 下午5点一刻 = 17:15 · 晚上8点左右 = 20:00 · 傍晚六点 = 18:00
        ８点 = 8:00 · 每晚8点 = 20:00 · 20点30分 = 20:30 · 凌晨两点 = 2:00
    """,
}

ASKED_AGAIN = {
    "en": "no 9 · the 7th · 10 hours · ten hours · 10hrs · in 10 hours · 10 hours please · 10 horas · 7 or 8 pm · between 7 and 8 · 8-10 · evening · in the morning · half 7 · half 8 pm"
    " · 25:00 · 13 am · 3:75pm · 12 in the evening · soon · never · 100 · -1 · 7 pm tomorrow · a week · until 8"
    " · 9:30:15 · 2021 people · and",
    "fr": "le 7 · dans 10 heures · dans 10h · pendant dix heures · le soir · entre 7 et 8 h · 8h ou 9h · 25 h · 13 h du matin · midi ou 13 h · jusqu’à 8h · quand tu veux",
    "es": "el 7 · el día 7 · 10 horas · diez horas · em 10 horas · en 10 horas · dentro de 10 horas · por la mañana · mañana · entre las 7 y las 8 · 7 y 8 · las 12 de la mañana · no sé · hasta las 8",
    "pt": "dia 7 · no dia 7 · no 9 · em 10 horas · em dez horas · em 10h · daqui a 10 horas · de noite · entre 7 e 8 · amanhã · tanto faz · 13 da manhã · segunda · até às 8",
    "ru": "7-го · через 10 часов · на 10 часов · через десять часов · вечером · полвосьмого · половина восьмого вечера · в 7 или в 8 · между 7 и 8 вечера"
    " · 12 вечера · когда угодно · 25 часов · до 10",
    "ar": "يوم 7 · 10 ساعات · ١٠ ساعات · عشر ساعات · بعد 10 ساعات · 10 ساعة تقريبا · مساء · بين 7 و 8 · 7 أو 8 مساء · 12 مساء · ٢٥ · أي وقت",
    "zh": "早一点 · 晚一点 · 7号 · 10个小时 · 十小时 · 10个小时后 · 10点以后 · 晚上 · 7点到8点 · 早上或者晚上8点 · 25点 · 七八点 · 两三点 · 到8点 · 随便 · 星期一",
}


def cases(said):
    return [
        (language, *map(str.strip, case.split("=")))
        for language, listed in said.items()
        for case in listed.replace("\n", "·").split("·")
        if case.strip()
    ]


def meant(text, language, *, bare=True):
    at = tongues.read(
        text,
        lambda tag: minute(text, TEXTS.instants(tag), bare=bare),
        language,
        languages(),
    )
    return "" if at in (None, NO_TIME) else f"{at // 60}:{at % 60:02}"


@pytest.mark.parametrize(("language", "text", "clock"), cases(READ))
def test_an_hour_is_read_as_people_of_each_language_write_it(language, text, clock):
    assert meant(text, language) == clock


@pytest.mark.parametrize(("language", "text"), cases(ASKED_AGAIN))
def test_what_is_no_hour_or_two_is_not_guessed(language, text):
    assert meant(text, language) == ""


@pytest.mark.parametrize(
    ("language", "text", "clock"),
    [
        ("en", "7 вечера", "19:00"),
        ("ru", "晚上七点", "19:00"),
        ("zh", "السابعة مساءً", "19:00"),
        ("ar", "19h30", "19:30"),
        ("en", "siete de la tarde", "19:00"),
        ("fr", "às 8 da manhã", "8:00"),
    ],
)
def test_an_hour_is_read_in_another_of_our_languages_too(language, text, clock):
    assert meant(text, language) == clock


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "7 · 12 · ten · Ten. · twelve · twenty-one · 1930"),
        ("fr", "dix · douze · vingt et une"),
        ("es", "diez · doce · once"),
        ("pt", "dez · doze · duas"),
        ("ru", "десять · двенадцати · один"),
        ("ar", "١٠ · عشرة · السابعة"),
        ("zh", "10 · 十 · 十二"),
    ],
)
def test_a_number_alone_in_figures_or_words_is_an_hour_only_where_hours_were_offered(
    language, text
):
    every = text.split(" · ")
    assert {each: meant(each, language, bare=False) for each in every} == dict.fromkeys(every, "")
    # none reads a character alone
    read = [each for each in every if not meant(each, language)]
    assert read == (["十", "十二"] if language == "zh" else [])


def test_what_says_that_it_is_an_hour_needs_no_offered_hours():
    said = {
        "en": "7 pm",
        "fr": "10 h",
        "es": "a las diez",
        "pt": "às dez",
        "ru": "в десять",
        "zh": "十点",
    }
    read = {tag: meant(text, tag, bare=False) for tag, text in said.items()}
    assert read == {**dict.fromkeys(said, "10:00"), "en": "19:00"}


def test_who_asks_for_an_hour_that_was_not_offered_has_chosen_none():
    asks = {"en": "7 pm?", "fr": "19 h ?", "es": "¿a las 7 de la tarde?", "zh": "晚上7点？"}
    assert {meant(text, tag, bare=False) for tag, text in asks.items()} == {""}
    assert meant("7 pm?", "en") == "19:00"
