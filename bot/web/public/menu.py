"""The menu of a campaign's pages: what has nothing to show stands in none.

To add a page to it: a line in `MENU`, and its label in the table [menu] of each
content/<language>/public.toml.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.web.public.making import offer
from bot.web.public.newsletter import archive
from bot.web.public.newsletter import page as newsletter
from bot.web.public.pledges import board, wall
from bot.web.public.reader import Reader
from bot.web.public.record import facts, figures, review


def always(_reader: Reader) -> bool:
    """Return True: such a page has something to show in each campaign."""
    return True


def has(page: str) -> Callable[[Reader], bool]:
    """Return whether a campaign has data for a page of `Campaign.pages`."""
    return lambda reader: reader.of.pages[page]


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """A page in the menu: its key in [menu], its path behind the campaign, and when it is there."""

    key: str
    path: tuple[str, ...]
    shows: Callable[[Reader], bool] = always


MENU: tuple[MenuEntry, ...] = (
    MenuEntry(key="campaign", path=()),
    MenuEntry(key="calendar", path=("calendar",)),
    MenuEntry(key="events", path=("events",), shows=has("events")),
    MenuEntry(key="roadmap", path=("roadmap",), shows=has("roadmap")),
    MenuEntry(key="pledges", path=("pledges",), shows=wall.shows),
    MenuEntry(key="board", path=(board.PATH,), shows=board.shows),
    MenuEntry(key="pledge", path=("pledge",), shows=offer.shows),
    MenuEntry(key="newsletter", path=("newsletter",), shows=newsletter.shows),
    MenuEntry(key="digests", path=("digests",), shows=archive.shows),
    MenuEntry(key="facts", path=("facts",), shows=facts.shows),
    MenuEntry(key="figures", path=("figures",), shows=figures.shows),
    MenuEntry(key="review", path=("review",), shows=review.shows),
    MenuEntry(key="calls", path=("calls",), shows=lambda reader: bool(reader.of.calls)),
    MenuEntry(key="stories", path=("stories",), shows=has("stories")),
    MenuEntry(key="partners", path=("partners",), shows=has("partners")),
    MenuEntry(key="countries", path=("countries",), shows=has("countries")),
)
"""The menu, in its order."""


def shown(reader: Reader) -> list[MenuEntry]:
    """Return the pages that the reader's campaign has; none outside of one."""
    return [] if reader.campaign is None else [entry for entry in MENU if entry.shows(reader)]


def entries(reader: Reader) -> list[tuple[str, str]]:
    """Return label and path of the pages that the reader's campaign has; none outside of one."""
    labels = reader.words["menu"]
    return [
        (labels[entry.key], reader.here(*entry.path) if entry.path else f"{reader.here()}/")
        for entry in shown(reader)
    ]
