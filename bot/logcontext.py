"""What a line of the log is about, beside its words: the delivery on whose way it was said.

It holds for all that is called within, be it a network's library in a thread of its own
(`bot.networks.common.thread`), so that one delivery can be followed through the whole log.
"""

import logging
from collections.abc import Iterable
from contextvars import ContextVar, Token

from bot.model.outbox import Claimed

_current: ContextVar[Claimed | None] = ContextVar("delivery", default=None)


class About:
    """Lets what is logged within a `with` be about this delivery.

    Entered for each delivery, it makes no text: that is left to a line that is written.
    """

    __slots__ = ("_before", "_row")

    _before: Token[Claimed | None]

    def __init__(self, row: Claimed) -> None:
        self._row = row

    def __enter__(self) -> None:
        self._before = _current.set(self._row)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._before)


def is_about(row: Claimed) -> None:
    """Let all that is logged from now on be about this delivery, in a task that is its own."""
    _current.set(row)


def step(log: logging.Logger, words: str, rows: Iterable[tuple[Claimed, object]]) -> None:
    """Log that these deliveries came a step further on their way, each with what belongs into the
    words; where nobody reads so much, nothing is looked at.
    """
    if log.isEnabledFor(logging.DEBUG):
        for row, value in rows:
            with About(row):
                log.debug(words, value)


def delivery() -> str:
    """Return the id of the delivery that is on its way here; '' for none."""
    row = _current.get()
    return "" if row is None else str(row.key)
