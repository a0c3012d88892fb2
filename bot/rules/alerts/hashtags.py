"""Alarms about the counting of hashtags."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.rules.alerts.alarm import Alarm


@dataclass(frozen=True, kw_only=True)
class NotCounted(Alarm):
    """Hashtags could not be counted at a place for a day."""

    kind = "blind"
    network: str
    place: str
    #: epoch seconds; 0 where an older version didn't keep it
    since: int
    words: str

    @staticmethod
    def about(network: str, place: str) -> str:
        """Return the subject that stands for this place of a network."""
        return f"{network} {place}"


@dataclass(frozen=True, kw_only=True)
class UnusualUse(Alarm):
    """A hashtag was used much more than usual on a network on one day."""

    kind = "surge"
    tag: str
    network: str
    #: as ISO 8601
    day: str
    uses: int
    #: uses of a usual day
    usual: float

    @staticmethod
    def about(tag: str, network: str, day: date) -> str:
        """Return the subject that stands for a hashtag on a network on this day."""
        return f"{tag} {network} {day}"

    @property
    def date(self) -> date | None:
        """Return the day; None where an older version didn't keep it."""
        return _day(self.day)


@dataclass(frozen=True, kw_only=True)
class WeekOfHashtags(Alarm):
    """The use of hashtags in one week, for information only; the subject is the Monday after it."""

    kind = "digest"
    #: first and last day, as ISO 8601
    start: str
    end: str
    #: for each hashtag on each network what was counted; its keys are those of the text
    tags: tuple[Mapping[str, Any], ...]

    @property
    def first(self) -> date | None:
        """Return the first day; None where an older version didn't keep it."""
        return _day(self.start)

    @property
    def last(self) -> date | None:
        """Return the last day; None where an older version didn't keep it."""
        return _day(self.end)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
