"""The wording of what ships: turns of phrase that a native editor struck out stay out."""

import re
import tomllib
from pathlib import Path

import pytest

CONTENT = Path(__file__).parents[2] / "content"

RETIRED = {
    "en": (
        r"How is it with",
        r"\bto whom\?",
        r"\bthis needs you",
        r"shall stand still",
        r"make sure who you are",
        r"somebody comes\b",
        r"\b(Nothing|No pledge) waits for you",
        r"takes? decisions",
        r"is public now",
        r"\}(You have made|You know) [^.?]*\?",
    ),
    "es": (
        r"no tiene que trabajar",
        r"soy menor",
        r"trata para el trabajo infantil",
        r'date\("d MMM',
        r"ya es público",
    ),
    "pt": (
        # what only one side of the Atlantic says, where both have a word in common
        r"(?i)\b(?:utilizador|usuário|telem[óo]vel|ecrã|autocarro|carregue no botão)\b",
        r"(?i)\ba gente retir",
        # the reader's sex is not known
        r"(?i)\b(?:inscrito\(a\)|obrigado\(a\)|todos e todas|tod[@x]s)\b",
        r"(?i)trabalho de crianças\b",
        r"(?i)realiz(?:e|ou) que\b",
    ),
    "fr": (
        r"une personne qui décide",
        r"signataire",
        r"\bMarquez\b",
        r"est maintenant publique",
        # child labour, where just "work" would be read
        r"(?<!contre )(?<!dans )\ble travail (nuit|le met|pour la salle)",
    ),
}
"""By language: turns of phrase that are wrong or awkward there."""


def texts(language: str) -> list[Path]:
    """All files of text in one language."""
    return [
        path for path in sorted((CONTENT / language).rglob("*")) if path.suffix in {".j2", ".toml"}
    ]


@pytest.mark.parametrize("language", RETIRED)
def test_turns_of_phrase_that_an_editor_struck_out_stay_out(language: str) -> None:
    struck = [
        f"{path.relative_to(CONTENT)}:{number}: {line.strip()}"
        for path in texts(language)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for phrase in RETIRED[language]
        if re.search(phrase, line)
    ]
    assert not struck


def said(path: Path) -> list[str]:
    """The lines of a file of text without remarks and without what is filled in."""
    text = re.sub(r"(?s)\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|https?://\S+", "", path.read_text("utf-8"))
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_french_never_breaks_a_line_before_a_sign_that_stands_apart() -> None:
    loose = [
        f"{path.relative_to(CONTENT)}: {line.strip()}"
        for path in texts("fr")
        for line in said(path)
        if re.search(r"(?<=\w) [:;!?»]|« |\w»|«\w", line)
    ]
    assert not loose, "U+202F before ; ! ? and within « », U+00A0 before a colon"


def test_spanish_opens_what_it_closes() -> None:
    closed = [
        f"{path.relative_to(CONTENT)}: {line.strip()}"
        for path in texts("es")
        if path.name != "typed.toml"
        for line in said(path)
        if any(line.count(first) != line.count(last) for first, last in ("¿?", "¡!"))
    ]
    assert not closed


USTED = r"(?i)\b(usted|le|su|escriba|responda|elija|llame|pulse|inténtelo|cópielo|recibe)\b"
TU = r"(?i)\b(tú|tu|tus|te|ti|contigo|escribe|responde|elige|llama|pulsa|recibes|puedes)\b"


def test_what_stands_around_every_spanish_letter_says_neither_tu_nor_usted() -> None:
    """Texts to organisations say usted, those to one person tú: the frame is that of both."""
    pages = tomllib.loads((CONTENT / "es" / "web.toml").read_text("utf-8"))
    mail = CONTENT / "es" / "mail"
    around = [*said(mail / "frame.j2"), *said(mail / "footer.j2")]
    around += [text for page in ("leave", "lost", "broken") for text in pages[page].values()]
    assert [text for text in around if re.search(USTED, text) or re.search(TU, text)] == []


def test_a_spanish_letter_to_who_made_a_pledge_and_its_page_say_tu_throughout() -> None:
    pages = tomllib.loads((CONTENT / "es" / "web.toml").read_text("utf-8"))
    theirs = [text for page in ("proposal", "mine") for text in pages[page].values()]
    theirs += [*said(CONTENT / "es/mail/pledge.j2"), *said(CONTENT / "es/mail/mine.j2")]
    formal = r"(?i)\b(usted|escriba|responda|elija|pulse|puede escribir|recibirá|abra|pida)\b"
    assert [text for text in theirs if re.search(formal, text)] == []


def test_prose_has_one_empty_line_between_paragraphs() -> None:
    wide = [
        str(path.relative_to(CONTENT))
        for language in RETIRED
        for path in texts(language)
        if path.suffix == ".j2"
        and path.parent.name != "documents"
        and re.search(r"\n\n\n(?!\{% block)", path.read_text(encoding="utf-8"))
    ]
    assert not wide


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
def test_a_translation_of_a_post_that_says_where_to_go_says_so_too(language: str) -> None:
    path = CONTENT / language / "endchildlabour2021" / "trafficking-day.j2"
    translated = re.search(r"block translation %\}(.*?)\{%", path.read_text(encoding="utf-8"))
    assert translated
    assert re.search(
        {"es": "Así:", "fr": "Voici comment", "pt": "Veja como:"}[language], translated[1]
    )
