"""The menu of a campaign's pages: what has nothing to show stands in none.

To add a page to it: a line in `MENU`, and its label in the table [menu] of each
content/<language>/public.toml.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from bot.jobs.services import Services
from bot.web.public.reader import Reader
from bot.web.public.record import facts, figures


def always(_reader: Reader) -> bool:
    """Return True: such a page has something to show in each campaign."""
    return True


def unchanging(_services: Services) -> None:
    """Return None: such a page is there or not as the data files say."""


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """A page in the menu: its key in [menu], its path behind the campaign, and when it is there."""

    key: str
    path: tuple[str, ...]
    shows: Callable[[Reader], bool] = always
    #: what `shows` depends on beside data files and day
    version: Callable[[Services], Hashable] = unchanging


MENU: tuple[MenuEntry, ...] = (
    MenuEntry(key="campaign", path=()),
    MenuEntry(key="calendar", path=("calendar",)),
    MenuEntry(key="facts", path=("facts",), shows=facts.shows),
    MenuEntry(key="figures", path=("figures",), shows=figures.shows, version=figures.version),
)
"""The menu, in its order."""


def version(services: Services) -> Hashable:
    """Return what the menus depend on beside data files and day."""
    return tuple(entry.version(services) for entry in MENU)


def entries(reader: Reader) -> list[tuple[str, str]]:
    """Return label and path of the pages that the reader's campaign has; none outside of one."""
    if reader.campaign is None:
        return []
    labels = reader.words["menu"]
    return [
        (labels[entry.key], reader.here(*entry.path) if entry.path else f"{reader.here()}/")
        for entry in MENU
        if entry.shows(reader)
    ]
