"""What a public page knows of who reads it, and what it answers: plain values, no HTTP.

A reader is nobody: no cookie, no account, no address. All that a page knows is what stands in the
path, and what is said there. Makers of pledges alone can be known, on their own pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from bot.gaps import filled
from bot.jobs.services import Services
from bot.languages import (
    KEPT,
    Counted,
    direction,
    nearest,
    said_day,
    said_days,
    said_month_day,
    said_number,
)
from bot.model import Campaign
from bot.model.words import Words

WORDS = "public"
"""The table of a page's words: content/<language>/public.toml."""

FALLBACK = "en"
"""The language whose words stand for those that another lacks."""


@lru_cache(maxsize=KEPT)
def _encoded(part: str) -> str:
    """Return a part of a path as it stands in one; a list has the same ones in each line."""
    return quote(part, safe="")


@dataclass(frozen=True, kw_only=True)
class Urls:
    """Addresses of our own pages.

    `base` is what stands before every path ('' or '/bot'), `origin` what stands before that where
    an address must be whole, such as 'https://campaign.example'.
    """

    origin: str
    base: str

    def path(self, *parts: str) -> str:
        """Return the path of a page from its parts; each is encoded: `path('en', 'about')`."""
        return f"{self.base}/{'/'.join(map(_encoded, parts))}"

    def home(self, language: str) -> str:
        """Return the path of the first page in a language."""
        return f"{self.path(language)}/"

    def static(self, name: str) -> str:
        """Return the path of a file in `static/`."""
        return self.path("static", name)

    def whole(self, path: str) -> str:
        """Return a path as a whole address, as feeds and shared texts need it."""
        return f"{self.origin}{path}"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What a page is asked for; `campaign` is that of the path, where there is one."""

    services: Services
    urls: Urls
    #: tag of the language in which the page speaks
    language: str
    campaign: Campaign | None
    #: aware, in UTC
    now: datetime
    #: the parts of the path that a route names
    parts: Mapping[str, str] = field(default_factory=dict)
    #: the first value of each field behind the question mark
    query: Mapping[str, str] = field(default_factory=dict)
    #: path and query behind the language, for the same page in another one
    rest: str = ""
    #: whether forms are taken here; where pages are only shown, none is offered
    takes: bool = False
    #: the maker of a pledge whose letter has opened this page, on their own pages alone
    visitor: int | None = None
    #: counts one thing that is sent; False for who has sent as much as they may within an hour
    may_send: Callable[[], bool] = lambda: True

    @cached_property
    def today(self) -> date:
        """The day that it is in the zone of config.toml."""
        return self.services.today(self.now)

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """What public pages say, by table: in a campaign, with words of its own."""
        return self.services.renderer.page_words(self.campaign, self.language, fallback=FALLBACK)

    @property
    def direction(self) -> str:
        """'ltr' or 'rtl'."""
        return direction(self.language)

    @property
    def of(self) -> Campaign:
        """The campaign of the path; `Site` answers 404 where a route needs one and has none."""
        assert self.campaign is not None  # noqa: S101 - as the docstring says
        return self.campaign

    @property
    def speaks(self) -> str:
        """The language of the campaign's texts for this reader: theirs, else the campaign's own."""
        return nearest(self.language, self.of.languages) or self.of.language

    def about(self, campaign: Campaign) -> Words:
        """Return the campaign's own words in the reader's language, or the nearest there is."""
        return self.services.renderer.words(campaign, self.language)

    def day(self, day: date, form: str = "long") -> str:
        """Return a day as it is written in the reader's language; `form` as Babel names it."""
        return said_day(day, form, self.language)

    def days(self, first: date, last: date) -> str:
        """Return the days from one to another as they are written in the reader's language."""
        return said_days(first, last, self.language)

    def month_day(self, day: date) -> str:
        """Return a day without its year as it is written in the reader's language."""
        return said_month_day(day, self.language)

    def number(self, number: float) -> Counted:
        """Return a number as it is written in the reader's language."""
        return said_number(number, self.language)

    @property
    def answerable(self) -> dict[str, str]:
        """Who answers for what is kept, and where to write to them, for the words of a consent."""
        privacy = self.services.settings.privacy
        if privacy is None:
            return {"controller": "", "contact": ""}
        return {"controller": privacy.controller, "contact": privacy.contact}

    @property
    def age_asked(self) -> str:
        """The question about age, which stands before whatever keeps something of people."""
        age = self.number(self.services.settings.chat.age)
        return filled(self.words["pledging"]["age"], age=age)

    def asking_age(self, *, missing: bool) -> dict[str, Any]:
        """Return what a page shows that asks it alone, as `age`, `wrong` and `problems`; `missing`
        says that somebody went on without an answer.
        """
        age, wrong = self.age_asked, self.words["pledging"]["wrong"]["choice"] if missing else ""
        return {"age": age, "wrong": wrong, "problems": [("age", age, wrong)] if missing else []}

    def path(self, *parts: str) -> str:
        """Return the path of a page in the reader's language: `path('trees', 'calendar')`."""
        return self.urls.path(self.language, *parts)

    def here(self, *parts: str) -> str:
        """Return the path of a page of the campaign: `here('calendar')`."""
        return self.path(self.of.id, *parts)

    def in_language(self, tag: str) -> str:
        """Return the path of this very page in another language."""
        return f"{self.urls.base}/{tag}/{self.rest}"

    @property
    def playing(self) -> bool:
        """Whether what is shown comes from a rehearsal, which each page then says."""
        return self.services.rehearsal


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page as a handler answers it: its template in `templates/`, and what that shows."""

    template: str
    title: str
    #: for search engines and link previews, one sentence
    description: str = ""
    #: what the template shows beside `reader` and `page`
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = HTTPStatus.OK
    #: path of a picture for link previews, and what stands on it
    picture: str | None = None
    alt: str = ""
    #: False keeps search engines away from it
    indexed: bool = True
    #: (label, path) from the campaign down, for the line above the title
    trail: tuple[tuple[str, str], ...] = ()
    #: addresses of the same thing in other forms: (rel, type, title, path)
    links: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class File:
    """An answer that is no page: a feed, a picture, data."""

    content: bytes
    media_type: str
    #: name under which browsers keep it; '' shows it
    filename: str = ""
    #: when it last changed, where that is known; aware
    changed: datetime | None = None
    #: seconds for which it may be kept without asking again
    fresh: int = 300
    status: int = HTTPStatus.OK
    #: headers beside those of all answers; names in small letters
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """An answer that leads to another page of ours; `path` is one of `Urls`, never a reader's."""

    path: str


Answer = Shown | File | Elsewhere
