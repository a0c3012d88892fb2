"""Data that belong to no campaign: names of places, apps to share a text with, shapes of handles,
free mail services, and child helplines.
"""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class PlaceNames:
    """Names of places (content/places.toml) beyond those of countries and of the zones' own
    cities.
    """

    #: (name, ISO 3166 alpha-2); a name may stand for several
    countries: tuple[tuple[str, str], ...] = ()
    #: (name, zone); a name may stand for several
    cities: tuple[tuple[str, str], ...] = ()
    #: (form of a city's name within a sentence, such as Москве; the name itself)
    forms: tuple[tuple[str, str], ...] = ()
    #: zones by which people know each time of a country with several, in the order in which they
    #: are offered
    main: tuple[str, ...] = ()
    #: names of what is larger than a country
    too_wide: tuple[str, ...] = ()
    #: what people say before a place, such as "I live in"
    before: tuple[str, ...] = ()


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
    #: of an app of many servers, some that many people use
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HandleShape:
    """How accounts of a network are written, as content/handles.toml has it."""

    network: str
    #: as the network writes its own name
    label: str
    #: other words for it that people write before a handle
    words: tuple[str, ...]
    #: hosts of its profile pages, without www. and m.; empty where every server is its own
    hosts: tuple[str, ...]
    #: what a name looks like, whole
    name: re.Pattern[str]
    #: first parts of a profile's path before the name ('in', 'company'); empty: the name comes
    #: first
    sections: tuple[str, ...]
    #: a profile's address, with {name}
    url: str
    #: what follows a bare name ('.bsky.social'), or ''
    suffix: str
    #: how it is written, for people
    example: str
    #: parts of paths that are pages of the network itself
    not_names: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class FreeMail:
    """Domains where anybody can have a mailbox (content/freemail.toml), in small letters."""

    #: names that count under any ending: yahoo.fr, yahoo.co.uk
    names: frozenset[str]
    #: these domains, and what is below them
    domains: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ChildHelpline:
    """The telephone number of a child helpline, and the page on which it was read."""

    #: ISO 3166 alpha-2
    country: str
    name: str
    number: str
    page: str
    #: when it was read there
    read: date
    #: the page's own date, where it has one
    dated: date | None
    #: when somebody answers, in figures ('24/7', '08:00–20:00'); '' where the page doesn't say
    hours: str = ""
    #: who looked at it on the day `read`; '' where nobody wrote it down
    by: str = ""
