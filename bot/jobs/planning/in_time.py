"""Whether waves end in time: staff are alarmed about those that can't, from a day before they
begin; the log says when each begins, by when it will have left, and when nothing of it waits.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import datetime

from bot.jobs.planning import waves
from bot.jobs.planning.waves import Day
from bot.jobs.services import Services
from bot.rules.alerts import WaveTooLong
from bot.text import counted
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

_BEGUN = "waves begun"


async def run(services: Services, now: datetime) -> int:
    """Open and close the alarms about waves that can't end in time, and write the log; return how
    many days of actions have waves under way.
    """
    for _ in services.store.counts.steps(epoch(now)):
        await asyncio.sleep(0)  # others go on meanwhile
    coming = waves.to_come(services.settings, services.store, services.dry, now)
    days = waves.days(services.settings, services.store, services.dry, now, coming)
    with services.store.transaction():
        _alarms(services, days, now)
        return _tell(services, days, now)


def _alarms(services: Services, days: Sequence[Day], now: datetime) -> None:
    """Open an alarm for each day that can't end in time; close those that can by now, or are
    over.
    """
    alerts, moment = services.store.alerts, epoch(now)
    late = {_subject(day): day for day in days if day.late}
    for alert in alerts.current():
        if alert.kind == WaveTooLong.kind and alert.subject not in late:
            alerts.close(alert.kind, alert.subject, moment)
    for subject, day in late.items():
        alerts.open(_alarm(subject, day), moment)


def _subject(day: Day) -> str:
    return WaveTooLong.about(day.campaign, day.action, day.day, day.channel)


def _alarm(subject: str, day: Day) -> WaveTooLong:
    messages = counted(day.left, "message", "messages")
    return WaveTooLong(
        subject=subject,
        text=(
            f"{day.action} of {day.day} on {day.channel}: {day.late:,} of {messages} can't leave"
            f" within their grace, which ends at {_said(day.expires)}, at the pace of the account;"
            " give the action a longer grace, hold what may wait, or, where the network grants"
            " more, raise per_second or granted_per_second; then `drumbeat reload`"
        ),
        campaign=day.campaign,
        action=day.action,
        day=day.day.isoformat(),
        channel=day.channel,
        messages=day.left,
        late=day.late,
        expires=day.expires,
    )


def _tell(services: Services, days: Sequence[Day], now: datetime) -> int:
    """Write a line into the log for each day of an action whose first wave began, or whose last
    one ended; those that began are kept, so that a restart tells neither twice.
    """
    begun = {_subject(day): day for day in days if day.begins <= epoch(now)}
    stored = services.store.meta.get(_BEGUN)
    before: list[str] = json.loads(stored) if stored else []
    coming = {_subject(day) for day in days}
    for subject in before:
        if subject not in coming:
            log.info("waves over: nothing of %s waits any more", subject)
    going = [subject for subject in before if subject in coming]
    for subject, day in begun.items():
        if subject not in before:
            log.info("waves begin: %s, %s", subject, _ends(day))
            going.append(subject)
    if going != before:
        services.store.meta.put(_BEGUN, json.dumps(going))
    return len(going)


def _ends(day: Day) -> str:
    """Say how many messages wait and when the last will have left."""
    said = [counted(day.left, "message", "messages")]
    if day.ends is not None:
        said.append(f"the last leaves about {_said(day.ends)}")
    if day.held:
        said.append(f"{day.held:,} of them held")
    if day.late:
        said.append(f"{day.late:,} can't leave in time")
    return ", ".join(said)


def _said(moment: int) -> str:
    return f"{from_epoch(moment):%Y-%m-%d %H:%M} UTC"
