"""Another wording of a post for one network.

What it loses of the campaign is named before it is kept, and so is what somebody else wrote
meanwhile: a form carries the text that its writer began with, and a mark of it.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup, escape

from bot.jobs.staff import posting, seen
from bot.model.outbox import Entry
from bot.text import filled, joined
from bot.text import parts as posts_of
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import cards
from bot.web.desk.posts.cards import Card, card, find
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Elsewhere, File, Shown

MOST_BYTES = 100_000
"""Bytes of a form: the text, and the one with which its writer began."""

_PREVIEW, _SURE = "preview", "sure"

_PIECE = re.compile(r"\s+|\S+")
_MOST_PIECES = 3_000
"""Words and gaps above which two texts are not compared: the time grows with their square."""


def edit(who: Colleague) -> Answer:
    """Show the wording as it is, to be changed."""
    shown = card(who, find(who, who.parts["key"]))
    if not shown.writable:
        return Elsewhere(path=who.path("posts", shown.key))
    text = joined(shown.shown.parts)
    return _page(who, shown, text, began=text)


def keep(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Keep the wording that was sent; or show how it would look, what it loses, or what somebody
    else wrote meanwhile.
    """
    shown = card(who, find(who, who.parts["key"]))
    text, began, way = _text(form), form.get("began", ""), field(form, "do")
    if shown.mark != field(form, "mark"):
        return _page(who, shown, text, began=began, status=409)
    if way == _PREVIEW or not _fits(who, shown, text):
        return _page(who, shown, text, began=began, status=200 if way == _PREVIEW else 422)
    if way != _SURE and _lost(who, shown.shown.entry, text):
        return _page(who, shown, text, began=began, sure=True)
    entry = shown.shown.entry
    seen.rewrite(who.services, entry.key, text, shown.mark, who.by, who.now)
    return done(who, "rewritten", "posts", shown.key)


def measured(who: Colleague, form: Mapping[str, str]) -> File:
    """Tell how a wording would look, as JSON for the script beside its field."""
    entry = find(who, who.parts["key"])
    told = _told(who, entry, _text(form))
    return File(content=json.dumps(told).encode(), media_type="application/json")


def _text(form: Mapping[str, str]) -> str:
    return form.get("text", "").replace("\r\n", "\n").strip()


def _fits(who: Colleague, shown: Card, text: str) -> bool:
    return bool(posts_of(text)) and not posting.unfit(who.services, shown.shown.entry, text)


def _page(
    who: Colleague, shown: Card, text: str, *, began: str, sure: bool = False, status: int = 200
) -> Shown:
    now = joined(shown.shown.parts)
    words = who.words["menu"]
    return Shown(
        template="post_edit.html",
        title=shown.title,
        trail=(
            (words["calendar"], who.path("calendar")),
            (shown.title, who.path("posts", shown.key)),
        ),
        status=status,
        values={
            "card": shown,
            "text": text,
            "measured": _told(who, shown.shown.entry, text),
            "now": now,
            "changes": compared(began, now) if status == 409 else "",  # noqa: PLR2004
            "sure": sure,
        },
    )


def _told(who: Colleague, entry: Entry, text: str) -> dict[str, list[str]]:
    """Return what is to be said of a wording: the length of each post, what is too long, and what
    it loses of the campaign.
    """
    posts = posts_of(text)
    if not posts:
        return {"lengths": [], "wrong": [who.words["edit"]["empty"]], "lost": []}
    lengths = [length for _, length in cards.parts(who, entry.channel, posts)]
    return {
        "lengths": lengths if len(posts) == 1 else _numbered(who, lengths),
        "wrong": cards.excesses(who, posting.unfit(who.services, entry, text)),
        "lost": _lost(who, entry, text),
    }


def _numbered(who: Colleague, lengths: Sequence[str]) -> list[str]:
    words = who.words["edit"]["post"]
    return [
        filled(words, number=who.number(number), length=length)
        for number, length in enumerate(lengths, 1)
    ]


def _lost(who: Colleague, entry: Entry, text: str) -> list[str]:
    words = who.words["edit"]["lost"]
    return [
        filled(words[kind], what=what)
        for kind, whats in posting.strayed(who.services, entry, text).items()
        for what in whats
    ]


def compared(before: str, after: str) -> Markup:
    """Return a text as it is now, with marks round what was taken out of an earlier one and what
    was added, word by word; of very long ones only as it is now.
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if max(len(old), len(new)) > _MOST_PIECES:
        return escape(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    return Markup("").join(
        piece
        for way, a, b, c, d in matcher.get_opcodes()
        for piece in _marked(way, "".join(old[a:b]), "".join(new[c:d]))
    )


def _marked(way: str, old: str, new: str) -> Iterator[Markup]:
    if way == "equal":
        yield escape(new)
        return
    if old:
        yield Markup("<del>{}</del>").format(old)
    if new:
        yield Markup("<ins>{}</ins>").format(new)
