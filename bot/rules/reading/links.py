"""Links that people type: what a browser would open, with all that copying adds round it left off.

Pure. Whether there is such a page is not looked up here.
"""

import re

from bot.links import link_spans

_WHOLE = re.compile(r"https?://[^\s/.<>\"]+(\.[^\s/.<>\"]+)+(/[^\s<>\"]*)?", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_QUOTES = " \n.,“”„‟«»‹›‘’‚\"'"
_ROUND = re.compile(r"[\W_]*")


def link(given: str) -> str | None:
    """Return the one link that a text is, with its scheme: `instagram.com/p/1` is a link to https.

    Quotes, brackets, a full stop and marks that nobody sees may stand round it. None for a text
    that is no link, for several, and for a link among words.
    """
    given = given.strip(_QUOTES)
    spans = link_spans(given)
    if len(spans) != 1:
        return None
    start, end = spans[0]
    if not _ROUND.fullmatch(given[:start]) or not _ROUND.fullmatch(given[end:]):
        return None
    words = given[start:end]
    whole = words if _SCHEME.match(words) and "://" in words else f"https://{words}"
    return whole if _WHOLE.fullmatch(whole) else None
