"""The desk's words: each is used somewhere, and each language has the same."""

import re
import tomllib

import pytest
from tree import TOP, languages

from bot.gaps import gaps

DESK = TOP / "bot" / "web" / "desk"
SOURCES = "\n".join(
    path.read_text("utf-8")
    for folder in (
        DESK,
        DESK.parent / "parts",
        DESK.parent / "linked",
        TOP / "bot" / "jobs" / "staff",
    )
    for path in sorted(folder.rglob("*"))
    if path.suffix in (".py", ".html", ".js")
)


def words(language):
    return tomllib.loads((TOP / "content" / language / "desk.toml").read_text("utf-8"))


def leaves(table, before=()):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*before, key))
        else:
            yield (*before, key), value


def is_used(path):
    """A word is named by its key, or its whole table is looked up by what a value is called."""
    *tables, key = path
    by_key = rf'[."\']{re.escape(key)}\b'
    table = re.escape(tables[-1])
    looked_up = (
        rf'["\']{table}["\']\](?:\[|\.|,|\)|$| *#)|\.{table}\[|\b{table}\.items|words\["{table}"\]'
    )
    return re.search(by_key, SOURCES) or re.search(looked_up, SOURCES, re.MULTILINE)


def test_no_word_has_a_name_by_which_templates_would_find_something_else():
    named = {path for path, _ in leaves(words("en")) if path[-1] in dir(dict)}
    assert {path for path in named if f".{path[-2]}.{path[-1]}" in SOURCES} == set()


def test_each_word_is_used():
    assert [".".join(path) for path, _ in leaves(words("en")) if not is_used(path)] == []


@pytest.mark.parametrize("language", [tag for tag in languages() if tag != "en"])
def test_each_language_has_the_same_words_with_the_same_places(language):
    english, other = dict(leaves(words("en"))), dict(leaves(words(language)))
    assert other.keys() == english.keys()
    differ = [".".join(path) for path, text in english.items() if gaps(text) != gaps(other[path])]
    assert differ == []
    same = {".".join(path) for path, text in english.items() if text == other[path] and " " in text}
    assert same <= {"reports.number", "site.colon"}, "these are still English"


def test_what_somebody_wrote_or_writes_stands_in_its_own_direction():
    """Arabic on an English page, or the other way round, begins on its own side."""
    shown = re.compile(r'<(?:\w+ class="sample"|textarea)(?:\{\{.*?\}\}|\{%.*?%\}|[^>{])*>')
    marks = [
        (path.name, mark)
        for folder in (DESK, DESK.parent / "public")
        for path in sorted((folder / "templates").glob("*.html"))
        for mark in shown.findall(path.read_text("utf-8"))
    ]
    assert {name for name, _ in marks} >= {"inbox.html", "report.html", "danger.html"}
    assert [
        each for each in marks if 'dir="auto"' not in each[1] and " hidden" not in each[1]
    ] == []


@pytest.mark.parametrize(
    ("language", "other"),
    [("fr", "engagement"), ("fr", r"\bret(?:en|ien)\w*"), ("es", r"\b(?:papel|función|funciones)")],
)
def test_the_desk_calls_a_thing_as_the_chat_does(language, other):
    """A pledge is "une promesse", what is held is "suspendu", a role is "un rol"."""
    found = [
        ".".join(path)
        for path, text in leaves(words(language))
        if re.search(rf"{other}\b", str(text), re.IGNORECASE)
    ]
    assert found == []
