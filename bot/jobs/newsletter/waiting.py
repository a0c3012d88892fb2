"""Letters of the last month that wait for somebody to approve them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.jobs.results import view
from bot.model import Campaign
from bot.store import Store
from bot.times import epoch


def waiting(store: Store, active: Sequence[Campaign], first: date) -> list[Campaign]:
    """Return the campaigns whose letter of the month that begins on a day nobody has approved,
    though the month holds something and somebody has agreed to get it.
    """
    if not store.digests.any_agreed():
        return []
    return [campaign for campaign in active if _waits(store, campaign, first)]


def _waits(store: Store, campaign: Campaign, first: date) -> bool:
    kept = store.digests.of_month(campaign.id, first)
    return kept.approved is None if kept else any(_told(store, campaign, first))


def _told(store: Store, campaign: Campaign, first: date) -> Iterator[bool]:
    """Yield whether there is something to tell, of one kind after the other, as
    `bot.jobs.newsletter.compose` has them.
    """
    last = view.month(first)[1]
    start, end = (
        epoch(datetime.combine(day, time(), UTC)) for day in (first, last + timedelta(days=1))
    )
    yield store.numbers.done_between(campaign.id, start, end) > 0
    yield store.results.count(campaign.id, first, last) > 0
    yield bool(store.public_pledges.between(campaign.id, start, end))
    yield bool(store.amplify.shown_between(campaign.id, start, end, 1))
    yield bool(store.entries.favourites(campaign.id, start, end, 1))
    yield any(each.day is not None and first <= each.day <= last for each in campaign.published)
