"""Whether an account comes forward: what of its deliveries is next, as a sign that changes while
they leave.
"""

from datetime import datetime

from bot.jobs.sending.dispatch.daily import posts_left
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.services import Services


def sign(services: Services, dispatcher: Dispatcher, now: datetime) -> object:
    """Return what an account has under way longest, and what would leave next; None where there is
    neither.

    Another sign than before shows that the account comes forward.
    """
    under_way = dispatcher.under_way
    following = _following(services, dispatcher, now.timestamp())
    if under_way is None and following is None:
        return None
    return under_way and (under_way.key, under_way.attempts), following


def _following(
    services: Services, dispatcher: Dispatcher, moment: float
) -> tuple[int, int, int] | None:
    """Return which delivery would leave next: its occurrence, recipient and number of tries.

    None where nothing is due, or what is due may not leave now: it is held, its channel is paused,
    the account rests, or the pace or the day's maximum is reached.
    """
    holds = services.store.holds.current()
    shut = {paused.name for paused in services.store.channels.paused()}
    for channel in services.settings.channels.values():
        if channel.account != dispatcher.account or channel.name in shut:
            continue
        if channel.name in services.dry or dispatcher.may_send(moment):
            first = services.store.outbox.first_due(
                services.channel_ids[channel.name],
                int(moment),
                holds,
                posts=posts_left(services, channel, moment),
            )
            if first is not None:
                return first
    return None
