"""Whether a text on a timeline is the one that was sent: networks add schemes and slashes to links,
and drop marks that nobody sees.

Some servers change more: they show a mention without its server, and make type of the marks of
Markdown. `as_read` is what such a text is compared by; what is only `alike` may be it.
"""

import re
import unicodedata
from collections import Counter

_MENTION = re.compile(r"(?<![\w@])@(\w[\w.-]*)@[\w-]+(?:\.[\w-]+)+")
_TARGET = re.compile(r"\]\([^)\s]*\)")

_MUCH = 0.6
"""Texts that share so much of their words may be the same one, changed by a server."""


def canonical(text: str) -> str:
    """Return the form of a text by which two are compared."""
    seen = "".join(
        sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf"
    )
    return " ".join(
        word.rstrip("/") for word in re.sub(r"https?://", "", seen, flags=re.IGNORECASE).split()
    )


def as_read(text: str) -> str:
    """What is left of a text on any server: its letters and digits, mentions without a server, the
    words of a link in Markdown without its target.
    """
    shown = _TARGET.sub(" ", _MENTION.sub(r"@\1", canonical(text)))
    return "".join(sign for sign in shown.casefold() if sign.isalnum() or sign == "#")


def alike(text: str, other: str) -> bool:
    """Whether most words of one text stand in the other."""
    words, others = (
        Counter(re.findall(r"\w+", canonical(each).casefold())) for each in (text, other)
    )
    most = max(words.total(), others.total())
    return bool(most) and (words & others).total() / most >= _MUCH
