"""The pages to which posts of the next two days lead, asked while there is still time to mend them.

Staff are alarmed about a page that doesn't answer well, and about an empty slot for which a text
waits; dispatch holds what leads there until the page answers again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.jobs.services import Services
from bot.model import Link, Occurrence
from bot.networks.common.thread import in_thread
from bot.rules.alerts import LinkFails
from bot.store import Store
from bot.times import epoch

AHEAD = timedelta(days=2)

AGAIN = timedelta(hours=6)
"""How long a page that answered well isn't asked again; one that failed is asked at each look."""

Ask = Callable[[str], str | None]
"""Tells what is wrong with an address, or None; blocking."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an address answered."""

    #: in words for the operator; None where all is well
    wrong: str | None
    #: the address at the end of all redirects; '' where nothing answered
    ends: str = ""


Visit = Callable[[str], Answer]
"""Asks an address; blocking."""

_KEY = "failing_links"

_WELL = "links_asked"
"""The key in `meta` of when each page last answered well, in epoch seconds by address."""


def failing(store: Store) -> dict[str, str]:
    """Return the addresses whose page failed when it was last asked, with what was wrong."""
    reasons: dict[str, str] = json.loads(store.meta.get(_KEY) or "{}")
    return reasons


def _asker(services: Services) -> Ask:
    # Imported here, since a rehearsal or a status asks no page and needs no HTTP library.
    from bot.jobs.texts.links import pages

    return pages.asker(services.settings.private)


async def run(services: Services, now: datetime, ask: Ask | None = None) -> None:
    """Ask the pages that are needed soon and not known to be well, remember which fail, and open
    and close alarms.
    """
    needed, moment = _needed(services, now), epoch(now)
    wrong = await _ask(services, needed, moment, ask or _asker(services))
    troubles = set()
    for occurrence, link in needed:
        if reason := _trouble(link, wrong):
            subject = LinkFails.about(occurrence.campaign, link.name)
            alarm = LinkFails(
                subject=subject,
                text=f"link {subject}: {reason}; what leads there is held until then",
                action=occurrence.action,
                day=occurrence.day.isoformat(),
                url=link.url,
            )
            services.store.alerts.open(alarm, moment)
            troubles.add(subject)
    for alert in services.store.alerts.current():
        if alert.kind == LinkFails.kind and alert.subject not in troubles:
            services.store.alerts.close(LinkFails.kind, alert.subject, moment)


async def _ask(
    services: Services, needed: list[tuple[Occurrence, Link]], now: int, ask: Ask
) -> dict[str, str]:
    """Ask these pages, but those that answered well lately; return what is wrong, by address."""
    meta = services.store.meta
    before: dict[str, int] = json.loads(meta.get(_WELL) or "{}")
    well, wrong = dict[str, int](), dict[str, str]()
    for url in sorted({link.url for _, link in needed if link.url}):
        # a clock that was set back makes nothing lately
        if url in before and 0 <= now - before[url] < AGAIN.total_seconds():
            well[url] = before[url]
        elif reason := await in_thread(partial(ask, url)):
            wrong[url] = reason
        else:
            well[url] = now
    with services.store.transaction():
        meta.put(_KEY, json.dumps(wrong))
        meta.put(_WELL, json.dumps(well))
    return wrong


def _trouble(link: Link, wrong: dict[str, str]) -> str | None:
    return (
        wrong.get(link.url)
        if link.url
        else "the slot is empty; fill it in campaign.toml, then `drumbeat reload`"
    )


def _needed(services: Services, now: datetime) -> list[tuple[Occurrence, Link]]:
    """Return the link slots of everything that is planned and begins soon, each with the first
    occurrence that needs it; an empty one only where a text waits for it.
    """
    campaigns = {campaign.id: campaign for campaign in services.active}
    needed: dict[tuple[str, str], tuple[Occurrence, Link]] = {}
    for planned in sorted(
        services.store.plan.planned(now, (now + AHEAD).date()),
        key=lambda pair: (pair.occurrence.day, pair.id),
    ):
        campaign = campaigns.get(planned.occurrence.campaign)
        action = campaign.action(planned.occurrence.action) if campaign else None
        if campaign is None or action is None or planned.cancelled:
            continue
        waits = bool(services.renderer.waiting(campaign, action))
        for name in action.links:
            link = campaign.links.get(name)
            # whether our own pages can be reached, `doctor` says; from inside they often can't
            if link is not None and not link.own and (waits or link.url):
                needed.setdefault((campaign.id, name), (planned.occurrence, link))
    return list(needed.values())
