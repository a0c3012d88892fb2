"""What answers of the API hold, as JSON objects, and what may be asked, as dataclasses; of both
pydantic makes the bytes, the checks and the schemas. What isn't there is null.

The keys are a contract, whatever the nouns of the house become.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from bot.model import Audience

_Day = date  # a field of that name hides the class

Rehearsal = Annotated[
    bool, Field(description="Whether all of this is invented: a rehearsal on a simulated clock.")
]
Language = Annotated[str, Field(description="The language of the texts, as a BCP 47 tag.")]
Country = Annotated[str, Field(description="ISO 3166-1 alpha-2.", pattern=r"^([A-Z]{2})?$")]
AudienceWord = Annotated[str, Field(json_schema_extra={"enum": [each.word for each in Audience]})]
Progress = Annotated[str, Field(json_schema_extra={"enum": ["in-progress", "done"]})]
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
