"""Reading results: asks each network what people did with the posts of ours that left a day, a week
and a month ago, and keeps what it tells.

A process that was off reads late, while what it reads still stands for the age
(`bot.rules.results`). A channel that can't be read is asked again after a while, longer each time,
and what lies in the way is kept for who looks at results. Staff are alarmed of an account that is
refused alone: nothing else asks for somebody.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Self

from bot.errors import AccountRefused, NetworkError, RateLimited, Refused, TryLater
from bot.jobs.counting import cost
from bot.jobs.services import Services
from bot.model import Channel
from bot.model.counting import MILLION, OwnPost, Reactions, Reading
from bot.networks.base import Network
from bot.networks.common.posts import ids
from bot.networks.common.redact import redacted
from bot.rules.alerts.results import ResultsRefused
from bot.rules.results import DAY, LAST
from bot.times import epoch

log = logging.getLogger(__name__)

CALLS: Final = 10
"""Most calls to one channel in one look: posts that are due leave room for what is sent."""

SHARE: Final = Decimal("0.1")
"""At most so much of a ceiling goes into reading results: posting comes first."""

PAUSE: Final = timedelta(minutes=15)
"""To the next try after the first failure; twice as long after each further one."""

LONGEST: Final = timedelta(hours=12)
"""The longest pause: no window of an age is missed for it alone."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why a channel isn't read."""

    #: epoch second at which it is asked again
    next: int
    #: failures in a row
    fails: int
    #: what lies in the way, in a sentence
    words: str

    @classmethod
    def of(cls, services: Services, channel: str) -> Self | None:
        """Return what lies in the way of a channel's results; None where nothing does."""
        stored = services.store.meta.get(_name(channel))
        return cls(**json.loads(stored)) if stored else None


async def run(services: Services, now: datetime) -> int:
    """Read what is due on all channels, as much as one look may; return how many posts were."""
    due: dict[str, list[tuple[int, OwnPost]]] = defaultdict(list)
    for age, post in _due(services, epoch(now)):
        due[post.channel].append((age, post))
    return sum(
        await asyncio.gather(
            *(
                _run(services, channel, network, due[channel.name], now)
                for channel, network in _asked(services, due)
            )
        )
    )


def _due(services: Services, now: int) -> Iterable[tuple[int, OwnPost]]:
    """Yield ages with the posts to be read at them, those first whose time is over first."""
    posts = [
        (age, post)
        for age, last in LAST.items()
        for post in services.store.results.due(age, now - last * DAY, now - age * DAY)
    ]
    return sorted(posts, key=lambda each: each[1].sent + LAST[each[0]] * DAY)


def _asked(services: Services, names: Iterable[str]) -> Iterable[tuple[Channel, Network]]:
    """Yield those of the channels that can be asked: their networks tell, and nothing is paused."""
    paused = {at_rest.name for at_rest in services.store.channels.paused()}
    for name in names:
        channel, network = services.settings.channels.get(name), services.networks.get(name)
        if channel and network and network.TELLS and name not in paused | services.dry.keys():
            yield channel, network


async def _run(
    services: Services,
    channel: Channel,
    network: Network,
    due: Sequence[tuple[int, OwnPost]],
    now: datetime,
) -> int:
    trouble = Trouble.of(services, channel.name)
    # what lies further ahead was written by a clock that has been set back since
    if trouble and epoch(now) < trouble.next <= epoch(now + LONGEST):
        return 0
    left, read, failure = _affordable(services, channel, now), 0, None
    for first in range(0, min(len(due), CALLS * network.AT_ONCE), network.AT_ONCE):
        part = due[first : first + network.AT_ONCE][:left]
        try:
            read += await _read(services, channel, network, part, now)
        except NetworkError as error:
            failure = error
            # what is about these posts alone says nothing of the others
            if not isinstance(error, Refused):
                break
        left -= len(part)
    if failure:
        _keep(services, channel, None if read else trouble, failure, now)
    elif trouble:
        services.store.meta.drop(_name(channel.name))
    _tell(services, channel, failure, now)
    return read


def _tell(
    services: Services, channel: Channel, failure: NetworkError | None, now: datetime
) -> None:
    """Alarm staff of an account that is refused; close the alarm once it is not."""
    if isinstance(failure, AccountRefused):
        words = redacted(str(failure))
        text = (
            f"what people did with posts on {channel.name} can't be read: {words}. Look at the"
            " token and its rights; posting goes on, and it is asked again by itself"
        )
        alarm = ResultsRefused(subject=channel.name, text=text, words=words)
        services.store.alerts.open(alarm, epoch(now))
    elif failure is None:
        services.store.alerts.close(ResultsRefused.kind, channel.name, epoch(now))


async def _read(
    services: Services,
    channel: Channel,
    network: Network,
    due: Sequence[tuple[int, OwnPost]],
    now: datetime,
) -> int:
    """Read these posts and keep what is told. Raises `NetworkError`, also where nothing may be read
    for want of money.
    """
    if not due:
        raise _dear(services, channel)
    by_id = {ids(post.receipt)[0]: (age, post) for age, post in due}
    told = await _told(services, channel, network, list(by_id), now)
    with services.store.transaction():
        for number, (age, post) in by_id.items():
            reading = Reading(age=age, at=epoch(now), reactions=told[number])
            services.store.results.add(post.key, reading)
    return len(by_id)


async def _told(
    services: Services, channel: Channel, network: Network, posts: Sequence[str], now: datetime
) -> Mapping[str, Reactions]:
    failure: NetworkError
    try:
        return await network.reactions(posts)
    except NetworkError as error:
        failure = error
    except Exception as error:  # whatever a client library lets through
        log.exception("%s: unexpected error while reading results", channel.name)
        failure = Refused(f"{channel.name}: unexpected {type(error).__name__}; the log says more")
    finally:
        cost.record_reads(services, channel, network, now)
    raise failure


def _affordable(services: Services, channel: Channel, now: datetime) -> int:
    """Return how many posts may still be read this month: reading takes its share of a ceiling, and
    no more than posting has left of the whole.
    """
    room = cost.affordable(services, channel, cost.READ, now)
    most, each = cost.ceiling(services, channel), cost.price(channel.network, {cost.READ: 1})
    if most is None or not each:
        return room
    today = now.date()
    read = sum(
        day.micros
        for day in services.store.ledger.between(today.replace(day=1), today)
        if day.account == channel.account and day.kind == cost.READ
    )
    share = most * SHARE - Decimal(read) / MILLION
    return max(0, min(room, int(share / each)))


def _dear(services: Services, channel: Channel) -> TryLater:
    most = cost.ceiling(services, channel)
    return TryLater(
        f"{channel.name}: reading results may take a tenth of the ceiling of ${most:.2f} a month,"
        " which is used up; raise `ceiling` in config.toml, or wait for next month"
    )


def _keep(
    services: Services,
    channel: Channel,
    before: Trouble | None,
    error: NetworkError,
    now: datetime,
) -> None:
    """Note what lies in the way, and when it is tried again."""
    fails = before.fails + 1 if before else 1
    pause = min(LONGEST, PAUSE * 2 ** min(fails - 1, 6))
    if isinstance(error, RateLimited):
        pause = min(LONGEST, max(pause, timedelta(seconds=error.retry_after)))
    words = redacted(str(error))
    log.info("results are not read: %s", words)
    trouble = Trouble(next=epoch(now + pause), fails=fails, words=words)
    services.store.meta.put(_name(channel.name), json.dumps(asdict(trouble), sort_keys=True))


def _name(channel: str) -> str:
    return f"results {channel}"
