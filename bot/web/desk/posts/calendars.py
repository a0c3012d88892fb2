"""The calendar: a month or a week of posts, each with its state on each channel, and what goes to
people.
"""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from bot.jobs.staff import posting
from bot.languages import first_weekday, said_month
from bot.model import Channel
from bot.model.outbox import ActionDay, Entry
from bot.model.outbox.broadcasts import Pace
from bot.model.outbox.waves import ToPeople
from bot.rules import dates
from bot.text import filled
from bot.times import epoch, from_epoch
from bot.web.desk.colleague import Colleague
from bot.web.public.reader import Shown

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_YEARS = (1971, 9998)
"""Years that can be asked for; beyond them a neighbour of a day may be no day."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A post on one channel, or what goes to people."""

    at: str
    channel: str
    #: a key of the words' table [states] or [calendar.people]
    state: str
    said: str
    path: str = ""


@dataclass(kw_only=True)
class Item:
    """An occurrence on a day, with a line for each channel."""

    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A field of the grid; what is beyond the span has no items."""

    day: date
    items: Sequence[Item]
    today: bool
    within: bool


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days that are shown."""

    #: 'month' or 'week'
    kind: str
    first: date
    #: the day behind the last one
    end: date

    @property
    def before(self) -> date:
        """Return a day of the span before."""
        return self.first - _DAY

    def asked(self, day: date) -> dict[str, str]:
        """Return how a span of this kind is asked for that has this day."""
        return {"month": f"{day:%Y-%m}"} if self.kind == "month" else {"week": day.isoformat()}


def calendars(who: Colleague) -> Shown:
    """Show the month or week that is asked for; of this day where none is."""
    span = _span(who)
    items = _items(who, span)
    days = [_day(who, span, day, items) for day in _whole_weeks(who, span)]
    values = {
        "span": span,
        "name": _name(who, span),
        "weekdays": [(who.day(each.day, "ccc"), who.day(each.day, "cccc")) for each in days[:7]],
        "weeks": [days[at : at + 7] for at in range(0, len(days), 7)],
        "listed": [each for each in days if each.within and each.items],
        "ways": _ways(who, span),
        "campaigns": who.campaigns,
        "channels": [name for name, each in who.services.settings.channels.items() if each.posts],
        "asked": span.asked(span.first),
    }
    return Shown(template="calendar.html", title=who.words["menu"]["calendar"], values=values)


def _span(who: Colleague) -> Span:
    if (day := _asked(who.query.get("week", ""))) is not None:
        first = day - timedelta(days=(day.weekday() - first_weekday(who.language)) % 7)
        return Span(kind="week", first=first, end=first + _WEEK)
    first = (_asked(f"{who.query.get('month', '')}-01") or who.today).replace(day=1)
    return Span(kind="month", first=first, end=(first + 31 * _DAY).replace(day=1))


def _asked(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if _YEARS[0] <= day.year <= _YEARS[1] else None


def _whole_weeks(who: Colleague, span: Span) -> list[date]:
    if span.kind == "week":
        return [span.first + at * _DAY for at in range(7)]
    weeks = calendar.Calendar(first_weekday(who.language))
    return list(weeks.itermonthdates(span.first.year, span.first.month))


def _day(who: Colleague, span: Span, day: date, items: Mapping[date, Sequence[Item]]) -> Day:
    return Day(
        day=day,
        items=items.get(day, ()),
        today=day == who.today,
        within=span.first <= day < span.end,
    )


def _name(who: Colleague, span: Span) -> str:
    if span.kind == "month":
        name = said_month(span.first, who.language, year=True)
        return name[:1].upper() + name[1:]
    last = who.day(span.end - _DAY)
    return str(who.words["calendar"]["from_to"]).format(first=who.day(span.first), last=last)


def _ways(who: Colleague, span: Span) -> list[tuple[str, str, str]]:
    """Return (key of its words, path, relation) of each way to another span."""
    other = Span(kind="week" if span.kind == "month" else "month", first=span.first, end=span.end)
    near = who.today if span.first <= who.today < span.end else span.first
    return [
        (f"{span.kind}_before", _path(who, span.asked(span.before)), "prev"),
        (f"{span.kind}_after", _path(who, span.asked(span.end)), "next"),
        (f"{span.kind}_now", _path(who, span.asked(who.today)), ""),
        (f"as_{other.kind}", _path(who, other.asked(near)), ""),
    ]


def _path(who: Colleague, asked: Mapping[str, str]) -> str:
    kept = {key: who.query[key] for key in ("campaign", "channel") if who.query.get(key)}
    return f"{who.path('calendar')}?{urlencode({**asked, **kept})}"


# what stands on a day


def _items(who: Colleague, span: Span) -> dict[date, list[Item]]:
    """Return what stands on each day, in the order of its hours."""
    by_day: dict[date, dict[int, Item]] = {}
    for entry in _posts(who, span):
        at = who.local(from_epoch(entry.due))
        of_day = by_day.setdefault(at.date(), {})
        item = _item(who, of_day, entry.key.occurrence, entry)
        item.lines.append(_line(who, entry, at))
    for row, line in _to_people(who, span):
        _item(who, by_day.setdefault(row.day, {}), row.id, row).lines.append(line)
    return {day: list(items.values()) for day, items in by_day.items()}


def _item(who: Colleague, of_day: dict[int, Item], number: int, about: ActionDay) -> Item:
    if number not in of_day:
        of_day[number] = Item(title=posting.title(who.services, about, who.language))
    return of_day[number]


def _posts(who: Colleague, span: Span) -> Iterator[Entry]:
    start, end = (epoch(_midnight(who, day)) for day in (span.first, span.end))
    channel = who.query.get("channel", "")
    for entry in who.services.store.listing.posts_due(start, end):
        if _wanted(who, entry) and channel in ("", entry.channel):
            yield entry


def _midnight(who: Colleague, day: date) -> datetime:
    return dates.instant(day, 0, dates.zone(who.services.settings.zone))


def _wanted(who: Colleague, about: ActionDay) -> bool:
    return who.query.get("campaign", "") in ("", about.campaign)


def _line(who: Colleague, entry: Entry, at: datetime) -> Line:
    word = entry.state.word
    return Line(
        at=who.hour(at.time()),
        channel=entry.channel,
        state=word,
        said=who.words["states"][word],
        path=who.path("posts", str(entry.key)),
    )


def _to_people(who: Colleague, span: Span) -> Iterator[tuple[ToPeople, Line]]:
    """Yield what goes to people, each occurrence on its own day, with a line for each channel."""
    for row in who.services.store.plan.to_people(span.first, span.end - _DAY):
        for channel in _carriers(who, row) if _wanted(who, row) else ():
            yield row, _people_line(who, row, channel)


def _carriers(who: Colleague, row: ToPeople) -> list[Channel]:
    """Return the channels, of those asked for, on which an occurrence goes to people."""
    asked, own = who.query.get("channel", ""), who.services.store.oneoffs.about(row.subject)
    return [
        channel
        for channel in who.services.settings.channels.values()
        if channel.nudges and row.audience in channel.audiences and asked in ("", channel.name)
        if own is None or who.services.channel_ids.get(channel.name) == own.channel
    ]


def _people_line(who: Colleague, row: ToPeople, channel: Channel) -> Line:
    words, state = who.words["calendar"]["people"], _standing(who, row, channel)
    return Line(
        at="",
        channel=filled(words["whom"], channel=channel.name),
        state=state,
        said=words[state],
        path=who.path("outbox", "waves"),
    )


def _standing(who: Colleague, row: ToPeople, channel: Channel) -> str:
    number = who.services.channel_ids.get(channel.name, 0)
    broadcast = who.services.store.broadcasts.find(row.id, number)
    if broadcast is not None and broadcast.pace is Pace.CANCELLED:
        return "cancelled"
    return row.standing(epoch(who.now))
