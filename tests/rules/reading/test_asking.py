"""Which posts ask something, in many scripts, and what is kept of their text."""

import time

import pytest

from bot.rules.reading.asking import LONGEST, asks, nameless

OPENINGS = frozenset({"how", "what", "pourquoi", "por qué"})


@pytest.mark.parametrize(
    "text",
    [
        "Is this true? #Tag",
        "#Tag ¿Dónde empiezo",
        "これは本当ですか？",
        "هل هذا صحيح؟",
        "Τι μπορώ να κάνω;",
        "Ի՞նչ անել",
        "ምን ማድረግ እችላለሁ፧",
        "#Tag How can I help",
        "We teach.\nWhat else could we do",
        "🙂 Pourquoi les enfants travaillent",
        "Hola. Por qué trabajan",
    ],
)
def test_a_post_that_asks_is_known_by_its_mark_or_how_it_begins(text):
    assert asks(text, OPENINGS)


@pytest.mark.parametrize(
    "text",
    [
        "We know how it ends. #Tag",
        "However, we go on",
        "Read on: https://example.org/?page=2 #Tag",
        "one; two; three",
        "How",
        "",
        "#how #what",
    ],
)
def test_what_only_looks_like_a_question_is_none(text):
    assert not asks(text, OPENINGS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("@ada Is it so?", "@… Is it so?"),
        ("Hi @ada@mastodon.example, why?", "Hi @…, why?"),
        ("Write to a.b@example.org?", "Write to …?"),
        ("See https://example.org/@ada/1?", "See https://example.org/@ada/1?"),
        ("  50 @ noon?  ", "50 @ noon?"),
    ],
)
def test_nobody_is_named_in_what_is_kept(text, kept):
    assert nameless(text) == kept


def test_a_hostile_post_takes_no_time():
    began = time.process_time()
    for sign in ("?", "@a", "#", "α", "a.", "@", "α;"):
        text = sign * 5_000
        asks(text, OPENINGS)
        assert len(nameless(text)) <= LONGEST
    assert time.process_time() - began < 2
