"""Deliveries that may have left and got no answer.

Staff look whether they arrived, and decide; nothing is sent twice by itself.

::

    /uncertain, [Look] ► card of a post ── [It is there] ► counts as sent
                          │  ├ [Send it] ► (asks once) ── [Yes, send it] ► queued
                          │  └ [Leave it] ► given up
                          └─ of what went to people ── [Send again] ► (asks once)
                             │                                        ── [Yes, send it] ► queued
                             └ [Let it be] ► given up

Where two people press, the first decides and the second is told so.
"""

from collections.abc import Callable

from bot.conversation.look import View
from bot.conversation.staff.common import elsewhere, staff_only
from bot.conversation.staff.effects import Decide
from bot.conversation.staff.look import Uncertain
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Answer,
    Choice,
    Command,
    Edit,
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Values,
    line,
    link,
    paragraph,
    press,
    rows,
    stale,
)
from bot.text import shortened

_NUMBERS = 5
_SHOWN = 20
_LONGEST = 1_500
"""Most characters of a post that a card shows; below it stands where the whole is."""


@staff_only
def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """List all that is uncertain, or show the only one."""
    known = view.staff.uncertain()
    if not known:
        return state, (Say(template="uncertain.nothing"),)
    if len(known) == 1:
        return state, (_card(known[0], Say),)
    listed = [{"number": n, **row.values} for n, row in enumerate(known[:_SHOWN], 1)]
    buttons = rows(
        [
            press(str(n), "uncertain", "see", row.ref, literal=True)
            for n, row in enumerate(known[:_SHOWN], 1)
        ],
        _NUMBERS,
    )
    return state, (
        Say(
            template="uncertain.list",
            values={"doubts": listed, "more": max(0, len(known) - _SHOWN)},
            parts=(
                line("uncertain.list_head"),
                *map(_listed, listed),
                line("uncertain.list_more") if len(known) > _SHOWN else None,
            ),
            buttons=buttons,
        ),
    )


def _of_uncertain(
    handler: Callable[[State, Pressed, View, Uncertain], Step],
) -> Callable[[State, Pressed, View], Step]:
    """Decorate a handler of a button on something that is still uncertain."""

    @staff_only
    def checked(state: State, event: Pressed, view: View) -> Step:
        row = next((known for known in view.staff.uncertain() if known.ref == event.about), None)
        return (
            handler(state, event, view, row)
            if row
            else (state, (Answer(template="uncertain.decided_already"),))
        )

    return checked


@_of_uncertain
def see(state: State, event: Pressed, view: View, row: Uncertain) -> Step:
    """Show one uncertain delivery with its buttons."""
    return state, (_card(row, Say),)


@_of_uncertain
def there(state: State, event: Pressed, view: View, row: Uncertain) -> Step:
    """Count a post that somebody saw as sent."""
    if row.people:  # nobody can look into all these chats
        return stale(state)
    return _decided(state, view, row, "arrived")


@_of_uncertain
def sure(state: State, event: Pressed, view: View, row: Uncertain) -> Step:
    """Ask whether it shall be sent though it may then come twice."""
    buttons: Rows = (
        (
            press("send_yes", "uncertain", "send", row.ref),
            press("keep", "uncertain", "see", row.ref),
        ),
    )
    parts = (
        line("uncertain.sure_people" if row.people else "uncertain.sure_post"),
        paragraph("uncertain.sure_dry") if row.dry else None,
    )
    return state, (
        Edit(template="uncertain.sure", values=_values(row), parts=parts, buttons=buttons),
    )


@_of_uncertain
def send(state: State, event: Pressed, view: View, row: Uncertain) -> Step:
    """Send the uncertain delivery once more."""
    return _decided(state, view, row, "send")


@_of_uncertain
def leave(state: State, event: Pressed, view: View, row: Uncertain) -> Step:
    """Give the uncertain delivery up: it is not sent again."""
    return _decided(state, view, row, "leave")


TOPIC = Topic(
    name="uncertain",
    commands=(Offer(name="uncertain", handler=open_, staff=True),),
    presses={"open": open_, "see": see, "there": there, "sure": sure, "send": send, "leave": leave},
)


def _decided(state: State, view: View, row: Uncertain, way: str) -> Step:
    others = [other for other in view.staff.uncertain() if other.ref != row.ref]
    buttons = ((press("next", "uncertain", "see", others[0].ref),),) if others else ()
    values = {**_values(row), "left": len(others)}
    still = paragraph("uncertain.still") if others else None
    dry = "_dry" if way == "send" and row.dry else ""
    parts = (line(f"uncertain.done_{way}{dry}"), still)
    return state, (
        Decide(ref=row.ref, way=way),
        Edit(template=f"uncertain.{way}", values=values, parts=parts, buttons=buttons),
    )


def _card(row: Uncertain, kind: type[Say]) -> Say:
    look: tuple[Choice, ...] = (link("look_there", row.page),) if row.page else ()
    if row.people:
        ways = (
            press("send_again", "uncertain", "sure", row.ref),
            press("let_it_be", "uncertain", "leave", row.ref),
        )
        parts = (*_about(row, "people"), paragraph("uncertain.people_ways"))
        return kind(template="uncertain.people", values=_values(row), parts=parts, buttons=(ways,))
    ways = (
        press("it_is_there", "uncertain", "there", row.ref),
        press("send_it", "uncertain", "sure", row.ref),
    )
    others = (press("leave_it", "uncertain", "leave", row.ref),)
    buttons = tuple(row for row in (look, ways, others) if row)
    parts = (
        *_about(row, "post"),
        paragraph("uncertain.post_ways"),
        paragraph("uncertain.post_whole") if len(row.text) > _LONGEST else None,
    )
    return kind(template="uncertain.post", values=_values(row), parts=parts, buttons=buttons)


def _about(row: Uncertain, kind: str) -> Parts:
    """Return the parts that say what is uncertain, and when it went out."""
    values = row.values
    return (
        line(f"uncertain.head{elsewhere(values)}"),
        line(f"uncertain.{kind}_left"),
        line("uncertain.asked") if values["asked"] else None,
    )


def _listed(values: Values) -> Part:
    return line("uncertain.list_people" if values["people"] else "uncertain.list_post", **values)


def _values(row: Uncertain) -> Values:
    return {**row.values, "text": shortened(row.text, _LONGEST)}
