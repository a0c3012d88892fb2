"""The shape of pathfinders.toml: countries that go ahead of others, and what happened with each."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from bot.files.shapes import Report, Shape, twice
from bot.library.shapes import Country, Dated, Id, Ids, Text
from bot.model.pathfinders import Happened, LifeEvent, Pathfinder, Pathfinders, ReviewOutcome

_MOST_MONTHS = 120


class LifeShape(Shape):
    """An entry of `events`: what happened, and when. `source` is that of the file where the entry
    names none.
    """

    kind: Literal["interest", "workshop", "postponed", "confirmed", "review"]
    on: date | None = None
    #: a day on which it was known, where nobody says when it was
    by: date | None = None
    until: date | None = None
    outcome: Literal["progress", "justified", "none"] | None = None
    source: Text | None = None


class PathfinderShape(Shape):
    """A table [[country]]."""

    code: Country
    events: list[LifeShape] = Field(min_length=1)
    steps: Ids = Field([])
    texts: dict[Id, Ids] = Field({})


class PathfindersShape(Dated):
    """Everything that pathfinders.toml may hold."""

    review_months: int = Field(12, ge=1, le=_MOST_MONTHS)
    hold_after: int = Field(2, ge=1, le=12)
    country: list[PathfinderShape] = Field(min_length=1)


def judge_pathfinders(shape: PathfindersShape, report: Report) -> None:
    """Report countries that stand twice, and events that can't have happened so."""
    for code in twice([each.code for each in shape.country]):
        report(f"country[{code}]", f"{code!r} stands there twice; put its events together")
    for country in shape.country:
        for number, event in enumerate(country.events):
            for key, message in _faults(event, shape.as_of):
                report(f"country[{country.code}].events[{number}]{key}", message)
        for key, message in _order(country):
            report(f"country[{country.code}].events[{key}]", message)


def _faults(event: LifeShape, as_of: date) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) of one event by itself."""
    if event.on is None and event.kind != "interest":
        yield ".on", f"a {event.kind} without its day says nothing; add the day, or leave it out"
    elif (event.on is None) == (event.by is None):
        yield (
            ".by",
            "either `on` (its day) or `by` (a day on which it was known) must stand there, and only"
            " one of them",
        )
    if event.until is not None and (event.on is None or event.until < event.on):
        yield ".until", f"{event.until} doesn't come after `on`; change one of them"
    if (event.outcome is not None) != (event.kind == "review"):
        yield (
            ".outcome",
            'a review needs one ("progress", "justified" or "none"), and nothing else may have it',
        )
    known = event.on or event.by
    if known is not None and known > as_of:
        yield (
            "",
            f"{known} lies after as_of = {as_of}; move as_of there once all that happened until"
            " then stands in the file",
        )
    if event.source is None and event.kind in ("confirmed", "review"):
        yield ".source", "is missing; say where it can be read"


def _order(country: PathfinderShape) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) of events that contradict each other."""
    days = {event.kind: event.on for event in country.events if event.on}
    kinds = [event.kind for event in country.events]
    for kind in ("interest", "confirmed"):
        if kinds.count(kind) > 1:
            yield kind, f"{kind!r} happens once; leave one out"
    confirmed = days.get("confirmed")
    for event in country.events:
        early = event.kind == "review" and event.on and (not confirmed or event.on <= confirmed)
        if early:
            yield "review", f"{event.on} doesn't come after the confirmation; change one of them"
    interest = days.get("interest")
    if interest and confirmed and confirmed < interest:
        yield "confirmed", f"{confirmed} lies before the interest, {interest}; change one of them"


def pathfinders_of(shape: PathfindersShape | None) -> Pathfinders | None:
    """Return the countries of a file, or None without one."""
    if shape is None:
        return None
    return Pathfinders(
        source=shape.source,
        as_of=shape.as_of,
        review_months=shape.review_months,
        hold_after=shape.hold_after,
        countries=tuple(_country(each, shape.source) for each in shape.country),
    )


def _country(shape: PathfinderShape, source: str) -> Pathfinder:
    return Pathfinder(
        code=shape.code,
        events=tuple(_event(each, source) for each in shape.events),
        steps=tuple(shape.steps),
        texts={part: tuple(ids) for part, ids in shape.texts.items()},
    )


def _event(shape: LifeShape, source: str) -> LifeEvent:
    return LifeEvent(
        kind=Happened(shape.kind),
        on=shape.on,
        by=shape.by,
        until=shape.until,
        outcome=ReviewOutcome(shape.outcome) if shape.outcome else None,
        source=shape.source or source,
    )
