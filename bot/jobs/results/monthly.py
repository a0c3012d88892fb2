"""A month of posts beside the month before, as it is told to who answers for the campaign.

All figures are of one age, so that both months are alike: one that all posts of the month have
reached, at which most is known. The words stand in content/<language>/documents/month.j2.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.jobs.results import view
from bot.jobs.results.view import Observed, Shown
from bot.jobs.services import Services
from bot.model import Campaign, State
from bot.model.counting import REACTIONS, TOGETHER
from bot.rules import results
from bot.rules.hashtags import Lift
from bot.rules.results import AGES, Change, Standing, Sum

FOR_ALL: Final = timedelta(days=2)
"""After the last day of a month its posts have left everywhere, with their grace."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """What became of a campaign's posts of one month."""

    first: date
    shown: Shown
    #: what people did with the posts, by network
    sums: Mapping[str, Sum]
    observed: tuple[Observed, ...]
    #: how many posts are in each state that has any
    states: Mapping[State, int]

    @property
    def posts(self) -> int:
        """Return how many posts left and were not taken back."""
        return len(self.shown.posts)

    def standing(self, kind: Standing) -> int:
        """Return how many posts stand in one way."""
        return sum(each.posts.get(kind, 0) for each in self.sums.values())

    @property
    def unknown(self) -> int:
        """Return of how many posts nothing is known."""
        return self.posts - self.standing(Standing.READ)

    @property
    def standing_out(self) -> Lift | None:
        """Return the observance on which the hashtag was used most often beside the usual, on
        whichever network; None where that can't be said of any.
        """
        lifts = [
            lift
            for each in self.observed
            for lift in each.lifts
            # as it is written
            if lift.ratio and round(lift.ratio, 1) > 1
        ]
        return max(lifts, key=lambda lift: (lift.ratio or 0, lift.day), default=None)

    @property
    def lifted(self) -> frozenset[str]:
        """Return the networks of which it is known how the hashtag was used on some observance."""
        return frozenset(
            lift.network for each in self.observed for lift in each.lifts if lift.ratio is not None
        )


@dataclass(frozen=True, kw_only=True)
class Monthly:
    """A month of a campaign, and the month before."""

    campaign: str
    #: at which age all posts are counted, in days
    age: int
    month: Month
    before: Month
    rehearsal: bool

    @property
    def networks(self) -> tuple[str, ...]:
        """Return the networks on which anything left in one of the months, sorted."""
        return tuple(sorted(self.month.sums.keys() | self.before.sums.keys()))

    def change(self, network: str, kind: str) -> Change:
        """Return how the month is beside the one before on a network, in one kind."""
        return results.change(self.month.sums.get(network), self.before.sums.get(network), kind)

    def as_json(self) -> dict[str, object]:
        """Return the months by the keys of the JSON of `drumbeat monthly`."""
        return {
            "campaign": self.campaign,
            "month": f"{self.month.first:%Y-%m}",
            "age": self.age,
            "posts": self.month.posts,
            "posts_before": self.before.posts,
            "networks": [self._network(name) for name in self.networks],
        }

    def _network(self, name: str) -> dict[str, object]:
        return {
            "network": name,
            "month": _sum_json(self.month.sums.get(name)),
            "before": _sum_json(self.before.sums.get(name)),
            "times": {kind: self.change(name, kind).ratio for kind in (*REACTIONS, TOGETHER)},
        }


def _sum_json(of: Sum | None) -> dict[str, object] | None:
    if of is None:
        return None
    return {
        "posts": of.total,
        **{kind.value: of.posts.get(kind, 0) for kind in Standing},
        "counts": dict(of.counts),
        "known_of": dict(of.known),
    }


def age_of(months: Iterable[Shown], now: datetime) -> int:
    """Return the age at which most posts of these months are known, the last of which all have
    reached it; of equals the highest, and the lowest there is where none is reached.
    """
    shown = list(months)
    over = datetime.combine(max(each.end for each in shown), time(), UTC) + FOR_ALL
    reached = [age for age in AGES if over + timedelta(days=age) <= now]
    read = Counter(
        reading.age for each in shown for post in each.posts for reading in post.readings
    )
    return max(reached, key=lambda age: (read[age], age), default=min(AGES))


def monthly(services: Services, campaign: Campaign, first: date, now: datetime) -> Monthly:
    """Return the month that begins on a day, and the one before."""
    shown, earlier = (
        view.shown(services, campaign, *view.month(day), now)
        for day in (first, view.month_before(first))
    )
    age = age_of((shown, earlier), now)
    return Monthly(
        campaign=campaign.id,
        age=age,
        month=_month(services, campaign, shown, age, now),
        before=_month(services, campaign, earlier, age, now),
        rehearsal=services.rehearsal,
    )


def version(services: Services, campaign: Campaign, first: date) -> Hashable:
    """Return what a month and the one before depend on beside data files and the hour: another
    value as soon as a post left or was taken back, or something was read or counted.
    """
    store = services.store
    start, (_, end) = view.month_before(first), view.month(first)
    states = tuple(store.results.states(campaign.id, start, end).items())
    troubles = tuple(view.troubles(services, services.settings.channels).items())
    read = store.results.readings(campaign.id, start, end)
    return states, read, store.samples.newest(), store.posts.newest_result(), troubles


def _month(services: Services, campaign: Campaign, shown: Shown, age: int, now: datetime) -> Month:
    return Month(
        first=shown.start,
        shown=shown,
        sums=view.sums(shown, age),
        observed=tuple(view.observed(services, campaign, shown, age, now)),
        states=services.store.results.states(campaign.id, shown.start, shown.end),
    )
