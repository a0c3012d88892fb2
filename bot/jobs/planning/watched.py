"""The waves as somebody watches them: how far each is, beside when it will have left."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from bot.jobs.planning import waves
from bot.jobs.planning.waves import Day
from bot.jobs.services import Services
from bot.model import Audience
from bot.model.outbox import ActionDay
from bot.model.outbox.waves import ToPeople
from bot.times import epoch


@dataclass(frozen=True, kw_only=True)
class Watched:
    """All waves of one action's day on one channel, and how far they are."""

    about: ActionDay
    day: Day
    #: messages in all, also those that have still to fan out
    messages: int
    sent: int
    #: sent, and all else that no longer waits
    ended: int

    @property
    def left(self) -> int:
        """Return how many have still to leave."""
        return self.messages - self.ended


async def counted(services: Services, now: datetime) -> None:
    """Have the count of waves made where whoever asks for it now would have to wait for all of it:
    in steps between which others have their turn.
    """
    counts, moment = services.store.counts, epoch(now)
    if not counts.is_fresh(moment):
        for _ in counts.steps(moment):
            await asyncio.sleep(0)


async def watched(services: Services, now: datetime) -> list[Watched]:
    """Return the waves under way and to come, first due first; many rows are counted in steps
    between which others have their turn.
    """
    await counted(services, now)
    coming = list(waves.to_come(services.settings, services.store, services.dry, now))
    days = waves.days(services.settings, services.store, services.dry, now, coming)
    # what fanned out since the count of waves was made is in both for a minute
    unmade = Counter[tuple[str, str, date, str]]()
    for wave in coming:
        unmade[wave.campaign, wave.action, wave.day, wave.channel] += wave.total
    return [
        await _watched(services, day, unmade[day.campaign, day.action, day.day, day.channel], now)
        for day in days
    ]


async def _watched(services: Services, day: Day, unmade: int, now: datetime) -> Watched:
    progress, channel = services.store.progress, services.channel_ids[day.channel]
    parts = _occurrences(services, day)
    rows = sent = ended = 0
    for part in parts:
        for _ in progress.steps(part.id, channel, epoch(now)):
            await asyncio.sleep(0)
        if (gone := progress.last(part.id, channel)) is not None:
            rows, sent, ended = rows + gone.rows, sent + gone.sent, ended + gone.ended
    about = ActionDay(
        campaign=day.campaign,
        action=day.action,
        audience=parts[0].audience if parts else Audience.INDIVIDUAL,
        day=day.day,
    )
    return Watched(about=about, day=day, messages=rows + unmade, sent=sent, ended=ended)


def _occurrences(services: Services, day: Day) -> list[ToPeople]:
    """Return the occurrences whose messages these are: one for each audience."""
    return [
        part
        for part in services.store.plan.to_people(day.day, day.day)
        if (part.campaign, part.action, part.day) == (day.campaign, day.action, day.day)
    ]
