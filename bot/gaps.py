"""Gaps in the words of files, {until} or {days | one=# day | other=# days}, and what fills them."""

import html
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

import regex

from bot.text import without_controls

_HAN = regex.compile(r"[\p{Han}、。，：；！？（）《》「」『』【】]")
"""Characters of Chinese, and signs of their width."""

_TAGGED = regex.compile(r"[#＃@]\S*$")

_SLOT = regex.compile(r"\{\{|\}\}|\{(\w+)(?:\s*\|([^{}]*))?\}")
"""A doubled brace, or a gap, with the forms of what goes with its number: {days | one=… | other=…}.
"""


def forms_in(text: str) -> list[dict[str, str]]:
    """Return what each gap of a text says by the form of its number; gaps with forms alone."""
    return [_forms(gap[2]) for gap in _SLOT.finditer(text) if gap[2] is not None]


def _forms(said: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in said.split("|"))
    return {form.strip(): words.strip() for form, _, words in pairs}


def gaps(text: str) -> set[str]:
    """Return the names of the gaps in a text; 'until:>9' is none that `filled` fills.

    Raises ValueError for a brace too many or too few.
    """
    text = _SLOT.sub(lambda gap: gap[0] if gap[1] is None else f"{{{gap[1]}}}", text)
    return {
        f"{field}{'!' if conversion else ''}{conversion or ''}{':' if form else ''}{form}"
        for _, field, form, conversion in Formatter().parse(text)
        if field is not None
    }


class Beside(str):
    """A text with the original, in English, below it, for a language that nobody has accepted.

    Where only a text is wanted it is both; pages know the original by its language.
    """

    __slots__ = ("original", "own")

    own: str
    original: str

    @classmethod
    def of(cls, own: str, original: str) -> str:
        """Return both texts as one, or the one that there is where they are the same."""
        if own == original or isinstance(own, cls):
            return own
        both = cls(f"{own}\n\n{original}")
        both.own, both.original = own, original
        return both

    def __html__(self) -> str:
        """Return both as HTML, as Jinja and MarkupSafe ask for it."""
        own, original = html.escape(self.own), html.escape(self.original)
        return f'{own} <span lang="en" dir="ltr">{original}</span>'


def filled(text: str, /, **values: object) -> str:
    """Return the text with its gaps filled, as {until} by `until`, and without control characters.

    A gap with forms, as {days | one=# day | other=# days}, takes that of a `Counted` number, with
    the number in the place of '#'; `other` of anything else, and where the form is missing. What is
    no gap stays as it is. Only names stand in gaps: with all that `str.format` can do, a
    few letters of somebody's file could fill the memory.
    """
    if isinstance(text, Beside):
        return Beside.of(filled(text.own, **values), filled(text.original, **values))
    return without_controls(together(_pieces(text, values)))


def together(pieces: Iterable[str]) -> str:
    """Return pieces of a text as one. A blank where two of them meet is left out between two
    Chinese characters: it stands there for names in Latin letters.
    """
    kept: list[str] = []
    for piece in filter(None, pieces):
        if kept and " " in (kept[-1][-1], piece[0]):
            kept[-1:] = _met(kept[-1], piece)
        else:
            kept.append(piece)
    return "".join(kept)


def _met(before: str, after: str) -> tuple[str, str]:
    """Return two pieces without a blank between them that doesn't stand there in Chinese. A hashtag
    keeps the blank at its end, or what follows would be part of it.
    """
    ends, begins = before.removesuffix(" "), after.removeprefix(" ")
    if _TAGGED.search(ends):
        return before, after
    wide = ends[-1:] and begins[:1] and _HAN.match(ends[-1]) and _HAN.match(begins[0])
    return (ends, begins) if wide else (before, after)


def _pieces(text: str, values: Mapping[str, object]) -> Iterator[str]:
    """Yield the text by pieces: what stands between the gaps, and what fills them."""
    end = 0
    for gap in _SLOT.finditer(text):
        yield text[end : gap.start()]
        yield _filling(gap, values)
        end = gap.end()
    yield text[end:]


def _filling(gap: "regex.Match[str]", values: Mapping[str, object]) -> str:
    if gap[1] is None:
        return str(gap[0][0])
    value = values.get(gap[1], gap[0])
    if gap[2] is None or gap[1] not in values:
        return str(value)
    forms = _forms(gap[2])
    # a `languages.Counted`, asked for its form alone: Babel is slow to load, and help needs none
    form = getattr(value, "form", "other")
    return forms.get(form, forms.get("other", "#")).replace("#", str(value))
