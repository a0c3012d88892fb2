"""The calendar: a month or a week of posts, each with its state on each channel, and what goes to
people.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.gaps import filled
from bot.jobs.broadcasts import going
from bot.jobs.broadcasts.going import Going
from bot.jobs.staff import posting
from bot.languages import said_instant
from bot.model.outbox import ActionDay
from bot.model.outbox.browsing import Place, PostAt
from bot.model.outbox.waves import Start, ToPeople
from bot.model.subject import Planned
from bot.rules import dates
from bot.times import epoch, from_epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import spans
from bot.web.desk.posts.spans import DAY, Span
from bot.web.public.reader import Shown

MOST = 5
"""Occurrences of a day that a month shows; its week has all."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A post on one channel, or what goes to people."""

    at: str
    channel: str
    #: a key of the words' table [states] or [calendar.people]
    state: str
    said: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """An occurrence on a day, with a line for each channel."""

    title: str
    lines: Sequence[Line]


Found = list[Place | Going]
"""An occurrence on a day: the places of its posts, and what goes to people."""

Posts = Mapping[Place, PostAt]
"""The posts that are shown."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """A field of the grid; what is beyond the span has no items."""

    day: date
    items: Sequence[Item]
    today: bool
    within: bool
    #: how many more there are, as it is written, and the path of the week that has them; or ''
    more: str = ""
    week: str = ""


def calendars(who: Colleague) -> Shown:
    """Show the month or week that is asked for; of this day where none is."""
    span = spans.of(who)
    days = _days(who, span)
    values = {
        "span": span,
        "name": spans.name(who, span),
        "weekdays": [_weekday(who, each.day) for each in days[:7]],
        "weeks": [days[at : at + 7] for at in range(0, len(days), 7)],
        "nothing": not any(each.items for each in days),
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
    found, most = _found(who, span), MOST if span.kind == "month" else None
    shown = {day: [*rows.values()][:most] for day, rows in found.items()}
    # a month may have a thousand posts, most of which are only counted
    posts = who.services.store.browsing.posts_at(
        each
        for rows in shown.values()
        for found_there in rows
        for each in found_there
        if not isinstance(each, Going)
    )
    return [
        _day(who, span, day, _items(who, shown.get(day, ()), posts), len(found.get(day, ())))
        for day in spans.whole_weeks(who, span)
    ]


def _day(who: Colleague, span: Span, day: date, items: Sequence[Item], there: int) -> Day:
    more = there - len(items)
    return Day(
        day=day,
        items=items,
        today=day == who.today,
        within=span.has(day),
        more=who.number(more) if more else "",
        week=spans.path(who, spans.asked("week", day)) if more else "",
    )


# what stands on a day


def _found(who: Colleague, span: Span) -> dict[date, dict[int, Found]]:
    """Return what stands on each day, by the number of its occurrence, in the order of its hours:
    posts, then what goes to people.
    """
    by_day: dict[date, dict[int, Found]] = {}
    begins = [epoch(_midnight(who, span.first + at * DAY)) for at in range(span.days)]
    for place in _places(who, span):
        day = span.first + (bisect_right(begins, place[0]) - 1) * DAY
        by_day.setdefault(day, {}).setdefault(place[1], []).append(place)
    for row in who.services.store.plan.to_people(span.first, span.last):
        carried = _carried(who, row) if _wanted(who, row) else []
        if carried:
            by_day.setdefault(row.day, {}).setdefault(row.id, []).extend(carried)
    return by_day


def _items(who: Colleague, shown: Sequence[Found], posts: Posts) -> list[Item]:
    # a post that was moved meanwhile stands nowhere
    there = ([_there(each, posts) for each in places] for places in shown)
    lines = ([each for each in places if each is not None] for places in there)
    return [_item(who, each) for each in lines if each]


def _there(each: Place | Going, posts: Posts) -> PostAt | Going | None:
    return each if isinstance(each, Going) else posts.get(each)


def _item(who: Colleague, found: Sequence[PostAt | Going]) -> Item:
    about = found[0].row if isinstance(found[0], Going) else found[0]
    title = posting.title(who.services, about, who.language)
    return Item(title=title, lines=[_line(who, each) for each in found])


def _places(who: Colleague, span: Span) -> list[Place]:
    start, end = (epoch(_midnight(who, day)) for day in (span.first, span.end))
    campaign, channel = (who.query.get(name, "") for name in ("campaign", "channel"))
    return who.services.store.browsing.due(start, end, campaign, channel)


def _midnight(who: Colleague, day: date) -> datetime:
    return dates.instant(day, 0, dates.zone(who.services.settings.zone))


def _wanted(who: Colleague, about: ActionDay) -> bool:
    return who.query.get("campaign", "") in ("", about.campaign)


def _line(who: Colleague, each: PostAt | Going) -> Line:
    if isinstance(each, Going):
        return people_line(who, each)
    return _post_line(who, each)


def _post_line(who: Colleague, post: PostAt) -> Line:
    word = post.state.word
    return Line(
        at=who.hour(who.local(from_epoch(post.due)).time()),
        channel=post.channel,
        state=word,
        said=who.words["states"][word],
        path=who.path("posts", str(post.key)),
    )


def _carried(who: Colleague, row: ToPeople) -> list[Going]:
    """Return what goes to people of an occurrence on the channels that are asked for."""
    asked = who.query.get("channel", "")
    return [each for each in going.of(who.services, row) if asked in ("", each.channel.name)]


def people_line(who: Colleague, about: Going) -> Line:
    """Return how what goes to people stands on a channel."""
    words, state = who.words["calendar"]["people"], going.standing(who.services, about, who.now)
    row, channel = about.row, about.channel.name
    # each audience has an occurrence of its own; an announcement says itself whom it is for
    key = "of_audience" if isinstance(row.subject, Planned) else "whom"
    audience = who.words["announce"]["audiences"][row.audience.word]
    return Line(
        at="",
        channel=filled(words[key], audience=audience, channel=channel),
        state=state,
        said=filled(words[state], at=_start(who, about) if state == "delayed" else ""),
        path=who.path("prompts", str(row.id), channel),
    )


def _start(who: Colleague, about: Going) -> str:
    start = going.start(who.services, about)
    return clock_of(who, start) if start is not None else ""


def clock_of(who: Colleague, start: Start) -> str:
    """Return day and hour of a start as they are written in the reader's language."""
    return said_instant(start.clock, who.language)
