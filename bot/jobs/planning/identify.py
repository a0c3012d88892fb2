"""The slots of actions' days: by which first planned day the database knows each instance.

They are looked up when data are loaded, so that the chat, journeys and calendars speak of the same
instances as planning does, and once more in planning, which writes them down.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.model import Action, Campaign
from bot.rules import dates, identity, planner
from bot.rules.identity import KnownDay
from bot.store import Store
from bot.store.planning.instances import Known


def identified(store: Store, campaigns: Iterable[Campaign], now: datetime) -> list[Campaign]:
    """Return the campaigns with the slots of each action, for all years in which they run or are
    known, for this year and the next.

    The database is not changed.
    """
    known: Mapping[tuple[str, str], list[Known]] = _by_action(store.instances.known())
    by_place = store.instances.counted_by_place()
    return [
        replace(
            campaign,
            actions=tuple(
                replace(action, slots=_slots(campaign, action, known, by_place, now))
                for action in campaign.actions
            ),
        )
        for campaign in campaigns
    ]


def keep(store: Store, campaigns: Iterable[Campaign]) -> None:
    """Write down the slots of campaigns that `identified` returned, within the caller's
    transaction.
    """
    store.instances.keep(
        (campaign.id, action.id, action.slots)
        for campaign in campaigns
        for action in campaign.actions
    )


def _by_action(known: Iterable[Known]) -> Mapping[tuple[str, str], list[Known]]:
    by_action: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for instance in known:
        by_action[instance.campaign, instance.action].append(instance)
    return by_action


def _slots(
    campaign: Campaign,
    action: Action,
    known: Mapping[tuple[str, str], list[Known]],
    by_place: bool,
    now: datetime,
) -> Mapping[date, int]:
    instances = _instances(known.get((campaign.id, action.id), ()), action, now)
    days = _days(campaign, action, instances, now)
    old = identity.by_place(days) if by_place else {}
    running = [day for day in days if planner.within(campaign, day)]
    return identity.identify(instances, running, old)


def _days(
    campaign: Campaign, action: Action, known: Iterable[KnownDay], now: datetime
) -> list[date]:
    """Return the days of whole years, so that the places within each year can be counted."""
    if action.when is None:
        return []
    ends = (campaign.start, campaign.end, *(instance.day for instance in known))
    years = [now.year, now.year + 1, *(day.year for day in ends if day)]
    return dates.days(action.when, date(min(years), 1, 1), date(max(years), 12, 31))


def _instances(known: Collection[Known], action: Action, now: datetime) -> list[KnownDay]:
    """Return the instances of an action that the database knows, one for each day.

    Of two on one day it is the one that was sent or otherwise ended.
    """
    by_day: dict[date, KnownDay] = {}
    for each in sorted(known, key=lambda k: (not k.decided, k.slot)):
        day = date.fromisoformat(each.day)
        closed = bool(each.decided) or _is_over(action, day, now)
        by_day.setdefault(day, KnownDay(slot=each.slot, day=day, closed=closed))
    return list(by_day.values())


def _is_over(action: Action, day: date, now: datetime) -> bool:
    return planner.closes(day, action.grace) <= now
