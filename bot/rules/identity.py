"""Which instance of an action a day is: an identity that outlives edits of the date rule. Pure.

A *slot* is an instance's number within its action; together with campaign, action and audience it
is the occurrence's key, the key of ticks and reports, and part of a calendar event's UID. It is
made from the day for which the instance was first planned, and stays when that day moves::

    the day was planned before, or taken out and put back ──► the same instance
    what is open and no longer wanted, and new days ────────► paired in their order, at most
                                                              31 days apart: the instance moved
    what is left of the days ───────────────────────────────► new instances
    what is left of the instances ──────────────────────────► gone

Before there were identities a slot was year * 100 + the day's place in its year. Databases of that
time keep those numbers (`by_place`): they are smaller than any that is made from a day.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

REACH = timedelta(days=31)
"""How far a day may move and still be the same instance."""

NOTHING: Mapping[date, int] = MappingProxyType({})
"""The default for slots of a former version: none."""

_BY_PLACE = 1_000_000
"""Slots below this are of a former version: year * 100 + place."""

_MORE = 100
"""Instances that were first planned for the same day, one after another moved away."""


@dataclass(frozen=True, kw_only=True)
class KnownDay:
    """An instance of an action that is known already, with its day."""

    slot: int
    day: date
    #: something has become of it, or it is over: it isn't paired with another day
    closed: bool


def slot_of(day: date) -> int:
    """Return the slot of an instance that is first planned for `day`: the day as YYYYMMDD."""
    return (day.year * 100 + day.month) * 100 + day.day


def by_place(days: Iterable[date]) -> dict[date, int]:
    """Return the slots that these days had before there were identities.

    The days are the whole years of one rule, in order.
    """
    slots: dict[date, int] = {}
    for day in days:
        year = day.year * 100
        slots[day] = year + sum(year <= slot < year + 100 for slot in slots.values())
    return slots


def identify(
    known: Collection[KnownDay], days: Sequence[date], old: Mapping[date, int] = NOTHING
) -> dict[date, int]:
    """Return the slot of each of an action's wanted `days` (ascending), given what is known of it.

    Of the known instances no two have one day. `old` holds the slots that a former version would
    give: new instances take these where they are free.
    """
    slots = {instance.day: instance.slot for instance in known}
    wanted = set(days)
    open_ones = sorted(
        (i for i in known if not i.closed and i.day not in wanted), key=lambda i: (i.day, i.slot)
    )
    new = [day for day in days if day not in slots]
    moved = _pair(open_ones, new)
    taken = {instance.slot for instance in known}
    for day in new:
        if day not in moved:
            moved[day] = _free(day, taken, old)
            taken.add(moved[day])
    return {day: moved.get(day) or slots[day] for day in days}


def _pair(instances: Sequence[KnownDay], days: Sequence[date]) -> dict[date, int]:
    """Pair both in their order, leaving out what is too far from all that is left."""
    pairs: dict[date, int] = {}
    left, new = list(instances), list(days)
    while left and new:
        if abs(left[0].day - new[0]) <= REACH:
            pairs[new.pop(0)] = left.pop(0).slot
        elif left[0].day < new[0]:
            left.pop(0)
        else:
            new.pop(0)
    return pairs


def _free(day: date, taken: Collection[int], old: Mapping[date, int]) -> int:
    slot = slot_of(day)
    further = (slot * _MORE + number for number in range(2, _MORE))
    return next(each for each in (old.get(day, slot), slot, *further) if each not in taken)


def turn(slot: int) -> int:
    """Return which turn of an action the instance is, to change its wording from one to the next.

    It follows from the identity, so that moving a day changes no wording.
    """
    if slot < _BY_PLACE:
        return slot // 100 + slot % 100
    day = int(str(slot)[:8])
    year, month, number = day // 10_000, day // 100 % 100, day % 100
    return year * 12 + month + number // 16
