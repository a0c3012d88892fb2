"""What belongs to no campaign is there in three languages, in the typography of each.

That it is whole is `check`'s to say (test_check_common).
"""

import re

import pytest
from tree import languages

from bot.library import shipped_root

CONTENT = shipped_root() / "content"
PARTS = ("chat", "documents", "mail")


def texts(language):
    """The lines of all files of a language that people read, by file name: not of what they type."""
    files = [
        *(file for part in PARTS for file in sorted((CONTENT / language / part).glob("*.*"))),
        CONTENT / language / "web.toml",
        CONTENT / language / "public.toml",
    ]
    for file in files:
        if file.name == "typed.toml":
            continue
        source = re.sub(r"\{#.*?#\}", "", file.read_text("utf-8"), flags=re.DOTALL)
        source = re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", "X", source))
        yield from (
            (file.name, line)
            for line in source.splitlines()
            if line.strip() and not line.startswith("#")
        )


@pytest.mark.parametrize("language", languages())
def test_three_languages_are_shipped(language):
    assert all((CONTENT / language / part).is_dir() for part in PARTS)
    assert len(list(texts(language))) > 300


def test_french_has_its_spaces_and_apostrophes():
    """A narrow no-break space before .

    ! ? and inside guillemets, a no-break space before a colon.
    """
    wrong = [
        (name, line)
        for name, line in texts("fr")
        if any(mark in line for mark in (" ?", " !", " ;", "« ", " »", " : ", "l'", "d'", "qu'"))
    ]
    assert wrong == []


def test_spanish_opens_what_it_closes():
    odd = [
        (name, line)
        for name, line in texts("es")
        if line.count("?") != line.count("¿") or line.count("!") != line.count("¡")
    ]
    assert [
        # a mark before a problem, and a question mark that people send alone, are no sentences
        line
        for _, line in odd
        if not line.startswith("! ") and not line.endswith('"?",')
    ] == []


def test_english_has_its_apostrophes_and_quotes():
    wrong = [(name, line) for name, line in texts("en") if re.search(r"\w'\w", line)]
    assert wrong == []
