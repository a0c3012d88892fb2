"""Small things that all of staff's topics share: only staff get in, rows of buttons below what they
are told, and short names for buttons.
"""

import zlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from bot.conversation.look import View
from bot.conversation.people.ask import unfit
from bot.conversation.staff.look import StaffLook
from bot.conversation.words import (
    IDLE,
    Choice,
    Event,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    press,
    stale,
)

LONGEST = 4_000
"""Most characters that staff may write at once."""

BUTTON = 48
"""Most characters that a phone shows of a button."""


_Event = TypeVar("_Event", bound=Event)


def staff_only(
    handler: Callable[[State, _Event, View], Step],
) -> Callable[[State, _Event, View], Step]:
    """From others a button looks old, and a text that nobody waits for."""

    @wraps(handler)
    def guarded(state: State, event: _Event, view: View) -> Step:
        if view.staff and view.private:
            return handler(state, event, view)
        if isinstance(event, Pressed):
            return stale(state)
        return IDLE, (Say(template="help.unknown"),)

    return guarded


def cancel() -> tuple[Choice, ...]:
    """[Cancel], in a row of its own."""
    return (press("cancel", "help", "cancel"),)


def short(name: str) -> str:
    """What a button calls something with a longer name."""
    return f"{zlib.crc32(name.encode()):08x}"


def button(words: str) -> str:
    """Words of somebody's own on a button, where the longer ones end in '…'."""
    return words if len(words) <= BUTTON else f"{words[: BUTTON - 1].rstrip()}…"


def too_long(event: Text) -> Say | None:
    """What is said of a text that is empty or too long; None when it is neither."""
    words = event.text.strip()
    if words and len(words) <= LONGEST:
        return None
    return unfit(words, LONGEST, (cancel(),))


def sheet(values: Mapping[str, Any], desk: StaffLook) -> Say:
    """The day's sheet, with the day as a day and the titles in the reader's language.

    [Approve all] [Edit] [Hold] as far as there is something to do it to.
    """
    posts = [
        {**post, "title": desk.title(post["campaign"], post["action"])} for post in values["posts"]
    ]
    first = (press("approve_all", "sheet", "all", values["day"]),) if values["open"] else ()
    others = (
        (
            press("edit", "sheet", "edit", values["day"]),
            press("hold", "holding", "day", values["day"]),
        )
        if posts
        else ()
    )
    buttons: Rows = tuple(row for row in (first, others) if row)
    shown = {**values, "posts": posts, "date": date.fromisoformat(str(values["day"]))}
    return Say(template="staff.sheet", values=shown, buttons=buttons)
