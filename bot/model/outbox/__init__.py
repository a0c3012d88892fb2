"""What is planned and what becomes of it: occurrences, waves and deliveries."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import NamedTuple

from typing_extensions import override

from bot.model.audience import Audience
from bot.model.channel import Excess
from bot.model.message import DeliveryKey, Rendered
from bot.model.staff import Actor
from bot.model.subject import Subject, parse

PUBLIC = 0
"""The recipient of a post: everybody."""


class State(IntEnum):
    """The state of a delivery; `bot.store.sending.outbox` draws the transitions."""

    PLANNED = 1
    AWAITING_APPROVAL = 2
    QUEUED = 3
    SENDING = 4
    SENT = 5
    FAILED = 6
    SKIPPED = 7
    CANCELLED = 8
    UNCERTAIN = 9

    @property
    def word(self) -> str:
        """Return the word that stands for it in JSON and on screens."""
        return self.name.lower()


WRITABLE = (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED)
"""States in which a post may still get another text."""


@dataclass(frozen=True, kw_only=True)
class ActionDay:
    """An action for an audience on a day, which is what a delivery is about."""

    campaign: str
    #: the text of a subject: see `bot.model.subject`
    action: str
    audience: Audience
    day: date

    @property
    def subject(self) -> Subject:
        """Return what the delivery is about, as a value with its kind."""
        return parse(self.action)


@dataclass(frozen=True, kw_only=True)
class Instance(ActionDay):
    """An instance of an action for an audience.

    Its `slot` stays the same when its day is moved (see `bot.rules.identity`).
    """

    slot: int


@dataclass(frozen=True, kw_only=True)
class Occurrence(Instance):
    """One dated instance of an action for one audience, as it is planned."""

    grace: timedelta
    nudge: bool
    post: bool
    #: goes to subscribers who want named days only, too: it is one, or their audience has none
    named: bool


class Claimed(NamedTuple):
    """A row that is *sending* now, with all that sending needs.

    A tuple, since one is made for each delivery, and a frozen dataclass takes four times as long.
    """

    occurrence: int
    channel: int
    recipient: int
    attempts: int
    due: int
    expires: int
    #: the subscriber; empty, 0 or False for a post
    address: str
    language: str
    pledge: bool
    status: int
    zone: str
    #: when a post was first tried; 0 where that isn't known, and for a nudge
    began: int = 0
    #: the token of the lease under which it was claimed; 0 where it wasn't
    claim: int = 0
    #: leaves at the faster pace that its network sells; paid for, and booked at this epoch second
    paid: bool = False
    booked: int = 0

    @property
    def key(self) -> DeliveryKey:
        """Return the key of the delivery that was claimed."""
        return DeliveryKey(
            occurrence=self.occurrence, channel=self.channel, recipient=self.recipient
        )


class Result(NamedTuple):
    """What an attempt makes of a claimed row; a tuple, as that is."""

    row: Claimed
    state: State
    #: when to try again, for a queued row
    due: int = 0
    #: whether the call counted as a try
    counted: bool = True
    receipt: str | None = None
    url: str | None = None
    error: str | None = None
    #: the text of a post, as it left
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Entry(Instance):
    """A delivery with the names of what its numbers stand for; instants in epoch seconds."""

    key: DeliveryKey
    channel: str
    network: str
    #: the subscriber's language; None for a post
    language: str | None
    pledge: bool
    state: State
    attempts: int
    due: int
    expires: int
    receipt: str | None
    url: str | None
    error: str | None
    #: the text of a post, as it left or may have left; None of one that is still to leave
    text: str | None
    #: when it left; None where it has not
    sent: int | None

    @property
    def hour(self) -> int:
        """Return when it left, or else when it is due: a hold or a rest may lie between them."""
        return self.due if self.sent is None else self.sent


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A post as staff see it: the way its network shows it."""

    entry: Entry
    #: None when `problem` says why there is none
    body: Rendered | None
    #: for the operator: the place in the data, and what is wrong there
    problem: str
    over: tuple[Excess, ...]
    #: length of the longest part, in the network's own count
    length: int
    limit: int
    #: US dollars
    usd: float
    #: who wrote another text than the data's
    writer: Actor | None

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the posts of the thread, or the single one; none where there is no text."""
        return self.body.parts if self.body else ()

    @property
    def values(self) -> dict[str, object]:
        """Return the values from which a template describes the post."""
        return {
            "id": str(self.entry.key),
            "channel": self.entry.channel,
            "network": self.entry.network,
            "due": self.entry.due,
            "state": self.entry.state.word,
            "alt": self.body.picture.alt if self.body and self.body.picture else "",
            "problem": self.problem,
            "over": [dict(vars(excess)) for excess in self.over],
            "length": self.length,
            "limit": self.limit,
            "usd": self.usd,
        }


@dataclass(frozen=True, kw_only=True)
class SentPost:
    """A post that left, as its network got it."""

    network: str
    #: epoch seconds
    at: int
    text: str


@dataclass(frozen=True, kw_only=True)
class PostPage:
    """The address of a post that left, on its network."""

    key: DeliveryKey
    #: the channel's name
    channel: str
    #: '' where the network tells none
    url: str


@dataclass(frozen=True, kw_only=True)
class SentInMonth:
    """How many deliveries were sent in a month."""

    #: YYYY-MM
    month: str
    posts: int
    nudges: int


@dataclass(frozen=True, kw_only=True)
class SubjectCount:
    """How many deliveries about one subject were sent, posts among them, and how many not."""

    campaign: str
    #: as an occurrence keeps it (`bot.model.subject`)
    action: str
    sent: int
    unsent: int
    posts: int


@dataclass(frozen=True, kw_only=True)
class Unmade:
    """An action whose texts could not be made in a rehearsal: a live run would hold them."""

    campaign: str
    action: str
    deliveries: int
    #: an empty link slot, an expired figure, a fault of the template
    why: str


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A nudge of another occurrence to the same person; instants in epoch seconds."""

    occurrence: int
    due: int
    #: None while it is under way
    sent: int | None


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A person's delivery of one action, as far as they can still do something about it."""

    occurrence: int
    #: epoch seconds
    expires: int
    state: State

    @property
    def waits(self) -> bool:
        """Return whether it waits to be sent, for the first time or again."""
        return self.state is State.QUEUED


@dataclass(frozen=True, kw_only=True)
class UncertainGroup(ActionDay):
    """Deliveries to people of one occurrence on one channel that may have arrived or not."""

    occurrence: int
    channel_id: int
    channel: str
    network: str
    #: the due instant of the first of them
    due: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One post as staff approved it."""

    text: str
    picture: str | None
    alt: str | None
    digest: str
    approved_by: Actor
    #: epoch seconds
    at: int


@dataclass(frozen=True, kw_only=True)
class Late(ActionDay):
    """Deliveries of one occurrence on one channel that are past their grace."""

    occurrence: int
    channel_id: int
    channel: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The part of all deliveries that a hold is about.

    An empty field means every one; several fields mean what is in all of them.
    """

    #: the campaign's id
    campaign: str = ""
    #: the channel's name
    channel: str = ""
    #: ISO 3166 alpha-2
    country: str = ""
    #: tag of the language of people's messages and of posts; 'pt' also means 'pt-BR'
    language: str = ""
    #: the stakeholder group of people's organisations: of a pledge that they look after, or of the
    #: contact that they are
    group: str = ""
    #: the action's id
    action: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Return the fields as statements take them and a conversation's state keeps them."""
        return dict(vars(self))

    @property
    def of_people(self) -> bool:
        """Return whether each message must be asked for whom it is."""
        return bool(self.country or self.language or self.group)

    @property
    def may_be_posts(self) -> bool:
        """Return whether posts can be in it: they are in a language, and for every country and
        group.
        """
        return not (self.country or self.group)

    @override
    def __str__(self) -> str:
        parts = [f"{word} {name}" for word, name in self.values.items() if name]
        return ", ".join(parts) or "everything"


EVERYTHING = Scope()


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A scope that stands still until a person releases it, or until its end."""

    #: its number, by which the log of who did what names it
    id: int
    scope: Scope
    #: epoch seconds
    since: int
    #: why, in staff's words; '' where they gave none
    reason: str = ""
    #: epoch second at which it ends by itself; None where only a person ends it
    until: int | None = None
    #: who holds it; '' where nobody knows
    by: Actor
    #: released already: it ends once all that is late has its new grace
    lifting: bool = False
