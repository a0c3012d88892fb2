"""What is known of posts of ours, for whoever shows it: a command, a page, the monthly report.

Nothing is changed here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot import networks
from bot.errors import UsageError
from bot.jobs.counting import usage
from bot.jobs.results.reading import Trouble
from bot.jobs.sending import decisions
from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.counting import REACTIONS, OwnPost
from bot.model.subject import Planned, parse
from bot.rules import results
from bot.rules.hashtags import Lift
from bot.rules.results import AGES, Standing, Sum
from bot.times import epoch, from_epoch


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The posts of a campaign from `start` to `end`, both included, by day."""

    campaign: str
    start: date
    end: date
    posts: tuple[OwnPost, ...]
    #: which counts of posts a network tells, by its id
    tells: Mapping[str, frozenset[str]]
    #: why posts on a channel are not read just now, by its name
    troubles: Mapping[str, str]
    #: the epoch second for which it is true
    now: int

    def standing(self, post: OwnPost, age: int) -> Standing:
        """Return how one of the posts stands at an age."""
        return results.standing(post, age, self.now, tells=bool(self.tells[post.network]))

    def as_json(self) -> dict[str, object]:
        """Return the posts by the keys of the JSON of `drumbeat results`."""
        return {
            "campaign": self.campaign,
            "from": self.start,
            "to": self.end,
            "posts": [self._post(post) for post in self.posts],
            "not_read": dict(self.troubles),
        }

    def _post(self, post: OwnPost) -> dict[str, object]:
        return {
            "id": str(post.key),
            "action": post.action,
            "date": post.day,
            "channel": post.channel,
            "network": post.network,
            "url": post.url or None,
            "sent": from_epoch(post.sent),
            "readings": [self._reading(post, age) for age in AGES],
        }

    def _reading(self, post: OwnPost, age: int) -> dict[str, object]:
        read = post.at(age)
        return {
            "age": age,
            "state": self.standing(post, age).value,
            "read": from_epoch(read.at) if read else None,
            "days_after": results.days_after(post, read.at) if read else None,
            **{kind: getattr(read.reactions, kind) if read else None for kind in REACTIONS},
        }


@dataclass(frozen=True, kw_only=True)
class Observed:
    """An observance, with the posts about it and how the hashtag was used on its day."""

    observance: str
    day: date
    #: what people did with the posts, by network
    sums: Mapping[str, Sum]
    #: of the campaign's main hashtag, by network
    lifts: tuple[Lift, ...]


YEARS = range(2000, 2200)
"""Years in which a campaign can be; days that no calendar can count on from lie beyond."""


def month(first: date) -> tuple[date, date]:
    """Return the first and the last day of the month that begins on a day."""
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)


def month_before(first: date) -> date:
    """Return the first day of the month before the one that begins on a day."""
    return (first - timedelta(days=1)).replace(day=1)


def this_month(services: Services, now: datetime) -> date:
    """Return the first day of the month that it is in the operator's zone."""
    return services.today(now).replace(day=1)


def last_month(services: Services, now: datetime) -> date:
    """Return the first day of the month before that in which it is in the operator's zone."""
    return month_before(this_month(services, now))


def shown(services: Services, campaign: Campaign, start: date, end: date, now: datetime) -> Shown:
    """Return what is known of a campaign's posts of these days."""
    posts = services.store.results.posts(campaign.id, start, end)
    return Shown(
        campaign=campaign.id,
        start=start,
        end=end,
        posts=tuple(posts),
        tells=_tells(post.network for post in posts),
        troubles=troubles(services, {post.channel for post in posts}),
        now=epoch(now),
    )


def one(services: Services, campaign: Campaign, text: str, now: datetime) -> Shown:
    """Return what is known of one post, by the id of its delivery.

    Raises `UsageError` for what is no post of the campaign that left and was not taken back.
    """
    entry = decisions.find(services, text)
    day = shown(services, campaign, entry.day, entry.day, now)
    posts = tuple(post for post in day.posts if post.key == entry.key)
    if not posts:
        raise UsageError(
            f"{text}: {campaign.id} has no such post that left; `drumbeat results` names them"
        )
    words = {name: why for name, why in day.troubles.items() if name == entry.channel}
    return replace(day, posts=posts, troubles=words)


def sums(of: Shown, age: int, posts: Iterable[OwnPost] | None = None) -> dict[str, Sum]:
    """Return what people did with the posts at an age, or with some of them, by network."""
    tells = {network: bool(kinds) for network, kinds in of.tells.items()}
    return results.summed(of.posts if posts is None else posts, age, of.now, tells)


def observed(
    services: Services, campaign: Campaign, of: Shown, age: int, now: datetime
) -> list[Observed]:
    """Return the observances of the days that are shown, by day: what people did with the posts
    about each, beside the use of the hashtag.
    """
    named = {action.id: action.observance for action in campaign.actions if action.observance}
    by_observance: dict[tuple[str, date], list[OwnPost]] = {}
    for post in of.posts:
        match parse(post.action):
            case Planned(action) if name := named.get(action):
                by_observance.setdefault((name, post.day), []).append(post)
    lifts = _lifts(services, campaign, of, now)
    days = sorted(by_observance.keys() | lifts.keys(), key=lambda each: (each[1], each[0]))
    return [
        Observed(
            observance=name,
            day=day,
            sums=sums(of, age, by_observance.get((name, day), ())),
            lifts=tuple(lifts.get((name, day), ())),
        )
        for name, day in days
    ]


def _lifts(
    services: Services, campaign: Campaign, of: Shown, now: datetime
) -> dict[tuple[str, date], list[Lift]]:
    end = min(of.end, now.astimezone(UTC).date())
    if end < of.start:
        return {}
    [tag] = usage.report(
        services, now, start=of.start, end=end, campaigns=[campaign], tags=[campaign.hashtag]
    ).tags
    by_day: dict[tuple[str, date], list[Lift]] = {}
    for lift in tag.lifts:
        by_day.setdefault((lift.observance, lift.day), []).append(lift)
    return by_day


def _tells(names: Iterable[str]) -> dict[str, frozenset[str]]:
    known = networks.names()
    return {name: networks.load(name).TELLS if name in known else frozenset() for name in names}


def troubles(services: Services, channels: Iterable[str]) -> dict[str, str]:
    """Return why posts on these channels are not read just now, by name; nothing for all others."""
    known = ((name, Trouble.of(services, name)) for name in sorted(channels))
    return {name: trouble.words for name, trouble in known if trouble}
