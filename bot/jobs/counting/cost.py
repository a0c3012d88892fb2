"""What posting, reading and counting cost, by the prices of the network that a channel declares,
whether it is dry or not; and the monthly ceiling.

Calls are recorded per day in UTC as they are made (`record`, `record_post`). A ceiling holds for a
channel's account in a calendar month: what would pass it is not sent, and a person decides. Prices
are declared by each network's file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot import networks
from bot.errors import RenderError
from bot.jobs.counting.usage import asked_for
from bot.jobs.services import Services
from bot.jobs.texts.kinds import post_body
from bot.jobs.texts.posts import find
from bot.links import links
from bot.model import Channel, Occurrence, Receipt, Rendered
from bot.model.counting import MILLION
from bot.networks.base import Network
from bot.rules import planner
from bot.rules.hashtags import days_between

POST, POST_WITH_LINK, READ, COUNT, DELETE = "post", "post_with_link", "read", "count", "delete"
PAID_MESSAGE = "paid_message"
KINDS = (POST, POST_WITH_LINK, READ, COUNT, DELETE, PAID_MESSAGE)
POSTS = (POST, POST_WITH_LINK)

Calls = Mapping[str, int]
"""Numbers of calls, by their kind."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A post of the plan and its calls; more than one where it is a thread."""

    channel: str
    campaign: str
    action: str
    #: the instant at which the post is due
    due: datetime
    calls: Calls
    usd: Decimal
    #: how much less it would cost without its links
    saves: Decimal


@dataclass(frozen=True, kw_only=True)
class ChannelCost:
    """What one channel costs in the window."""

    channel: str
    network: str
    posts: int
    reads: int
    counts: int
    #: messages at a pace that is paid for
    paid: int
    usd: Decimal
    #: per calendar month, of the whole account; None without one
    ceiling: float | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """What all channels cost from `start` to `end`, both included."""

    start: date
    end: date
    channels: tuple[ChannelCost, ...]
    #: posts to come that would be cheaper without a link, by due instant
    cheaper: tuple[Planned, ...]

    @property
    def usd(self) -> Decimal:
        """Return the sum, in US dollars."""
        return sum((each.usd for each in self.channels), Decimal(0))

    def as_json(self) -> dict[str, object]:
        """Return the report by the keys of the JSON of `drumbeat cost`."""
        rows = [{**vars(each), "usd": _dollars(each.usd)} for each in self.channels]
        return {"from": self.start, "to": self.end, "channels": rows, "usd": _dollars(self.usd)}


def _dollars(value: Decimal) -> float:
    return float(round(value, 4))


def prices(network: str) -> Mapping[str, Decimal]:
    """Return US dollars by kind of call, as the network's file declares them; zeros where it
    declares none.
    """
    declared = getattr(networks.load(network), "PRICES", None)
    return {kind: Decimal(str(getattr(declared, kind, 0))) for kind in KINDS}


def price(network: str, calls: Calls) -> Decimal:
    """Return US dollars of these calls."""
    each = prices(network)
    return sum((each[kind] * n for kind, n in calls.items()), Decimal(0))


def calls_of(body: Rendered) -> Calls:
    """Return the calls that it takes to post this: one for each part of a thread, a dearer one
    where a link stands in it.
    """
    return Counter(POST_WITH_LINK if links(part) else POST for part in body.parts)


def without_links(text: str) -> str:
    """Return the text without its links; a line that holds nothing else goes with them."""
    lines = []
    for line in text.splitlines():
        bare = line
        for link in sorted(links(line), key=len, reverse=True):
            bare = bare.replace(link, "")
        if bare == line or any(sign.isalnum() for sign in bare):
            lines.append(" ".join(bare.split()).rstrip(" :–—-") if bare != line else line)
    return "\n".join(lines).strip()


# recording


def record(services: Services, channel: Channel, kind: str, n: int, now: datetime) -> None:
    """Record `n` calls of one kind that left; calls that cost nothing are not recorded."""
    usd = price(channel.network, {kind: n})
    if usd:
        services.store.ledger.add(
            now.astimezone(UTC).date(), channel.name, channel.account, kind, n, usd
        )


def record_post(services: Services, channel: Channel, body: Rendered, now: datetime) -> None:
    """Record a post that left, or may have left; all of its calls, or none."""
    with services.store.transaction():
        for kind, n in calls_of(body).items():
            record(services, channel, kind, n, now)


def record_reads(services: Services, channel: Channel, network: Network, now: datetime) -> None:
    """Record the posts that a network has read since this was last called."""
    n = network.reads
    if n:
        record(services, channel, READ, n, now)
        # what the database refuses is written the next time; what was read meanwhile, too
        network.reads -= n


def record_delete(services: Services, channel: Channel, receipt: Receipt, now: datetime) -> None:
    """Record that everything in a receipt was deleted."""
    record(services, channel, DELETE, len(receipt.id.split(",")), now)


# the ceiling


def ceiling(services: Services, channel: Channel) -> Decimal | None:
    """Return US dollars that the channel's account may cost in a month: the lowest ceiling of the
    channels that share it; None without any.
    """
    given = [
        c.ceiling
        for c in services.settings.channels.values()
        if c.account == channel.account and c.ceiling is not None
    ]
    return Decimal(str(min(given))) if given else None


def spent(services: Services, channel: Channel, now: datetime) -> Decimal:
    """Return US dollars that the channel's account cost since the first of this month (UTC)."""
    today = now.astimezone(UTC).date()
    return (
        Decimal(services.store.ledger.spent([channel.account], today.replace(day=1), today))
        / MILLION
    )


def within_ceiling(services: Services, channel: Channel, calls: Calls, now: datetime) -> bool:
    """Return whether these calls may still be made this month; what costs nothing always may."""
    most = ceiling(services, channel)
    asked = price(channel.network, calls)
    return most is None or not asked or spent(services, channel, now) + asked <= most


def affordable(services: Services, channel: Channel, kind: str, now: datetime) -> int:
    """Return how many more calls of one kind the ceiling leaves room for this month; more than
    anybody makes where there is no ceiling.
    """
    most, each = ceiling(services, channel), price(channel.network, {kind: 1})
    if most is None or not each:
        return MILLION**2
    return max(0, int((most - spent(services, channel, now)) / each))


def over_ceiling(services: Services, channel: Channel, body: Rendered, now: datetime) -> str | None:
    """Return why this post must wait for staff, with what they can do; None when it may go out."""
    calls = calls_of(body)
    if within_ceiling(services, channel, calls, now):
        return None
    network, used = channel.network, spent(services, channel, now)
    said = (
        f"would pass the ceiling of channel {channel.name}: ${price(network, calls):.3f} more after"
        f" ${used:.3f} this month, and ${ceiling(services, channel):.2f} are allowed; raise"
        " `ceiling` in config.toml, wait for next month, or cancel it"
    )
    bare = _bare(calls)
    if price(network, bare) < price(network, calls):
        fits = (
            "would fit" if within_ceiling(services, channel, bare, now) else "would not fit either"
        )
        said += (
            f". Without its link it would cost ${price(network, bare):.3f} and {fits}:"
            f" {without_links(body.whole)!r}"
        )
    return said


def _bare(calls: Calls) -> Calls:
    return {POST: sum(calls.get(kind, 0) for kind in POSTS)}


# the report


def report(services: Services, now: datetime, *, start: date, end: date) -> Report:
    """Return what was recorded, and for days without a record what the data plan.

    A day that has passed counts as recorded where the channel recorded a post on it, else as
    planned (a dry channel records nothing). Counts to come follow from `[usage]`. Reads are counted
    as they are made, and not foreseen.
    """
    posts = list(planned(services, start, end))
    names = services.settings.channels
    known = {
        name: services.store.channels.networks()[number]
        for name, number in services.store.channels.ids().items()
    }
    gone = sorted({each.channel for each in services.store.ledger.between(start, end)} - set(names))
    rows = [
        _cost(services, c.name, c.network, posts, now=now, start=start, end=end)
        for c in names.values()
    ]
    rows += [
        _cost(services, name, known.get(name, "unknown"), (), now=now, start=start, end=end)
        for name in gone
    ]
    cheaper = tuple(post for post in posts if post.saves and post.due > now)
    return Report(start=start, end=end, channels=tuple(rows), cheaper=cheaper)


def planned(services: Services, start: date, end: date) -> Iterator[Planned]:
    """Yield the posts that the data plan on these days, by due instant, with what they cost."""
    posts = [
        _planned(services, occurrence, channel)
        for occurrence in planner.occurrences(services.active, start, end)
        if occurrence.post
        for channel in planner.post_channels(occurrence.audience, services.settings.channels)
    ]
    yield from sorted(posts, key=lambda post: (post.due, post.campaign, post.action, post.channel))


def _planned(services: Services, o: Occurrence, channel: Channel) -> Planned:
    each = prices(channel.network)
    # A free call's text need not be rendered; there may be many.
    calls = _calls(services, o, channel) if any(each[kind] for kind in POSTS) else {POST: 1}
    usd = price(channel.network, calls)
    return Planned(
        channel=channel.name,
        campaign=o.campaign,
        action=o.action,
        due=planner.post_due(o.day, channel),
        calls=calls,
        usd=usd,
        saves=usd - price(channel.network, _bare(calls)),
    )


def _calls(services: Services, o: Occurrence, channel: Channel) -> Calls:
    """Return the calls of a post as its text stands now.

    A text that can't be made yet (an empty link slot) counts as one with links.
    """
    try:
        return calls_of(post_body(services, o, channel.name))
    except RenderError:
        _, action = find(services, o.campaign, o.action)
        return {POST_WITH_LINK if action.links else POST: 1}


def _cost(
    services: Services,
    name: str,
    network: str,
    posts: Sequence[Planned],
    *,
    now: datetime,
    start: date,
    end: date,
) -> ChannelCost:
    today = now.astimezone(UTC).date()
    recorded, usd = _recorded(services, name, start, end)
    total: Counter[str] = Counter()
    for calls in recorded.values():
        total.update(calls)
    foreseen: Counter[str] = Counter()
    for post in posts:
        day = post.due.date()
        seen = any(recorded.get(day, {}).get(kind) for kind in POSTS)
        if post.channel == name and (not seen or (day >= today and post.due > now)):
            foreseen.update(post.calls)
    foreseen[COUNT] += _counts_ahead(
        services, name, recorded.get(today, {}).get(COUNT, 0), start=start, end=end, today=today
    )
    usd += price(network, foreseen) if foreseen.total() else 0
    total += foreseen
    channel = services.settings.channels.get(name)
    return ChannelCost(
        channel=name,
        network=network,
        posts=sum(total[kind] for kind in POSTS),
        reads=total[READ],
        counts=total[COUNT],
        paid=total[PAID_MESSAGE],
        usd=usd,
        ceiling=channel.ceiling if channel else None,
    )


def _recorded(
    services: Services, name: str, start: date, end: date
) -> tuple[dict[date, dict[str, int]], Decimal]:
    days: dict[date, dict[str, int]] = {}
    micros = 0
    for each in services.store.ledger.between(start, end):
        if each.channel == name:
            kinds = days.setdefault(each.day, {})
            kinds[each.kind] = kinds.get(each.kind, 0) + each.n
            micros += each.micros
    return days, Decimal(micros) / MILLION


def _counts_ahead(
    services: Services, name: str, done_today: int, *, start: date, end: date, today: date
) -> int:
    """Return the calls of the collector on X that the settings foresee from today on, beyond those
    of today that are recorded.
    """
    usage = services.settings.usage
    if usage.x != name:
        return 0
    a_day = round(timedelta(days=1) / usage.x_interval)
    daily = {
        day: a_day * len(asked_for(services.active, day))
        for day in days_between(max(start, today), end)
    }
    return sum(max(0, n - done_today) if day == today else n for day, n in daily.items())


def this_month(today: date) -> tuple[date, date]:
    """Return the first and the last day of the month."""
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
