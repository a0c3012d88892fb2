"""Who might work together: which pledges are worth introducing to each other, and why. Pure, and
the same for the same pledges in whatever order they come.

========  =====================================================================  ==========
gives     the first offers what the second needs (questions with `match`)        3, and 1
takes     the same, the other way round                                          for each
                                                                                 more, to 5
topic     both are about the same topics                                         1 each, to 2
country   both are from the same country                                         1
words     both say what they pledge in the same words, which few others use      2 at most
========  =====================================================================  ==========

Not all pairs are looked at: only those that share something which few others have, so that ten
thousand pledges take seconds. Of what many have, the newest are compared.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from math import fsum, log, sqrt

from bot.model.pledges.introduction import MOST_OPEN, Match, Reason, Why

MOST_ALIKE = 60
"""Pledges that are compared for one thing that they share; of more, the newest."""

MOST_WITH_WORD = 8
"""Pledges with a word up to which that word alone has them compared."""

SHORTEST = 3
"""Letters of a word that counts, in scripts that write words with several."""

LARGEST_PART = 0.25
"""Of all pledges, in which a word may stand that says something: of fewer than eight, none does."""

LEAST_ALIKE = 0.15
"""From which likeness of two texts on (0: no word is shared, 1: all are) it is a reason."""

MOST_SAID = 3
"""Shared words that a reason names."""

_SIGNS = "\u2e80"
"""From here on a sign may be a word of its own."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A public pledge whose maker can be asked."""

    pledge: int
    #: who makes it; pledges of the same maker are never suggested to each other
    maker: str
    #: who would be asked
    person: int
    country: str
    topics: frozenset[str]
    offers: frozenset[str]
    needs: frozenset[str]
    #: folded words of all that is public of it
    words: frozenset[str]
    #: introductions about which its maker is asked now
    asked: int = 0


def matches(
    candidates: Iterable[Candidate], known: set[tuple[int, int]], most: int = MOST_OPEN
) -> list[Match]:
    """Return pairs worth introducing, the best first.

    `known` are pairs, the smaller number first, that are never suggested again. Each pledge stands
    in at most `most` of them, less what its maker is asked about already.
    """
    by_number = {each.pledge: each for each in candidates}
    texts = _Texts(by_number.values())
    judged = [
        match
        for first, second in sorted(_pairs(by_number.values()) - known)
        if (match := _judged(by_number[first], by_number[second], texts)) is not None
    ]
    judged.sort(key=lambda match: (-match.score, match.first, match.second))
    left = {number: most - each.asked for number, each in by_number.items()}
    chosen = []
    for match in judged:
        if min(left[match.first], left[match.second]) > 0:
            left[match.first] -= 1
            left[match.second] -= 1
            chosen.append(match)
    return chosen


def of(candidates: Iterable[Candidate], first: int, second: int) -> Match | None:
    """Return the match of these two, whatever others there are; None where there is no reason."""
    by_number = {each.pledge: each for each in candidates}
    if not {first, second} <= by_number.keys():
        return None
    return _judged(by_number[first], by_number[second], _Texts(by_number.values()))


def pair(a: int, b: int) -> tuple[int, int]:
    """Return two pledges as a pair is kept: the smaller number first."""
    return min(a, b), max(a, b)


def _between(first: Candidate, second: Candidate) -> tuple[Reason, ...]:
    """Return the reasons that are seen without looking at other pledges, as the first sees them."""
    said = (
        (Why.GIVES, first.offers & second.needs),
        (Why.TAKES, first.needs & second.offers),
        (Why.TOPIC, first.topics & second.topics),
        (Why.COUNTRY, {first.country} & {second.country} - {""}),
    )
    return tuple(Reason(why=why, about=tuple(sorted(about))) for why, about in said if about)


_WEIGHTS: Mapping[Why, tuple[float, float, float]] = {
    # at least, for each, at most
    Why.GIVES: (2, 1, 5),
    Why.TAKES: (2, 1, 5),
    Why.TOPIC: (0, 1, 2),
    Why.COUNTRY: (0, 1, 1),
}


def _judged(first: Candidate, second: Candidate, texts: "_Texts") -> Match | None:
    if first.maker == second.maker or first.person == second.person:
        return None
    reasons, score = list(_between(first, second)), 0.0
    for reason in reasons:
        base, each, most = _WEIGHTS[reason.why]
        score += min(base + each * len(reason.about), most)
    alike, shared = texts.alike(first, second)
    if alike >= LEAST_ALIKE and len(shared) > 1:
        reasons.append(Reason(why=Why.WORDS, about=shared[:MOST_SAID]))
        score += 2 * alike
    if not reasons:
        return None
    return Match(
        first=first.pledge, second=second.pledge, score=round(score, 3), reasons=tuple(reasons)
    )


def _pairs(candidates: Iterable[Candidate]) -> set[tuple[int, int]]:
    """Return the pairs that share something, the smaller number first."""
    sharing, giving, taking = (defaultdict[str, list[int]](list) for _ in range(3))
    for each in sorted(candidates, key=lambda each: -each.pledge):
        for key in _keys(each):
            sharing[key].append(each.pledge)
        for key in each.offers:
            giving[key].append(each.pledge)
        for key in each.needs:
            taking[key].append(each.pledge)
    pairs = set[tuple[int, int]]()
    for key, numbers in sharing.items():
        if not key.startswith("word ") or len(numbers) <= MOST_WITH_WORD:
            pairs |= {pair(a, b) for a, b in combinations(numbers[:MOST_ALIKE], 2)}
    for key, givers in giving.items():
        both = product(givers[:MOST_ALIKE], taking[key][:MOST_ALIKE])
        pairs |= {pair(a, b) for a, b in both if a != b}
    return pairs


def _keys(each: Candidate) -> Iterator[str]:
    """Yield what a pledge may share with another."""
    if each.country:
        yield f"country {each.country}"
    for topic in each.topics:
        yield f"topic {topic}"
        yield f"topic {topic} {each.country}"
    for word in each.words:
        if _counts(word):
            yield f"word {word}"


def _counts(word: str) -> bool:
    return len(word) >= SHORTEST or word >= _SIGNS


class _Texts:
    """How alike texts are, by their words: a word that few have says more."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        everyone = list(candidates)
        having = Counter(word for each in everyone for word in each.words if _counts(word))
        most = len(everyone) * LARGEST_PART
        self._worth = {
            word: log((len(everyone) + 1) / n) for word, n in having.items() if n <= most
        }
        self._lengths = {each.pledge: sqrt(self._sum(each.words)) for each in everyone}

    def alike(self, first: Candidate, second: Candidate) -> tuple[float, tuple[str, ...]]:
        """Return the cosine of two texts, and the words they share, the rarest first."""
        shared = [word for word in first.words & second.words if word in self._worth]
        length = self._lengths[first.pledge] * self._lengths[second.pledge]
        shared.sort(key=lambda word: (-self._worth[word], word))
        return (self._sum(shared) / length if length else 0.0), tuple(shared)

    def _sum(self, words: Iterable[str]) -> float:
        return fsum(self._worth[word] ** 2 for word in words if word in self._worth)
