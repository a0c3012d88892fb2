"""The job that keeps the leases of this process alive, and ends those of others that are not.

What was *sending* under one of these is *uncertain*, and never blindly sent again: its holder was
killed, or cut off, or is suspended; when it wakes, it sends nothing more of it, and no result of it
is taken.
"""

import logging
from datetime import datetime

from bot.clock import elapsed
from bot.jobs.sending.dispatch.unheard import alarm_uncertain
from bot.jobs.services import Services
from bot.model.outbox.leases import Lease
from bot.text import counted
from bot.times import epoch

log = logging.getLogger(__name__)


def run(services: Services, now: datetime) -> None:
    """Renew what this process holds, and end what others left."""
    leases, moment = services.store.leases, epoch(now)
    for token in list(leases.mine):
        began = elapsed()
        if leases.renew(token, moment):
            leases.mine[token] = began
        else:
            del leases.mine[token]
    for lease in leases.out(elapsed()):
        _end(services, lease, moment)


def _end(services: Services, lease: Lease, moment: int) -> None:
    store = services.store
    with store.transaction():
        ended = store.leases.end(lease.token, lease.beats)
        count = store.outbox.give_up(lease.token, moment) if ended else 0
    if count:
        log.warning(
            "%s on %s gives no sign of life: %s uncertain now, none is blindly sent again",
            lease.holder,
            lease.account,
            counted(count, "delivery is", "deliveries are"),
        )
        alarm_uncertain(services, moment)
