"""The past becomes counts, so that it costs nothing to look at how things stand, however much has
been sent; and what ended long ago is kept as counts alone.

Before the first rows are deleted, staff are told how many, and have a day; and again where
config.toml wants it earlier than it did.
"""

import asyncio
import json
import logging
from datetime import datetime, timedelta

from bot.config import DELIVERIES
from bot.jobs.services import Services
from bot.rules.alerts import PruningBegins
from bot.times import epoch, iso

log = logging.getLogger(__name__)

OVER = timedelta(days=1)
"""How long an occurrence must be over before it is counted: most that people still decide about it
they decide by then.
"""

PAUSE = 0.05
"""Seconds between two steps, in which messages leave."""

ROUND = 1800.0
"""Seconds after which a round deletes nothing more; the next one goes on. With twenty million rows
that are old it takes longer, and a job that doesn't come to its end is taken for one that hangs.
"""

NOTICE = timedelta(days=1)
"""How long staff can say no before the first rows are deleted."""

_SUBJECT = "deliveries"
_TOLD = "pruning"
"""Key in `meta`: JSON of the days of which staff were told, and when pruning by them begins."""


async def run(services: Services, now: datetime) -> int:
    """Count what is over, then prune what is old, step by step; return the number of rows that were
    deleted.
    """
    history = services.store.history
    for occurrence in history.to_count(epoch(now - OVER)):
        for _ in history.count(occurrence):
            await asyncio.sleep(PAUSE)
    days = services.settings.privacy.deliveries if services.settings.privacy else DELIVERIES
    if not days:
        _forget_notice(services, now)
        return 0
    before = epoch(now - timedelta(days=days))
    number = history.prunable(before)
    return await _prune(services, before) if number and _may(services, days, number, now) else 0


async def _prune(services: Services, before: int) -> int:
    history, pruned = services.store.history, 0
    loop = asyncio.get_running_loop()
    ends = loop.time() + ROUND
    for step in (n for number in history.old(before) for n in history.prune(number, before)):
        pruned += step
        await asyncio.sleep(PAUSE)
        if loop.time() >= ends or not services.steady():
            break
    if pruned:
        log.info("%d old messages to people are kept as counts from now on", pruned)
    return pruned


def _may(services: Services, days: int, number: int, now: datetime) -> bool:
    """Return whether staff were told a day ago of as many days as these, and tell them."""
    store = services.store
    told = json.loads(store.meta.get(_TOLD) or "{}")
    if told and told["days"] <= days:
        begun = int(told["begins"]) <= epoch(now)
        if begun:
            store.alerts.close(PruningBegins.kind, _SUBJECT, epoch(now))
        return begun
    begins = epoch(now + NOTICE)
    text = (
        f"from {iso(begins)} on, messages to people that ended more than {days} days ago are kept"
        f" as counts only: up to {number} rows are deleted, no posts among them; to keep them,"
        " write deliveries = 0 under [privacy] in config.toml and restart"
    )
    with store.transaction():
        store.alerts.close(PruningBegins.kind, _SUBJECT, epoch(now))
        store.alerts.open(
            PruningBegins(subject=_SUBJECT, text=text, count=number, days=days, begins=begins),
            epoch(now),
        )
        store.meta.put(_TOLD, json.dumps({"days": days, "begins": begins}))
    return False


def _forget_notice(services: Services, now: datetime) -> None:
    """What is never pruned is told again before it would be."""
    if services.store.meta.get(_TOLD) is not None:
        with services.store.transaction():
            services.store.meta.drop(_TOLD)
            services.store.alerts.close(PruningBegins.kind, _SUBJECT, epoch(now))
