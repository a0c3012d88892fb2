"""Packs: posts that staff make by hand, where a channel can't post and on networks that have none.

And "I posted it" with its link.

::

    /packs ► card ── [I posted it] ► packs:link ── text ► idle
"""

from bot.conversation.look import View
from bot.conversation.staff.common import cancel, staff_only
from bot.conversation.staff.effects import Posted
from bot.conversation.staff.look import Pack
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    IDLE,
    Command,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    press,
    rows,
    stale,
)

_NUMBERS = 5
_SHOWN = 20


@staff_only
def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """List everything that is to be posted by hand."""
    waiting = sorted(view.desk.packs, key=lambda pack: (pack.due, pack.title))
    if not waiting:
        return state, (Say(template="packs.nothing"),)
    lines = [{"number": n, **_values(pack)} for n, pack in enumerate(waiting[:_SHOWN], 1)]
    buttons = rows(
        [
            press(str(n), "packs", "see", p.id, literal=True)
            for n, p in enumerate(waiting[:_SHOWN], 1)
        ],
        _NUMBERS,
    )
    return state, (
        Say(
            template="packs.list",
            values={"packs": lines, "more": max(0, len(waiting) - _SHOWN)},
            buttons=buttons,
        ),
    )


@staff_only
def see(state: State, event: Pressed, view: View) -> Step:
    """One, with its text to be copied."""
    pack = _pack(view, event.args[0])
    if pack is None:
        return stale(state)
    buttons: Rows = ((press("pack_posted", "packs", "done", pack.id),),)
    return state, (
        Say(template="packs.card", values=_values(pack), code=pack.text or None, buttons=buttons),
    )


@staff_only
def done(state: State, event: Pressed, view: View) -> Step:
    """Wait for the link of what was posted by hand."""
    pack = _pack(view, event.args[0])
    if pack is None:
        return stale(state)
    return State(topic="packs", step="link", data={"id": pack.id}), (
        Say(template="packs.link", values=_values(pack), buttons=(cancel(),)),
    )


@staff_only
def linked(state: State, event: Text, view: View) -> Step:
    """Count the post as sent, with the link that was written."""
    pack, url = _pack(view, str(state.data["id"])), event.text.strip()
    if pack is None:
        return IDLE, (Say(template="packs.gone"),)
    if not url.startswith(("https://", "http://")) or len(url.split()) != 1 or "." not in url:
        return state, (Say(template="packs.no_link", buttons=(cancel(),)),)
    return IDLE, (Posted(id=pack.id, url=url), Say(template="packs.thanks", values=_values(pack)))


TOPIC = Topic(
    name="packs",
    commands=(Offer(name="packs", handler=open_, staff=True),),
    presses={"open": open_, "see": see, "done": done},
    texts={"link": linked},
)


def _pack(view: View, name: str) -> Pack | None:
    return next((pack for pack in view.desk.packs if pack.id == name), None)


def _values(pack: Pack) -> dict[str, object]:
    return dict(vars(pack))
