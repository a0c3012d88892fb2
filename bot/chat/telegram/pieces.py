"""Joining what Telegram's apps cut: a text of more than 4,096 signs comes as several messages.

An app cuts between words where it can, but never before the middle, so a text of at least half the
most may be the first of several: it is held for a moment until the next one is there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.chat.messages import Arrival
from bot.chat.telegram.replies import LONGEST, units
from bot.conversation.words import Command, Text

HALF = LONGEST // 2
"""Fewest UTF-16 units of a message that may be cut."""

PATIENCE = 1.0
"""Seconds for which the next piece is waited for; an app sends all of them at once."""

MOST = 10 * LONGEST
"""Most characters that are kept of a text; what is this long is refused in any case."""


@dataclass(frozen=True, kw_only=True)
class _Held:
    arrival: Arrival
    #: the newest of its pieces
    last: Arrival
    timer: asyncio.TimerHandle


class Pieces:
    """Holds long texts of private chats until they are whole, and then gives them to `whole`."""

    def __init__(self, whole: Callable[[Arrival], None]) -> None:
        self._whole = whole
        self._held: dict[str, _Held] = {}

    def take(self, came: Arrival) -> None:
        """Pass an arrival on, or hold it; what is held for the same chat goes before it."""
        held, last = self._held.pop(came.address, None), came
        if held is not None:
            held.timer.cancel()
            if _continues(held.arrival, came):
                came = _joined(held, came)
            else:
                self._whole(held.arrival)
        if _is_cut(last):
            timer = asyncio.get_running_loop().call_later(PATIENCE, self._give, came.address)
            self._held[came.address] = _Held(arrival=came, last=last, timer=timer)
        else:
            self._whole(came)

    def flush(self) -> None:
        """Pass on all that is held, since no more of it will come."""
        for address in list(self._held):
            self._give(address)

    def _give(self, address: str) -> None:
        held = self._held.pop(address)
        held.timer.cancel()
        self._whole(held.arrival)


def _said(came: Arrival) -> str | None:
    match came.event:
        case Text(text=text):
            return text
        case Command(argument=argument):
            return argument
    return None


def _is_cut(came: Arrival) -> bool:
    """Return whether this may be the first piece of a text, or one in its middle."""
    return came.private and units(_said(came) or "") >= HALF


def _continues(before: Arrival, came: Arrival) -> bool:
    return isinstance(came.event, Text) and came.user == before.user


def _is_full(came: Arrival) -> bool:
    """Return whether a message holds as much as one can, so that it may end within a word."""
    name = len(came.event.name) + len("/ ") if isinstance(came.event, Command) else 0
    return units(_said(came) or "") + name >= LONGEST


def _joined(held: _Held, came: Arrival) -> Arrival:
    """Return both as one; an app that cuts between words leaves the space out."""
    before = held.arrival
    between = "" if _is_full(held.last) else " "
    whole = f"{_said(before)}{between}{_said(came)}"[:MOST]
    event = (
        replace(before.event, argument=whole)
        if isinstance(before.event, Command)
        else Text(text=whole, reply=before.event.reply if isinstance(before.event, Text) else "")
    )
    number = (came.number,) if came.number is not None else ()
    return replace(before, event=event, pieces=(*before.pieces, *number))
