"""A post as a page of the desk shows it: what its network would show, what it costs, who wrote and
approved it, and what its reader may do about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.jobs.sending import decisions
from bot.jobs.staff import clearances, posting, seen
from bot.model import Picture, State
from bot.model.outbox import WRITABLE, Entry, Shown
from bot.model.staff import FORMER_STAFF, Actor, StaffRole
from bot.model.staff.clearance import Subject
from bot.web.desk import clearances as clearing
from bot.web.desk.colleague import Colleague
from bot.web.desk.noted import noted
from bot.web.desk.posts import told

_DIGEST = 12
"""Letters of a digest that people compare."""


@dataclass(frozen=True)
class Card:
    """A post with the sentences about it in the reader's language."""

    who: Colleague
    entry: Entry

    @cached_property
    def shown(self) -> Shown:
        """The post as its network shows it, once for all that is said of it."""
        return posting.shown(self.who.services, self.entry)

    @property
    def key(self) -> str:
        """The post's public id, like '12-3-0'."""
        return str(self.entry.key)

    @property
    def mark(self) -> str:
        """What stands for all that is shown here, as a form carries it."""
        return seen.mark(self.shown)

    @cached_property
    def title(self) -> str:
        """The title of what it is about, or its first words."""
        return posting.title(self.who.services, self.entry, self.who.language)

    @property
    def at(self) -> str:
        """When it goes out, or left."""
        return self.who.instant(self.entry.hour)

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        return str(self.who.words["states"][self.entry.state.word])

    @property
    def prepares(self) -> bool:
        """Whether its picture is being made ready, and all else is well."""
        return self.shown.problem == posting.PREPARING

    @property
    def network(self) -> str:
        """What its network is called."""
        return self.who.network(self.entry.network)

    @property
    def noted(self) -> tuple[str, str]:
        """How it came to stand so: in the reader's words, or as its network said it."""
        return noted(self.who, self.entry)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Each post of the thread with its length, as (text, length)."""
        return told.parts(self.who, self.entry.channel, self.shown.parts)

    @property
    def over(self) -> list[str]:
        """A sentence for each post that is too long."""
        return told.excesses(self.who, self.shown.over)

    @property
    def _picture(self) -> Picture | None:
        return self.shown.body.picture if self.shown.body else None

    @property
    def picture(self) -> str:
        """The path of its picture; '' where none is ready."""
        return self.who.path("posts", self.key, "picture") if self._picture else ""

    @property
    def alt(self) -> str:
        """What stands in the place of its picture for those who can't see it."""
        return self._picture.alt if self._picture else ""

    @property
    def vouched(self) -> list[tuple[str, str]]:
        """What the picture's giver answered to the checklist, as (question, answer)."""
        return told.vouched(self.who, self._picture.vouched) if self._picture else []

    @property
    def usd(self) -> str:
        """What it costs in US dollars; '' where it costs nothing."""
        return self.who.number(round(self.shown.usd, 3)) if self.shown.usd else ""

    @property
    def writer(self) -> str:
        """The name of who wrote it; '' for the data's own words."""
        return self.who.name_of(self.shown.writer) if self.shown.writer else ""

    @cached_property
    def approved(self) -> Mapping[str, str] | None:
        """By whom, when and under which digest it was approved; None where nobody has."""
        occurrence, channel, _ = self.entry.key
        approval = self.who.services.store.approvals.find(occurrence, channel)
        if approval is None:
            return None
        return {
            "by": self.who.name_of(approval.approved_by),
            "at": self.who.instant(approval.at),
            "digest": approval.digest[:_DIGEST],
        }

    @cached_property
    def heard(self) -> list[Mapping[str, str]]:
        """What people without an account answered about it as it is now, as `clearances.line`
        says it, newest first.
        """
        occurrence, channel, _ = self.entry.key
        about = Subject(occurrence=occurrence, channel=channel)
        answers = clearances.heard(self.who.services, about, self.who.now)
        return [clearing.line(self.who, each) for each in answers]

    @property
    def is_ahead(self) -> bool:
        """Whether its grace has not ended."""
        return self.entry.expires > self.who.now.timestamp()

    @property
    def waits(self) -> bool:
        """Whether it waits for approval."""
        return self.is_ahead and self.entry.state is State.AWAITING_APPROVAL

    @property
    def writable(self) -> bool:
        """Whether it may get another text or hour."""
        return self.is_ahead and self.entry.state in WRITABLE and self.shown.limit > 0

    @property
    def dry(self) -> str:
        """Why nothing leaves its channel; '' where something does."""
        return self.who.services.dry.get(self.entry.channel, "")

    @cached_property
    def why_not(self) -> str:
        """Why the reader can't approve it: a key of the words' table [post.why_not]; '' where they
        can.
        """
        if not self.who.may(StaffRole.APPROVER):
            return "role"
        if self.prepares:
            return "ready"
        if not self.shown.parts or self.shown.over:
            return "long" if self.shown.over else "text"
        mine = posting.may_approve(self.who.services, self.entry, self.who.by)
        return "" if mine else self._whose

    @property
    def _whose(self) -> str:
        """What keeps a member from approving words or a picture that may be theirs."""
        if self.shown.writer == FORMER_STAFF:
            return "former"
        if self._is_theirs(self.shown.writer):
            return "own"
        giver = posting.giver(self.who.services, self.entry)
        return "picture" if self._is_theirs(giver) else "unknown"

    def _is_theirs(self, actor: Actor | None) -> bool:
        return actor is not None and self.who.team.same(actor, self.who.by)


def asked(who: Colleague) -> Card:
    """Return the post of the path; raises as `decisions.find_post`."""
    return Card(who, decisions.find_post(who.services, who.parts["key"]))


def versions(card: Card) -> list[Card]:
    """Return the posts of the same occurrence on other channels, by name."""
    return [each for name in _names(card) if (each := _version(card, name)) is not None]


def _names(card: Card) -> list[str]:
    return sorted(set(card.who.services.store.channels.ids()) - {card.entry.channel})


def _version(card: Card, name: str) -> Card | None:
    store = card.who.services.store
    key = card.entry.key._replace(channel=store.channels.ids()[name])
    entry = store.listing.entry(key)
    return Card(card.who, entry) if entry is not None else None
