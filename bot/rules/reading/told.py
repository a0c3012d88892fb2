"""Whether a text tells of a child that is being harmed, in words that nobody could list: who, does
what, to whom, near each other in one sentence. Pure; the words are data, in typed.toml.

What is done is told by a word that names harm (`harms`: raped, kidnapped) beside somebody (`to`:
me, my sister, a girl), or by one that may mean something else (`does`: hits, touches) where
somebody who does it (`by`: my father, the boss) stands in the sentence too: "it hit me" tells of
nobody.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.reading.places import plain

KEYS = ("danger_by", "danger_does", "danger_harms", "danger_to")
"""The keys of typed.toml."""

_SENTENCES = re.compile(r"[.!?…\n。！？؟;；]+")
_SHORTEST = 3
"""Fewest characters of a sentence that is looked at: 他打我."""

_NEAR = 6
"""Most words from what is done to whom; each Chinese character is one."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """The words of one language, plain (`places.plain`)."""

    by: tuple[str, ...]
    does: tuple[str, ...]
    harms: tuple[str, ...]
    to: tuple[str, ...]

    def tells(self, text: str) -> bool:
        """Return whether a sentence of the text tells of somebody who is harmed."""
        every = (each for each in _SENTENCES.split(text) if len(each) >= _SHORTEST)
        return any(self._sentence(f" {plain(each)} ") for each in every)

    def _sentence(self, words: str) -> bool:
        to = _places(words, self.to)
        if not to:
            return False
        done = _places(words, self.harms)
        if any(f" {each} " in words for each in self.by):
            done += _places(words, self.does)
        return any(abs(at - whom) <= _NEAR for at in done for whom in to)


def of(table: Mapping[str, object]) -> Told:
    """Return the words of one typed.toml; none where it has none."""
    by, does, harms, to = (_listed(table.get(key)) for key in KEYS)
    return Told(by=by, does=does, harms=harms, to=to)


def _listed(said: object) -> tuple[str, ...]:
    words = said if isinstance(said, list | tuple) else ()
    return tuple(filter(None, (plain(word) for word in words if isinstance(word, str))))


def _places(words: str, phrases: Iterable[str]) -> list[int]:
    """Return at which word of plain words the first of each phrase stands."""
    found = (words.find(f" {phrase} ") for phrase in phrases)
    return [words.count(" ", 0, at) for at in found if at >= 0]
