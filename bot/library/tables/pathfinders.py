"""The shape of pathfinders.toml: countries that go ahead of others, and what happened with each."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from bot.files.shapes import Report, Shape, twice
from bot.library.shapes import Country, Dated, Id, Ids, Sourced, Text, Url, ids_differ
from bot.model import Campaign
from bot.model.pathfinders import (
    PROGRESS,
    Happened,
    KnownText,
    LaterNote,
    LifeEvent,
    PartShows,
    Pathfinder,
    Pathfinders,
    ReportPart,
    ReviewOutcome,
)
from bot.names import suggest

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


class KnownShape(Shape):
    """An entry of `texts`: something that is known of a country, by the id of its words."""

    id: Id
    part: Id
    source: Text | None = None


class PartShape(Shape):
    """A table [[part]]: a part of the report that is made of what is known of a country."""

    id: Id
    shows: list[Literal["cover", "contents", "life", "steps"]] = Field([])
    texts: Ids = Field([])
    answers: Ids = Field([])
    within: Id | None = None


class LaterShape(Sourced):
    """A table [[later]]: what is known of all countries after `as_of`, by the id of its words."""

    id: Id
    url: Url = ""
    read: date | None = None


class PathfinderShape(Shape):
    """A table [[country]]."""

    code: Country
    events: list[LifeShape] = Field(min_length=1)
    steps: Ids = Field([])
    texts: list[KnownShape] = Field([])


class PathfindersShape(Dated):
    """Everything that pathfinders.toml may hold."""

    review_months: int = Field(12, ge=1, le=_MOST_MONTHS)
    hold_after: int = Field(2, ge=1, le=12)
    part: list[PartShape] = Field([])
    later: list[LaterShape] = Field([])
    country: list[PathfinderShape] = Field(min_length=1)


def judge_pathfinders(shape: PathfindersShape, report: Report) -> None:
    """Report countries and parts that stand twice, events that can't have happened so, and what
    stands in a part that is none.
    """
    _parts(shape, report)
    ids_differ((each.id for each in shape.later), "later", report)
    for note in shape.later:
        if note.read is not None and not note.url:
            report(f"later[{note.id}].read", "nobody knows where it was read; add its url")
    for code in twice([each.code for each in shape.country]):
        report(f"country[{code}]", f"{code!r} stands there twice; put its events together")
    for country in shape.country:
        for number, event in enumerate(country.events):
            for key, message in _faults(event, shape.as_of):
                report(f"country[{country.code}].events[{number}]{key}", message)
        for key, message in _order(country):
            report(f"country[{country.code}].events[{key}]", message)


def _parts(shape: PathfindersShape, report: Report) -> None:
    ids = [part.id for part in shape.part]
    ids_differ(ids, "part", report)
    wholes = [part.id for part in shape.part if part.within is None]
    for part in shape.part:
        if part.within is not None and part.within not in wholes:
            message = f"there is no part {part.within!r} of its own{suggest(part.within, wholes)}"
            report(f"part[{part.id}].within", message)
        for other in part.texts:
            if other not in ids:
                message = f"there is no part {other!r}{suggest(other, ids)}"
                report(f"part[{part.id}].texts", message)
    for country in shape.country:
        for text in country.texts:
            if text.part not in ids:
                message = f"there is no part {text.part!r}{suggest(text.part, ids)}"
                report(f"country[{country.code}].texts[{text.id}].part", message)


def judge_answers(campaign: Campaign, report: Report) -> None:
    """Report parts that wait for answers to questions which the campaign's form doesn't ask."""
    of, form = campaign.pathfinders, campaign.forms.get(PROGRESS)
    asked = [question.id for question in form.questions] if form else []
    for part in of.parts if of and form else ():
        for name in part.answers:
            if name not in asked:
                message = f"the form `{PROGRESS}` has no question {name!r}{suggest(name, asked)}"
                report(f"part[{part.id}].answers", message)


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
        parts=tuple(_part(each) for each in shape.part),
        later=tuple(LaterNote(**each.model_dump()) for each in shape.later),
    )


def _country(shape: PathfinderShape, source: str) -> Pathfinder:
    return Pathfinder(
        code=shape.code,
        events=tuple(_event(each, source) for each in shape.events),
        steps=tuple(shape.steps),
        texts=tuple(
            KnownText(id=each.id, part=each.part, source=each.source or source)
            for each in shape.texts
        ),
    )


def _part(shape: PartShape) -> ReportPart:
    return ReportPart(
        id=shape.id,
        shows=tuple(PartShows(each) for each in shape.shows),
        texts=tuple(shape.texts) or (shape.id,),
        answers=tuple(shape.answers),
        within=shape.within or "",
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
