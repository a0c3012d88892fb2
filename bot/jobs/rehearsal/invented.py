"""Invented figures for a rehearsal, so that charts and tables have something to show.

They come from the seed alone, and each says what it is: its source is `rehearsal`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from bot.jobs.counting import figures, usage
from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.counting import Sample
from bot.rules import hashtags
from bot.rules.hashtags import DAY
from bot.text import normal

SOURCE = "rehearsal"
"""The source of an invented count, which no server has."""

BLIND = "nothing was counted: it is a rehearsal"
"""What is said of each such count."""

_COUNTED = ("bluesky", "mastodon", "x")
_USUAL, _SPREAD = 40, 15  # uses of a usual day, and how far days lie apart
_TIMES = (4, 9)  # how many times that on an observance
_UNSEEN = 40  # one day in so many is seen by nobody, as in life


def add(services: Services, start: date, end: date, seed: int) -> None:
    """Store a count for each day from the weeks before `start`, of each hashtag on each network on
    which drumbeat can count.
    """
    services.store.samples.add(
        sample
        for campaign in services.active
        for tag in usage.tracked([campaign])
        for network in _COUNTED
        for sample in _samples(campaign, tag, network, start, end, seed)
    )


def _samples(
    campaign: Campaign, tag: str, network: str, start: date, end: date, seed: int
) -> Iterator[Sample]:
    chance = Random(f"{seed} {tag} {network}")  # noqa: S311 - nothing secret
    marked = figures.marked(campaign, start, end)
    for day in _seen(chance, hashtags.days_between(start - usage.BACK, end)):
        times = chance.uniform(*_TIMES) if day in marked else 1
        begins = hashtags.midnight(day)
        yield Sample(
            tag=normal(tag),
            network=network,
            source=SOURCE,
            query=SOURCE,
            start=begins,
            end=begins + DAY,
            resolution=int(timedelta(days=1).total_seconds()),
            reposts=False,
            collected=begins + DAY,
            uses=round(max(_USUAL / 2, chance.gauss(_USUAL, _SPREAD)) * times),
            blind=(BLIND,),
        )


def _seen(chance: Random, days: Iterable[date]) -> Iterator[date]:
    return (day for day in days if chance.randrange(_UNSEEN))
