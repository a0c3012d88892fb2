"""Deliveries that a reload let go of: they were under way, and nobody waits for their answers.

A call may go on in a thread of its own, and what it sends arrive later. So these rows stay
*sending*, as after a crash, until no call of theirs can be under way any more; only then are they
uncertain, and looked up.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from bot.jobs.sending.dispatch.meaning import uncertain_text
from bot.jobs.services import Services
from bot.model import State
from bot.model.outbox import Claimed, Result
from bot.networks.common.bounds import API
from bot.rules.alerts import DeliveriesUncertain
from bot.text import counted
from bot.times import epoch

log = logging.getLogger(__name__)

LONGEST = API.patience()
"""Seconds after which a call has ended, or hung for good."""


def alarm_uncertain(services: Services, moment: int) -> None:
    """Alarm staff about each channel that has uncertain deliveries."""
    for name, channel in services.channel_ids.items():
        if services.store.outbox.has_uncertain(channel):
            alarm = DeliveriesUncertain(subject=name, text=uncertain_text(name))
            services.store.alerts.open(alarm, moment)


class Unheard:
    """The rows that were let go of; `now` is in seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, Sequence[Claimed]]] = []

    def keep(self, rows: Sequence[Claimed], now: float) -> None:
        """Keep rows that were let go of just now."""
        if rows:
            self._rows.append((now + LONGEST, rows))
            log.warning(
                "%s had no answer yet; uncertain in %g s, when nothing can be under way any more",
                counted(len(rows), "delivery", "deliveries"),
                LONGEST,
            )

    def give_up(self, services: Services, now: float, at: datetime) -> None:
        """Let rows be *uncertain* that were let go of long enough ago, where they are *sending*
        still; raises `StoreError`, and is tried again.
        """
        while self._rows and self._rows[0][0] <= now:
            words = "drumbeat was reloaded while this was being sent; nobody knows whether it left"
            results = [Result(row, State.UNCERTAIN, error=words) for row in self._rows[0][1]]
            services.store.outbox.settle(results, epoch(at))
            alarm_uncertain(services, epoch(at))
            del self._rows[0]
