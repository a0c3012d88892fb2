"""What belongs to no campaign: names of places, where to share a text, whom a child can call."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class PlaceNames:
    """What people call places (content/places.toml), beside the names of countries and of the
    zones' own cities.
    """

    #: (name, ISO 3166 alpha-2); a name may stand for several
    countries: tuple[tuple[str, str], ...] = ()
    #: (name, zone); a name may stand for several
    cities: tuple[tuple[str, str], ...] = ()
    #: zones by which people know each time of a country with several, in the order in which they
    #: are offered
    main: tuple[str, ...] = ()
    #: names of what is larger than a country
    too_wide: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShareTarget:
    """An app in which people share a text as themselves."""

    id: str
    name: str
    #: holds {text}, {url} or {server}
    url: str
    #: 'text' fills the text in, 'url' takes only a page, 'server' asks for the own server first
    takes: str
    #: a counter of `bot.text`, or None without a limit
    counter: str | None
    length: int | None
    checked: date


@dataclass(frozen=True, kw_only=True)
class ChildHelpline:
    """A number, and the page on which it was read."""

    #: ISO 3166 alpha-2
    country: str
    name: str
    number: str
    page: str
    #: when it was read there
    read: date
    #: the page's own date, where it has one
    dated: date | None
