"""What planning makes and what is to come: occurrences as they stand, and their waves."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.model.audience import Audience
from bot.model.outbox import ActionDay, Occurrence
from bot.model.staff import Actor


@dataclass(frozen=True, kw_only=True)
class Upcoming:
    """A post or a nudge that will fall due."""

    #: epoch seconds
    due: int
    campaign: str
    action: str
    day: date
    #: a channel's name for a post; '' for the first nudges of an occurrence
    channel: str
    state: str


@dataclass(frozen=True, kw_only=True)
class WaveKey:
    """What tells one wave from another: an occurrence on one channel with one deadline."""

    campaign: str
    action: str
    day: date
    channel: str
    #: that of the people whom the wave is for; the first by name where there are several
    zone: str
    #: epoch seconds when the first of them may leave
    due: int
    #: epoch seconds
    expires: int


@dataclass(frozen=True, kw_only=True)
class Waiting(WaveKey):
    """The nudges of a wave that wait."""

    #: deliveries
    total: int
    #: of these, those that no hold keeps back
    free: int


@dataclass(frozen=True, kw_only=True)
class ComingWave(WaveKey):
    """A wave that has still to fan out, in part or whole."""

    occurrence: int
    channel_id: int
    place: int
    #: people up to this id have their row
    after: int
    #: whether it is about a named day, which all want
    named: bool


@dataclass(frozen=True, kw_only=True)
class OpenOccurrence:
    """An occurrence with nudges whose day is near."""

    id: int
    day: date
    audience: Audience
    grace: int
    #: waves are made for places up to this id
    places: int


@dataclass(frozen=True, kw_only=True)
class NewWave:
    """An occurrence at a place; instants in epoch seconds."""

    occurrence: int
    place: int
    due: int
    expires: int


@dataclass(frozen=True, kw_only=True)
class PlannedOccurrence:
    """An occurrence as it stands in the database."""

    id: int
    occurrence: Occurrence
    cancelled: bool
    #: whether its day has begun in the first zone
    begun: bool
    #: whether something has become of one of its deliveries, so that it is not moved any more
    decided: bool


@dataclass(frozen=True, kw_only=True)
class ToPeople(ActionDay):
    """An occurrence of which messages go to people, with the instants (epoch seconds) between which
    they do somewhere.
    """

    id: int
    opens: int
    closes: int
    cancelled: bool

    def standing(self, now: int) -> str:
        """Return 'cancelled', 'coming', 'going' or 'over', as it stands at an epoch second."""
        if self.cancelled:
            return "cancelled"
        return "coming" if now < self.opens else "going" if now < self.closes else "over"


_FIRST_ZONE, _LAST_ZONE = timedelta(hours=14), timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Day and hour before which nothing of a broadcast leaves, as staff gave them."""

    #: without a zone
    clock: datetime
    #: of the instant that `clock` shows in a zone, which is the same for all; None where the clock
    #: is each person's own
    instant: datetime | None
    #: that zone; '' for each person's own clock
    zone: str
    by: Actor

    @property
    def first(self) -> datetime:
        """The instant at which that hour comes first somewhere."""
        return self.instant or self.clock.replace(tzinfo=UTC) - _FIRST_ZONE

    @property
    def latest(self) -> datetime:
        """The instant at which that hour has come everywhere."""
        return self.instant or self.clock.replace(tzinfo=UTC) + _LAST_ZONE
