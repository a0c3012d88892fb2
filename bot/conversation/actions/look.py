"""What topics of actions may look at: one person's year, and what can be done with an action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bot.model.events import Standing
from bot.model.outbox import Delivered
from bot.model.shared import ShareTarget


@dataclass(frozen=True, kw_only=True)
class Item:
    """An action as one person sees it, with what they did about it."""

    #: the short reference that buttons carry (`today.reference`)
    ref: str
    campaign: str
    action: str
    #: slot of its occurrence; 0 for a quick thing
    slot: int
    #: None for a quick thing
    day: date | None
    title: str
    done: bool
    skipped: bool
    #: whether its text is prescribed word for word
    prescribed: bool
    #: whether there is a text of it to share
    shares: bool
    #: whether it is a pledge-maker's monthly prompt, of which [Done] asks for a link
    prompt: bool = False
    #: whether it is the prompt of the month in which the survey for followers is offered
    survey: bool = False
    #: whether it comes with a letter that people send to those who decide
    letter: bool = False
    #: how many friends it asks people to invite
    invites: int = 0


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody to whom a letter can go, as data of the person's country have it."""

    #: what they are called in the person's language
    name: str
    #: '' where only the page leads there
    email: str
    page: str
    #: the day on which the page was read
    read: date


@dataclass(frozen=True, kw_only=True)
class Written:
    """A letter, ready to be copied."""

    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class FactItem:
    """A fact that may be said today, in the person's language."""

    #: the short reference that buttons carry
    ref: str
    #: its sentence with who says it
    cited: str
    #: the same as it is passed on, with the hashtag
    text: str
    #: a few words for a button; '' where nobody has explained it
    title: str
    means: str
    respond: str
    as_of: date
    #: address of the source's own page; '' where it has none
    page: str


@dataclass(frozen=True, kw_only=True)
class EventItem:
    """An event as one person sees it, in their language and zone."""

    #: the short reference that buttons carry
    ref: str
    title: str
    when: str
    #: what texts say of it
    values: Mapping[str, object]
    #: title, date and place, one below the other
    facts: str
    #: address of its page; '' where there are none
    page: str
    #: None for who has not signed up
    standing: Standing | None
    #: one can sign up for it now
    takes: bool
    #: who signs up waits for a place
    full: bool
    over: bool
    #: what became of it: 'off' where it was called off, 'gone' where the data have it no longer
    #: though it isn't over, else ''
    became: str
    #: days after it for which it is kept who signed up
    days: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far somebody is in what lay ahead of them in the year's calendar when they joined."""

    done: int
    #: references of what is counted; what was over before is counted only once it is done
    counted: frozenset[str]
    next: Item | None

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.counted)


@dataclass(frozen=True)
class Shown:
    """A picture, with all that it says in words."""

    #: of a card a PNG
    data: bytes = field(repr=False)
    alt: str


class ActionsLook(Protocol):
    """The actions as one person sees them, in their language."""

    @property
    def items(self) -> tuple[Item, ...]:
        """The actions of this year for the person's audience, by day."""

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The actions that are due today or within their grace, and neither done nor left out."""

    @property
    def quick(self) -> tuple[Item, ...]:
        """The quick things, which have no day and can be done at any time."""

    @property
    def progress(self) -> Progress:
        """How many of the person's actions of the year are done, and what comes next."""

    @property
    def targets(self) -> tuple[ShareTarget, ...]:
        """The services on which texts can be shared."""

    @property
    def friends(self) -> int:
        """How many friends an action asks the person to invite; 0 where none does."""

    @property
    def carry_on(self) -> Mapping[str, str] | None:
        """Words of the form for carrying on, by 'title', 'intro', 'action', 'develop'.

        None while it is not time.
        """

    def carried(self, item: Item, develop: str) -> tuple[str, str]:
        """Return name and content of the document about what the person goes on with.

        `develop` is what they wrote of it, and may be empty.
        """

    def item(self, ref: str) -> Item | None:
        """Return the item that a button means; None when the data no longer have it."""

    def nudge(self, item: Item) -> str | None:
        """Return what the item asks; None when that can't be said now: its page is missing, say."""

    def share(self, item: Item, *, translated: bool, wording: int = 0) -> str | None:
        """Return the text that the person may post; None when there is none.

        With `translated` it is our translation of a prescribed text. `wording` 0 is the person's
        own of several, and each number above is the next one; after the last comes the first.
        """

    def wordings(self, item: Item, *, translated: bool) -> int:
        """Return how many texts `share` has to choose from."""

    def page(self, item: Item) -> str | None:
        """Return the address of the first page that the item links to; None without one."""

    def card(self, item: Item) -> Shown | None:
        """Return the card of the item, or the campaign's own picture in its place.

        None where there is none: prompts of a pledge have no card, nor has a language without a
        font.
        """

    @property
    def facts(self) -> tuple[FactItem, ...]:
        """What the campaigns say today, each with its source."""

    def fact_card(self, item: FactItem) -> Shown | None:
        """Return the card of a fact; None for a language without a font."""

    def recipients(self, item: Item) -> tuple[Recipient, ...]:
        """Return to whom the letter of the item can go where the person lives."""

    def letter(self, item: Item, said: Mapping[str, str]) -> Written | None:
        """Return the letter of the item with what its writer said, by the gaps of
        `bot.rules.letter`; None when there is none.
        """

    @property
    def events(self) -> tuple[EventItem, ...]:
        """The events to come by day, then the others that the person signed up for."""

    def event(self, ref: str) -> EventItem | None:
        """Return the event that a button means; None when nobody sees it any more."""

    def delivered(self, item: Item) -> Delivered | None:
        """Return the nudge of this item that went to the person; None when none did."""

    def awake(self, due: int) -> int:
        """Return the instant, or the end of the quiet hours in which it lies; epoch seconds."""

    def later(self, hour: int, days: int) -> int:
        """Return the epoch second of a full hour where the person lives, `days` days ahead."""
