"""What staff's topics look at and what they have done: plain values and effects, beside those of `bot.conversation.base`.

Every handler here looks again whether it is staff who ask: a button may be older than the list of staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.model import Audience

# What they look at


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post as its network shows it; instants in words, lengths in the network's own count."""

    #: of the delivery
    id: str
    title: str
    channel: str
    network: str
    due: str
    expires: str
    state: str
    #: waits for approval, and its grace is not over
    waits: bool
    #: may get another text
    writable: bool
    #: empty when `problem` says why there is none
    text: str
    alt: str
    problem: str
    length: int
    limit: int
    #: US dollars; empty for nothing
    usd: str
    #: somebody of staff wrote the text
    edited: bool
    #: may be approved by who asks
    mine_to_approve: bool


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a hold is about; empty texts mean every one."""

    channel: str = ""
    country: str = ""
    action: str = ""

    @property
    def values(self) -> dict[str, object]:
        """For a template, and for a state."""
        return {"channel": self.channel, "country": self.country, "action": self.action}


@dataclass(frozen=True, kw_only=True)
class Late:
    """Deliveries past their grace in a scope that is held."""

    occurrence: int
    channel: int
    action: str
    day: str
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A channel that posts."""

    name: str
    network: str
    language: str
    account: str
    review: bool
    length: int
    limit: int
    #: why the text does not fit; empty when it does
    problem: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that has no answer yet."""

    id: int
    at: str
    language: str
    text: str


class Desk(Protocol):
    """The desk of one member of staff, filled from the store when something is asked for."""

    def waiting(self) -> tuple[Post, ...]:
        """Posts that wait for approval, by due."""

    def post(self, number: str) -> Post | None:
        """The post with this delivery's id; None when there is none."""

    def unfit(self, number: str, text: str) -> str:
        """Why this text does not fit the post; empty when it does."""

    def sheet(self, day: str) -> Mapping[str, object] | None:
        """The day's sheet ('' for the next named day); None when nothing is planned."""

    def channels(self) -> tuple[str, ...]:
        """Names of all channels."""

    def outlets(self, text: str) -> tuple[Outlet, ...]:
        """The channels that post, and how this text would stand there."""

    def actions(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of the actions that come next."""

    def country(self, text: str) -> str:
        """The code of a country that was typed as a code or a name; empty when nobody knows it."""

    def country_name(self, code: str) -> str:
        """In the language of who asks."""

    def holds(self) -> tuple[Scope, ...]:
        """What is held, oldest first."""

    def late(self, scope: Scope) -> tuple[Late, ...]:
        """What waits there although its grace is over."""

    def instant(self, text: str) -> int | None:
        """Epoch seconds of '2021-05-01 14:00' in the operator's zone, or of 'now' and 'tomorrow'; None for what lies in the past or can't be read."""

    def said(self, moment: int) -> str:
        """An instant in words."""

    def questions(self) -> tuple[Question, ...]:
        """Without an answer, oldest first."""

    def question(self, number: int) -> Question | None:
        """One of them."""

    def numbers(self) -> Mapping[str, object]:
        """Counts for /stats."""

    def count(self, audiences: tuple[Audience, ...], language: str, country: str) -> int:
        """How many people an announcement would go to."""


# What they have done; who asks is known to who does it


@dataclass(frozen=True, kw_only=True)
class Approve:
    """Let these posts go."""

    ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reject:
    """Never send this post."""

    id: str


@dataclass(frozen=True, kw_only=True)
class Rewrite:
    """Give a post another text."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class HoldIt:
    """Stop what is in the scope."""

    scope: Scope


@dataclass(frozen=True, kw_only=True)
class Release:
    """Let the scope go on; of what is late there, these (occurrence, channel) are sent all the same."""

    scope: Scope
    send: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Publish:
    """Schedule a post that stands in no calendar."""

    text: str
    channels: tuple[str, ...]
    #: epoch seconds
    due: int


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The answer to a question."""

    question: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Announce:
    """Write to subscribers."""

    text: str
    audiences: tuple[Audience, ...]
    language: str
    country: str
