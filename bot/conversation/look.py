"""What a topic may look at: the `View`, read-only, and the plain values in it.

The door fills it from the store (`bot.chat.view`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.conversation.pledges.look import PledgeView
from bot.conversation.staff.look import Desk
from bot.model.person import Subscriber
from bot.rules.reading.places import Place


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
    #: the prompt of the month in which the survey for followers is offered
    survey: bool = False


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
    """How far somebody is in the year's calendar."""

    done: int
    total: int
    next: Item | None


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
    """What a topic may look at, read-only.

    Fetched by the door when it is asked for, in one transaction with the effects.
    """

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
    def person(self) -> Subscriber | None:
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
    def danger_link(self) -> str | None:
        """The page that opens a private chat in which help for a child comes first."""

    @property
    def facts(self) -> Mapping[str, object]:
        """`facts_in` the person's language."""

    def facts_in(self, language: str) -> Mapping[str, object]:
        """age, controller, contact, retention, notice and channel (pages, or ''), title and about
        of the first campaign, minute, place (defaults).
        """

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
        """Words of the form for carrying on, by 'title', 'intro', 'action', 'develop'.

        None while it is not time.
        """

    def carried(self, item: Item, develop: str) -> tuple[str, str]:
        """Name and content of the document of what the person goes on with.

        `develop` may be empty.
        """

    def item(self, ref: str) -> Item | None:
        """The item that a button means; None when the data no longer have it."""

    def nudge(self, item: Item) -> str | None:
        """What the item asks; None when that can't be said now (its page is missing, say)."""

    def share(self, item: Item, *, translated: bool) -> str | None:
        """What the person may post; `translated` gives our translation of a prescribed text.

        None when there is none.
        """

    def page(self, item: Item) -> str | None:
        """The first page that the item links to."""

    def delivered(self, item: Item) -> Delivered | None:
        """The nudge of this item that went to the person."""

    def awake(self, due: int) -> int:
        """The instant itself, or the end of the quiet hours it lies in; epoch seconds."""

    def later(self, hour: int, days: int) -> int:
        """Epoch seconds of the full hour, so many days ahead, where the person lives."""

    def places(self, text: str) -> tuple[Place, ...]:
        """What a typed city or country may mean; a country with one zone gives that."""

    def place_name(self, zone: str) -> str:
        """The zone's city in the person's language."""

    @property
    def reviews(self) -> tuple[Any, ...]:
        """For staff: posts and links of pledge-makers that wait for a look
        (`bot.conversation.staff.amplify.Item`), oldest first.
        """

    @property
    def packs(self) -> tuple[Any, ...]:
        """For staff: what is to be posted by hand (`bot.conversation.staff.packs.Pack`), by due."""

    @property
    def stored(self) -> bool:
        """Something is kept about this chat: a person, or messages of somebody who has not
        joined.
        """

    @property
    def untold(self) -> bool:
        """A message about a child from this chat has not reached the safeguarding contact yet."""

    def export(self) -> str:
        """All that is stored about this chat, as JSON."""
