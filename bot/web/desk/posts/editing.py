"""Another wording of a post for one network.

What it loses of the campaign is named before it is kept, and so is what somebody else wrote
meanwhile: a form carries the text that its writer began with, and a mark of it.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from bot.jobs.staff import seen
from bot.text import joined
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.cards import Card, asked
from bot.web.desk.posts.changes import compared
from bot.web.desk.posts.wording import Wording
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Elsewhere, File, Shown

MOST_BYTES = 100_000
"""Bytes of a form: the text, and the one with which its writer began."""

_PREVIEW, _SURE = "preview", "sure"


def edit(who: Colleague) -> Answer:
    """Show the wording as it is, to be changed."""
    card = asked(who)
    if not card.writable:
        return Elsewhere(path=who.path("posts", card.key))
    return _page(Wording(card, _now(card)))


def _now(card: Card) -> str:
    return joined(card.shown.parts)


def keep(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Keep the wording that was sent; or show how it would look, what it loses, or what somebody
    else wrote meanwhile.
    """
    wording, way = Wording(asked(who), _text(form)), field(form, "do")
    if wording.card.mark != field(form, "mark"):
        return _meanwhile(wording, form.get("began", ""))
    if way == _PREVIEW:
        return _page(wording)
    if wording.wrong:
        return _page(wording, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if way != _SURE and wording.lost:
        return _page(wording, sure=True)
    return _kept(wording)


def _kept(wording: Wording) -> Elsewhere:
    card, who = wording.card, wording.card.who
    seen.rewrite(who.services, card.entry.key, wording.text, card.mark, who.by, who.now)
    return done(who, "rewritten", "posts", card.key)


def measured(who: Colleague, form: Mapping[str, str]) -> File:
    """Tell how a wording would look, as JSON for the script beside its field."""
    said = Wording(asked(who), _text(form)).said
    return File(content=json.dumps(said).encode(), media_type="application/json")


def _text(form: Mapping[str, str]) -> str:
    return form.get("text", "").replace("\r\n", "\n").strip()


def _meanwhile(wording: Wording, began: str) -> Shown:
    """Show what somebody else wrote meanwhile beside what was sent now."""
    changes = compared(began, _now(wording.card))
    return _page(wording, status=HTTPStatus.CONFLICT, changes=changes)


def _page(
    wording: Wording, *, sure: bool = False, status: int = HTTPStatus.OK, changes: str = ""
) -> Shown:
    card = wording.card
    values = {
        "card": card,
        "text": wording.text,
        "measured": wording.said,
        "now": _now(card),
        "changes": changes,
        "sure": sure,
    }
    return Shown(
        template="post_edit.html",
        title=card.title,
        trail=_trail(card),
        status=status,
        values=values,
    )


def _trail(card: Card) -> tuple[tuple[str, str], ...]:
    who = card.who
    calendar = (who.words["menu"]["calendar"], who.path("calendar"))
    return (calendar, (card.title, who.path("posts", card.key)))
