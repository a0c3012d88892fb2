"""What tells of a child in danger in words of no list, and what is said in the same words."""

import tomllib
from pathlib import Path

import pytest
from tree import TOP

from bot.files.frozen import read_files
from bot.render.chat import ChatTexts
from bot.rules.reading import told, typed

TEXTS = ChatTexts(read_files([TOP]))
SAID = tomllib.loads((Path(__file__).parent / "told.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("tag", sorted(SAID["ordinary"]))
def test_what_people_say_of_the_campaign_is_no_cry_for_help(tag):
    known = TEXTS.phrases(tag)
    assert [t for t in SAID["ordinary"][tag] if typed.tells_of_danger(t, known)] == []


@pytest.mark.parametrize("tag", sorted(SAID["danger"]))
def test_what_people_say_of_a_child_in_danger_is_understood(tag):
    known = TEXTS.phrases(tag)
    assert [t for t in SAID["danger"][tag] if not typed.tells_of_danger(t, known)] == []


WORDS = told.of(
    {
        "danger_by": ["he|she", "my dad|father"],
        "danger_does": ["hit*"],
        "danger_to": ["a little? girl"],
        "danger_told": ["{by} … {does} me", "i am # and work"],
        "danger_seen": ["{by} {does} {to}"],
        "danger_talk": ["film*"],
        "danger_but": ["hit me up"],
    }
)


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("My dad often hits me", True),
        ("MY FATHER HIT ME!", True),
        # the words stand in another order, too far away, or in two sentences
        ("It hit me that he came", False),
        ("He said one two three four five hit me", False),
        ("I saw him. He is my dad. Hits me", False),
        # every place counts, not the first one alone
        ("He came and she hit the wall and he hit me", True),
        ("He hits a girl", True),
        ("He hits a little girl", True),
        ("In the films he hits a little girl", False),
        ("In the film he hits me", True),
        ("He hit me up", False),
        ("I am 12 and work", True),
        ("I am 18 and work", False),
        ("", False),
    ],
)
def test_a_pattern_is_read_word_by_word(text, tells):
    assert any(WORDS.tells(each) for each in told.sentences(text, [WORDS])) is tells


def test_a_table_without_patterns_tells_nothing():
    nothing = told.of({"danger_told": "he hits me", "danger_but": [7]})
    assert not any(nothing.tells(each) for each in told.sentences("he hits me", [nothing]))


@pytest.mark.parametrize("tag", sorted(SAID["danger"]))
def test_a_pattern_names_only_lists_that_there_are(tag):
    every = {key: TEXTS._typed(tag)[0][key] for key in told.KEYS}
    known = {"{by}", "{does}", "{harms}", "{to}"}
    parts = {part for words in every.values() for pattern in words for part in pattern.split()}
    assert {part.removesuffix("?") for part in parts if "{" in part} - known == set()
