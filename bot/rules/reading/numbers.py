"""Numbers that people write in words, as figures. Pure; the words are data, under [numbers] of
words.toml a list with commas for each number.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_NAMES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty twenty_one twenty_two twenty_three"
)
NUMBERS: Mapping[str, int] = MappingProxyType(
    {name: number for number, name in enumerate(_NAMES.split(), 1)} | {"thirty": 30}
)
"""The keys of [numbers], and what they are."""


def said(tables: Iterable[Mapping[str, str]]) -> Mapping[str, int]:
    """Return the words of these tables with their numbers, the longest first."""
    words = {
        word.strip(): number
        for table in tables
        for name, number in NUMBERS.items()
        for word in str(table.get(name, "")).split(",")
    }
    return {word: words[word] for word in sorted(words, key=len, reverse=True) if word}
