"""What topics of actions may look at: one person's year, and what can be done with an action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.model.outbox import Delivered
from bot.model.shared import ShareTarget


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
class Progress:
    """How far somebody is in the year's calendar."""

    done: int
    total: int
    next: Item | None


class ActionsLook(Protocol):
    """The actions as one person meets them."""

    @property
    def items(self) -> tuple[Item, ...]:
        """The actions of this year for the person's audience, by day."""

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The actions due today or within their grace, and neither done nor left out."""

    @property
    def quick(self) -> tuple[Item, ...]:
        """What can be done at any time, on no day of its own."""

    @property
    def progress(self) -> Progress:
        """How many of the year's actions are done, and what comes next."""

    @property
    def targets(self) -> tuple[ShareTarget, ...]:
        """Where texts can be shared."""

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
        """The first page that the item links to; None without one."""

    def delivered(self, item: Item) -> Delivered | None:
        """The nudge of this item that went to the person; None when none did."""

    def awake(self, due: int) -> int:
        """The instant itself, or the end of the quiet hours it lies in; epoch seconds."""

    def later(self, hour: int, days: int) -> int:
        """Epoch seconds of the full hour, so many days ahead, where the person lives."""
