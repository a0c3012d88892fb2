"""Instants and how they are written: epoch seconds in the database, ISO 8601 in JSON, aware
datetimes everywhere else.
"""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

DAY = 86_400
"""A day in seconds, for instants and limits that are kept as plain numbers."""

MOST_DAYS = 36_500
"""Most days that may be asked for somewhere, a hundred years: what is counted from now stays within
the years that dates have.
"""


def epoch(instant: datetime) -> int:
    """Return the whole seconds since 1970-01-01T00:00:00Z; a part of a second is left out."""
    return int(instant.timestamp())


def from_epoch(seconds: float) -> datetime:
    """Return the instant of these epoch seconds, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def iso(instant: datetime | float) -> str:
    """Return the instant as JSON has it: ``2021-05-01T07:00:00Z``, without parts of a second."""
    known = instant if isinstance(instant, datetime) else from_epoch(instant)
    # twice as fast as strftime, which counts where a list has a million rows
    return f"{known.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


@cache
def zone_names() -> frozenset[str]:
    """Return the IANA names of all time zones; the disk is read once."""
    return frozenset(available_timezones())
