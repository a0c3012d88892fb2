"""The day until which something is, as people of each language write it, in the words of the
shipped files. Today is Thursday, the first of July 2021.
"""

from datetime import date

import pytest
from tree import TOP, languages

from bot.files.frozen import read_files
from bot.render.chat import ChatTexts
from bot.rules.reading import tongues
from bot.rules.reading.when import ends

TEXTS = ChatTexts(read_files([TOP]))
TODAY = date(2021, 7, 1)

READ = {
    "en": """
        until Friday = 2.7. · till friday = 2.7. · friday = 2.7. · fri = 2.7. · tues = 6.7.
        a fortnight = 15.7. · for a fortnight = 15.7. · half a year = 1.1. · 2 wks = 15.7.
        2w = 15.7. · 10d = 11.7. · 3 mo = 1.10. · next monday = 5.7. · this friday = 2.7.
        friday next week = 9.7. · thursday = 8.7. · wensday = 7.7. · until the 15th = 15.7.
        the 3rd = 3.7. · the 31st = 31.7. · 8/15 = 15.8. · 8/15/2021 = 15.8. · until 15.8. = 15.8.
        until 15 August = 15.8. · 15 agust = 15.8. · 15 setember = 15.9. · twenty days = 21.7.
        thirty days = 31.7. · another week = 8.7. · 2 weeks from now = 15.7. · tmrw = 2.7.
        for the next two weeks = 15.7. · till tomorrow = 2.7. · 2021/8/15 = 15.8. · 20210815 = 15.8.
    """,
    "fr": """
        jusqu’à vendredi = 2.7. · jusqua vendredi = 2.7. · jusqu'a vendredi = 2.7. · vendredi = 2.7.
        quinze jours = 16.7. · huit jours = 9.7. · une quinzaine = 16.7. · 2 sem = 15.7. · 15j = 16.7.
        jusqu’au 15 = 15.7. · le 15 = 15.7. · jusqu’au 15 août = 15.8. · jusqu'au 15/08 = 15.8.
        lundi prochain = 5.7. · vendredi de la semaine prochaine = 9.7. · dans un mois = 1.8.
        jusqu’à demain = 2.7. · jusqu’à après-demain = 3.7. · six mois = 1.1. · vingt jours = 21.7.
        le 1er août = 1.8. · merdredi = 7.7.
    """,
    "es": """
        hasta el viernes = 2.7. · hasta viernes = 2.7. · viernes = 2.7. · miercoles = 7.7. · quince días = 16.7.
        quince dias = 16.7. · una quincena = 16.7. · 2 sem = 15.7. · hasta el 15 = 15.7. · el día 15 = 15.7.
        el viernes que viene = 2.7. · el próximo lunes = 5.7. · hasta mañana = 2.7.
        hasta pasado mañana = 3.7. · hasta el 15 de agosto = 15.8. · primero de agosto = 1.8. · 15 de agosot = 15.8.
        1 de setiembre = 1.9. · medio año = 1.1. · una semana más = 8.7. · veinte dias = 21.7.
        hasta el lunes de la próxima semana = 5.7. · un par de semanas = 15.7. · 3 meses = 1.10.
    """,
    "pt": """
        até sexta = 2.7. · até sexta-feira = 2.7. · ate sexta feira = 2.7. · sexta = 2.7. · 6ª feira = 2.7.
        sabado = 3.7. · até segunda = 5.7. · terça = 6.7. · terca = 6.7. · duas semanas = 15.7.
        quinze dias = 16.7. · 2 sem = 15.7. · até dia 15 = 15.7. · até o dia 15 = 15.7. · uma quinzena = 16.7.
        até amanhã = 2.7. · até amanha = 2.7. · sexta que vem = 2.7. · próxima segunda = 5.7.
        até 15 de agosto = 15.8. · primeiro de agosto = 1.8. · essa sexta = 2.7. · mais uma semana = 8.7. · 3 meses = 1.10. · vinte dias = 21.7.
        até 15/08 = 15.8. · um mes = 1.8. · quinta da semana que vem = 8.7.
    """,
    "ru": """
        до пятницы = 2.7. · две недели = 15.7. · на месяц = 1.8. · до завтра = 2.7. · до послезавтра = 3.7.
        2 нед = 15.7. · 3 дн = 4.7. · 10 д = 11.7. · на 3 мес = 1.10. · полгода = 1.1. · на полгода = 1.1.
        полмесяца = 16.7. · до 15 августа = 15.8. · до первого сентября = 1.9. · 45 дней = 15.8. · до 15.08 = 15.8. · до 15-го = 15.7. · до 15 числа = 15.7.
        пт = 2.7. · до пт = 2.7. · в среду = 7.7. · до воскресенья = 4.7. · до понедельника = 5.7.
        следующий понедельник = 5.7. · пятница на следующей неделе = 9.7. · ещё неделю = 8.7.
        на двадцать дней = 21.7. · через месяц = 1.8. · пару недель = 15.7. · 15 авгутса = 15.8.
        на пару дней = 3.7. · по вторник = 6.7.
    """,
    "ar": """
        حتى الجمعة = 2.7. · حتى يوم الجمعة = 2.7. · الجمعه = 2.7. · أسبوعين = 15.7. · اسبوعين = 15.7.
        لمدة أسبوعين = 15.7. · شهر = 1.8. · ٣ أيام = 4.7. · ثلاثة أيام = 4.7. · يومين = 3.7. · شهرين = 1.9.
        15 آب = 15.8. · ١٥ آب = 15.8. · حتى ١٥ آب = 15.8. · 15 حزيران 2022 = 15.6. · ١ كانون الثاني = 1.1.
        ١ تشرين الأول = 1.10. · حتى 15 أغسطس = 15.8. · حتى الغد = 2.7. · حتى غدا = 2.7. · بعد غد = 3.7.
        يوم 15 = 15.7. · حتى يوم 15 = 15.7. · الإثنين القادم = 5.7. · الاثنين = 5.7. · نصف شهر = 16.7.
        أسبوع واحد = 8.7. · ۲ أسابيع = 15.7. · عشرين يوما = 21.7. · الاربعاء = 7.7. · نصف سنة = 1.1.
        حتى 15/8 = 15.8. · الجمعة من الأسبوع القادم = 9.7.
    """,
    "zh": """
        两个星期 = 15.7. · 半个月 = 16.7. · 三天 = 4.7. · 下周一 = 5.7. · 到8月15号 = 15.8. · 到八月十五日 = 15.8.
        2021/8/15 = 15.8. · 2021年8月15日 = 15.8. · 8月15号之前 = 15.8. · 8/15 = 15.8. · 8.15 = 15.8. · 8/5 = 5.8.
        两周 = 15.7. · 一个月 = 1.8. · 三个月 = 1.10. · 半年 = 1.1. · 一年 = 1.7. · 二十天 = 21.7. · 30天 = 31.7.
        周五 = 2.7. · 到周五 = 2.7. · 礼拜五 = 2.7. · 星期天 = 4.7. · 下星期五 = 9.7. · 下个周五 = 9.7. · 这周五 = 2.7.
        暂停两周 = 15.7. · 15号 = 15.7. · 到15号 = 15.7. · 明天 = 2.7. · 到后天 = 3.7. · 两个礼拜 = 15.7.
        十一个月 = 1.6. · 八月十五 = 15.8. · 下周 = 5.7. · 下个月 = 1.8. · 三天后 = 4.7. · 10天 = 11.7.
    """,
}

ASKED_AGAIN = {
    "en": "one or two weeks · a week or two · 1-2 weeks · next friday · 2 or 3 weeks · a few days · 7 pm · 2 hours · 5/8 · friday or saturday · soon"
    " · 15 · weeks · tusday · for ever · the 32nd · 2 weeks in august · until further notice · 1h · 5 people",
    "fr": "une ou deux semaines · une deux semaines · une semaine ou deux · vendredi prochain · 2 ou 3 semaines · quelques jours · 8h · plus tard · 15 · une heure · 1 semaine en mai · deux semaines en août · lundi en huit",
    "es": "una o dos semanas · una dos semanas · una semana o dos · el próximo viernes · unos días · 2 horas · más tarde · 15 · no sé · la noche · dos semanas en agosto",
    "pt": "uma ou duas semanas · uma duas semanas · uma semana ou duas · próxima sexta · uns dias · 2 horas · mais tarde · 15 · não sei",
    "ru": "одну-две недели · на одну-две недели · неделю-две · две-три недели · следующая пятница · пару часов · на 2 часа · 15 · позже · 2-3 недели · до осени",
    "ar": "أسبوع أو أسبوعين · أسبوع أسبوعين · شهر أو شهرين · الجمعة القادمة · بعض الوقت · ساعتين · لاحقا · ١٥",
    "zh": "一两个星期 · 一两周 · 一到两周 · 一两个月 · 两三天 · 十几天 · 两个小时 · 8月两周 · 下下周五 · 下一个周五 · 以后 · 15 · 三天前 · 七八天 · 晚上",
}


def cases(said):
    return [
        (language, *map(str.strip, case.split("=")))
        for language, listed in said.items()
        for case in listed.replace("\n", "·").split("·")
        if case.strip()
    ]


NO_END = {
    "en": "not until 5 May · from 5 May · after 5 May · since 5 May · from Monday · after Friday · on Fridays"
    " · every Friday · from next week · until Friday? · until 5 May? · 5 May next year · we marched with 12 children"
    " · May I ask 2 questions · in May 2 of us · our feast is on 12 June · one week from Friday",
    "fr": "à partir du 5 mai · après le 5 mai · dès lundi · pas avant le 5 mai · depuis le 5 mai · les vendredis · mar 3 · mar. 12"
    " · après la semaine prochaine · vendredi ? · on a marché 12 km · notre fête est le 12 juin",
    "es": "mar 3 · el mar 12 · desde el 5 de mayo · a partir del lunes · después del 5 de mayo · no hasta el 5 de mayo · cada viernes"
    " · después de la próxima semana · ¿hasta el viernes? · marchamos con 12 niños · el 5 de mayo del próximo año",
    "pt": "a partir de 5 de maio · desde segunda · depois de 5 de maio · não até 5 de maio · às sextas"
    " · depois da próxima semana · até sexta? · marchamos com 12 crianças · 5 de maio do ano que vem",
    "ru": "с 1 мая · после 1 мая · с понедельника · не до 5 мая · не раньше 5 мая · по пятницам · с 1 по 5 мая"
    " · после следующей недели · до пятницы? · нас было 12 в марте · 5 мая следующего года",
    "ar": "من 5 أيار · بعد 5 أيار · من يوم الاثنين · ابتداءً من 5 مايو · ليس حتى 5 مايو · كل جمعة"
    " · بعد الأسبوع القادم · حتى الجمعة؟ · سرنا مع 12 طفلا · كنا 12 في مارس",
    "zh": "从5月1日 · 5月1日以后 · 5月1日起 · 从下周一开始 · 从下周开始 · 不到5月1日 · 每周五 · 明年8月1日"
    " · 周五？ · 我5月有2个问题 · 5月3次 · 我们3月有12个人",
}
"""What says no day until which something is."""

AMONG_OTHERS = {
    "en": "please be quiet until 15 August = 15.8. · I will be back on 15 August = 15.8.",
    "fr": "laissez-moi tranquille jusqu’au 15 août = 15.8. · je suis en vacances jusqu’au 15 août = 15.8.",
    "es": "no tengo tiempo hasta el 15 de agosto = ? · estoy fuera hasta el 15 de agosto = 15.8.",
    "pt": "estou fora até 15 de agosto = 15.8. · eu volto em 15 de agosto = 15.8.",
    "ru": "мы в отпуске до 15 августа = 15.8. · я вернусь 15 августа = 15.8.",
    "ar": "أنا في إجازة حتى 15 أغسطس = 15.8. · أنا سأعود في 15 أغسطس = 15.8.",
    "zh": "我要休息到8月15日 = 15.8. · 我在放假，直到8月15日 = 15.8.",
}
"""What says a day among other words, which is read where it was asked for."""


def meant(text, language, *, alone=False):
    day = tongues.read(
        text,
        lambda tag: ends.read(
            text, tag, TODAY, TEXTS.instants(tag), TEXTS.lengths(tag), alone=alone
        ),
        language,
        languages(),
    )
    return f"{day.day}.{day.month}." if day not in (None, ends.NO_DAY) else "?"


@pytest.mark.parametrize(("language", "text", "day"), cases(READ))
def test_a_day_or_a_length_of_time_is_read_as_people_write_it(language, text, day):
    assert meant(text, language) == day
    assert meant(text, language, alone=True) == day


@pytest.mark.parametrize(("language", "text", "day"), cases(AMONG_OTHERS))
def test_a_day_behind_an_until_is_read_among_other_words_only_where_it_was_asked_for(
    language, text, day
):
    assert meant(text, language) == day
    assert meant(text, language, alone=True) == "?"


@pytest.mark.parametrize(("language", "text"), cases(NO_END))
def test_what_is_from_after_or_not_a_day_or_asks_is_no_end(language, text):
    assert meant(text, language) == "?"


@pytest.mark.parametrize(("language", "text"), cases(ASKED_AGAIN))
def test_what_is_no_day_or_two_is_not_guessed(language, text):
    assert meant(text, language) == "?"


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "до пятницы", "2.7."),
        ("en", "hasta el viernes", "2.7."),
        ("ru", "两个星期", "15.7."),
        ("zh", "quinze jours", "16.7."),
        ("fr", "أسبوعين", "15.7."),
        ("es", "até sexta-feira", "2.7."),
        ("zh", "15 août", "15.8."),
        # a date in figures is read as the chat's own language has it
        ("en", "05/08/2021", "?"),
    ],
)
def test_a_day_is_read_in_another_of_our_languages_where_they_agree(language, text, day):
    assert meant(text, language) == day
