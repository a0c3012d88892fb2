"""Letters that wait in a table of their own, since they are about no occurrence: one that can't
leave now is tried again a few times, each time after twice as long.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import DrumbeatError, Unanswered
from bot.times import epoch

log = logging.getLogger(__name__)

MOST = 12
"""How often a letter is tried; the last is made some seventeen hours after the one before."""

_FIRST_WAIT = timedelta(seconds=30)


class Tried(Protocol):
    """A letter that waits."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def tries(self) -> int:
        """How often it was tried."""


async def leaves(
    letter: Tried,
    what: str,
    send: Callable[[], Awaitable[None]],
    put_off: Callable[[int, int], None],
    now: datetime,
) -> bool:
    """Write and send a letter, which the log calls `what`; return whether that is its end. Where
    the mail server doesn't take it now, or it can't be written, put it off instead, by its number
    and the epoch second of its next try.
    """
    try:
        await send()
    except Unanswered:  # it may have arrived, and one that comes twice helps nobody
        return True
    except DrumbeatError as error:
        log.warning("%s did not leave: %s", what, error)
    except Exception:  # a fault in one letter keeps back no other
        log.exception("%s could not be written", what)
    else:
        return True
    put_off(letter.id, epoch(now) + int(_FIRST_WAIT.total_seconds()) * 2**letter.tries)
    return False
