"""Days and hours of a post of one's own, as people write them; the clock is that of config.toml."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.jobs.services import Services
from bot.model.staff.drafts import Draft
from bot.rules import dates

_MINUTES = 60
_YEARS = range(1971, 9999)
"""Years that can be meant: beyond them a neighbour of a day, or its hour elsewhere, may be none."""
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something to be said of a post before it is sent, by a key of the desk's words."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def local(written: str) -> datetime | None:
    """Return the day and hour that somebody wrote, '2027-03-01T09:30' or with a space between,
    without a zone; None for what is none.
    """
    first, _, clock = written.strip().replace(" ", "T", 1).partition("T")
    meant = day(first)
    try:
        moment = datetime.combine(meant, time.fromisoformat(clock)) if meant else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is None else None


def formed(moment: datetime | None) -> str:
    """Return a day and hour as a form and a draft have them; '' for none."""
    return f"{moment:%Y-%m-%dT%H:%M}" if moment else ""


def instant(services: Services, written: str) -> datetime | None:
    """Return what day and hour mean in the zone of config.toml, an hour that a clock leaves out or
    has twice as `bot.rules.dates.instant` does; None for what is none.
    """
    moment = local(written)
    return None if moment is None else on(services, moment.date(), moment)


def on(services: Services, day: date, clock: datetime) -> datetime:
    """Return the instant of a day at the hour that this clock shows."""
    minute = clock.hour * _MINUTES + clock.minute
    return dates.instant(day, minute, dates.zone(services.settings.zone))


def is_left_out(services: Services, moment: datetime) -> bool:
    """Return whether the clock of config.toml jumps over a day and hour, so that it never shows
    them.
    """
    shown = on(services, moment.date(), moment).astimezone(dates.zone(services.settings.zone))
    return formed(shown) != formed(moment)


def words(written: str) -> list[str]:
    """Return what somebody wrote one after the other, with spaces, commas or lines between."""
    return [word for word in _BETWEEN.split(written) if word]


def day(word: str) -> date | None:
    """Return the day that a word such as '2027-03-31' means, or None."""
    try:
        meant = date.fromisoformat(word)
    except ValueError:
        return None
    return meant if meant.year in _YEARS else None


def days(written: str) -> list[date]:
    """Return the days that somebody wrote one after the other, without what is none."""
    return [wanted for word in words(written) if (wanted := day(word))]


def strange(written: str) -> Iterator[Remark]:
    """Yield a remark on each word that is no day."""
    for word in words(written):
        if day(word) is None:
            yield Remark(key="no_day", values={"what": word})


def days_of(draft: Draft, first: date) -> list[date]:
    """Return the days on which a draft goes out, `first` among them unless it is left out."""
    return sorted({*_listed(draft, first)} - {*days(draft.again.get("but", ""))})


def _listed(draft: Draft, first: date) -> Iterable[date]:
    every = draft.again.get("every", "")
    if every == "dates":
        return [first, *days(draft.again.get("dates", ""))]
    until = days(draft.again.get("until", ""))
    return dates.repeated(first, every, until[0]) if every and until else [first]


def wrong(draft: Draft) -> Iterator[Remark]:
    """Yield what is wrong with the days of a draft."""
    first, every = local(draft.due), draft.again.get("every", "")
    if first is None:
        written = draft.due.strip()
        yield Remark(key="odd_hour", values={"what": written}) if written else Remark(key="no_hour")
        return
    yield from strange(draft.again.get("but", ""))
    yield from strange(draft.again.get("dates", "") if every == "dates" else "")
    if every in ("week", "month") and not days(draft.again.get("until", "")):
        yield Remark(key="no_end")
    yield from _bounds(len(days_of(draft, first.date())))


def _bounds(number: int) -> Iterator[Remark]:
    if number == 0:
        yield Remark(key="no_days")
    if number > dates.MOST_REPEATED:
        yield Remark(key="too_many", values={"most": dates.MOST_REPEATED})
