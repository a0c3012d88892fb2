"""A name in a text is found however it is written, and no other word for it."""

import unicodedata

import pytest

from bot.rules.pledges.named import named_in, names_in


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("We thank ACME.", "Acme"),
        ("Thanks to Acme, Inc!", "ACME Inc."),
        ("Merci à l’École des Mères", "Ecole des meres"),
        (unicodedata.normalize("NFD", "Merci à l’École"), "École"),
        ("A soft\u00adly broken Aca\u00addemy", "academy"),
        ("感谢北京儿童协会的承诺。", "北京儿童协会"),
        ("感谢王明", "王明"),
        ("感谢ACME的承诺", "ACME"),
        ("感谢ACME北京的承诺", "ACME 北京"),
        ("感谢さくら的承诺", "さくら"),
        ("さくらさんの約束", "さくら"),
        ("김민수는", "김민수"),
        ("شكرًا لجمعية الأمل", "جمعية الأمل"),
        ("شكرًا لجمعيّة الامل.", "جمعية الأمل"),
        ("وجمعية الأمل معنا", "جمعية الأمل"),
        ("ولجمعية الأمل دور", "جمعية الأمل"),
        ("فالجمعية الأولى", "الجمعية الأولى"),
        ("شكرًا للجمعية الأولى", "الجمعية الأولى"),
        ("وللجمعية الأولى", "الجمعية الأولى"),
        ("بالأمل نبدأ", "الأمل"),
        ("كأكاديمية الغد", "أكاديمية الغد"),
        ("شكرًا لـACME", "ACME"),
        ("شكرًا لـ\u2068ACME\u2069 على تعهدها", "ACME"),
    ],
)
def test_a_name_is_found_however_it_is_written(line, name):
    assert named_in(line, {name})
    assert named_in(line, {"Somebody else", name})


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("The acmes of it", "ACME"),
        ("Analyse", "Ana"),
        ("感谢北京大学", "北京儿童协会"),
        ("أعمال", "مال"),
        ("الأملاح كثيرة", "الأمل"),
        ("Anything", "…"),
        ("", "ACME"),
    ],
)
def test_another_word_is_not_taken_for_a_name(line, name):
    assert not named_in(line, {name})
    assert not named_in(line, set())


def test_lines_of_lists_name_what_they_lead_to_where_it_is_long_enough_to_be_told_from_words():
    text = """
- 种树 – 王明: https://a.example/gone
- 教 – 王：https://a.example/gone
- Go – WE – Acme: https://a.example/gone
- Beta: https://a.example/there
Gamma: https://a.example/gone
"""
    assert names_in(text, lambda line: "gone" in line) == {"种树", "王明", "Acme"}
