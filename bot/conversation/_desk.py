"""Small things that all of staff's topics share: only staff get in, rows of buttons below what they are told, and short names for buttons."""

import zlib
from collections.abc import Mapping
from datetime import date
from functools import wraps

from bot.conversation._view import View
from bot.conversation.base import IDLE, Answer, Choice, Handler, Pressed, Rows, Say, State, Text, Turn, press

LONGEST = 4_000
"""Most characters that staff may write at once."""


def staff_only(handler: Handler) -> Handler:
    """From others a button looks old, and a text that nobody waits for."""

    @wraps(handler)
    def guarded(state: State, event: object, view: View) -> Turn:
        if view.staff and view.private:
            return handler(state, event, view)
        if isinstance(event, Pressed):
            return state, (Answer(template="help.stale"),)
        return IDLE, (Say(template="help.unknown"),)

    return guarded


def cancel() -> tuple[Choice, ...]:
    """[Cancel], in a row of its own."""
    return (press("cancel", "help", "cancel"),)


def short(name: str) -> str:
    """What a button calls something with a longer name."""
    return f"{zlib.crc32(name.encode()):08x}"


def too_long(event: Text) -> Say | None:
    """What is said of a text that is empty or too long; None when it is neither."""
    words = event.text.strip()
    if words and len(words) <= LONGEST:
        return None
    return Say(template="ask.too_long", values={"length": len(words), "longest": LONGEST}, buttons=(cancel(),))


def below(template: str, values: dict[str, object]) -> Rows:
    """The buttons below something that staff are told without having asked."""
    match template:
        case "staff.sheet":
            return sheet_rows(values)
        case "staff.question":
            return ((press("answer", "inbox", "see", values["number"]),),)
        case "staff.alert" if values["kind"] in ("approval", "differs", "ceiling"):
            return ((press("see", "queue", "see", values["subject"]),),)
        case "staff.daily" if values["needs"]:
            return ((press("open_queue", "queue", "open"),),)
    return ()


def readable(values: Mapping[str, object]) -> dict[str, object]:
    """With the day as a day, which a template can say in its language."""
    return {**values, "date": date.fromisoformat(str(values["day"]))} if "day" in values else dict(values)


def sheet_rows(values: dict[str, object]) -> Rows:
    """[Approve all] [Edit] [Hold], as far as there is something to approve or to hold."""
    first = (press("approve_all", "sheet", "all", values["day"]),) if values["open"] else ()
    others = (press("edit", "sheet", "edit", values["day"]), press("hold", "holding", "open")) if values["posts"] else ()
    return tuple(row for row in (first, others) if row)
