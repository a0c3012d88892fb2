"""Countries that go ahead of others, as a campaign's pathfinders.toml has them: what happened with
each, on which day, and who says so.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

PROGRESS = "progress"
"""The form by which a country says how it gets on."""


class Happened(Enum):
    """What can happen in the life of such a country; the value is the word in files."""

    #: it wrote that it wants to be one
    INTEREST = "interest"
    #: its workshop was held
    WORKSHOP = "workshop"
    #: a workshop for which there was a day was not held then
    POSTPONED = "postponed"
    CONFIRMED = "confirmed"
    #: one of the reviews that come again and again
    REVIEW = "review"


class ReviewOutcome(Enum):
    """What a review found; the value is the word in files."""

    PROGRESS = "progress"
    #: no substantial progress, and a reasonable justification
    JUSTIFIED = "justified"
    #: no substantial progress, and no reasonable justification
    NONE = "none"


class PathState(Enum):
    """How far a country is; the value is the word in files of words."""

    INTEREST = "interest"
    WORKSHOP = "workshop"
    CONFIRMED = "confirmed"
    ON_HOLD = "on-hold"


@dataclass(frozen=True, kw_only=True)
class LifeEvent:
    """Something that happened with a country."""

    kind: Happened
    #: its first day; None where the source says no day
    on: date | None
    #: a day on which it was known to have happened, where its own is not
    by: date | None
    #: its last day, where it took several
    until: date | None
    #: of a review
    outcome: ReviewOutcome | None
    source: str

    @property
    def known(self) -> date:
        """Return the first day on which it is known to have happened."""
        return self.on or self.by or date.max


class PartShows(Enum):
    """What a part of the report shows beside its texts; the value is the word in files."""

    #: name of the country, how far it is, the day
    COVER = "cover"
    #: the titles of the parts
    CONTENTS = "contents"
    #: what happened with the country
    LIFE = "life"
    #: the next steps of its workshop, with what became of each
    STEPS = "steps"


@dataclass(frozen=True, kw_only=True)
class ReportPart:
    """A part of the report that is made of what is known of a country."""

    id: str
    shows: tuple[PartShows, ...] = ()
    #: ids of the parts whose texts it shows
    texts: tuple[str, ...] = ()
    #: ids of questions of the form `PROGRESS`, whose answers it shows
    answers: tuple[str, ...] = ()
    #: id of the part in which it stands; '' for one of its own
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownText:
    """Something that is known of a country, whose words stand under its id."""

    id: str
    #: id of the part of the report in which it stands
    part: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Pathfinder:
    """A country with its life."""

    #: ISO 3166 alpha-2
    code: str
    #: in the order of the file
    events: tuple[LifeEvent, ...]
    #: ids of the next steps that its workshop named
    steps: tuple[str, ...] = ()
    texts: tuple[KnownText, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LaterNote:
    """What somebody said of all countries after the day until which the list is whole, and who."""

    id: str
    source: str
    #: '' where it stands on no page
    url: str = ""
    #: the day on which it was read there
    read: date | None = None


@dataclass(frozen=True, kw_only=True)
class Pathfinders:
    """All such countries of a campaign, as far as they are known on one day."""

    source: str
    #: until when all that happened stands there
    as_of: date
    #: months from one review to the next
    review_months: int
    #: so many reviews in a row without progress put a country on hold
    hold_after: int
    countries: tuple[Pathfinder, ...]
    #: the parts of a country's report, in their order
    parts: tuple[ReportPart, ...] = ()
    later: tuple[LaterNote, ...] = ()

    def country(self, code: str) -> Pathfinder | None:
        """Return the country with this code, or None."""
        return next((each for each in self.countries if each.code == code), None)


@dataclass(frozen=True, kw_only=True)
class PathStanding:
    """How far a country is on a day."""

    state: PathState
    #: since when; None where the source says no day
    since: date | None
    #: the day until which its next review is due; None before it is confirmed
    due: date | None = None
    #: reviews in a row that were missed, or found no progress
    missed: int = 0
