"""Another wording for one network: of a post, or of what goes to people.

What it loses of the campaign is named before it is kept, and so is what somebody else wrote
meanwhile: a form carries the text that its writer began with, and a mark of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from bot.jobs.staff import seen
from bot.text import joined, visible, without_controls
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.cards import Card, asked
from bot.web.desk.posts.changes import compared
from bot.web.desk.posts.wording import Wording
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Elsewhere, File, Shown

MOST_BYTES = 100_000
"""Bytes of a form: the text, and the one with which its writer began."""

_PREVIEW, _SURE = "preview", "sure"


class Draft(Protocol):
    """A wording that somebody writes, and what stands where it shall stand."""

    @property
    def mark(self) -> str:
        """What stands for that, as a form carries it."""

    @property
    def now(self) -> str:
        """The text that stands there."""

    @property
    def wrong(self) -> list[str]:
        """Why the wording can't be kept."""

    @property
    def lost(self) -> list[str]:
        """What it loses of the campaign, and where it leads that the campaign doesn't."""

    @property
    def said(self) -> dict[str, list[str]]:
        """All of this, with what becomes of it, as the script beside its field reads it."""

    def page(self, *, sure: bool = False, status: int = HTTPStatus.OK, changes: str = "") -> Shown:
        """Show it; with `sure` ask whether it shall be kept though it loses something, `changes`
        are what somebody else wrote meanwhile.
        """

    def keep(self) -> Elsewhere:
        """Keep it, and lead on."""


def taken(draft: Draft, form: Mapping[str, str]) -> Answer:
    """Keep a wording that was sent; or show how it would look, what it loses, or what somebody else
    wrote meanwhile.
    """
    way = field(form, "do")
    if draft.mark != field(form, "mark"):
        changes = compared(form.get("began", ""), draft.now)
        return draft.page(status=HTTPStatus.CONFLICT, changes=changes)
    if way == _PREVIEW:
        return draft.page()
    if draft.wrong:
        return draft.page(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if way != _SURE and draft.lost:
        return draft.page(sure=True)
    return draft.keep()


def told(draft: Draft) -> File:
    """Tell how a wording would look, as JSON for the script beside its field."""
    return File(content=json.dumps(draft.said).encode(), media_type="application/json")


def text_of(form: Mapping[str, str]) -> str:
    """Return the wording that was sent; '' where nobody would see anything of it."""
    return visible(without_controls(form.get("text", "")))


# of a post


@dataclass(frozen=True)
class PostDraft:
    """Another wording of a post."""

    wording: Wording

    @property
    def _card(self) -> Card:
        return self.wording.card

    @property
    def mark(self) -> str:
        """As the post's card has it."""
        return self._card.mark

    @property
    def now(self) -> str:
        """The post, or thread, as it is."""
        return joined(self._card.shown.parts)

    @property
    def wrong(self) -> list[str]:
        """That it is empty, or too long."""
        return self.wording.wrong

    @property
    def lost(self) -> list[str]:
        """What it loses."""
        return self.wording.lost

    @property
    def said(self) -> dict[str, list[str]]:
        """All of this."""
        return self.wording.said

    def page(self, *, sure: bool = False, status: int = HTTPStatus.OK, changes: str = "") -> Shown:
        """Show it beside the post's picture."""
        card, who = self._card, self._card.who
        back = who.path("posts", card.key)
        values = {
            "card": card,
            "channel": card.entry.channel,
            "back": back,
            "measured_at": who.path("posts", card.key, "measured"),
            "about": who.words["edit"]["about"],
            "writer": card.writer,
            "mark": self.mark,
            "text": self.wording.text,
            "measured": self.said,
            "now": self.now,
            "changes": changes,
            "sure": sure,
        }
        trail = ((who.words["menu"]["calendar"], who.path("calendar")), (card.title, back))
        return Shown(
            template="post_edit.html", title=card.title, trail=trail, status=status, values=values
        )

    def keep(self) -> Elsewhere:
        """Keep it; it then waits for approval."""
        card, who = self._card, self._card.who
        text = self.wording.text
        seen.rewrite(who.services, card.entry.key, text, card.mark, who.by, who.now)
        return done(who, "rewritten", "posts", card.key)


def edit(who: Colleague) -> Answer:
    """Show the wording as it is, to be changed."""
    card = asked(who)
    if not card.writable:
        return Elsewhere(path=who.path("posts", card.key))
    return PostDraft(Wording(card, joined(card.shown.parts))).page()


def keep(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Keep the wording that was sent, as `taken` does."""
    return taken(PostDraft(Wording(asked(who), text_of(form))), form)


def measured(who: Colleague, form: Mapping[str, str]) -> File:
    """Tell how a wording would look."""
    return told(PostDraft(Wording(asked(who), text_of(form))))
