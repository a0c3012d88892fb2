"""Collecting: asks the collectors how often the campaigns' hashtags were used, each on its own
schedule, and keeps what they say as samples.

After an interruption every hashtag is asked for from the last time that all places answered, as far
back as the source remembers; what it doesn't remember stays a gap. Staff hear of a place that was
blind for a day, of a hashtag that is used much more than usual, and each Monday of the week before.
"""

import asyncio
import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import AccountRefused, NetworkError, RateLimited, TryLater
from bot.jobs.counting import asked, cost, usage
from bot.jobs.services import Services
from bot.model import Channel
from bot.networks.common.redact import redacted
from bot.networks.common.thread import in_thread
from bot.networks.counting import Ask, Collector, Found
from bot.rules import dates, hashtags
from bot.rules.alerts import NotCounted, UnusualUse, WeekOfHashtags
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

RETRY = timedelta(minutes=15)
"""The time to the next try when no place answered, unless the interval is shorter."""

BLIND = timedelta(days=1)
"""How long a place may give nothing before staff are told."""

AGAIN = timedelta(days=1)
"""How far before the last answer is read again, since posts arrive late or are deleted."""

NEWS = timedelta(days=3)
"""How long a digest or a surge stays among the alerts."""

DIGEST_AT = time(8)
"""When the weekly digest is told: on Monday, in the operator's zone."""

Pledgers = Mapping[str, Collection[str]]
"""Handles of pledge-makers by network, in small letters without the first '@'."""


@dataclass(kw_only=True)
class _State:
    """What must be remembered of a collector over a restart; instants in epoch seconds."""

    first: int
    #: when it asked last, and when it asks again
    asked: int = 0
    next: int = 0
    #: when each place last answered
    seen: dict[str, int] = field(default_factory=dict)
    #: when all places last answered, for each hashtag
    whole: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, services: Services, name: str, now: datetime) -> "_State":
        stored = services.store.meta.get(f"usage {name}")
        return cls(**json.loads(stored)) if stored else cls(first=epoch(now))

    def keep(self, services: Services, name: str) -> None:
        services.store.meta.put(f"usage {name}", json.dumps(vars(self), sort_keys=True))

    def since(self, tag: str, now: datetime, reach: timedelta) -> datetime:
        """Return the beginning of the first day to ask for."""
        oldest = now - reach
        last = min(from_epoch(self.whole[tag]), now) - AGAIN if tag in self.whole else oldest
        return hashtags.midnight(max(last, oldest).date())


async def run(services: Services, now: datetime, pledgers: Pledgers | None = None) -> int:
    """Ask the collectors that are due, and tell staff what they should know; return the number of
    samples that said something new.

    `pledgers` are the registered handles; without them their share is not counted.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    if not (services.collectors or services.uncollected):
        return 0
    # Each collector has a thread of its own, so that a slow one holds up no other.
    kept = sum(
        await asyncio.gather(
            *(
                _run(services, name, each, now, pledgers or {})
                for name, each in services.collectors.items()
            )
        )
    )
    for name, reason in services.uncollected.items():
        state = _State.load(services, name, now)
        _judge(services, name, name, AccountRefused(reason), state, now)
        state.keep(services, name)
    if kept:
        _surges(services, now)
    _digest(services, now)
    _tidy(services, now)
    return kept


async def _run(
    services: Services, name: str, collector: Collector, now: datetime, pledgers: Pledgers
) -> int:
    state = _State.load(services, name, now)
    # a clock that was set back since makes nobody wait longer
    if state.asked <= now.timestamp() < state.next:
        return 0
    kept, troubles = 0, dict[str, NetworkError]()
    for tag in usage.asked_for(services.active, now.date()):
        ask = Ask(
            tag=tag,
            since=state.since(tag, now, collector.REACH),
            now=now,
            pledgers=pledgers.get(name),
            asks=asked.wanted(services),
        )
        answer = await _ask(services, name, collector, ask)
        kept += services.store.samples.add(answer.samples)
        campaign = usage.campaign_of(services.active, now.date(), tag)
        asked.keep(services, name, answer.asking, now, campaign)
        if not answer.troubles:
            state.whole[tag] = epoch(now)
        troubles |= answer.troubles
    for place in collector.places:
        trouble = troubles.get(place.name)
        if trouble is None:
            state.seen[place.name] = epoch(now)
        _judge(services, name, place.name, trouble, state, now)
    state.asked = epoch(now)
    state.next = epoch(now + _pause(services, name, collector, troubles))
    state.keep(services, name)
    return kept


async def _ask(services: Services, name: str, collector: Collector, ask: Ask) -> Found:
    """Ask a collector once.

    A ceiling that is reached, and an error of the client library, count as troubles of its places.
    """
    channel = _channel(services, name)
    if channel and not cost.within_ceiling(services, channel, {collector.KIND: 1}, ask.now):
        reason = (
            f"{name}: the ceiling of channel {channel.name} is reached; raise `ceiling` in"
            " config.toml, or wait for next month"
        )
        return _all_in_trouble(collector, AccountRefused(reason))
    try:
        answer = await in_thread(lambda: collector.collect(ask))
    except Exception as error:
        log.exception("%s: unexpected error while collecting", name)
        return _all_in_trouble(
            collector, TryLater(f"{name}: unexpected {type(error).__name__}; the log says more")
        )
    if channel and answer.calls:
        cost.record(services, channel, collector.KIND, answer.calls, ask.now)
    return answer


def _all_in_trouble(collector: Collector, trouble: NetworkError) -> Found:
    return Found(
        samples=(), troubles=dict.fromkeys((place.name for place in collector.places), trouble)
    )


def _channel(services: Services, name: str) -> Channel | None:
    """Return the channel whose account the collector uses; None where it uses none."""
    given = {"x": services.settings.usage.x, "bluesky": services.settings.usage.bluesky}.get(name)
    return services.settings.channels.get(given) if given else None


def interval(services: Services, name: str) -> timedelta:
    """Return the time between two collections."""
    return services.settings.usage.x_interval if name == "x" else services.settings.usage.interval


def _pause(
    services: Services, name: str, collector: Collector, troubles: Mapping[str, NetworkError]
) -> timedelta:
    usual = interval(services, name)
    rest = max(
        (each.retry_after for each in troubles.values() if isinstance(each, RateLimited)),
        default=0.0,
    )
    soon = min(RETRY, usual) if len(troubles) == len(collector.places) else usual
    return max(soon, timedelta(seconds=rest))


# what staff are told


def _judge(
    services: Services,
    name: str,
    place: str,
    trouble: NetworkError | None,
    state: _State,
    now: datetime,
) -> None:
    """Alarm staff about a place that was blind for a day; close the alarm when it sees again."""
    alerts, subject, moment = services.store.alerts, NotCounted.about(name, place), epoch(now)
    if trouble is None:
        alerts.close(NotCounted.kind, subject, moment)
        return
    reason = redacted(str(trouble))
    log.info("hashtag usage: %s", reason)
    last = state.seen.get(place, state.first)
    if moment - last >= BLIND.total_seconds():
        since = f"{from_epoch(last):%Y-%m-%d %H:%M} UTC"
        text = (
            f"hashtag usage on {name} is not seen since {since}: {reason}. What the source still"
            " remembers is filled in when it answers again"
        )
        alerts.open(
            NotCounted(
                subject=subject,
                text=text,
                network=name,
                place=place,
                since=int(last),
                words=reason,
            ),
            moment,
        )


def _surges(services: Services, now: datetime) -> None:
    today = now.date()
    for tag in usage.asked_for(services.active, now.date()):
        for usage_of in usage.usages(services, tag, today - usage.BACK, today, now):
            for day in (today - hashtags.DAY, today):
                if surge := hashtags.surge(usage_of, day):
                    text = (
                        f"{tag} on {usage_of.network}: {surge.uses} uses on {day}, the usual is"
                        f" {surge.usual:g}. Look at who writes and what, before you join in:"
                        f" `drumbeat hashtags --tag {tag.removeprefix('#')} --from"
                        f" {day - 7 * hashtags.DAY} --to {day}`"
                    )
                    alarm = UnusualUse(
                        subject=UnusualUse.about(tag, usage_of.network, day),
                        text=text,
                        tag=tag,
                        network=usage_of.network,
                        day=day.isoformat(),
                        uses=surge.uses,
                        usual=surge.usual,
                    )
                    services.store.alerts.open(alarm, epoch(now))


def _digest(services: Services, now: datetime) -> None:
    """Tell staff of the week before, once: on Monday morning, or later in the week if nothing ran
    then.
    """
    local = now.astimezone(dates.zone(services.settings.zone))
    monday = local.date() - local.weekday() * hashtags.DAY
    if local.date() == monday and local.time() < DIGEST_AT:
        return
    if services.store.meta.get("usage digest") == monday.isoformat():
        return
    digest = usage.digest(services, now, _week_before(monday))
    with services.store.transaction():
        if digest is not None:
            alarm = WeekOfHashtags.read(monday.isoformat(), digest.text, digest.detail)
            services.store.alerts.open(alarm, epoch(now))
        services.store.meta.put("usage digest", monday.isoformat())


def _week_before(monday: date) -> date:
    return monday - 7 * hashtags.DAY


def _tidy(services: Services, now: datetime) -> None:
    moment = epoch(now)
    wanted = {
        NotCounted.about(name, place.name)
        for name, each in services.collectors.items()
        for place in each.places
    }
    wanted |= {NotCounted.about(name, name) for name in services.uncollected}
    for alert in services.store.alerts.current():
        old = (
            alert.kind in (WeekOfHashtags.kind, UnusualUse.kind)
            and alert.at + NEWS.total_seconds() < moment
        )
        if old or (alert.kind == NotCounted.kind and alert.subject not in wanted):
            services.store.alerts.close(alert.kind, alert.subject, moment)
