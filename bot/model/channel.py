"""Our accounts on networks: what a network takes and costs, what a channel may do, its secrets, and
when people sleep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from typing_extensions import override

from bot.model.audience import Audience


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a network takes: as its module declares it, or as its server told."""

    #: longest text, in the network's own count
    length: int
    #: 'graphemes', 'characters', 'utf16' or 'weighted': which counter of `bot.text` applies
    counter: str
    #: longest text in UTF-8 bytes, where the network has such a limit
    bytes: int | None = None
    #: what stands beside each text and counts with it, in the network's own count, as a content
    #: warning does
    beside: int = 0
    #: what every link counts, or None where links count as they are
    link_length: int | None = None
    #: longest text under a picture, where it differs
    caption: int | None = None
    #: so many messages may a longer text be broken into
    messages: int = 1
    #: a letter's title stands above its text and counts with it
    title_above: bool = False
    alt: int | None = None
    #: the largest picture in bytes, where the network has such a limit
    picture: int | None = None
    #: messages per second over the whole account
    per_second: float = 1.0
    #: messages per rolling day, or None
    per_day: int | None = None


@dataclass(frozen=True, kw_only=True)
class Excess:
    """By how much one post of a thread is too long; a single post is number 1 of 1."""

    #: in the network's own count, or in bytes
    count: int
    most: int
    bytes: bool = False
    #: less is allowed because it goes under a picture
    caption: bool = False
    #: X may count fewer: some emoji count as all that its servers may take them for
    emoji: bool = False
    #: how much of the count is the channel's content warning
    beside: int = 0
    post: int = 1
    posts: int = 1

    @override
    def __str__(self) -> str:
        return f"post {self.post} of the thread {self._by}" if self.posts > 1 else self._by

    @property
    def _by(self) -> str:
        if self.bytes:
            return (
                f"takes {self.count} bytes, but {self.most} is the most: shorten it by"
                f" {self.count - self.most} bytes"
            )
        under = " under a picture" if self.caption else ""
        why = " (X may count some of its emoji as several)" if self.emoji else ""
        warning = f" (the channel's content_warning takes {self.beside})" if self.beside else ""
        return (
            f"counts {self.count}, but {self.most} is the most{under}: shorten it by"
            f" {self.count - self.most}{why}{warning}"
        )


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What a network charges for each call, in US dollars.

    Declared by the network's module, with where and when it was read.
    """

    source: str
    as_of: date
    post: Decimal = Decimal(0)
    #: a post that holds a link
    post_with_link: Decimal = Decimal(0)
    #: one post read, on a timeline or in a search
    read: Decimal = Decimal(0)
    #: one call that counts the uses of a hashtag
    count: Decimal = Decimal(0)
    delete: Decimal = Decimal(0)
    #: one message at the pace that `PaidPace` says
    paid_message: Decimal = Decimal(0)

    @property
    def free(self) -> bool:
        """Return whether no call costs anything."""
        return not any(
            (self.post, self.post_with_link, self.read, self.count, self.delete, self.paid_message)
        )


@dataclass(frozen=True, kw_only=True)
class PaidPace:
    """A faster pace for messages to many people, which a network sells message by message.

    Declared by the network's module; what a message costs in US dollars is in its `Prices`.
    """

    #: messages per second over the whole account
    per_second: float
    #: what the network is paid in, as people call it
    unit: str
    #: how much of it one message costs
    each: Decimal

    def price(self, messages: int) -> Decimal:
        """Return what so many messages cost at most, in the network's own unit."""
        return self.each * messages


class Secret:
    """A secret that no log or error shows; only `reveal()` returns it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for the constructor of a client library and nothing else."""
        return self._value

    @override
    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Our account on a network, with one language."""

    name: str
    #: name of the network's file
    network: str
    #: accounts share secrets, pacing and ceilings; the channel's own name by default
    account: str
    base_url: str | None
    #: where posts go inside the account (a Telegram chat id or @name); None where the account is
    #: the place
    target: str | None
    language: str
    audiences: tuple[Audience, ...]
    #: posts wait until a person has approved them
    review: bool
    #: carries nudges to its subscribers
    nudges: bool
    #: carries posts
    posts: bool
    #: IANA name: the zone of the posting hour
    zone: str
    #: posting time of day, in minutes after local midnight
    minute: int
    #: messages per second of our own choice, or None for the network's limit
    per_second: float | None
    #: most posts per local day, or None
    daily: int | None
    #: remarks for people, for example the automation label
    note: str
    #: US dollars that its account may cost in a calendar month, or None
    ceiling: float | None = None
    #: ranges of addresses inside our own network where servers of strangers may stand
    private: tuple[str, ...] = ()
    #: what only this network knows, by name; each network declares its own as OPTIONS
    options: Mapping[str, str] = field(default_factory=dict)
    #: messages per second that the account may send where it is granted more than the network
    #: allows everybody, or None
    granted_per_second: float | None = None
    #: messages to many may leave at the pace that the network sells, once a person has said so
    paid_broadcast: bool = False


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """Local hours in which no nudge leaves.

    Both ends are minutes after midnight; `start` may be later than `end`.
    """

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Paused:
    """A channel that sends nothing until a person resumes it."""

    name: str
    #: epoch seconds
    since: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Resting:
    """An account that sends nothing for a while, since its network fails, and then tries again by
    itself; `bot.rules.breaker` says when. Instants are epoch seconds.
    """

    account: str
    #: when the trouble began
    since: float
    #: when it tries one message
    until: float
    #: how many rests there were since then
    rests: int
    #: what went wrong last
    reason: str
