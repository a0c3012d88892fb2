"""Public pledges for measurements, written at once: one by one, a hundred thousand take an hour.

Their texts are made-up words that come as often as words do: the n-th a n-th as often as the first
(Zipf's law).
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.model.public import Shown
from bot.store import Store
from bot.store.search import numbers
from bot.store.search.terms import Term, terms_of

COUNTRIES = [f"{first}{second}" for first in "ABCDEFGH" for second in "ABCDEFGH"]
NAMED, TOLD = 5, 40
"""Words of a name, and of what is told of a pledge."""

_DICE = random.Random(7)
VOCABULARY = sorted(
    {"".join(_DICE.choices("abcdefghilmnoprstuv", k=_DICE.randint(3, 10))) for _ in range(9_000)},
    key=lambda _: _DICE.random(),
)
"""All words, the most frequent first."""

_OFTEN = list(itertools.accumulate(1 / rank for rank in range(1, len(VOCABULARY) + 1)))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Which pledges are made: of which campaign, group, topics; as its form marks them."""

    campaign: str
    groups: tuple[str, ...]
    topics: tuple[str, ...]
    languages: tuple[str, ...] = ("en", "es", "fr")
    form: str = "f"


def pledges(kind: Kind, count: int, *, seed: int = 0) -> Iterator[Shown]:
    """So many pledges, whose texts are folded already."""
    dice = random.Random(seed or count)
    for _ in range(count):
        words = dice.choices(VOCABULARY, cum_weights=_OFTEN, k=NAMED + TOLD)
        yield Shown(
            campaign=kind.campaign,
            group=dice.choice(kind.groups),
            country=dice.choice(COUNTRIES),
            language=dice.choice(kind.languages),
            topics=(dice.choice(kind.topics),),
            progress=dice.choice(["in-progress", "done"]),
            title=" ".join(words[:NAMED]),
            words=" ".join(words[NAMED:]),
            form=kind.form,
        )


def let_be_found(store: Store, numbered: Mapping[int, Shown]) -> None:
    """Write what `Search.show` would, called for each of the first pledges of a file."""
    store.database.many(
        "INSERT INTO public_pledge (pledge, shown, campaign, form, stakeholder, country, language,"
        " topics, progress, title, words) VALUES (:number, 1, :campaign, :form, :group, :country,"
        " :language, :topics, :progress, :title, :words)",
        (
            {**vars(each), "number": number, "topics": " ".join(each.topics)}
            for number, each in numbered.items()
        ),
    )
    [campaign] = {each.campaign for each in numbered.values()}
    store.database.many(
        "INSERT INTO pledge_term (campaign, kind, term, n, pledges) VALUES (:campaign, :kind,"
        " :term, :n, :pledges)",
        (
            {
                "campaign": campaign,
                **term._asdict(),
                "n": bits.bit_count(),
                "pledges": numbers.packed(bits),
            }
            for term, bits in sorted(_index(numbered).items())
        ),
    )


def _index(numbered: Mapping[int, Shown]) -> dict[Term, int]:
    """The pledges of each term, as bits; a pledge's terms are those of all its parts."""
    parts = defaultdict[tuple[str, object], bytearray](lambda: bytearray(max(numbered) // 8 + 1))
    for number, each in numbered.items():
        told = [("words", word) for word in {*each.words.split()}]
        named = [("title", word) for word in {*each.title.split()}]
        others = [(name, getattr(each, name)) for name in _FILTERS]
        for part in (*told, *named, *others):
            parts[part][number >> 3] |= 1 << (number & 7)
    some = next(iter(numbered.values()))
    nothing = replace(some, title="", words="", topics=(), **dict.fromkeys(_FILTERS[1:], ""))
    index = defaultdict[Term, int](int)
    for (name, value), bits in parts.items():
        for term in terms_of(replace(nothing, **{name: value})):
            index[term] |= int.from_bytes(bits, "little")
    return index


_FILTERS = ("topics", "group", "country", "language", "progress")
