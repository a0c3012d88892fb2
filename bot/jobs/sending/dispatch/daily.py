"""The most posts that a channel makes on one day of its own zone (`daily` in its table), and an
account in any 24 hours, where its network has such a limit and several processes keep it together.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.jobs.services import Services
from bot.model import Channel
from bot.rules import dates
from bot.rules.pacing import DAY
from bot.times import epoch


def posts_left(
    services: Services, channel: Channel, moment: float, *, shared: bool = False
) -> int | None:
    """Return how many posts the channel may still make at `moment` (epoch seconds); None without a
    maximum.

    Of an account that is `shared` the rows say what all its processes have posted, within the
    transaction of a claim; one process alone has its pacer for that.
    """
    most = services.networks[channel.name].limits.per_day if shared else None
    left = [*_of_day(services, channel, moment), *_of_account(services, channel, moment, most)]
    return max(0, min(left)) if left else None


def has_maximum(services: Services, channels: Iterable[Channel]) -> bool:
    """Return whether the posts of a day or of 24 hours are counted for any of these channels."""
    return any(
        channel.daily is not None or services.networks[channel.name].limits.per_day is not None
        for channel in channels
    )


def _of_day(services: Services, channel: Channel, moment: float) -> Iterator[int]:
    if channel.daily is not None:
        local = datetime.fromtimestamp(moment, dates.zone(channel.zone))
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        yield channel.daily - _since(services, channel, epoch(midnight))


def _of_account(
    services: Services, channel: Channel, moment: float, most: int | None
) -> Iterator[int]:
    if most is not None:
        channels = services.settings.channels.values()
        own = [each for each in channels if each.account == channel.account]
        yield most - sum(_since(services, each, int(moment - DAY)) for each in own)


def _since(services: Services, channel: Channel, since: int) -> int:
    return services.store.outbox.posts_since(services.channel_ids[channel.name], since)
