"""A letter to somebody who decides, as an action's template has it: with gaps for what its writer
says of themselves. Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.gaps import filled, gaps

GAPS: Final = frozenset({"to", "own", "name", "place"})
"""What a letter can hold of its writer: whom it is for, a sentence of their own, their name, and
where they live.
"""

_NEEDED: Final = ("own", "name")
_MANY_LINES: Final = re.compile(r"\n{3,}")


def written(letter: str, *, to: str, own: str, name: str, place: str) -> str:
    """Return the letter with its gaps filled; a line whose gap has nothing to say is left out."""
    values = {"to": to, "own": own, "name": name, "place": place}
    lines = (
        filled(line, **values)
        for line in letter.splitlines()
        if all(values.get(gap, gap) for gap in gaps(line))
    )
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def faults(letter: str) -> Iterator[str]:
    """Yield what is wrong with the gaps of a letter, in sentences that say what to do."""
    try:
        there = gaps(letter)
    except ValueError as error:
        yield f"has a brace too many or too few: {error}"
        return
    for gap in sorted(there - GAPS):
        yield f"has the gap {{{gap}}}; there are {{name}}, {{own}}, {{place}} and {{to}}"
    for gap in _NEEDED:
        if gap not in there:
            yield f"lacks {{{gap}}}, where its writer stands; put it on a line of its own"
    for line in letter.splitlines():
        if len(gaps(line) & GAPS) > 1:
            yield (
                f"has two gaps in the line {line.strip()!r}; give each its own, since a line is"
                " left out where its gap stays empty"
            )
