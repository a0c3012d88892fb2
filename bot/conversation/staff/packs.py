"""Packs: posts that staff make by hand, where a channel can't post and on networks without a
channel. Afterwards they say where it was posted.

::

    /packs ► card ── [I posted it] ► packs:link ── text ► idle
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from bot.conversation.look import View
from bot.conversation.staff.common import asking, staff_only
from bot.conversation.staff.effects import Posted
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Command,
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    line,
    lines,
    paragraph,
    press,
    rows,
    stale,
)
from bot.model.share import Pack
from bot.model.staff import StaffRole
from bot.rules.reading import links
from bot.times import epoch

_NUMBERS = 5
_SHOWN = 20


@staff_only
def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """List everything that is to be posted by hand."""
    waiting = sorted(view.staff.packs, key=lambda pack: (pack.due, _title(pack, view)))
    if not waiting:
        return state, (Say(template="packs.nothing"),)
    listed = [{"number": n, **_values(pack, view)} for n, pack in enumerate(waiting[:_SHOWN], 1)]
    values = {"packs": listed, "more": max(0, len(waiting) - _SHOWN)}
    more = line("packs.list_more") if values["more"] else None
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
            values=values,
            parts=(line("packs.list_head"), *_listed(listed), more),
            buttons=buttons,
        ),
    )


@staff_only
def see(state: State, event: Pressed, view: View) -> Step:
    """Show one pack, with its text to be copied."""
    pack = _pack(view, event.about)
    if pack is None:
        return stale(state)
    buttons: Rows = ((press("pack_posted", "packs", "done", pack.id),),)
    return state, (
        Say(
            template="packs.card",
            values=_values(pack, view),
            parts=_card(pack),
            code=pack.text or None,
            buttons=buttons,
        ),
    )


@staff_only
def done(state: State, event: Pressed, view: View) -> Step:
    """Wait for the link of what was posted by hand."""
    pack = _pack(view, event.about)
    if pack is None:
        return stale(state)
    return State(topic="packs", step="link", data={"id": pack.id}), (
        Say(template="packs.link", values=_values(pack, view), buttons=((CANCEL,),)),
    )


@staff_only
def linked(state: State, event: Text, view: View) -> Step:
    """Count the post as sent, with the link that was written."""
    pack, url = _pack(view, str(state.data.get("id", ""))), links.link(event.text)
    if pack is None:
        return IDLE, (Say(template="packs.gone"),)
    if url is None:
        return state, (asking("packs.no_link"),)
    return IDLE, (
        Posted(id=pack.id, url=url),
        Say(template="packs.thanks", values=_values(pack, view)),
    )


TOPIC = Topic(
    name="packs",
    commands=(Offer(name="packs", handler=open_, staff=True, role=StaffRole.WRITER),),
    presses={"open": open_, "see": see, "done": done},
    texts={"link": linked},
)


def _listed(listed: Sequence[Values]) -> Iterator[Part]:
    """Yield a paragraph for each post, with its packs below it."""
    for (title, due), packs in groupby(listed, key=itemgetter("title", "due")):
        yield paragraph("packs.list_post", title=title, due=due)
        yield from lines("packs.list_pack", packs)


def _card(pack: Pack) -> Parts:
    return (
        line("packs.card_head"),
        line(f"packs.card_{pack.why}"),
        *(line(f"packs.flaw_{flaw.kind}", **vars(flaw)) for flaw in pack.flaws),
        line("packs.card_picture") if pack.picture else None,
        line("packs.card_video") if pack.video else None,
        line("packs.card_text") if pack.text else None,
    )


def _pack(view: View, name: str) -> Pack | None:
    return next((pack for pack in view.staff.packs if pack.id == name), None)


def _title(pack: Pack, view: View) -> str:
    return view.staff.title(pack.campaign, pack.action)


def _values(pack: Pack, view: View) -> Values:
    return {
        "network": pack.label,
        "channel": pack.channel or "",
        "spoken": view.staff.language_name(pack.language),
        "title": _title(pack, view),
        "due": epoch(pack.due),
        "text": pack.text,
        "picture": "/".join(pack.picture.parts[-4:]) if pack.picture else "",
        "alt": pack.alt or "",
        "why": pack.why,
        "flaws": [dict(vars(flaw)) for flaw in pack.flaws],
    }
