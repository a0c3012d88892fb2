"""Whether a text tells of a child that is being harmed, in words that nobody could list. Pure; the
words are data, in typed.toml.

A pattern is what may be said, word by word, and is looked for in each sentence by itself::

    he|she hits|hit me      one of the words stands there; `_` is the space within one of them
    little? girl            a word that may be missing
    beat* us                a word that begins so
    he … touches me         at most `_GAP` words between; in Chinese as many characters
    i am # and              the age of a child, in figures
    {by} … beats {to}       one of the patterns of danger_by, of danger_to

What stands in `danger_but` is taken out of a sentence before anything is looked for: words of
danger that say something else there ("me toca el corazón"). A pattern of `danger_told` tells it for
sure, mostly by somebody it was done to; one of `danger_seen` is about somebody else, and counts
only in a sentence that has nothing of `danger_talk`: of films, laws and campaigns people speak in
the same words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.reading.places import plain

_SLOTS = ("danger_by", "danger_does", "danger_harms", "danger_to")
_LISTS = ("danger_but", "danger_told", "danger_seen", "danger_talk")
KEYS = _SLOTS + _LISTS
"""The keys of typed.toml."""

_SENTENCES = re.compile(r"[.!?…\n。！？؟;；]+")
_SHORTEST = 3
"""Fewest characters of a sentence that is looked at: 他打我."""

_GAP = 4
_AGE = "(?:[5-9]|1[0-7])"
"""Ages of children who say that they work, in figures."""

_CUT = " | "
"""What stands instead of what was taken out: no word goes over it."""

_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, kw_only=True)
class Told:
    """The patterns of one language, which are looked for in plain words (`places.plain`)."""

    but: re.Pattern[str]
    told: re.Pattern[str]
    seen: re.Pattern[str]
    talk: re.Pattern[str]

    def clear(self, words: str) -> str:
        """Return plain words, a space at each end, without what says something else."""
        return self.but.sub(_CUT.rstrip(), words)

    def tells(self, words: str) -> bool:
        """Return whether a cleared sentence tells of somebody who is harmed."""
        if self.told.search(words):
            return True
        return bool(self.seen.search(words)) and not self.talk.search(words)


def sentences(text: str, languages: Iterable[Told]) -> list[str]:
    """Return the sentences of a text, plain, a space at each end, without what says something else
    in any of the languages.
    """
    every = [f" {plain(each)} " for each in _SENTENCES.split(text) if len(each) >= _SHORTEST]
    for language in languages:
        every = [language.clear(words) for words in every]
    return every


def of(table: Mapping[str, object]) -> Told:
    """Return the patterns of one typed.toml; none where it has none."""
    slots = {
        "{" + key.removeprefix("danger_") + "}": _any(_listed(table.get(key)), {}) for key in _SLOTS
    }
    but, told, seen, talk = (_compiled(_listed(table.get(key)), slots) for key in _LISTS)
    return Told(but=but, told=told, seen=seen, talk=talk)


def _listed(said: object) -> list[str]:
    words = said if isinstance(said, list | tuple) else ()
    return [word for word in words if isinstance(word, str)]


def _compiled(patterns: list[str], slots: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_any(patterns, slots)) if patterns else _NEVER


def _any(patterns: list[str], slots: Mapping[str, str]) -> str:
    return f"(?:{'|'.join(_expression(each, slots) for each in patterns)})"


def _expression(pattern: str, slots: Mapping[str, str]) -> str:
    """Return a pattern as an expression, in which a space goes before every word."""
    return "".join(_part(each, slots) for each in pattern.split()) + "(?= )"


def _part(part: str, slots: Mapping[str, str]) -> str:
    if part == "…":
        return rf"(?: [^\s|]+){{0,{_GAP}}}?"
    bare = part.removesuffix("?")
    words = slots.get(bare) or f" (?:{'|'.join(map(_word, bare.split('|')))})(?= )"
    return words if bare == part else f"(?:{words})?"


def _word(word: str) -> str:
    if word == "#":
        return _AGE
    begun, ended = (r"\S*" if cut else "" for cut in (word.startswith("*"), word.endswith("*")))
    return begun + re.escape(plain(word.replace("_", " "))) + ended
