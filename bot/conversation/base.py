"""The words of a conversation: states, events, effects, and what a topic may look at. Plain values, no I/O.

A topic never does anything: it gives effects. It never looks anything up: it asks the `View`, which the door fills from the store.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from bot.conversation._pledges import PledgeView
from bot.conversation._staff import Desk
from bot.model import Audience, Keyboard

DATA = 64
"""Most bytes that a button may carry."""

COPY = 256
"""Most characters that a button can copy."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a conversation stands: nothing is awaited (an empty topic), or `topic` waits at `step` for a text. Kept as JSON."""

    topic: str = ""
    step: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def dumps(self) -> str:
        """As JSON text."""
        return json.dumps({"topic": self.topic, "step": self.step, "data": dict(self.data)}, ensure_ascii=False)

    @classmethod
    def loads(cls, text: str) -> "State":
        """From what `dumps` gave; what can't be read is `IDLE`, so that nobody is stuck."""
        try:
            plain = json.loads(text)
            return cls(topic=str(plain["topic"]), step=str(plain["step"]), data=dict(plain["data"]))
        except (ValueError, KeyError, TypeError):
            return IDLE


IDLE = State()
"""Nothing is awaited."""


# Events


@dataclass(frozen=True, kw_only=True)
class Command:
    """A word with a slash, without it; `argument` is the rest of the line."""

    name: str
    argument: str = ""


@dataclass(frozen=True, kw_only=True)
class Text:
    """Anything else that was written."""

    text: str
    #: the text of the message that it answers; empty where it answers none
    reply: str = ""


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button: its topic, what it does, and its arguments."""

    topic: str
    act: str
    args: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Media:
    """A photo, a voice message, a file …; it is never looked at."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """The person blocked us."""


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """The group has another address from now on."""

    address: str


Event = Command | Text | Pressed | Media | Blocked | Migrated


# Buttons


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A button whose words are still to be found: `label` is a key under [buttons] of the language's words, or the words themselves."""

    label: str
    #: True: `label` is what stands on the button
    literal: bool = False
    press: str | None = None
    url: str | None = None
    copy: str | None = None


Rows = tuple[tuple[Choice, ...], ...]


def press(label: str, topic: str, act: str, *args: object, literal: bool = False) -> Choice:
    """A button that comes back as `Pressed(topic, act, args)`."""
    return Choice(label=label, literal=literal, press=":".join((topic, act, *map(str, args))))


def link(label: str, url: str, *, literal: bool = False) -> Choice:
    """A button that opens a page."""
    return Choice(label=label, literal=literal, url=url)


def rows(choices: "tuple[Choice, ...] | list[Choice]", width: int) -> Rows:
    """The choices in rows of at most `width`."""
    return tuple(tuple(choices[start : start + width]) for start in range(0, len(choices), width))


def bind(data: str, address: str) -> str:
    """What a button carries: `data`, and the address it was made for."""
    return f"{data}~{_short(address)}"


def bound(keyboard: Keyboard, address: str) -> Keyboard:
    """Buttons that were made for many, each answering for this address alone."""
    return tuple(tuple(replace(b, data=bind(b.data, address)) if b.data is not None else b for b in row) for row in keyboard)


def unbind(data: str, address: str) -> Pressed | None:
    """What was pressed; None when the button was not made for this address, or never by us."""
    body, _, owner = data.rpartition("~")
    parts = body.split(":")
    if owner != _short(address) or len(parts) < 2 or not all(parts[:2]):  # noqa: PLR2004 - topic and act
        return None
    return Pressed(topic=parts[0], act=parts[1], args=tuple(parts[2:]))


def _short(address: str) -> str:
    digits = address.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        return address[:12]
    number, text = int(digits), ""
    while number:
        number, rest = divmod(number, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + text
    return ("-" if address.startswith("-") else "") + (text or "0")


# Effects


@dataclass(frozen=True, kw_only=True)
class Say:
    """Send a message: `template` is file.block in content/<language>/chat; `code` follows in a block that a tap copies."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    buttons: Rows = ()
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Edit(Say):
    """Put this in the place of the message whose button was pressed; a new message where there is none."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A short word at the pressed button, without a message."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Document:
    """Send a file; `template` is what stands below it."""

    template: str
    name: str
    content: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Send:
    """A message to somebody else, in their language where they have one."""

    address: str
    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    buttons: Rows = ()


@dataclass(frozen=True, kw_only=True)
class Subscribe:
    """Consent was given: keep the person, or let them come back."""

    language: str
    audience: Audience
    #: what brought them: a partner or a pledge; empty when nothing did
    referrer: str = ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Change one setting: language, place (zone and country), minute, audience (and group), named_only, status, or a field of the profile."""

    field: str
    value: Any
    #: the country with a zone, the group with an audience
    extra: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tick:
    """The person did an action, leaves it out, or takes either back (None)."""

    item: "Item"
    done: bool | None


@dataclass(frozen=True, kw_only=True)
class Postpone:
    """Send this nudge again at the instant, which lies within its grace."""

    occurrence: int
    due: int


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Keep a question for the experts."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Tell the safeguarding contact, and nobody else."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Forget:
    """Delete everything about the person."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """The chat has another address."""

    address: str


class Effect(Protocol):
    """Anything that a file in `bot.chat.effects` knows how to do; the classes above are those of this house's own topics."""


Turn = tuple[State, tuple[Any, ...]]
"""The next state, and the effects in their order."""

Handler = Callable[[State, Any, "View"], Turn]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A command of a topic."""

    name: str
    handler: Handler
    #: for staff only; from others it looks like an unknown command
    staff: bool = False
    #: works in groups too
    group: bool = False
    #: in a group, only for its admins
    admin: bool = False
    #: stands in the menu of commands
    listed: bool = True


# What a topic may look at


@dataclass(frozen=True, kw_only=True)
class Person:
    """A subscriber."""

    id: int
    language: str
    #: ISO 3166 alpha-2, or None
    country: str | None
    zone: str
    minute: int
    audience: Audience
    named_only: bool
    pledge: bool
    #: active, paused, stopped or blocked
    status: str
    profile: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Item:
    """An action as one person meets it; `day` is None for a quick thing."""

    #: short, for buttons
    ref: str
    campaign: str
    action: str
    slot: int
    day: date | None
    title: str
    done: bool
    skipped: bool
    prescribed: bool
    #: has a text to share
    shares: bool
    #: a pledge-maker's monthly prompt: [Done] asks for a link
    prompt: bool = False


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A nudge that went to this person; instants in epoch seconds."""

    occurrence: int
    due: int
    expires: int
    #: waits to be sent again
    waits: bool


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far somebody is."""

    done: int
    total: int
    next: Item | None


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place that a text may mean."""

    zone: str
    country: str | None
    #: in the person's language
    name: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a text can be shared; `url` holds {text}, {url} or {server}."""

    id: str
    name: str
    url: str
    #: counter of `bot.text` and the most that it takes; None without a limit
    counter: str | None
    length: int | None
    #: 'text' fills the text in, 'url' takes only a page, 'server' asks for the own server first
    takes: str


@dataclass(frozen=True, kw_only=True)
class Helpline:
    """A child helpline, with the page on which its number was read."""

    name: str
    number: str
    page: str
    read: date


class View(Protocol):
    """What a topic may look at, read-only; fetched by the door when it is asked for, in one transaction with the effects."""

    @property
    def now(self) -> datetime:
        """The instant, aware."""

    @property
    def today(self) -> date:
        """The person's own day."""

    @property
    def language(self) -> str:
        """The person's, or else what their app says, where we speak it."""

    @property
    def languages(self) -> Mapping[str, str]:
        """Own names of the languages by tag."""

    @property
    def person(self) -> Person | None:
        """None before consent."""

    @property
    def private(self) -> bool:
        """A chat with one person, not a group."""

    @property
    def admin(self) -> bool:
        """May change settings: everybody in a private chat, admins in a group."""

    @property
    def staff(self) -> bool:
        """Works with the bot."""

    @property
    def pledges(self) -> PledgeView:
        """What topics of pledge-makers may look at."""

    @property
    def desk(self) -> Desk:
        """What staff look at; only asked for by staff's topics."""

    @property
    def start_link(self) -> str | None:
        """The page that opens a private chat with us."""

    @property
    def facts(self) -> Mapping[str, object]:
        """`facts_in` the person's language."""

    def facts_in(self, language: str) -> Mapping[str, object]:
        """age, controller, contact, retention, notice and channel (pages, or ''), title and about of the first campaign, minute, place (defaults)."""

    @property
    def commands(self) -> tuple[Mapping[str, str], ...]:
        """`name` and `what` of the commands that are listed for this person."""

    @property
    def items(self) -> tuple[Item, ...]:
        """The actions of this year for the person's audience, by day."""

    @property
    def open_items(self) -> tuple[Item, ...]:
        """Those whose day has come and whose grace is not over."""

    @property
    def quick(self) -> tuple[Item, ...]:
        """What is always there."""

    @property
    def progress(self) -> Progress:
        """Over `items`."""

    @property
    def groups(self) -> Mapping[str, str]:
        """Names of the stakeholder groups by id."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Where texts can be shared."""

    @property
    def helplines(self) -> tuple[Helpline, ...]:
        """Those of the person's country."""

    @property
    def safeguarding(self) -> tuple[str, int] | None:
        """Name of the contact and days of retention; None where nobody is named."""

    @property
    def hours(self) -> tuple[int, ...]:
        """Full hours outside quiet hours."""

    @property
    def carry_on(self) -> Mapping[str, str] | None:
        """Words of the form for carrying on, by 'title', 'intro', 'action', 'develop'; None while it is not time."""

    def item(self, ref: str) -> Item | None:
        """The item that a button means; None when the data no longer have it."""

    def nudge(self, item: Item) -> str | None:
        """What the item asks; None when that can't be said now (its page is missing, say)."""

    def share(self, item: Item, *, translated: bool) -> str | None:
        """What the person may post; `translated` gives our translation of a prescribed text. None when there is none."""

    def page(self, item: Item) -> str | None:
        """The first page that the item links to."""

    def delivered(self, item: Item) -> Delivered | None:
        """The nudge of this item that went to the person."""

    def later(self, hour: int, days: int) -> int:
        """Epoch seconds of the full hour, so many days ahead, where the person lives."""

    def places(self, text: str) -> tuple[Spot, ...]:
        """What a typed city or country may mean; a country with one zone gives that."""

    def place_name(self, zone: str) -> str:
        """The zone's city in the person's language."""

    @property
    def reviews(self) -> tuple[Any, ...]:
        """For staff: posts and links of pledge-makers that wait for a look (`bot.conversation.amplify.Item`), oldest first."""

    @property
    def packs(self) -> tuple[Any, ...]:
        """For staff: what is to be posted by hand (`bot.conversation.packs.Pack`), by due."""

    def export(self) -> str:
        """All that is stored on the person, as JSON."""
