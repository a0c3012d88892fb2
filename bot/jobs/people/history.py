"""The past becomes counts, so that it costs nothing to look at how things stand, however much has
been sent.
"""

import asyncio
from datetime import datetime, timedelta

from bot.jobs.services import Services
from bot.times import epoch

OVER = timedelta(days=1)
"""How long an occurrence must be over before it is counted: most that people still decide about it
they decide by then.
"""

PAUSE = 0.05
"""Seconds between two steps, in which messages leave."""


async def run(services: Services, now: datetime) -> None:
    """Count the deliveries of occurrences that are over, step by step."""
    history = services.store.history
    for occurrence in history.to_count(epoch(now - OVER)):
        for _ in history.count(occurrence):
            await asyncio.sleep(PAUSE)
