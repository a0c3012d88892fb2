"""What staff's topics share: a guard that only staff pass, short names for buttons, and parts of
messages that several of them say.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import wraps
from typing import TypeVar

from bot.conversation.look import View
from bot.conversation.people.ask import unfit
from bot.conversation.staff.look import StaffLook
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Event,
    Part,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    clause,
    line,
    lines,
    paragraph,
    press,
    sentence,
    stale,
)
from bot.text import shortened, visible

LONGEST = 4_000
"""Most characters that staff may write at once."""

BUTTON = 48
"""Most characters that a phone shows of a button."""

LOOK_AGAIN = Say(template="staff.look_again")
"""What stands before a card that is shown anew instead of an approval of what nobody has seen."""


_Event = TypeVar("_Event", bound=Event)


def staff_only(
    handler: Callable[[State, _Event, View], Step],
) -> Callable[[State, _Event, View], Step]:
    """Decorate a handler that only staff may use, in a private chat.

    For anybody else the button is stale, and a command or text is unknown.
    """

    @wraps(handler)
    def guarded(state: State, event: _Event, view: View) -> Step:
        if view.is_staff and view.private:
            return handler(state, event, view)
        if isinstance(event, Pressed):
            return stale(state)
        return IDLE, (Say(template="help.unknown"),)

    return guarded


def asking(template: str) -> Say:
    """Return a message that asks for a text, with [Cancel] below."""
    return Say(template=template, buttons=((CANCEL,),))


def short(name: str) -> str:
    """Return the short name by which a button names something: a CRC-32 in hex."""
    return f"{zlib.crc32(name.encode()):08x}"


def button(words: str) -> str:
    """Return words for a button, cut at a word with '…' where they are longer than `BUTTON`."""
    return shortened(words, BUTTON)


def too_long(event: Text) -> Say | None:
    """Return the message that a text is empty or too long; None when it is neither."""
    words = visible(event.text)
    if words and len(words) <= LONGEST:
        return None
    return unfit(words, LONGEST, ((CANCEL,),))


def sheet(values: Values, look: StaffLook) -> Say:
    """Return the message with all that goes out on a day, its titles in the reader's language.

    Below it are [Approve all], [Edit] and [Hold], as far as there are posts for them.
    """
    posts, waves = _titled(values["posts"], look), _titled(values.get("waves", ()), look)
    # a sheet that waits since before there were marks has none: its button shows the day anew
    what = (values["day"], values.get("mark", ""))
    first = (press("approve_all", "sheet", "all", *what),) if values["open"] else ()
    others = (
        (
            press("edit", "sheet", "edit", values["day"]),
            press("hold", "holding", "day", values["day"]),
        )
        if posts
        else ()
    )
    buttons: Rows = tuple(row for row in (first, others) if row)
    shown = {
        **values,
        "posts": posts,
        "waves": waves,
        "date": date.fromisoformat(str(values["day"])),
    }
    return Say(template="staff.sheet", values=shown, parts=tuple(_sheet(shown)), buttons=buttons)


def _titled(each_of: Iterable[Values], look: StaffLook) -> list[Values]:
    return [{**each, "title": look.title(each["campaign"], each["action"])} for each in each_of]


def elsewhere(values: Values) -> str:
    """Return the end of a text's name: '_network' where the channel's name isn't the network's."""
    return "_network" if values["channel"] != values["network"] else ""


def cannot_leave(excesses: Iterable[Values]) -> Iterator[Part]:
    """Yield a line for each part of a post that is too long to leave."""
    for each in excesses:
        yield line("staff.cannot_leave")
        yield from by_how_much(each, sentence)


def unfit_on(known: Iterable[Values]) -> Iterator[Part]:
    """Yield a line for each part of a text that is too long, with the channel on which it is."""
    for outlet in known:
        for each in outlet["over"]:
            yield line("staff.outlet", name=outlet["name"])
            yield from by_how_much(each, sentence)


def by_how_much(excess: Values, begin: Callable[..., Part]) -> Iterator[Part]:
    """Yield by how much a text is too long, and what the count depends on; `begin` makes the first
    part.
    """
    post = "post_" if excess["posts"] > 1 else ""
    kind = "bytes" if excess["bytes"] else "caption" if excess["caption"] else "characters"
    yield begin(f"staff.over_{post}{kind}", **excess)
    if excess["emoji"]:
        yield sentence("staff.over_emoji")
    if excess["beside"]:
        yield sentence("staff.over_beside", beside=excess["beside"])


def _sheet(values: Values) -> Iterator[Part]:
    yield line("staff.sheet_head")
    dry = {each["channel"] for each in values["health"] if each["state"] == "dry"}
    for post in values["posts"]:
        yield from _post(post, dry=post["channel"] in dry)
    if not values["posts"]:
        yield paragraph("staff.sheet_no_posts")
    yield paragraph("staff.sheet_recipients")
    for wave in values["waves"]:
        yield line(f"staff.sheet_wave{'' if wave['ends'] else '_held'}", **wave)
        if wave["late"]:
            yield clause("staff.sheet_wave_late", **wave)
    for each in values["health"]:
        since = "_since" if each["since"] else ""
        seen = {"": "", "ok": "_ok"}.get(each["token"], "_token")
        yield line(f"staff.health{since}{seen}", **each)
    yield from lines("staff.sheet_link", [{"link": link} for link in values["links"]])
    if not values["links"]:
        yield line("staff.sheet_no_links")
    yield line("staff.sheet_price")
    if values["hand"]:
        yield line("staff.sheet_hand")


def _post(post: Values, *, dry: bool) -> Iterator[Part]:
    """Yield the parts about one post of the day, with what keeps it from leaving."""
    yield paragraph(f"staff.sheet_post{elsewhere(post)}", **post)
    yield line("staff.sheet_due", **post)
    for kind, said in (
        ("thread", post["posts"] > 1),
        ("length", post["text"]),
        ("usd", post["usd"]),
        ("dry", dry),
    ):
        if said:
            yield clause(f"staff.sheet_{kind}", **post)
    if post["problem"]:
        yield line("staff.problem", **post)
    yield from cannot_leave(post["over"])
    if post["text"]:
        yield paragraph("staff.sheet_text", **post)
    if post["alt"]:
        yield line("staff.picture", **post)
