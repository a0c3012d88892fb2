"""What somebody changed in a text, word by word."""

import difflib
import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_OUT, _IN = Markup("<del>{}</del>"), Markup("<ins>{}</ins>")

_PIECE = re.compile(r"\s+|\S+")
_MOST_PIECES = 3_000
"""Words and gaps above which two texts are not compared: the time grows with their square."""


def compared(before: str, after: str) -> Markup:
    """Return a text as it is now, with marks round what was taken out of an earlier one and what
    was added; of very long ones only as it is now.
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if max(len(old), len(new)) > _MOST_PIECES:
        return escape(after)
    return Markup("").join(_pieces(old, new))


def _pieces(old: list[str], new: list[str]) -> Iterator[Markup]:
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for way, a, b, c, d in matcher.get_opcodes():
        if way == "equal":
            yield escape("".join(new[c:d]))
        else:
            yield _OUT.format("".join(old[a:b])) if b > a else Markup("")
            yield _IN.format("".join(new[c:d])) if d > c else Markup("")
