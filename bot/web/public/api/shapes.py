"""What answers of the API hold, as JSON objects, and what may be asked, as dataclasses; of both
pydantic makes the bytes, the checks and the schemas. What isn't there is null.

The keys are a contract, whatever the nouns of the house become.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from bot.model import Audience
from bot.model.events import EventState
from bot.model.pathfinders import Happened, PathState, ReviewOutcome

_Day = date  # a field of that name hides the class

Rehearsal = Annotated[
    bool, Field(description="Whether all of this is invented: a rehearsal on a simulated clock.")
]
Language = Annotated[str, Field(description="The language of the texts, as a BCP 47 tag.")]
Country = Annotated[str, Field(description="ISO 3166-1 alpha-2.", pattern=r"^([A-Z]{2})?$")]
AudienceWord = Annotated[str, Field(json_schema_extra={"enum": [each.word for each in Audience]})]
Progress = Annotated[str, Field(json_schema_extra={"enum": ["in-progress", "done"]})]
CountryCode = Annotated[str, Field(description="ISO 3166-1 alpha-2.", pattern=r"^[A-Z]{2}$")]
EventWord = Annotated[str, Field(json_schema_extra={"enum": [each.value for each in EventState]})]
PathWord = Annotated[str, Field(json_schema_extra={"enum": [each.value for each in PathState]})]
HappenedWord = Annotated[str, Field(json_schema_extra={"enum": [each.value for each in Happened]})]
OutcomeWord = Annotated[
    str, Field(json_schema_extra={"enum": [each.value for each in ReviewOutcome]})
]
Verified = Annotated[str, Field(json_schema_extra={"enum": ["email", "staff"]})]


class Entry(TypedDict):
    """What a campaign asks of an audience on a day; the keys of `drumbeat calendar --json`."""

    id: str
    url: Annotated[str, Field(description="The page of the action.")]
    audience: AudienceWord
    kind: str
    observance: str | None
    date: Annotated[_Day | None, Field(description="The named day; null for a month's action.")]
    nudge: Annotated[
        _Day | None,
        Field(
            description="The day on which people hear of it; null for any day, and with `after`."
        ),
    ]
    after: Annotated[
        str | None,
        Field(
            description="How long after a pledge its maker hears of it, as ISO 8601 writes it; null"
            " where it doesn't follow one.",
            examples=["P14D", "P9M"],
        ),
    ]
    month: Annotated[int | None, Field(ge=1, le=12)]
    title: str
    text: Annotated[str | None, Field(description="A text to share.")]
    hashtags: tuple[str, ...]
    links: tuple[str, ...]
    source: str


class Calendar(TypedDict):
    """The action calendar of a campaign: the year of a dated one, else the one of today."""

    rehearsal: Rehearsal
    campaign: str
    title: str
    url: Annotated[str, Field(description="The page of the calendar.")]
    language: Language
    actions: tuple[Entry, ...]


class Account(TypedDict):
    """An account of who made a pledge."""

    network: str
    url: str


class Milestone(TypedDict):
    """A step that is done; when it was is not public."""

    title: str
    link: str | None


class Line(TypedDict):
    """A question about bringing a pledge further, and its answer."""

    ask: str
    answer: str


class Pledge(TypedDict):
    """A public pledge, as its page shows it; it has no instant, on purpose."""

    rehearsal: Rehearsal
    pledge: Annotated[int, Field(description="Its number.", ge=1)]
    campaign: str
    url: Annotated[str, Field(description="The page of the pledge.")]
    language: Annotated[str, Field(description="The language that it is written in.")]
    name: str
    audience: AudienceWord
    group: Annotated[str, Field(description="Id of the stakeholder group.")]
    organisation: str | None
    person: Annotated[
        str | None, Field(description="What an individual is called, as far as it is public.")
    ]
    country: Country | None
    description: str | None
    action: str
    plan: str | None
    impact: str | None
    website: str | None
    accounts: tuple[Account, ...]
    topics: tuple[str, ...]
    progress: Annotated[
        Progress | None, Field(description="As its maker says; null where they say nothing.")
    ]
    milestones: tuple[Milestone, ...]
    posts: Annotated[
        tuple[str, ...], Field(description="Addresses of its posts that were amplified.")
    ]
    scale_up: tuple[Line, ...]
    verified: Annotated[
        Verified | None,
        Field(description="How somebody made sure who made it; null for an individual."),
    ]


class Pledges(TypedDict):
    """A page of the public pledges that fit: those with the words in name or maker first, and of
    each kind the newest first.
    """

    rehearsal: Rehearsal
    campaign: str
    url: Annotated[str, Field(description="The page on which they are looked for.")]
    language: Language
    count: Annotated[int, Field(description="How many fit, on all pages.", ge=0)]
    counts: Annotated[
        dict[str, dict[str, int | None]],
        Field(
            description="How many fit of each value of each filter; null where so many fit that it"
            " is not counted, and perhaps none does."
        ),
    ]
    pledges: tuple[Pledge, ...]
    next: Annotated[str | None, Field(description="The address of the next page.")]


class Result(TypedDict):
    """What a pledge-maker found for bringing the pledge further, as the board shows it: staff have
    read it, and nobody has checked it.
    """

    pledge: Annotated[int, Field(description="Its number.", ge=1)]
    url: Annotated[str, Field(description="The page of the pledge.")]
    language: Annotated[str, Field(description="The language that it is written in.")]
    name: str
    group: Annotated[str, Field(description="Id of the stakeholder group.")]
    organisation: str | None
    country: Country | None
    topics: tuple[str, ...]
    cost: Annotated[tuple[str, ...], Field(description="What it cost.")]
    evidence: Annotated[tuple[str, ...], Field(description="What shows that it works.")]
    repeat: Annotated[
        tuple[str, ...], Field(description="Who could repeat it, and what that takes.")
    ]
    scale_up: Annotated[tuple[Line, ...], Field(description="All questions and answers.")]


class Results(TypedDict):
    """A page of the public results that fit, in the order of pledges."""

    rehearsal: Rehearsal
    campaign: str
    url: Annotated[
        str, Field(description="The page on which they are looked for, once one is there.")
    ]
    language: Language
    count: Annotated[int, Field(description="How many fit, on all pages.", ge=0)]
    counts: Annotated[
        dict[str, dict[str, int | None]],
        Field(description="How many fit of each value of each filter, as among pledges."),
    ]
    results: tuple[Result, ...]
    next: Annotated[str | None, Field(description="The address of the next page.")]


class Fact(TypedDict):
    """What the campaign says, with its source; what has expired should not be said any more."""

    name: str
    sentence: str
    value: int | float | str
    means: Annotated[str, Field(description="What the figure means; empty where nobody wrote it.")]
    respond: Annotated[str, Field(description="What one can do about it; may be empty.")]
    year: Annotated[int | None, Field(description="The year that the figure is about.")]
    by: Annotated[str, Field(description="Who says it, in a few words.")]
    source: str
    source_url: Annotated[str | None, Field(description="The source's own page.")]
    as_of: date
    read: Annotated[date | None, Field(description="When somebody last read it on that page.")]
    expires: date | None
    expired: bool


class Facts(TypedDict):
    """The facts of a campaign; what still holds comes first."""

    rehearsal: Rehearsal
    campaign: str
    url: Annotated[str, Field(description="The page of the facts, where there is any.")]
    language: Language
    facts: tuple[Fact, ...]


class Event(TypedDict):
    """Something that people can come to, as far as it is known; what nobody knows is null."""

    id: str
    url: Annotated[str, Field(description="The page of the event.")]
    title: str
    about: str | None
    place: str | None
    state: EventWord
    over: bool
    start: Annotated[datetime | None, Field(description="Where the hour is known.")]
    end: Annotated[datetime | None, Field(description="Where the hour is known.")]
    date: Annotated[_Day | None, Field(description="Its first day, where it takes place.")]
    last_date: Annotated[_Day | None, Field(description="Its last day, where it takes place.")]
    month: Annotated[
        str | None,
        Field(description="Where no day is known.", examples=["2027-06"]),
    ]
    zone: Annotated[
        str | None, Field(description="The zone of its clocks.", examples=["Africa/Lagos"])
    ]
    languages: Annotated[tuple[str, ...], Field(description="BCP 47 tags.")]
    organisers: tuple[str, ...]
    capacity: int | None
    signup: Annotated[bool, Field(description="Whether people can sign up on its page now.")]
    link: Annotated[str | None, Field(description="Where people take part, until it is over.")]
    recording: str | None
    source: str
    source_url: Annotated[str | None, Field(description="The source's own page.")]
    read: Annotated[_Day | None, Field(description="When somebody last read it on that page.")]


class Step(TypedDict):
    """Something that a roadmap had planned, and what came of it, as far as a source says so."""

    id: str
    title: str
    when: Annotated[str, Field(description="For when it was planned, as its source says it.")]
    event: Annotated[str | None, Field(description="Id of the event that it became.")]
    source: str
    came: Annotated[str | None, Field(description="What came of it; null where nobody knows.")]
    came_source: str | None
    came_url: str | None


class Events(TypedDict):
    """What people could and can come to, by day, and the roadmap of the campaign."""

    rehearsal: Rehearsal
    campaign: str
    url: Annotated[str, Field(description="The page of the events, where there is any.")]
    language: Language
    events: tuple[Event, ...]
    roadmap: tuple[Step, ...]


class ListedCountry(TypedDict):
    """A country that a source names."""

    country: CountryCode
    name: str


class CountryList(TypedDict):
    """Countries as a source lists them, with its label and day."""

    label: str
    source: str
    as_of: date
    countries: tuple[ListedCountry, ...]


class CountryEvent(TypedDict):
    """Something that happened with a country."""

    kind: HappenedWord
    on: Annotated[date | None, Field(description="Its day; null where the source says none.")]
    until: date | None
    by: Annotated[date | None, Field(description="A day on which it was known, without its own.")]
    outcome: Annotated[OutcomeWord | None, Field(description="What a review found.")]
    source: str


class Report(TypedDict):
    """What a country said of its progress, which was read before everybody could see it."""

    date: _Day
    language: Annotated[str, Field(description="The language of its own words.")]
    lines: tuple[Line, ...]


class CountryAhead(TypedDict):
    """A country that goes ahead of others: how far it is, and what happened there."""

    country: CountryCode
    name: str
    url: Annotated[str, Field(description="The page of the country.")]
    state: PathWord
    since: Annotated[date | None, Field(description="Null where the source says no day.")]
    due: Annotated[date | None, Field(description="Until when its next review is due.")]
    missed: Annotated[int, Field(description="Reviews in a row without progress.", ge=0)]
    events: tuple[CountryEvent, ...]
    reports: Annotated[tuple[Report, ...], Field(description="The newest first.")]


class Countries(TypedDict):
    """The countries of a campaign: those of its list, and those that go ahead of others."""

    rehearsal: Rehearsal
    campaign: str
    url: Annotated[str, Field(description="The page of the countries, where there is any.")]
    language: Language
    listed: CountryList | None
    as_of: Annotated[
        date | None, Field(description="Until when all is known of those that go ahead.")
    ]
    source: str | None
    ahead: tuple[CountryAhead, ...]


Lang = Annotated[
    str, Field(description="The language to answer in; the campaign's own without.", max_length=35)
]


@dataclass(frozen=True, kw_only=True)
class AskedPlain:
    """What may be asked where there is nothing to choose but the language."""

    lang: Lang = ""


@dataclass(frozen=True, kw_only=True)
class AskedCalendar:
    """What may be asked of a calendar."""

    lang: Lang = ""
    audience: Annotated[
        Literal["", "individual", "organization", "country", "region"],
        Field(description="Only what is asked of this audience."),
    ] = ""


_VALUE = r"^[A-Za-z0-9_-]*$"


@dataclass(frozen=True, kw_only=True)
class AskedPledges:
    """What may be looked for among pledges, as on their page; what is empty leaves nothing out."""

    lang: Lang = ""
    q: Annotated[str, Field(description="Words.", max_length=100)] = ""
    group: Annotated[
        str, Field(description="A stakeholder group.", max_length=100, pattern=_VALUE)
    ] = ""
    country: Country = ""
    topic: Annotated[str, Field(description="A topic.", max_length=100, pattern=_VALUE)] = ""
    progress: Annotated[
        Literal["", "in-progress", "done"],
        Field(description="How far it is, as its maker says."),
    ] = ""
    language: Annotated[
        str, Field(description="The language that it is written in.", max_length=35, pattern=_VALUE)
    ] = ""
    after: Annotated[
        str, Field(description="Where the page before ended.", pattern=r"^([01]-[0-9]{1,15})?$")
    ] = ""
