"""What a maker lets another know: which texts are a name, an address, an account or a number. Pure.

Another person reads what is typed here, so it can be nothing but what it says: no link, no text.
"""

import re

from bot.model.pledges.introduction import Detail
from bot.rules.reading.handles import email

LONGEST_NAME = 80
"""Most characters of a name."""

_TELEGRAM = re.compile(r"(?:(?:https?://)?t\.me/|@)?([A-Za-z][A-Za-z0-9_]{3,31})/?", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,23}[0-9]", re.ASCII)
_ADDRESS = re.compile(r"[@:/]|\w\.\w{2}")
"""What a mail program would make a link of; initials are none."""

_LETTER = re.compile(r"[^\W\d_]")


def read(detail: Detail, text: str) -> str | None:
    """Return what was typed in the form in which it is passed on; None where it is nothing of the
    kind.
    """
    text = " ".join(text.split())
    match detail:
        case Detail.NAME:
            fits = len(text) <= LONGEST_NAME and _LETTER.search(text) and text.isprintable()
            return text if fits and not _ADDRESS.search(text) else None
        case Detail.EMAIL:
            return email(text)
        case Detail.TELEGRAM:
            named = _TELEGRAM.fullmatch(text)
            return f"@{named[1]}" if named else None
        case Detail.PHONE:
            return text if _PHONE.fullmatch(text) else None
