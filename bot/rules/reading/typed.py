"""What people type instead of pressing a button or of a command: `stop`, `yes`, `help`, a label.

The words stand in content/<language>/chat/typed.toml, as lists of phrases by what they mean. A text
means something only where the whole of it does: "stop the war" is no wish to hear no more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from bot.rules.reading.places import plain
from bot.rules.reading.told import KEYS, Told, of, sentences

STOP, YES, NO, BACK, DANGER = "stop", "yes", "no", "back", "danger"
_POLITE, _ARTICLE = "polite", "article"
"""The keys of words that change no meaning, such as "please", and that may begin a label."""

_LONGEST = 80
"""Most characters that are looked at; a longer text is no answer of this kind."""

_WITHIN = "_within"
"""The end of a key whose phrases are looked for within a longer text, however short they are."""

_TOLD = 4_000
"""Most characters of a text in which phrases are looked for."""

_WORDS = 3
"""Fewest words of a phrase that is looked for within a longer text."""
_NO_ARTICLES = re.compile("[\u0400-\u04ff\u0600-\u06ff]")
"""Letters of languages in which articles are no words: there two words say what three do."""

_SPELLED = 7
"""Fewest letters of a phrase that is recognised though it is misspelt."""

_SHORTEST = 3
"""Fewest letters by which the beginning of a label is recognised."""

_COMMA = re.compile("[,،，]")
_ASKS = ("?", "؟", "？")

_LIKE_STOP, _LIKE_LABEL = 0.9, 0.8


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The phrases of all languages, plain (`places.plain`)."""

    #: by phrase, what it means: a key of typed.toml
    meanings: Mapping[str, str]
    #: what may stand before or behind a phrase
    polite: frozenset[str]
    #: those that are looked for within a longer text, however short they are
    within: frozenset[str] = frozenset()
    #: what may stand before the name of a button, or be left out
    articles: frozenset[str] = frozenset()
    #: what tells of danger in words of no list, by language
    told: tuple[Told, ...] = ()

    def of(self, key: str) -> tuple[str, ...]:
        """Return all phrases that mean this."""
        return tuple(phrase for phrase, meaning in self.meanings.items() if meaning == key)

    @cached_property
    def wishes(self) -> tuple[str, ...]:
        """The wishes to hear no more that are long enough to be known with a slip in them."""
        return tuple(phrase for phrase in self.of(STOP) if len(phrase) >= _SPELLED)

    @cached_property
    def dangers(self) -> tuple[str, ...]:
        """What tells of danger within a longer text, too."""
        return tuple(
            phrase
            for phrase in self.of(DANGER)
            if phrase in self.within
            or phrase.count(" ") >= _WORDS - (2 if _NO_ARTICLES.search(phrase) else 1)
        )

    @cached_property
    def before(self) -> tuple[str, ...]:
        """What is only polite, as the beginning of a text."""
        return tuple(f"{phrase} " for phrase in self.polite)

    @cached_property
    def behind(self) -> tuple[str, ...]:
        """What is only polite, as the end of a text."""
        return tuple(f" {phrase}" for phrase in self.polite)


def phrases(tables: Iterable[Mapping[str, object]]) -> Phrases:
    """Return the phrases of several files; the first that has a phrase says what it means.

    What is no list of texts is left out.
    """
    meanings: dict[str, str] = {}
    other: dict[str, set[str]] = {_POLITE: set(), _ARTICLE: set()}
    within: set[str] = set()
    told: list[Told] = []
    for table in tables:
        told.append(of(table))
        for name, said in table.items():
            if name in KEYS:
                continue
            key = name.removesuffix(_WITHIN)
            listed = said if isinstance(said, list | tuple) else ()
            words = [_bare(word) for word in listed if isinstance(word, str)]
            if key in other:
                other[key].update(filter(None, words))
                continue
            within.update(words if name != key else ())
            for word in words:
                meanings.setdefault(word, key)
    return Phrases(
        meanings=meanings,
        polite=frozenset(other[_POLITE]),
        within=frozenset(within),
        articles=frozenset(other[_ARTICLE]),
        told=tuple(told),
    )


def meaning(text: str, known: Phrases) -> str:
    """Return what the whole of a text means, as a key of typed.toml; '' for what means nothing.

    A longer wish to stop is recognised with a slip in it, since it is asked about.
    """
    if len(text) > _LONGEST:
        return ""
    words = _bare(text)
    reading = words if words in known.meanings else _rude(words, known)
    if reading in known.meanings:
        meant = known.meanings[reading]
        # "sure?" asks, and agrees to nothing
        return "" if meant in (YES, NO) and text.rstrip().endswith(_ASKS) else meant
    near = len(reading) >= _SPELLED and get_close_matches(reading, known.wishes, 1, _LIKE_STOP)
    return STOP if near else ""


def friendly(text: str, known: Phrases) -> bool:
    """Return whether a text is no more than thanks, a greeting or a yes, which asks nothing."""
    words = _bare(text[:_LONGEST])
    return meaning(text, known) == YES or _rude(words, known) in known.polite


def tells_of_danger(text: str, known: Phrases) -> bool:
    """Return whether a text says, among other things or not, that somebody is in danger.

    In a longer text a phrase counts that has three words or more, two where articles are none, or
    one that is sure however short it is; and what is told in words that stand in no list.
    """
    if meaning(text, known) == DANGER:
        return True
    every = sentences(text[:_TOLD], known.told)
    return any(
        any(f" {phrase} " in words for phrase in known.dangers)
        or any(each.tells(words) for each in known.told)
        for words in every
    )


def same(text: str, labels: Sequence[Sequence[str]]) -> int | None:
    """Return the place of the button that is typed, each given by all its names; None for none.

    Large and small letters, accents and points make no difference.
    """
    words = _bare(text)
    return next((at for at, names in enumerate(labels) if words in map(_bare, names)), None)


def answer(text: str, labels: Sequence[Sequence[str]], known: Phrases) -> int | None:
    """Return the place of the one button that means what the text means, in whatever language.

    A label that says yes or no before its first comma means that: "No child is recognisable" is no
    no.
    """
    word = meaning(text, known)
    if word not in (YES, NO):
        every = (meaning(names[0], known) == word != "" for names in labels)
    else:
        said = frozenset(known.of(word))
        every = (_bare(_COMMA.split(names[0])[0]) in said for names in labels)
    return _only(at for at, means in enumerate(every) if means)


def like(text: str, labels: Sequence[Sequence[str]], known: Phrases) -> int | None:
    """Return the place of the one button whose label begins with the text or is nearly spelled so,
    with its article or without.

    A slip in figures is another number, and isn't forgiven.
    """
    if len(text) > _LONGEST:
        return None
    words = _bare(text)
    every = [[name for each in names for name in _names(_bare(each), known)] for names in labels]
    if len(words) < _SHORTEST and not words.isdecimal():
        return None
    begin = _only(at for at, names in enumerate(every) if any(_begins(n, words) for n in names))
    if begin is not None or len(words) < _SHORTEST or any(map(str.isdecimal, words)):
        return begin
    flat = {name: at for at, names in enumerate(every) for name in names}
    near = get_close_matches(words, flat, 1, _LIKE_LABEL)
    return flat[near[0]] if near else None


def _names(label: str, known: Phrases) -> Iterator[str]:
    """Yield a plain label, and what it is without its article."""
    yield label
    for article in known.articles:
        if label.startswith(f"{article} "):
            yield label.removeprefix(f"{article} ")


def _bare(text: str) -> str:
    """Return the text plain; one that has no letters, such as a thumb, as it is."""
    return plain(text) or text.strip()


def _rude(words: str, known: Phrases) -> str:
    """Return the words without what is only polite, unless nothing else is left."""
    while words.startswith(known.before) or words.endswith(known.behind):
        for phrase in known.polite:
            words = words.removeprefix(f"{phrase} ").removesuffix(f" {phrase}")
    return words


def _begins(label: str, phrase: str) -> bool:
    words = _bare(label)
    return words == phrase or words.startswith(f"{phrase} ")


def _only(places: Iterable[int]) -> int | None:
    """Return the one place; None where there is none, or several."""
    every = list(places)
    return every[0] if len(every) == 1 else None
