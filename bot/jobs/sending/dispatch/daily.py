"""The most posts that a channel makes on one day of its own zone: `daily` in its table."""

from datetime import datetime

from bot.jobs.services import Services
from bot.model import Channel
from bot.rules import dates
from bot.times import epoch


def posts_left(services: Services, channel: Channel, moment: float) -> int | None:
    """Return how many posts the channel may still make on the day of `moment` (epoch seconds); None
    without a maximum.
    """
    if channel.daily is None:
        return None
    local = datetime.fromtimestamp(moment, dates.zone(channel.zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    left = services.store.outbox.posts_since(services.channel_ids[channel.name], epoch(midnight))
    return max(0, channel.daily - left)
