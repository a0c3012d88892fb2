"""What staff's topics look at: plain values.

Every handler here looks again whether it is staff who ask: a button may be older than the list of
staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.model import Audience, Channel
from bot.model.channel import Excess
from bot.model.outbox import ActionDay, Entry, Late, Scope, Shown, UncertainGroup
from bot.model.person import Question
from bot.model.pledge import Pledge
from bot.model.share import Pack, Review


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post as staff see it: what it is called, and what who asks may do about it."""

    shown: Shown
    title: str
    #: waits for approval, and its grace is not over
    waits: bool
    #: may get another text
    writable: bool
    #: may be approved by who asks
    mine_to_approve: bool

    @property
    def id(self) -> str:
        """Return the delivery's id."""
        return str(self.shown.entry.key)

    @property
    def fits(self) -> bool:
        """Whether there is a text, and none of it is too long."""
        return bool(self.shown.parts) and not self.shown.over

    @property
    def values(self) -> dict[str, object]:
        """What a template is told of it."""
        return {
            **self.shown.values,
            "title": self.title,
            "expires": self.shown.entry.expires,
            "parts": self.shown.parts,
            "posts": len(self.shown.parts),
            "edited": self.shown.writer is not None,
            "waits": self.waits,
        }


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """Nobody knows whether it arrived: one post, or all that went to people of one occurrence on
    one channel.
    """

    row: Entry | UncertainGroup
    title: str
    #: of a post
    text: str
    #: where one can look; '' where nobody knows
    page: str
    #: the bot asks the network by itself
    asked: bool

    @property
    def ref(self) -> str:
        """Return a delivery's id, or 'occurrence-channel'."""
        if isinstance(self.row, UncertainGroup):
            return f"{self.row.occurrence}-{self.row.channel_id}"
        return str(self.row.key)

    @property
    def people(self) -> int:
        """Return how many people it went to; 0 for a post."""
        return self.row.count if isinstance(self.row, UncertainGroup) else 0

    @property
    def values(self) -> dict[str, object]:
        """What a template is told of it."""
        return {
            "title": self.title,
            "channel": self.row.channel,
            "network": self.row.network,
            "due": self.row.due,
            "people": self.people,
            "text": self.text,
            "asked": self.asked,
        }


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A pledge-maker with whom somebody should get in touch."""

    pledge: Pledge
    #: `day` and `kind` of the last contacts, oldest first
    history: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A channel on which staff may post, and how a text would stand there."""

    channel: Channel
    length: int
    limit: int
    #: empty when the text fits
    over: tuple[Excess, ...]

    @property
    def name(self) -> str:
        """The channel's name."""
        return self.channel.name

    @property
    def review(self) -> bool:
        """Whether what stands there is approved first."""
        return self.channel.review


@dataclass(frozen=True, kw_only=True)
class ReviewItem:
    """A post or link as staff see it."""

    review: Review
    #: whose it is
    organisation: str
    #: who asks has cleared it already: somebody else has to look
    mine: bool


class StaffLook(Protocol):
    """The look of one member of staff, filled from the store when something is asked for."""

    def waiting(self) -> tuple[Post, ...]:
        """Posts that wait for approval, by due."""

    def post(self, number: str) -> Post | None:
        """The post with this delivery's id; None when there is none, or it is no post."""

    def unfit(self, number: str, text: str) -> tuple[Excess, ...]:
        """What is too long when this text, perhaps a thread, stands in the place of the post's own;
        empty when it fits.
        """

    def title(self, campaign: str, action: str) -> str:
        """What an action is called, its id where nobody knows better.

        '' for the campaign looks for it in all that are played.
        """

    def named(self, about: ActionDay) -> str:
        """What a row is about, on its day; the id of its action where nobody knows better."""

    def title_of(self, number: str) -> str:
        """What the delivery with this id is about; '' when there is none."""

    def observance(self, name: str) -> str:
        """What a named day is called; its id where nobody knows better."""

    def sheet(self, day: str) -> Mapping[str, object] | None:
        """The day's sheet ('' for the next named day); None when nothing is planned."""

    def channels(self) -> tuple[str, ...]:
        """The names of all channels, in the order of the config."""

    def outlets(self, text: str) -> tuple[Outlet, ...]:
        """The channels that post, and how this text would stand there."""

    def paused(self) -> Mapping[str, str]:
        """The channels of the config that are paused, each with its account."""

    def actions(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of the actions that come in the next two months, by day."""

    def actions_on(self, day: str) -> tuple[tuple[str, str], ...]:
        """(id, title) of the actions of one day, each once."""

    def country(self, text: str) -> str:
        """The code of a country typed as a code or a name of it in the language of who asks; empty
        when nobody knows it.
        """

    def country_name(self, code: str) -> str:
        """The country's name in the language of who asks; the code where there is none."""

    def holds(self) -> tuple[Scope, ...]:
        """What is held, oldest first."""

    def late(self, scope: Scope) -> tuple[Late, ...]:
        """What waits in a scope although its grace is over, per occurrence and channel."""

    def instant(self, text: str) -> int | None:
        """Epoch seconds of '2021-05-01 14:00' in the operator's zone, or of 'now' and 'tomorrow'.

        None for what lies in the past or can't be read.
        """

    def uncertain(self) -> tuple[Uncertain, ...]:
        """The deliveries of which nobody knows whether they arrived: posts, then what went to
        people; by due.
        """

    def partner(self, pledge: int) -> Partner | None:
        """Who made a pledge, with what was said between us; None when it is gone."""

    def has_tasks(self, pledge: int) -> bool:
        """Whether somebody should still get in touch about it."""

    def reviewed(self, number: int) -> str:
        """Return the address of a post or link of a pledge-maker; '' when it is gone."""

    def stuck(self, number: int) -> bool:
        """Whether this post or link of a pledge-maker could not be passed on, or may have been."""

    def questions(self) -> tuple[Question, ...]:
        """The open questions for experts, oldest first."""

    def question(self, number: int) -> Question | None:
        """Return one open question; None once it has an answer."""

    def numbers(self) -> Mapping[str, object]:
        """Counts over everybody, as the text of /stats takes them."""

    def count(self, audiences: tuple[Audience, ...], language: str, country: str) -> int:
        """How many people an announcement would reach, on every channel for people."""

    @property
    def reviews(self) -> tuple[ReviewItem, ...]:
        """Posts and links of pledge-makers that wait for a look of staff, oldest first."""

    @property
    def packs(self) -> tuple[Pack, ...]:
        """What is to be posted by hand, by due."""
