"""What a hold keeps back, and what was on its way when it began. Reads only."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.jobs.services import Services
from bot.model import State
from bot.model.outbox import ActionDay, Entry, Hold, Late, Scope
from bot.model.subject import MARK
from bot.store.planning.counts import Fanned
from bot.times import epoch

ON_ITS_WAY = 300
"""Seconds after the begin of a hold within which what leaves had been on its way before."""

_LEAVING = (State.PLANNED, State.QUEUED)


@dataclass(frozen=True, kw_only=True)
class Waits(ActionDay):
    """Messages of one occurrence on one channel that would leave at once."""

    channel: str
    #: epoch seconds
    due: int
    #: epoch seconds at which their grace ends
    expires: int
    count: int
    #: whether it is a post; else they are for people
    public: bool


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a hold keeps back at an instant."""

    #: past its grace: it is skipped, unless somebody wants it sent
    late: tuple[Late, ...]
    #: what would leave at once, first first
    first: tuple[Waits, ...]


def kept_back(services: Services, what: Scope, now: datetime) -> Kept:
    """Return what waits in a scope that is held."""
    posts, people = _posts(services, what, now), _people(services, what, now)
    first = sorted((*posts, *people), key=lambda each: (each.expires, each.due, each.channel))
    late = services.store.counts.late(what, epoch(now))
    return Kept(late=tuple(late), first=tuple(first))


def _posts(services: Services, what: Scope, now: datetime) -> Iterator[Waits]:
    moment = epoch(now)
    for entry in services.store.posts.between(moment, moment):
        if entry.state in _LEAVING and _is_in(services, what, entry, entry.channel, public=True):
            yield Waits(
                campaign=entry.campaign,
                action=entry.action,
                audience=entry.audience,
                day=entry.day,
                channel=entry.channel,
                due=entry.due,
                expires=entry.expires,
                count=1,
                public=True,
            )


def _people(services: Services, what: Scope, now: datetime) -> Iterator[Waits]:
    """Yield what waits for people, once for each occurrence and channel."""
    moment = epoch(now)
    waits: dict[tuple[int, int], list[tuple[Fanned, int]]] = {}
    for wave in services.store.counts.now(moment).fanned:
        count = wave.held.get(what, 0) if what.of_people else wave.waiting
        if count and wave.due <= moment < wave.expires:
            waits.setdefault((wave.occurrence, wave.channel), []).append((wave, count))
    names = {number: name for name, number in services.store.channels.ids().items()}
    for (number, channel), waves in waits.items():
        occurrence = services.store.plan.occurrence(number)
        if _is_in(services, what, occurrence, names[channel], public=False):
            yield Waits(
                campaign=occurrence.campaign,
                action=occurrence.action,
                audience=occurrence.audience,
                day=occurrence.day,
                channel=names[channel],
                due=min(wave.due for wave, _ in waves),
                expires=min(wave.expires for wave, _ in waves),
                count=sum(count for _, count in waves),
                public=False,
            )


def _is_in(
    services: Services, what: Scope, about: ActionDay, channel: str, *, public: bool
) -> bool:
    """Return whether posts, or messages of which some are for people of the scope, are in it."""
    if not public:
        return _is_about(what, about, channel)
    spoken = services.settings.channels.get(channel)
    return has_post(what, about, channel, spoken.language if spoken else "")


def has_post(what: Scope, about: ActionDay, channel: str, language: str) -> bool:
    """Return whether a post in this language is in a scope; `channel` is '' for one that no channel
    makes.
    """
    speaks = _speaks(language, what.language)
    return what.may_be_posts and speaks and _is_about(what, about, channel)


def _is_about(what: Scope, about: ActionDay, channel: str) -> bool:
    return (
        what.campaign in ("", about.campaign)
        and what.channel in ("", channel)
        and what.action in ("", about.action, about.action.partition(MARK)[0])
    )


def _speaks(tag: str, language: str) -> bool:
    return not language or tag == language or tag.startswith(f"{language}-")


@dataclass(frozen=True, kw_only=True)
class OnItsWay:
    """What no hold could stop any more, since it was with its network already."""

    posts: tuple[Entry, ...]
    #: messages to people, by channel, as last counted
    people: Mapping[str, int]


def on_its_way(services: Services, holds: Sequence[Hold], now: datetime) -> OnItsWay:
    """Return what of these holds is on its way at this instant, and the posts that were when each
    began. Of messages to people nobody knows for whom of a country, language or group they are:
    they are counted with those of all.
    """
    store, moment = services.store, epoch(now)
    flying = [
        entry for entry in store.posts.between(moment, moment) if entry.state is State.SENDING
    ]
    posts = {
        entry.key: entry
        for hold in holds
        for entry in (*flying, *_left(services, hold))
        if _is_in(services, hold.scope, entry, entry.channel, public=True)
    }
    people = Counter[str]()
    names = {number: name for name, number in store.channels.ids().items()}
    for wave in store.counts.now(moment).fanned:
        about, channel = store.plan.occurrence(wave.occurrence), names[wave.channel]
        if wave.flying and any(_is_about(hold.scope, about, channel) for hold in holds):
            people[channel] += wave.flying
    return OnItsWay(posts=tuple(posts.values()), people=people)


def _left(services: Services, hold: Hold) -> Iterator[Entry]:
    """Yield the posts that left just after a hold began."""
    store = services.store
    for page in store.numbers.posts_left(hold.since, hold.since + ON_ITS_WAY):
        entry = store.listing.entry(page.key)
        if entry is not None:
            yield entry
