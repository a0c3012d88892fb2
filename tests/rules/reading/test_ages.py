"""Ages as people of each language say them, in the words of the shipped files."""

import pytest
from tree import TOP, languages

from bot.files.frozen import read_files
from bot.render.chat import ChatTexts
from bot.rules.reading import ages, tongues

TEXTS = ChatTexts(read_files([TOP]))


def meant(text, language):
    return tongues.read(text, lambda tag: ages.read(text, TEXTS.ages(tag)), language, languages())


@pytest.mark.parametrize(
    ("language", "text", "age"),
    [
        ("en", "17", 17),
        ("en", "I am 17", 17),
        ("en", "im 12 years old", 12),
        ("en", "I'm twelve.", 12),
        ("en", "17yo", 17),
        ("fr", "J’ai 17 ans", 17),
        ("fr", "jai quinze ans", 15),
        ("fr", "17ans", 17),
        ("es", "tengo 12 años", 12),
        ("es", "tengo doce anos", 12),
        ("pt", "Tenho 15 anos", 15),
        ("pt", "tenho doze anos", 12),
        ("ru", "мне 17", 17),
        ("ru", "Мне двенадцать лет", 12),
        ("ru", "17 лет", 17),
        ("ar", "عمري ١٧ سنة", 17),
        ("ar", "عمري اثنا عشر عاما", 12),
        ("ar", "۱۷", 17),
        ("zh", "我17岁", 17),
        ("zh", "我十七岁", 17),
        ("zh", "１７岁", 17),
        ("zh", "今年十二", 12),
        # another of our languages
        ("en", "мне 17 лет", 17),
        ("en", "12?", None),
        ("fr", "12 ans ?", None),
        ("ar", "12 سنة؟", None),
        ("zh", "12岁？", None),
        ("en", "200", None),
        ("en", "I’m not 12", None),
        ("es", "no tengo 12 años", None),
        ("es", "No, tengo 12 años", 12),
        ("pt", "não tenho 12 anos", None),
        ("pt", "não, tenho 12 anos", 12),
        ("ru", "мне не 12", None),
        ("ar", "ليس عمري 12", None),
        ("zh", "我不是12岁", None),
        # a small number may be that of an answer
        ("en", "1", None),
        ("en", "2.", None),
        ("en", "no 1", None),
        ("en", "yes 1", None),
        ("en", "5", None),
        ("en", "one", None),
        ("fr", "non 1", None),
        ("es", "sí 1", None),
        ("pt", "não 2", None),
        ("ru", "нет 1", None),
        ("ar", "لا ١", None),
        ("zh", "不1", None),
        ("zh", "一", None),
        ("en", "6", 6),
        ("en", "I am 5", 5),
        ("fr", "5 ans", 5),
        ("es", "tengo 5 años", 5),
        ("pt", "tenho 5 anos", 5),
        ("ru", "мне 5", 5),
        ("ar", "عمري ٥ سنوات", 5),
        ("zh", "我5岁", 5),
        ("en", "17 or 18", None),
        ("en", "my sister is 17", None),
        ("en", "almost 16", None),
        ("en", "why do you ask", None),
        ("ru", "скоро 16", None),
        ("zh", "我女儿17岁", None),
        ("fr", "x" * 400, None),
    ],
)
def test_an_age_is_read_where_the_whole_text_says_one(language, text, age):
    assert meant(text, language) == age
