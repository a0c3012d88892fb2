"""What playing a script in another language finds."""

import pytest
from beside import broken, english_left, strays


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Bonjour {{ name }}.", ["{{", "}}"]),
        ("Bonjour {% if name %}.", ["{%", "%}"]),
        ("Vous  êtes là.", ["s  ê"]),
        ("C’est pour None.", ["None"]),
        ("« Le titre est ici.", ["«»"]),
        ("Le titre (ici.", ["()"]),
        ("« Le titre » (ici).", []),
    ],
)
def test_what_cannot_be_meant_is_named(text, wrong):
    assert broken(text) == wrong


@pytest.mark.parametrize(
    ("english", "other", "left"),
    [
        ("Kept. Thank you.", "C’est noté. Thank you.", ["Thank you."]),
        ("What now?\n[Done] [Later]", "Et maintenant ?\n[C’est fait] [Later]", ["Later"]),
        ("Kept: ACME trains.", "Noté : ACME trains.", []),
        ("#EndChildLabour2021 /today 12", "#EndChildLabour2021 /today 12", []),
        ("[Mastodon]", "[Mastodon]", []),
        ('data.json:\n{"name": "a b"}', 'data.json:\n{"name": "a b"}', []),
    ],
)
def test_english_is_found_but_not_in_what_somebody_typed_or_in_names(english, other, left):
    assert english_left(english, other, {"ACME trains"}) == left


def test_signs_of_latin_letters_between_chinese_ones_are_found():
    assert strays("马德里 (西班牙)\n教育, 数据。 好", "zh") == {"里 (", "育,", "。 好"}
    assert strays("马德里（西班牙）： /help ，ACME, Inc.", "zh") == set()
    assert strays("Lugar: 马德里 (España)", "zh") == strays("Paris (France)", "fr") == set()
