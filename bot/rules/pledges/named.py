"""Where a text names a pledge or who made it: who withdraws is named no more, neither in letters
nor on pages.

A name counts as whole words, whatever its accents, case and Arabic vowels, behind what Arabic
writes before a word in one with it, and anywhere among letters of scripts that have no blanks.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterator

import regex

from bot.model.newsletter import ITEM, LED
from bot.rules.reading.places import plain

_FEWEST, _FEWEST_SYLLABLES = 3, 2
"""Fewest letters of a name that is looked for, and of one whose signs are words or syllables."""

_SYLLABLE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_UNSPACED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
)
_FREE = regex.compile(f"[{_UNSPACED}]")
"""Letters beside which a word may begin or end without a blank."""

_BEGINS, _ENDS = f"(?<![^ {_UNSPACED}])", f"(?![^ {_UNSPACED}])"
_AND, _TO = "[وف]?", "لل"
_BEFORE = f"{_AND}(?:{_TO}|[بكل]?(?:ال)?)"
_THE = "ال"
"""What Arabic writes in one with the next word: and, so; in, as, to; the. “To the” is one sign
shorter than both.
"""

_WITHIN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Signs within a word that nobody sees."""


def names_in(text: str, gone: Callable[[str], object]) -> frozenset[str]:
    """Return what those lines of lists call it to which they lead: its name, and that of who made
    it, as far as they are long enough to be told from other words.
    """
    lines = (line for line in text.split("\n") if line.startswith(ITEM) and gone(line))
    led = (LED.fullmatch(line.removeprefix(ITEM)) for line in lines)
    names = (name for each in led if each for name in each[1].split(" – "))
    return frozenset(name for name in names if _is_telling(name))


def named_in(line: str, names: Collection[str]) -> bool:
    """Return whether one of these names stands in a line."""
    ways = [way for name in sorted(names) if (words := _plain(name)) for way in _ways(words)]
    return bool(ways) and regex.search("|".join(ways), _plain(line)) is not None


def _is_telling(name: str) -> bool:
    letters = unicodedata.normalize("NFC", name)
    syllables = len(_SYLLABLE.findall(letters))
    return sum(map(str.isalnum, letters)) >= _FEWEST or syllables >= _FEWEST_SYLLABLES


def _plain(text: str) -> str:
    return plain(text.translate(_WITHIN))


def _ways(words: str) -> Iterator[str]:
    """Yield the patterns by which a plain name stands in a plain line."""
    begins = "" if _FREE.match(words[0]) else f"{_BEGINS}(?:{_BEFORE})"
    ends = "" if _FREE.match(words[-1]) else _ENDS
    yield f"{begins}{regex.escape(words)}{ends}"
    if words.startswith(_THE):
        yield f"{_BEGINS}{_AND}{_TO}{regex.escape(words.removeprefix(_THE))}{ends}"
