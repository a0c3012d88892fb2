"""What staff's topics look at: plain values.

Every handler here looks again whether it is staff who ask: a button may be older than the list of
staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.model import Audience
from bot.model.outbox import Dated, Late, Scope
from bot.model.person import Question
from bot.model.share import Review

Over = Mapping[str, object]
"""What is too long: `count` and `most`, in the network's own count or (`bytes`) in bytes, under a
picture (`caption`), in which `post` of how many `posts`.
"""


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post as its network shows it.

    Instants in epoch seconds, lengths in the network's own count, titles in the language of who
    asks.
    """

    #: of the delivery
    id: str
    title: str
    channel: str
    network: str
    due: int
    expires: int
    state: str
    #: waits for approval, and its grace is not over
    waits: bool
    #: may get another text
    writable: bool
    #: one, or several for a thread; empty when `problem` says why there is none
    parts: tuple[str, ...]
    alt: str
    #: for the operator: the place in the data, and what is wrong there
    problem: str
    over: tuple[Over, ...]
    #: of the longest part
    length: int
    limit: int
    #: US dollars
    usd: float
    #: somebody of staff wrote the text
    edited: bool
    #: may be approved by who asks
    mine_to_approve: bool


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """Nobody knows whether it arrived: one post, or all that went to people of one occurrence on
    one channel.
    """

    #: a delivery's id, or 'occurrence-channel'
    ref: str
    title: str
    channel: str
    network: str
    #: epoch seconds
    due: int
    #: how many people; 0 for a post
    people: int
    #: of a post
    text: str
    #: where one can look; '' where nobody knows
    page: str
    #: the bot asks the network by itself
    asked: bool


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A pledge-maker with whom somebody should get in touch."""

    #: of the pledge
    id: int
    #: '' for an individual
    organisation: str
    #: of the pledge
    name: str
    #: `day` and `kind` of the last contacts, oldest first
    history: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A channel on which staff may post."""

    name: str
    network: str
    language: str
    account: str
    review: bool
    length: int
    limit: int
    #: empty when the text fits
    over: tuple[Over, ...]


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A post to be made by hand."""

    id: str
    #: its own name where it has no channel
    network: str
    #: '' where the network has none
    channel: str
    #: its own name
    spoken: str
    #: in the language of who asks
    title: str
    #: epoch seconds
    due: int
    text: str
    #: the picture's file below its root; empty without one
    picture: str
    alt: str
    #: paused, dry, or none: why no channel posts it by itself
    why: str
    #: what does not fit: `kind`, `network`, `words`, `count`, `most`
    flaws: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class ReviewItem:
    """A post or link as staff see it."""

    review: Review
    #: whose it is
    organisation: str
    #: who asks has cleared it already: somebody else has to look
    mine: bool


class StaffLook(Protocol):
    """The desk of one member of staff, filled from the store when something is asked for."""

    def waiting(self) -> tuple[Post, ...]:
        """Posts that wait for approval, by due."""

    def post(self, number: str) -> Post | None:
        """The post with this delivery's id; None when there is none."""

    def unfit(self, number: str, text: str) -> tuple[Over, ...]:
        """What is too long when this text, perhaps a thread, stands in the place of the post's own;
        empty when it fits.
        """

    def title(self, campaign: str, action: str) -> str:
        """What an action is called; '' for the campaign looks for it in all that are played."""

    def named(self, about: Dated) -> str:
        """What a row is about, on its day."""

    def title_of(self, number: str) -> str:
        """What the delivery with this id is about; '' when there is none."""

    def observance(self, name: str) -> str:
        """What a named day is called."""

    def sheet(self, day: str) -> Mapping[str, object] | None:
        """The day's sheet ('' for the next named day); None when nothing is planned."""

    def channels(self) -> tuple[str, ...]:
        """The names of all channels in the settings."""

    def outlets(self, text: str) -> tuple[Outlet, ...]:
        """The channels that post, and how this text would stand there."""

    def paused(self) -> Mapping[str, str]:
        """The channels that are paused, each with its account."""

    def actions(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of the actions that come in the next two months, by day."""

    def actions_on(self, day: str) -> tuple[tuple[str, str], ...]:
        """The same of one day."""

    def country(self, text: str) -> str:
        """The code of a country that was typed as a code or a name; empty when nobody knows it."""

    def country_name(self, code: str) -> str:
        """In the language of who asks."""

    def holds(self) -> tuple[Scope, ...]:
        """What is held, oldest first."""

    def late(self, scope: Scope) -> tuple[Late, ...]:
        """What waits there although its grace is over."""

    def instant(self, text: str) -> int | None:
        """Epoch seconds of '2021-05-01 14:00' in the operator's zone, or of 'now' and 'tomorrow'.

        None for what lies in the past or can't be read.
        """

    def doubts(self) -> tuple[Uncertain, ...]:
        """Of which nobody knows whether it arrived: posts, then what went to people; by due."""

    def partner(self, pledge: int) -> Partner | None:
        """Who made a pledge; None when it is gone."""

    def has_tasks(self, pledge: int) -> bool:
        """Whether somebody should still get in touch about it."""

    def stuck(self, number: int) -> bool:
        """Whether this post or link of a pledge-maker could not be passed on, or may have been."""

    def questions(self) -> tuple[Question, ...]:
        """Without an answer, oldest first."""

    def question(self, number: int) -> Question | None:
        """Return one open question; None once it has an answer."""

    def numbers(self) -> Mapping[str, object]:
        """Counts over everybody, as the text of /stats takes them."""

    def count(self, audiences: tuple[Audience, ...], language: str, country: str) -> int:
        """How many people an announcement would go to."""

    @property
    def reviews(self) -> tuple[ReviewItem, ...]:
        """Posts and links of pledge-makers that wait for a look, oldest first."""

    @property
    def packs(self) -> tuple[Pack, ...]:
        """What is to be posted by hand, by due."""
