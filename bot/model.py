"""The words of the project as frozen, keyword-only dataclasses and enums.

Every `datetime` is aware; every `date` is a day in the recipient's own zone. Integers of the enums are stored in the database: never renumber them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path

PUBLIC = 0
"""The recipient of a post: everybody."""


class Audience(IntEnum):
    """Whom an action is for."""

    INDIVIDUAL = 1
    ORGANIZATION = 2
    COUNTRY = 3
    REGION = 4

    @property
    def word(self) -> str:
        """The word in data files and JSON."""
        return self.name.lower()


class Kind(Enum):
    """What an action asks for."""

    SHARE = "share"
    READ = "read"
    WATCH = "watch"
    FOLLOW = "follow"
    ASK = "ask"
    ENTER = "enter"
    LEARN = "learn"
    ANNOUNCE = "announce"
    JOIN = "join"
    QUICK = "quick"
    PROMPT = "prompt"
    OPENING = "opening"


class State(IntEnum):
    """Where a delivery is on its road; the arrows are drawn in `bot.store.outbox`."""

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
        """The word in JSON and on screens."""
        return self.name.lower()


class Role(Enum):
    """What a text is for; the first part of a block's name in a template."""

    TITLE = "title"
    NUDGE = "nudge"
    WITHOUT_PLEDGE = "without_pledge"
    ADVICE = "advice"
    ALTERNATIVE = "alternative"
    SHARE = "share"
    TRANSLATION = "translation"
    POST = "post"
    ALT = "alt"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong in a file: where, and what to do about it."""

    #: the file as the author knows it, relative to its root where it has one
    file: str
    #: the key inside the file, dotted; empty for the whole file
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key or '(whole file)'}: {self.message}"


# Date rules: what `when` in calendar.toml may say. `bot.dates.days` turns them into days.


@dataclass(frozen=True, kw_only=True)
class YearlyDay:
    """The same month and day every year; 29 February only in leap years."""

    month: int
    day: int


@dataclass(frozen=True, kw_only=True)
class NthWeekday:
    """The nth weekday of a month; `nth` -1 is the last, `weekday` 0 is Monday."""

    month: int
    nth: int
    weekday: int


@dataclass(frozen=True, kw_only=True)
class ListedDates:
    """Just these days."""

    dates: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class EasterOffset:
    """So many days after (or, negative, before) Western Easter Sunday."""

    days: int


Rule = YearlyDay | NthWeekday | ListedDates | EasterOffset


@dataclass(frozen=True, kw_only=True)
class Observance:
    """A named day."""

    id: str
    when: Rule
    source: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a campaign asks for, on a day or in a month."""

    campaign: str
    id: str
    kind: Kind
    audiences: tuple[Audience, ...]
    #: the id of the named day, or None for a month's action and a quick thing
    observance: str | None
    #: the day it goes out; None for a quick thing, which is always there
    when: Rule | None
    #: 1-12 for a month's action, None else
    month: int | None
    #: goes to subscribers of the audience
    nudge: bool
    #: goes to the secretariat's channels
    post: bool
    #: as written, with '#'; each must stand in the post and share texts
    hashtags: tuple[str, ...]
    #: names of link slots that its texts use
    links: tuple[str, ...]
    #: a post that the source gives word for word, in English
    prescribed: str | None
    #: picture slot: a file name without suffix under the campaign's pictures/
    picture: str | None
    #: 'pledge', or None
    requires: str | None
    #: a child may appear: advice and an alternative go with it
    safeguarding: bool
    #: how late it may still go out
    grace: timedelta
    #: the heading of the source
    source: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link slot; an empty `url` holds the actions that need it."""

    name: str
    url: str
    source: str
    #: the day a person last saw the page answer
    checked: date | None


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A figure that may be quoted until it expires."""

    name: str
    value: int | float | str
    source: str
    as_of: date
    expires: date | None


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A folder of campaigns/, read and found sound."""

    id: str
    #: where it was found; its pictures/ lie below
    folder: Path
    language: str
    languages: tuple[str, ...]
    #: the main hashtag, with '#'
    hashtag: str
    #: all hashtags that are tracked
    hashtags: tuple[str, ...]
    #: first and last day; None for a campaign that goes on every year
    start: date | None
    end: date | None
    contact: str
    source: str
    #: campaigns that win when both would send the same observance
    yields_to: tuple[str, ...]
    links: Mapping[str, Link]
    facts: Mapping[str, Fact]
    observances: Mapping[str, Observance]
    #: in the order of the files: calendar, then prompts
    actions: tuple[Action, ...]
    #: forms.toml, pledges.toml, showcase.toml, journey.toml … as they are, by file name without suffix
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def action(self, action_id: str) -> Action | None:
        """The action with this id, or None."""
        return next((action for action in self.actions if action.id == action_id), None)


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One dated instance of an action for one audience.

    `slot` tells instances of one action apart even when their day is moved: year * 100 + ordinal within the year.
    """

    campaign: str
    action: str
    audience: Audience
    slot: int
    day: date
    grace: timedelta
    nudge: bool
    post: bool
    #: on a named day (subscribers may want only these)
    named: bool


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture and the words for who can't see it."""

    path: Path
    alt: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A text as one network gets it."""

    text: str
    #: BCP 47 tag of the text's language after fallback
    language: str
    #: goes with `text`, the first of a thread
    picture: Picture | None = None
    #: the further posts of a thread, in order; empty for a single post
    thread: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The text and what follows it in a thread, in order; one part for a single post."""
        return (self.text, *self.thread)

    @property
    def whole(self) -> str:
        """All parts as one text, an empty line between them: for people, and where there are no threads."""
        return "\n\n".join(self.parts)


@dataclass(frozen=True, kw_only=True)
class DeliveryKey:
    """A delivery's key; its public id is `occurrence-channel-recipient`."""

    occurrence: int
    channel: int
    recipient: int

    def __str__(self) -> str:
        return f"{self.occurrence}-{self.channel}-{self.recipient}"


@dataclass(frozen=True, kw_only=True)
class Button:
    """Something to tap below a message; exactly one of `data`, `url` and `copy` is given."""

    label: str
    #: what comes back when it is tapped; at most 64 bytes
    data: str | None = None
    #: a page that it opens
    url: str | None = None
    #: a text that it copies; at most 256 characters
    copy: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]
"""Buttons below a message, row by row."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What an e-mail has beside its text."""

    subject: str
    #: who answers are meant for, or None
    reply_to: str | None
    #: further headers, such as List-Unsubscribe
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a network is asked to send, once."""

    key: DeliveryKey
    #: the chat id or address of one person; None for a post
    address: str | None
    body: Rendered
    #: when this delivery was first tried, for look-ups on the own timeline
    since: datetime
    #: for one person by e-mail; a network without letters leaves it out
    letter: Letter | None = None
    #: for one person in a chat, to be bound to them; a network without buttons leaves them out
    buttons: Keyboard = ()
    #: the day of its occurrence; with the key it names the delivery outside our own database too
    day: date | None = None

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this delivery."""
        return str(self.key)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Proof from the network."""

    #: of a thread, or a picture with its text, all ids with ',' between them
    id: str
    url: str | None = None
    #: False for a thread of which only the first posts are there
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a network takes; declared by its file, read from the server where that tells them."""

    #: longest text, in the network's own count
    length: int
    #: 'graphemes', 'characters', 'utf16' or 'weighted': which counter of `bot.text` applies
    counter: str
    #: longest text in UTF-8 bytes, where the network has such a limit
    bytes: int | None = None
    #: what every link counts, or None where links count as they are
    link_length: int | None = None
    #: longest text under a picture, where it differs
    caption: int | None = None
    alt: int | None = None
    #: messages per second over the whole account
    per_second: float = 1.0
    #: messages per rolling day, or None
    per_day: int | None = None


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What a network asks for each call, in US dollars; declared by its file, with where and when it was read."""

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

    @property
    def free(self) -> bool:
        """True when nothing costs anything."""
        return not any((self.post, self.post_with_link, self.read, self.count, self.delete))


class Secret:
    """A secret that shows itself to nobody but who asks by `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: for the client library's constructor and nothing else."""
        return self._value

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
    #: where posts go inside the account (a Telegram chat id or @name); None where the account is the place
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
    #: what only this network knows, by name; each network declares its own as OPTIONS
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """No nudge leaves in these local hours; minutes after midnight, `start` may be later than `end`."""

    start: int
    end: int
