"""Messages put together of parts: code chooses the blocks, a language has their sentences."""

import re

import pytest
from tree import languages

from bot.conversation.words import below, indented, line, lines, paragraph, sentence
from bot.files.frozen import read_files
from bot.library import shipped_root
from bot.render.chat import ChatTexts
from bot.render.split import SPLIT


def put(root, language, template, words=""):
    folder = root / "content" / language / "chat"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.toml").write_text(f'name = "x"\n{words}', "utf-8")
    (folder / "cards.j2").write_text(template, "utf-8")
    return root


CARD = """
{% block card_head %}
About {{ title }}.
{% endblock %}
{% block card_late %}
It is late.
{% endblock %}
{% block card_item %}
- {{ name }}
{% endblock %}
"""
WHOLE = "{% block card %}All of {{ title }}{% if late %}, late{% endif %}{% endblock %}"


def say(roots, language, *parts, **values):
    return ChatTexts(read_files(roots)).text("cards.card", language, values, parts)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (sentence, "About trees. It is late."),
        (line, "About trees.\nIt is late."),
        (indented, "About trees.\n   It is late."),
        (paragraph, "About trees.\n\nIt is late."),
    ],
)
def test_a_part_follows_as_it_is_made(tmp_path, part, text):
    put(tmp_path, "en", CARD)
    head, late = line("cards.card_head"), part("cards.card_late")
    assert say([tmp_path], "en", head, late, title="trees") == text


def test_what_is_left_out_leaves_no_space(tmp_path):
    put(tmp_path, "en", CARD)
    late = paragraph("cards.card_late")
    assert say([tmp_path], "en", None, late, None, title="trees") == "It is late."
    assert say([tmp_path], "en", *below((None, late)), title="trees") == "It is late."


def test_lines_have_values_of_their_own_beside_those_of_the_message(tmp_path):
    put(tmp_path, "en", CARD)
    items = lines("cards.card_item", [{"name": "oak"}, {"name": "elm"}])
    text = say([tmp_path], "en", line("cards.card_head"), *below(items), title="trees")
    assert text == "About trees.\n\n- oak\n- elm"


def test_nothing_below_is_nothing():
    assert below(()) == ()


def test_a_roots_own_message_in_one_block_is_used_whole(tmp_path):
    own = put(tmp_path / "own", "en", WHOLE)
    shipped = put(tmp_path / "shipped", "en", CARD)
    parts = (line("cards.card_head"), line("cards.card_late"))
    assert say([own, shipped], "en", *parts, title="trees", late=True) == "All of trees, late"


def test_parts_in_the_language_go_before_one_block_in_the_fallback(tmp_path):
    put(tmp_path, "en", WHOLE)
    put(tmp_path, "fr", CARD.replace("About", "De"))
    assert say([tmp_path], "fr", line("cards.card_head"), title="trees") == "De trees."


def test_a_part_that_a_language_lacks_comes_from_the_fallback(tmp_path):
    put(tmp_path, "en", CARD)
    put(tmp_path, "fr", "{% block card_head %}De {{ title }}.{% endblock %}")
    parts = (line("cards.card_head"), sentence("cards.card_late"))
    assert say([tmp_path], "fr", *parts, title="trees") == "De trees. It is late."


def test_marks_are_said_one_after_the_other_and_none_is_nothing(tmp_path):
    words = '[marks]\nlate = ", late"\nmine = " (yours)"\n'
    put(
        tmp_path,
        "en",
        '{% block item %}{{ name }}{{ marks | word("marks") | join }}{% endblock %}',
        words,
    )
    texts = ChatTexts(read_files([tmp_path]))
    said = texts.text("cards.item", "en", {"name": "oak", "marks": ["late", "mine"]})
    assert said == "oak, late (yours)"
    assert texts.text("cards.item", "en", {"name": "oak", "marks": []}) == "oak"


WITH_CONDITIONS = {"alerts.j2": {"journey", "blind", "digest"}}
"""Blocks that still choose in the template, by file."""


def statements(file):
    """The blocks of a template in which something is chosen or repeated."""
    blocks = re.findall(r"{% block (\w+) %}(.*?){% endblock %}", file.read_text("utf-8"), re.DOTALL)
    return [name for name, body in blocks if re.search(r"{%-?\s*(if|for|set)\b", body)]


@pytest.mark.parametrize(
    "file",
    sorted(shipped_root().glob("content/*/chat/*.j2")),
    ids=lambda f: f"{f.parts[-3]}-{f.stem}",
)
def test_a_template_of_the_chat_says_sentences_and_chooses_none(file):
    assert set(statements(file)) <= WITH_CONDITIONS.get(file.name, set())


@pytest.mark.parametrize("language", languages())
def test_what_stands_for_a_block_of_before_is_there_and_that_block_is_not(language):
    texts = ChatTexts(read_files([shipped_root()]))
    for name, blocks in SPLIT.items():
        file, _, block = name.partition(".")
        names = texts.names(language, file)
        assert block not in names or block in blocks, name
        assert set(blocks) <= set(names), name
