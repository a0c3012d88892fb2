"""How far a country is on a day, from what happened with it.

Pure. From its confirmation on a review is due every so many months::

    interest ── workshop ──► workshop ── confirmed ──► confirmed ── N in a row ──► on-hold
                                                          ▲   without progress       │
                                                          └── a review that found it ┘

A review is missed where the next one's turn came without it, as far as the list of what happened
reaches (`as_of`): a list that nobody has looked after puts no country on hold.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.model.pathfinders import (
    Happened,
    LifeEvent,
    Pathfinder,
    Pathfinders,
    PathStanding,
    PathState,
    ReviewOutcome,
)

REMINDED = timedelta(days=30)
"""How long before a review is due somebody is reminded of it."""


def standing(of: Pathfinders, country: Pathfinder, day: date) -> PathStanding | None:
    """Return how far a country is on a day; None while nothing is known of it."""
    happened = [event for event in country.events if event.known <= day]
    confirmed = _first(happened, Happened.CONFIRMED)
    if confirmed is not None:
        reviews = sorted(_reviews(happened))
        return _Confirmed(of, reviews, confirmed.known).on(day)
    workshop = _first(happened, Happened.WORKSHOP)
    if workshop is not None:
        return PathStanding(state=PathState.WORKSHOP, since=workshop.until or workshop.on)
    return PathStanding(state=PathState.INTEREST, since=_since(happened)) if happened else None


def is_due(at: PathStanding | None, day: date) -> bool:
    """Return whether a review is to be held now, or should have been."""
    return at is not None and at.due is not None and at.due - REMINDED <= day


def months_after(day: date, months: int) -> date:
    """Return the day so many months later: the last of its month where that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_Review = tuple[date, str]
"""The day of a review, and the word of what it found."""


class _Confirmed:
    """The reviews of a confirmed country, one turn after the other."""

    def __init__(self, of: Pathfinders, reviews: Sequence[_Review], confirmed: date) -> None:
        self._of, self._reviews, self._first = of, reviews, confirmed
        self._state, self._since, self._missed = PathState.CONFIRMED, confirmed, 0

    def on(self, day: date) -> PathStanding:
        before = self._first
        for due in self._turns():
            held = self._between(before, min(due, day))
            self._resume(held)
            if not held and due > min(day, self._of.as_of):
                return self._standing(due)
            if due > day:
                return self._standing(self._next(due))
            self._end(due, held)
            before = due
        raise AssertionError  # turns have no end

    def _turns(self) -> Iterator[date]:
        number = 0
        while True:
            number += 1
            yield months_after(self._first, number * self._of.review_months)

    def _next(self, due: date) -> date:
        return next(turn for turn in self._turns() if turn > due)

    def _between(self, after: date, until: date) -> list[_Review]:
        return [review for review in self._reviews if after < review[0] <= until]

    def _resume(self, held: Sequence[_Review]) -> None:
        """Take a country off hold at the first review that found progress."""
        for day, outcome in held:
            if outcome == ReviewOutcome.PROGRESS.value:
                self._missed = 0
                if self._state is PathState.ON_HOLD:
                    self._state, self._since = PathState.CONFIRMED, day

    def _end(self, due: date, held: Sequence[_Review]) -> None:
        """Count a turn that is over; the last review of it is what it found."""
        failed = not held or held[-1][1] == ReviewOutcome.NONE.value
        self._missed = self._missed + 1 if failed else 0
        if self._missed >= self._of.hold_after and self._state is PathState.CONFIRMED:
            self._state, self._since = PathState.ON_HOLD, due

    def _standing(self, due: date) -> PathStanding:
        return PathStanding(state=self._state, since=self._since, due=due, missed=self._missed)


def _first(happened: Sequence[LifeEvent], kind: Happened) -> LifeEvent | None:
    return next((event for event in happened if event.kind is kind), None)


def _since(happened: Sequence[LifeEvent]) -> date | None:
    interest = _first(happened, Happened.INTEREST)
    return interest.on if interest else None


def _reviews(happened: Sequence[LifeEvent]) -> Iterator[_Review]:
    for event in happened:
        if event.kind is Happened.REVIEW and event.on and event.outcome:
            yield event.on, event.outcome.value
