"""Words to people that wait for approval though their day begins: staff are alarmed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.errors import Missing
from bot.jobs.broadcasts import going
from bot.jobs.broadcasts.going import Going
from bot.jobs.services import Services
from bot.jobs.staff.scopes import said_language
from bot.rules import planner
from bot.rules.alerts.broadcasts import WordsWait
from bot.times import epoch

LEAD = timedelta(days=1)
"""How long before the day begins in the first zone staff are alarmed."""


def run(services: Services, now: datetime) -> None:
    """Open an alarm for each broadcast of which somebody gets nothing until words are approved;
    close those of which that is no longer so.
    """
    alerts, waiting = services.store.alerts, dict[str, WordsWait]()
    for about, language in _due(services, now):
        waiting.setdefault(about.ref, _alarm(about, language))
    for alert in alerts.current():
        if alert.kind == WordsWait.kind and alert.subject not in waiting:
            alerts.close(alert.kind, alert.subject, epoch(now))
    for alarm in waiting.values():
        alerts.open(alarm, epoch(now))


def _due(services: Services, now: datetime) -> Iterator[tuple[Going, str]]:
    """Yield what begins soon or is under way, with each language in which words of it wait."""
    for number, _, channel, language in services.store.rewordings.waiting(epoch(now)):
        try:
            about = going.on(services, number, channel)
        except Missing:
            continue  # its channel carries it no longer
        begins = planner.opens(about.row.day) - LEAD
        if begins <= now and going.standing(services, about, now) in going.OPEN:
            yield about, language


def _alarm(about: Going, language: str) -> WordsWait:
    row, channel = about.row, about.channel.name
    text = (
        f"{row.action} of {row.day} on {channel}: other words in {said_language(language, 'en')}"
        " wait for approval, and until then nobody gets it in that language; approve them at the"
        " desk, or let the campaign's own words stand again"
    )
    return WordsWait(
        subject=about.ref,
        text=text,
        campaign=row.campaign,
        action=row.subject.about,
        channel=channel,
    )
