"""A campaign as its data files say it: whom it is for, what it asks, on which days; and the
problems that a file can have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from typing_extensions import override

from bot.model.audience import Audience
from bot.model.calls.entry import Call
from bot.model.events import PlannedEvent, RoadmapStep
from bot.model.makers import (
    AfterPledge,
    ChoosingQuestion,
    Countries,
    Decider,
    Form,
    Group,
    JourneyRules,
    Partners,
    PledgeTopic,
    Published,
    SmartExample,
)
from bot.model.pathfinders import Pathfinders


class Kind(Enum):
    """The kind of thing that an action asks for."""

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


class Role(Enum):
    """The purpose of a text; it is the first part of a block's name in a template."""

    TITLE = "title"
    NUDGE = "nudge"
    WITHOUT_PLEDGE = "without_pledge"
    ADVICE = "advice"
    ALTERNATIVE = "alternative"
    SHARE = "share"
    TRANSLATION = "translation"
    POST = "post"
    ALT = "alt"
    CARD = "card"
    #: a letter that people send to those who decide, and its subject
    LETTER = "letter"
    SUBJECT = "subject"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that is wrong in a file: where it is, and what to do about it."""

    #: the file as the author knows it, relative to its root where it has one
    file: str
    #: the key inside the file, dotted; empty for the whole file
    key: str
    message: str

    @override
    def __str__(self) -> str:
        return f"{self.file}: {self.key or '(whole file)'}: {self.message}"


# Date rules: what `when` in calendar.toml may say. `bot.rules.dates.days` turns them into days.


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
    """A date rule that lists its days one by one."""

    dates: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class EasterOffset:
    """A day so many days after Western Easter Sunday, or before it when negative."""

    days: int


Rule = YearlyDay | NthWeekday | ListedDates | EasterOffset | AfterPledge


@dataclass(frozen=True, kw_only=True)
class Observance:
    """A named day, such as a World Day."""

    id: str
    when: Rule
    source: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that a campaign asks for, on a day, in a month, or at any time."""

    campaign: str
    id: str
    kind: Kind
    audiences: tuple[Audience, ...]
    #: the id of the named day, or None for a month's action and a quick thing
    observance: str | None
    #: the day it goes out, which may be another for each pledge; None for a quick thing, which is
    #: always there
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
    #: it asks people to make a video
    video: bool = False
    #: how many friends it asks people to invite
    invites: int = 0
    #: the slots of its days, where a database knows them (see `bot.rules.identity`)
    slots: Mapping[date, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def asks(self) -> bool:
        """Whether it asks anything of anybody; what only opens a month does not."""
        return self.kind is not Kind.OPENING

    @property
    def after(self) -> AfterPledge | None:
        """How long after a pledge it comes to its maker; None for what has days of its own."""
        return self.when if isinstance(self.when, AfterPledge) else None


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link slot; an empty `url` holds the actions that need it."""

    name: str
    url: str
    source: str
    #: the day a person last saw the page answer
    checked: date | None
    #: the day on which somebody read a stored copy of the page; it doesn't tell whether the page
    #: still answers
    read: date | None = None
    #: the page of our own that serves what the slot is for, one of `Campaign.pages`
    page: str | None = None
    #: the topic by which that page is looked through
    topic: str | None = None
    #: whether `url` is that of our own page, since nobody gave another
    own: bool = False

    @property
    def path(self) -> str:
        """Return `page` with its topic as an address below the campaign has it; '' without one."""
        return f"{self.page or ''}{f'?topic={self.topic}' if self.topic else ''}"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A figure that may be quoted from the day on which it is known until it expires."""

    name: str
    value: int | float | str
    source: str
    #: the first day on which it may be said
    as_of: date
    #: the last one; None without an end
    expires: date | None
    #: the year that it is about; None where it is about none
    year: int | None = None
    #: name of the newer fact that stands in its place; empty where there is none yet
    replaced_by: str = ""
    #: address of the source's own page; empty where it has none
    url: str = ""
    #: the day on which somebody last read it there, or in a stored copy of that page
    read: date | None = None

    def is_known(self, day: date) -> bool:
        """Return whether it had been published by a day."""
        return self.as_of <= day

    def is_expired(self, day: date) -> bool:
        """Return whether nobody should say it any more on a day."""
        return self.expires is not None and self.expires < day

    def holds(self, day: date) -> bool:
        """Return whether it may be said on a day."""
        return self.is_known(day) and not self.is_expired(day)


@dataclass(frozen=True, kw_only=True)
class Colours:
    """How a campaign's letters look, `#rrggbb` each."""

    #: of the band, the buttons and the links
    accent: str = "#0b5cad"
    #: the same for who reads on a dark screen
    dark: str = "#8cc4ff"


@dataclass(frozen=True, kw_only=True)
class CardLook:
    """How a campaign's cards look; colours are `#rrggbb`."""

    #: of the card of a day, and of the band of a month's
    ground: str = "#0b3a6b"
    #: what catches the eye: the day, a line, a dot
    mark: str = "#ffc845"
    #: family of the letters, among those of [pictures] fonts in config.toml; empty for the usual
    font: str = ""
    #: name of a picture in the campaign's pictures/, without its ending; empty without a logo
    logo: str = ""


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign whose folder was read without a problem."""

    id: str
    #: where it was found; its pictures/ lie below
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
    forms: Mapping[str, Form] = field(default_factory=dict)
    #: None where there is no journey.toml
    journey: JourneyRules | None = None
    #: stakeholder groups, in the order of the file
    groups: Mapping[str, Group] = field(default_factory=dict)
    #: what pledges can be about, in the order of the file
    topics: tuple[PledgeTopic, ...] = ()
    smart: tuple[SmartExample, ...] = ()
    choosing: tuple[ChoosingQuestion, ...] = ()
    showcase: tuple[Published, ...] = ()
    stories: tuple[Published, ...] = ()
    countries: Countries | None = None
    partners: Partners | None = None
    pathfinders: Pathfinders | None = None
    #: in the order of the file
    events: tuple[PlannedEvent, ...] = ()
    roadmap: tuple[RoadmapStep, ...] = ()
    #: those to whom people can write, by their ids
    deciders: Mapping[str, Decider] = field(default_factory=dict)
    #: in the order of the file
    calls: tuple[Call, ...] = ()
    colours: Colours = Colours()
    cards: CardLook = CardLook()
    #: campaigns whose tables and words stand for those that this one lacks, the nearest first
    like: tuple[str, ...] = ()

    @property
    def pages(self) -> Mapping[str, bool]:
        """Return the names of the public pages to which link slots may lead, each with whether
        this campaign has data for it.
        """
        return {
            "stories": bool(self.showcase or self.stories),
            "partners": self.partners is not None,
            "countries": self.countries is not None or self.pathfinders is not None,
            "events": bool(self.events),
            "roadmap": bool(self.roadmap),
            "pledges": "pledge" in self.forms,
        }

    def videos(self, action: Action) -> tuple[str, ...]:
        """Return the ids of what asks people for a video, of all that an action's post speaks for:
        itself, and what a month asks where it opens that.
        """
        opens = action.month if action.kind is Kind.OPENING else None
        return tuple(
            each.id
            for each in self.actions
            if each.video and (each.id == action.id or (opens and each.month == opens))
        )

    @property
    def published(self) -> tuple[Published, ...]:
        """What others have published: stories, then pledges to learn from."""
        return (*self.stories, *self.showcase)

    def action(self, action_id: str) -> Action | None:
        """Return the action with this id, or None."""
        return next((action for action in self.actions if action.id == action_id), None)


class Size(Enum):
    """What a card measures, in pixels: width and height."""

    #: what links, X, Bluesky, Mastodon, Telegram, Facebook and LinkedIn show whole
    WIDE = (1200, 675)
    #: Instagram
    SQUARE = (1080, 1080)
    #: stories, and screens that are held upright
    TALL = (1080, 1920)

    @property
    def width(self) -> int:
        """Return how many pixels it is wide."""
        return self.value[0]

    @property
    def height(self) -> int:
        """Return how many pixels it is high."""
        return self.value[1]

    @property
    def word(self) -> str:
        """Return the name under which people choose it: wide, square or tall."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Card:
    """All that goes into a card but its size."""

    campaign: str
    #: BCP 47 tag of the language of its words
    language: str
    #: 'ltr' or 'rtl'
    direction: str
    #: 1-12; 0 for what belongs to no month
    month: int
    #: of a named day, on the campaign's own colour; else a month's, on paper
    festive: bool
    #: the day or month as the language writes it; empty where there is none
    when: str
    title: str
    #: a short line below; may be empty
    line: str
    #: as written, with '#'
    hashtags: tuple[str, ...]
    #: address of a page that a phone's camera opens; empty without one
    link: str
    look: CardLook
    #: a picture of the campaign's own: its bytes, or None
    logo: bytes | None = field(default=None, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """Return all that can be read on it, from the top down."""
        said = (self.when, self.title, self.line, *self.hashtags)
        return tuple(part for part in said if part)
