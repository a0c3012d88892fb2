"""What staff's topics may look at, as plain values.

Every handler of theirs checks whether it is staff who ask, since a button may be older than the
list of staff.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.model import Channel
from bot.model import State as Delivery
from bot.model.channel import Excess
from bot.model.counting import AskedPost
from bot.model.outbox import ActionDay, Entry, Hold, Late, Scope, Shown, UncertainGroup
from bot.model.person import Question
from bot.model.pledge import Pledge
from bot.model.share import Pack, Review
from bot.model.staff import Whom
from bot.model.staff.clearance import Clearance


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart as a picture, and what it shows in words."""

    #: PNG
    content: bytes
    title: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post as staff see it, with what the reader may do about it."""

    shown: Shown
    title: str
    #: whether it waits for approval, and its grace is not over
    waits: bool
    #: whether it may get another text
    writable: bool
    #: whether the reader may approve it
    mine_to_approve: bool
    #: whether nothing leaves its channel
    dry: bool
    #: what stands for the text and picture that are shown; 16 hex digits
    mark: str
    #: what people without an account answered about it as it is now, newest first
    clearances: tuple[Clearance, ...] = ()

    @property
    def id(self) -> str:
        """The id of its delivery, like '12-3-0'."""
        return str(self.shown.entry.key)

    @property
    def gave_up(self) -> bool:
        """Whether the outbox has given it up, since it failed or was too late."""
        return self.shown.entry.state in (Delivery.FAILED, Delivery.SKIPPED)

    @property
    def fits(self) -> bool:
        """Whether there is a text, and none of it is too long."""
        return bool(self.shown.parts) and not self.shown.over

    @property
    def values(self) -> dict[str, object]:
        """The values of its texts."""
        return {
            **self.shown.values,
            "title": self.title,
            "expires": self.shown.entry.expires,
            "parts": self.shown.parts,
            "posts": len(self.shown.parts),
            "edited": self.shown.writer is not None,
            "waits": self.waits,
            "dry": self.dry,
            "clearances": self.clearances,
        }


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """Something of which nobody knows whether it arrived.

    It is one post, or all that went to people of one occurrence on one channel.
    """

    row: Entry | UncertainGroup
    title: str
    #: a post's text; '' for what went to people
    text: str
    #: address of a page where one can look; '' where nobody knows one
    page: str
    #: whether the bot asks the network by itself
    asked: bool
    #: whether nothing leaves its channel
    dry: bool

    @property
    def ref(self) -> str:
        """The delivery's id, or 'occurrence-channel' for what went to people."""
        if isinstance(self.row, UncertainGroup):
            return f"{self.row.occurrence}-{self.row.channel_id}"
        return str(self.row.key)

    @property
    def people(self) -> int:
        """The number of people to whom it went; 0 for a post."""
        return self.row.count if isinstance(self.row, UncertainGroup) else 0

    @property
    def values(self) -> dict[str, object]:
        """The values of its texts."""
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
class Paced:
    """A broadcast that may leave at a faster pace, for a price."""

    #: its id, 'occurrence-channel'
    ref: str
    title: str
    channel: str
    #: asked, paid, free or cancelled
    pace: str
    #: messages that are not paid for yet
    messages: int
    #: what they cost at most, in what the network is paid in (`unit`) and in US dollars
    price: float
    unit: str
    usd: float
    #: whether the ceiling of the month leaves room for them
    fits: bool

    @property
    def values(self) -> dict[str, object]:
        """The values of its texts."""
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A pledge-maker with whom somebody should get in touch."""

    pledge: Pledge
    #: `day` and `kind` of the last contacts, oldest first
    history: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A channel on which staff may post, with how long a text would be there."""

    channel: Channel
    #: the text's length as the network counts it
    length: int
    #: the longest text that the channel takes
    limit: int
    #: what of the text is too long; empty when it fits
    over: tuple[Excess, ...]
    #: whether nothing leaves the channel
    dry: bool

    @property
    def name(self) -> str:
        """The channel's name in config.toml."""
        return self.channel.name

    @property
    def review(self) -> bool:
        """Whether posts on the channel must be approved first."""
        return self.channel.review


@dataclass(frozen=True, kw_only=True)
class ReviewItem:
    """A post or link of a pledge-maker as staff see it."""

    review: Review
    #: name of the pledge-maker
    organisation: str
    #: whether the reader has cleared it already, so that somebody else has to look
    mine: bool
    #: whether nothing leaves the channel that would pass it on
    dry: bool


@dataclass(frozen=True, kw_only=True)
class Strayed:
    """What of the campaign another text lacks, and where it leads that the campaign doesn't."""

    #: hashtags that the action declares, and that the text lacks
    hashtags: tuple[str, ...] = ()
    #: pages to which the action leads, and that the text lacks
    links: tuple[str, ...] = ()
    #: the words that the action prescribes, where the text has them not as they are
    prescribed: tuple[str, ...] = ()
    #: links to sites that are none of the campaign's
    foreign: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.hashtags or self.links or self.prescribed or self.foreign)


class StaffLook(Protocol):
    """What one member of staff may look at; each thing is fetched when it is asked for."""

    def waiting(self) -> tuple[Post, ...]:
        """Return the posts that wait for approval, by their instants."""

    def planned(self) -> tuple[Post, ...]:
        """Return the posts of the next two months that wait for nobody, by their instants."""

    def post(self, number: str) -> Post | None:
        """Return the post with this delivery's id; None when there is none, or it is no post."""

    def unfit(self, number: str, text: str) -> tuple[Excess, ...]:
        """Return what is too long when this text takes the place of a post's own.

        The text may be a thread. Empty when it fits.
        """

    def strayed(self, number: str, text: str) -> Strayed:
        """Return what of the campaign this text lacks or adds in the place of a post's own."""

    def title(self, campaign: str, action: str) -> str:
        """Return an action's title; its id where there is none.

        With '' for the campaign it is looked for in all active ones.
        """

    def named(self, about: ActionDay) -> str:
        """Return what a row is about, on its day; the id of its action where it has no title."""

    def title_of(self, number: str) -> str:
        """Return what the delivery with this id is about; '' when there is none."""

    def observance(self, name: str) -> str:
        """Return the name of an observance; its id where it has none."""

    def sheet(self, day: str) -> Mapping[str, object] | None:
        """Return what goes out on a day in ISO 8601, '' for the next observance.

        None when nothing is planned.
        """

    def channels(self) -> tuple[str, ...]:
        """Return the names of all channels, in the order of config.toml."""

    def dry(self) -> Collection[str]:
        """Return the names of the channels that nothing leaves."""

    def outlets(self, text: str) -> tuple[Outlet, ...]:
        """Return the channels that post, each with how long this text would be there."""

    def paused(self) -> Mapping[str, str]:
        """Return the accounts of the paused channels of config.toml, by channel."""

    def actions(self) -> tuple[tuple[str, str], ...]:
        """Return (id, title) of the actions of the next two months, by day."""

    def actions_on(self, day: str) -> tuple[tuple[str, str], ...]:
        """Return (id, title) of the actions of one day in ISO 8601, each once."""

    def country(self, text: str) -> str:
        """Return the code of a country that was typed as a code, or by its name.

        The name is in the reader's language. '' when there is no such country.
        """

    def country_name(self, code: str) -> str:
        """Return a country's name in the reader's language; the code where there is none."""

    def language_name(self, tag: str) -> str:
        """Return what a language is called in the reader's; the tag where it has no name there."""

    def day(self, moment: int) -> date:
        """Return the day on which an epoch second is, by the clock of the settings."""

    def scope_names(self, scope: Scope) -> dict[str, str]:
        """Return what each part of a scope is called in the reader's language; '' for those that
        mean every one.
        """

    def stops(self, scope: Scope) -> int:
        """Return how many people would hear nothing of what a hold of this scope stops."""

    def holds(self) -> tuple[Scope, ...]:
        """Return the scopes that are held, oldest first."""

    def hold(self, scope: Scope) -> Hold | None:
        """Return the hold of just this scope; None where it isn't held."""

    def parts(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Return (id, name) of what may be held of a kind: 'campaign', 'language' or 'group'."""

    def late(self, scope: Scope) -> tuple[Late, ...]:
        """Return what waits in a scope past its grace, per occurrence and channel."""

    def instant(self, text: str) -> int | None:
        """Return the epoch second of a written instant; None for a past one, or none at all.

        It is by the clock of the operator's zone, like '2021-05-01 14:00', 'tomorrow 15:00' or
        '3pm', in the reader's language or in English.
        """

    def uncertain(self) -> tuple[Uncertain, ...]:
        """Return the deliveries of which nobody knows whether they arrived.

        Posts come first, then what went to people; each by their instants.
        """

    def paced(self, ref: str) -> Paced | None:
        """Return the broadcast with this id; None where there is none that may be paid for."""

    def partner(self, pledge: int) -> Partner | None:
        """Return who made a pledge, with the last contacts; None when the pledge is gone."""

    def has_tasks(self, pledge: int) -> bool:
        """Return whether somebody should still get in touch about a pledge."""

    def reviewed(self, number: int) -> str:
        """Return the address of a post or link of a pledge-maker; '' when it is gone."""

    def stuck(self, number: int) -> bool:
        """Return whether a post or link of a pledge-maker was not passed on, or nobody knows."""

    def passed_on_by(self, number: int) -> str:
        """Return the channel that passes a pledge-maker's post on; '' when there is none."""

    def questions(self) -> tuple[Question, ...]:
        """Return the open questions for the experts, oldest first."""

    def question(self, number: int) -> Question | None:
        """Return one open question; None once it has an answer."""

    def page_of(self, pledge: int) -> str:
        """Return the public page of a pledge; '' where it has none."""

    def can_be_asked(self, question: Question) -> bool:
        """Return whether something reaches the makers whom a question is for."""

    def stands(self, question: Question) -> bool:
        """Return whether the pledge is published that a question to its makers is about."""

    def asked(self) -> tuple[AskedPost, ...]:
        """Return the posts that ask something and that were there lately, oldest first."""

    def numbers(self) -> Mapping[str, object]:
        """Return sums over everybody, as values of the text of /stats."""

    def charts(self) -> Sequence[Drawing]:
        """Return the charts of the campaigns' main hashtags, one for each network."""

    def count(self, whom: Whom) -> int:
        """Return how many people an announcement would reach, on all channels that nudge."""

    @property
    def reviews(self) -> tuple[ReviewItem, ...]:
        """Posts and links of pledge-makers that wait for a look of staff, oldest first."""

    @property
    def packs(self) -> tuple[Pack, ...]:
        """What is to be posted by hand, by its instants."""
