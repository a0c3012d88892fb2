"""Whether a post asks something, and its text without the names in it. Pure; the words with which
questions begin are data.
"""

from collections.abc import Collection

import regex

from bot.links import link_spans, mail_spans
from bot.rules.reading.han import HAN

LONGEST = 1_000
"""Most characters of a post that are kept."""

_MARKS = regex.compile("[?¿؟՞፧⁇⁈⁉⸮？﹖꛷꘏᥅⳺⳻𞥟]|(?<=\\p{Greek}[\\p{L}\\p{M}]*)[;\u037e]")
"""Question marks of all scripts that have their own; the Greek one looks like a semicolon."""

_HAN = regex.compile(f"[{HAN}]")
_ENDS = regex.compile(r"[.!…\n。！।։]+")
_NAMES = regex.compile(r"(?<![\w/])[@＠][\w.-]+(?:@[\w.-]+)?\w")
_BEFORE = regex.compile(r"^(?:[^\p{L}\p{N}#]|#[\p{L}\p{N}_]+)+")
"""What stands before the first word of a sentence: marks, pictures, hashtags."""


def asks(text: str, openings: Collection[str]) -> bool:
    """Return whether a text has a question mark, or a sentence that begins with one of `openings`,
    which are in small letters. Marks within links count for nothing.
    """
    plain = _without(text, link_spans(text))
    if _MARKS.search(plain):
        return True
    sentences = (_BEFORE.sub("", part).casefold() for part in _ENDS.split(plain))
    return any(
        sentence.startswith(opening) and _ends_there(sentence, opening)
        for sentence in sentences
        for opening in openings
        if len(sentence) > len(opening)
    )


def _ends_there(sentence: str, opening: str) -> bool:
    """Return whether the opening is whole words of the sentence; Chinese has no spaces."""
    return _HAN.match(opening[-1]) is not None or not sentence[len(opening)].isalnum()


def nameless(text: str) -> str:
    """Return a text in which no account and no e-mail address is named, as it is kept."""
    return _NAMES.sub("@…", _without(text, mail_spans(text), "…")).strip()[:LONGEST]


def _without(text: str, spans: list[tuple[int, int]], instead: str = " ") -> str:
    for start, end in reversed(spans):
        text = text[:start] + instead + text[end:]
    return text
