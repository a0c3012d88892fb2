"""The calendar: a month or a week of posts, each with its state on each channel, and what goes to
people.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.jobs.staff import posting
from bot.model import Channel
from bot.model.outbox import ActionDay, Entry
from bot.model.outbox.broadcasts import Pace
from bot.model.outbox.waves import ToPeople
from bot.rules import dates
from bot.text import filled
from bot.times import epoch, from_epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import spans
from bot.web.desk.posts.spans import Span
from bot.web.public.reader import Shown


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


def calendars(who: Colleague) -> Shown:
    """Show the month or week that is asked for; of this day where none is."""
    span = spans.of(who)
    days = _days(who, span)
    values = {
        "span": span,
        "name": spans.name(who, span),
        "weekdays": [_weekday(who, each.day) for each in days[:7]],
        "weeks": [days[at : at + 7] for at in range(0, len(days), 7)],
        "listed": [each for each in days if each.within and each.items],
        "ways": spans.ways(who, span),
        "campaigns": who.campaigns,
        "channels": _channels(who),
        "asked": span.asked,
    }
    return Shown(template="calendar.html", title=who.words["menu"]["calendar"], values=values)


def _weekday(who: Colleague, day: date) -> tuple[str, str]:
    """Return the short and the whole name of a day of the week."""
    return who.day(day, "ccc"), who.day(day, "cccc")


def _channels(who: Colleague) -> list[str]:
    return [name for name, each in who.services.settings.channels.items() if each.posts]


def _days(who: Colleague, span: Span) -> list[Day]:
    items = _items(who, span)
    return [
        Day(day=day, items=items.get(day, ()), today=day == who.today, within=span.has(day))
        for day in spans.whole_weeks(who, span)
    ]


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
    for row in who.services.store.plan.to_people(span.first, span.last):
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
