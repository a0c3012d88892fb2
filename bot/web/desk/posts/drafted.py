"""A draft as its form shows it: what can be chosen, and how it would look on each channel."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from bot.jobs.staff.writing.composed import Composed
from bot.jobs.staff.writing.when import Remark
from bot.model import Channel
from bot.model.staff.drafts import Draft
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import told


@dataclass(frozen=True)
class Drafted:
    """A draft, and what its form offers to its author."""

    who: Colleague
    draft: Draft
    #: the description of a picture that was not kept; its answers are given anew with the next one
    typed: str = ""

    @cached_property
    def composed(self) -> Composed:
        """The draft beside what it needs to be sent."""
        return Composed(self.who.services, self.draft)

    @property
    def _number(self) -> tuple[str, ...]:
        return (str(self.draft.id),) if self.draft.id else ()

    @property
    def action(self) -> str:
        """Where its form goes."""
        return self.who.path("compose", *self._number)

    @property
    def mark(self) -> str:
        """What stands for the draft as it is shown, as its form carries it."""
        return mark(self.draft)

    @property
    def picture(self) -> str:
        """The path of its picture; '' without one."""
        return self.who.path("compose", *self._number, "picture") if self.draft.picture else ""

    @property
    def alt(self) -> str:
        """What stands in the picture's place; of one that was not kept, what its author wrote."""
        return self.draft.picture.alt if self.draft.picture else self.typed

    @property
    def said(self) -> dict[str, str]:
        """What its author answered to the safeguarding checklist, by question."""
        return told.answers(self.draft.picture.vouched) if self.draft.picture else {}

    @property
    def campaigns(self) -> list[tuple[str, str]]:
        """Id and title of each campaign of which it may be."""
        return self.who.campaigns

    @property
    def channels(self) -> list[str]:
        """The channels that post."""
        known = self.who.services.settings.channels
        return [name for name, channel in known.items() if channel.posts]

    @property
    def others(self) -> list[Draft]:
        """The other drafts of its author."""
        drafts = self.who.services.store.drafts.all(self.draft.member)
        return [each for each in drafts if each.id != self.draft.id]

    @property
    def zone(self) -> str:
        """The zone by whose clock it goes out."""
        return self.who.services.settings.zone

    @property
    def dues(self) -> list[str]:
        """When it goes out."""
        return [self.who.instant(due) for due in self.composed.dues]

    @property
    def first(self) -> datetime:
        """When it goes out first, by that clock."""
        return self.who.local(self.composed.dues[0])

    @property
    def shown(self) -> list[dict[str, object]]:
        """How it would look on each channel; nothing without a text."""
        return [self._on(channel) for channel in self.composed.channels if self.composed.posts]

    def _on(self, channel: Channel) -> dict[str, object]:
        return {
            "channel": channel.name,
            "parts": told.parts(self.who, channel.name, self.composed.posts),
            "over": told.excesses(self.who, self.composed.excesses(channel)),
        }


def mark(draft: Draft) -> str:
    """Return what stands for all that a draft says, 16 hex digits; another one once it changes."""
    said = repr(replace(draft, at=0))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def remarks(who: Colleague, given: Iterable[Remark]) -> list[str]:
    """Return a sentence for each of these."""
    return [_remark(who, each) for each in given]


def _remark(who: Colleague, remark: Remark) -> str:
    values = dict(remark.values)
    if isinstance(at := values.get("at"), int):
        values["at"] = who.instant(at)
    return who.filled(who.words["compose"]["wrong"][remark.key], values)
