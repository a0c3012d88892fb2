"""How long an account rests after a 429: what the server says, in whichever way, or else the
network's own window.
"""

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from time import time

_LEAST = 1.0
"""Seconds: who asks again at once is refused again."""


def rest(unsaid: float, *said: Callable[[], float]) -> float:
    """The seconds that a server `said`, by the first of these readings that gives any, or `unsaid`.

    A reading may fail as reading a stranger's headers or JSON fails.
    """
    for reading in said:
        try:
            return max(_LEAST, reading())
        except (LookupError, TypeError, ValueError, ArithmeticError, OSError, RecursionError):
            continue
    return unsaid


def until(instant: float, headers: Mapping[str, str]) -> float:
    """Seconds until this instant (since 1970), by the server's own clock where its answer's headers
    tell the time.
    """
    try:
        now = parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        now = time()
    return instant - now
