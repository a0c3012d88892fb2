"""A post of one's own before it is sent: on which days it goes out, whether it can go out at all,
and whether it comes too close to another one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bot import text as texts
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.model import Channel, Picture, State
from bot.model.outbox import Entry
from bot.model.staff import Actor, OneOff
from bot.model.staff.drafts import Draft
from bot.rules import dates
from bot.times import epoch

_NEAR = timedelta(hours=1)
"""Two posts of one account within this time are worth a word."""

_AGAIN = timedelta(days=30)
"""So is the same text within this time."""

_MINUTES = 60
_LAST_YEAR = 9998
_OVER = (State.CANCELLED, State.SKIPPED, State.FAILED)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something to be said of a post before it is sent, by a key of the desk's words."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A text on one channel at one instant."""

    text: str
    channel: Channel
    #: aware
    due: datetime


def local(written: str) -> datetime | None:
    """Return the day and hour that somebody wrote, '2027-03-01T09:30' or with a space between,
    without a zone; None for what is none.
    """
    day, _, clock = written.strip().replace(" ", "T", 1).partition("T")
    try:
        found = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))
    except ValueError:
        return None
    return found if found.year <= _LAST_YEAR and found.tzinfo is None else None


def instant(services: Services, written: str) -> datetime | None:
    """Return what day and hour mean in the zone of config.toml, an hour that a clock leaves out or
    has twice as `bot.rules.dates.instant` does; None for what is none.
    """
    wanted = local(written)
    return None if wanted is None else _instant(services, wanted.date(), wanted)


def _instant(services: Services, day: date, clock: datetime) -> datetime:
    minute = clock.hour * _MINUTES + clock.minute
    return dates.instant(day, minute, dates.zone(services.settings.zone))


def days(written: str) -> tuple[list[date], list[str]]:
    """Return the days that somebody wrote one after the other, and what of it is none."""
    found, wrong = [], []
    for word in re.split(r"[\s,;]+", written.strip()):
        try:
            found.append(date.fromisoformat(word))
        except ValueError:
            wrong.append(word)
    return found, [word for word in wrong if word]


def dues(services: Services, draft: Draft) -> tuple[list[datetime], list[Remark]]:
    """Return the instants at which a draft goes out, in order, and what is wrong with them.

    The hour stays the same by the clock of config.toml, whatever that clock does between.
    """
    first = local(draft.due)
    if first is None:
        return [], [Remark(key="no_hour")]
    wanted, wrong = _days(draft, first.date())
    return sorted({_instant(services, day, first) for day in wanted}), wrong


def _days(draft: Draft, first: date) -> tuple[list[date], list[Remark]]:
    every = draft.again.get("every", "")
    but, strange = days(draft.again.get("but", ""))
    wrong = [Remark(key="no_day", values={"what": word}) for word in strange]
    listed = [first]
    if every == "dates":
        more, strange = days(draft.again.get("dates", ""))
        wrong += [Remark(key="no_day", values={"what": word}) for word in strange]
        listed = [first, *more]
    elif every:
        until, _ = days(draft.again.get("until", ""))
        wrong += [] if until else [Remark(key="no_end")]
        listed = dates.repeated(first, every, until[0]) if until else [first]
    if len(listed) > dates.MOST_REPEATED:
        wrong.append(Remark(key="too_many", values={"most": dates.MOST_REPEATED}))
    return sorted(set(listed) - set(but)), wrong


def channels(services: Services, names: Iterable[str]) -> list[Channel]:
    """Return those of these channels that can post."""
    known = services.settings.channels
    return [
        known[name]
        for name in names
        if name in known and known[name].posts and name in services.channel_ids
    ]


def faults(services: Services, draft: Draft, now: datetime) -> list[Remark]:
    """Return what keeps a draft from being sent, but for what is too long for a channel."""
    found, wrong = dues(services, draft)
    chosen = channels(services, draft.channels)
    if not texts.parts(draft.text):
        wrong.append(Remark(key="empty"))
    if not chosen:
        wrong.append(Remark(key="no_channel"))
    if found and found[0] <= now:
        wrong.append(Remark(key="past"))
    if not found and not wrong:
        wrong.append(Remark(key="no_days"))
    return [*wrong, *(fault for channel in chosen for fault in _alt(services, draft, channel))]


def _alt(services: Services, draft: Draft, channel: Channel) -> Iterator[Remark]:
    limits = posting.limits_of(services, channel.name)
    most = limits.alt if limits else None
    if draft.picture and most is not None and len(draft.picture.alt) > most:
        yield Remark(key="alt_long", values={"channel": channel.name, "most": most})


def picture_of(services: Services, draft: Draft) -> Picture | None:
    """Return a draft's picture as a post would have it, or None."""
    own = draft.picture
    kept = services.store.own_pictures.find(own.digest) if own else None
    if own is None or kept is None:
        return None
    return Picture(path=Path("draft"), data=kept[0], alt=own.alt, vouched=own.vouched, mime=kept[1])


def too_long(services: Services, draft: Draft) -> bool:
    """Return whether a draft is too long for one of its channels."""
    posts, picture = texts.parts(draft.text), picture_of(services, draft)
    return any(
        posting.too_long_there(services, channel.name, posts, picture)
        for channel in channels(services, draft.channels)
        if posts
    )


def placed(services: Services, draft: Draft) -> list[Placed]:
    """Return each text of a draft on each channel at each instant."""
    found, _ = dues(services, draft)
    return [
        Placed(text=draft.text, channel=channel, due=due)
        for due in found
        for channel in channels(services, draft.channels)
    ]


def doubles(services: Services, wanted: Sequence[Placed]) -> list[Remark]:
    """Return where these come within an hour of another post of their account, or say the same as
    one within a month; of each account once.
    """
    if not wanted:
        return []
    first, last = min(each.due for each in wanted), max(each.due for each in wanted)
    there = list(_there(services, first - _AGAIN, last + _AGAIN))
    remarks: dict[tuple[str, str], Remark] = {}
    for at, each in enumerate(wanted):
        for other in (*there, *wanted[:at]):
            if other.channel.account == each.channel.account:
                for key in _kinds(each, other):
                    values = {"channel": each.channel.name, "at": epoch(other.due)}
                    remarks.setdefault((key, each.channel.account), Remark(key=key, values=values))
    return list(remarks.values())


def _kinds(one: Placed, other: Placed) -> Iterator[str]:
    apart = abs(one.due - other.due)
    if apart < _NEAR:
        yield "same_hour"
    if apart < _AGAIN and one.text.split() == other.text.split():
        yield "same_text"


def _there(services: Services, start: datetime, end: datetime) -> Iterator[Placed]:
    known = services.settings.channels
    for entry in services.store.listing.posts_between(epoch(start), epoch(end)):
        if entry.channel in known and entry.state not in _OVER:
            due = datetime.fromtimestamp(entry.due, tz=start.tzinfo)
            yield Placed(text=_text(services, entry), channel=known[entry.channel], due=due)


def _text(services: Services, entry: Entry) -> str:
    """Return what staff wrote for a post, or what has left; '' for the data's own that waits."""
    if entry.text is not None:
        return entry.text
    edit = services.store.edits.find(entry, entry.key.channel)
    own = services.store.oneoffs.about(entry.subject)
    return edit.text if edit else own.text if own else ""


def send(services: Services, draft: Draft, by: Actor, now: datetime, *, asks: bool) -> list[OneOff]:
    """Put a draft without faults into the outbox, once for each of its instants, and delete it.

    With `asks` it waits for approval everywhere.
    """
    found, _ = dues(services, draft)
    with services.store.transaction():
        made = [
            posting.publish(
                services,
                texts.joined(texts.parts(draft.text)),
                channels(services, draft.channels),
                due,
                by,
                now,
                campaign=draft.campaign,
                picture=draft.picture,
                asks=asks,
            )
            for due in found
        ]
        services.store.drafts.drop(draft.member, draft.id)
    return made
