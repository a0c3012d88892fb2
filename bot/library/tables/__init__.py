"""The files that a campaign may have beside campaign.toml and calendar.toml: which there are, what
is wrong in them, and what a `Campaign` has of them.

===============  ======================================================================
``forms``        what people are asked
``pledges``      who makes pledges and what helps them; what some have published
``lists``        countries and partners, lists that others keep
``pathfinders``  countries that go ahead of others, and what happened with each
``deciders``     to whom people of a country can write
``calls``        stories that are looked for, and contests
``events``       what people can come to, and the steps of a roadmap
===============  ======================================================================
"""

from collections.abc import Mapping
from typing import Final

from bot.files.shapes import Report, S, Shape
from bot.library.calendar import CalendarShape, JourneyShape, journey_rules
from bot.library.campaign import CampaignShape
from bot.library.tables import events, forms, pledges
from bot.library.tables.calls import CallsShape, calls_of, judge_calls
from bot.library.tables.deciders import DecidersShape, deciders_of
from bot.library.tables.events import EventsShape
from bot.library.tables.forms import FormsShape, forms_of
from bot.library.tables.lists import (
    CountriesShape,
    PartnersShape,
    countries_of,
    judge_countries,
    judge_partners,
    partners_of,
)
from bot.library.tables.pathfinders import PathfindersShape, judge_pathfinders, pathfinders_of
from bot.library.tables.pledges import PledgesShape, ShowcaseShape, judge_pledges, judge_showcase
from bot.model.calls.entry import Call
from bot.model.makers import Countries, Decider, Form, JourneyRules, Partners
from bot.model.pathfinders import Pathfinders

SHAPES: Final[Mapping[str, type[Shape]]] = {
    "forms": FormsShape,
    "pledges": PledgesShape,
    "showcase": ShowcaseShape,
    "countries": CountriesShape,
    "partners": PartnersShape,
    "pathfinders": PathfindersShape,
    "deciders": DecidersShape,
    "calls": CallsShape,
    "journey": JourneyShape,
    "events": EventsShape,
}
"""The shape of each file, by its name without suffix; files with other names are ignored."""


def judge(shape: Shape, others: Mapping[str, Shape | None], report: Report) -> None:
    """Report ids that stand twice in a file, and ids that point to nothing.

    `others` are all files of the campaign in their shapes, by name; None for a broken one.
    """
    makers = _of(others, "pledges", PledgesShape)
    match shape:
        case FormsShape():
            forms.judge(shape, [each.id for each in makers.topic] if makers else [], report)
        case PledgesShape():
            judge_pledges(shape, report)
        case ShowcaseShape():
            judge_showcase(shape, {each.id for each in makers.group} if makers else set(), report)
        case CountriesShape():
            judge_countries(shape, report)
        case PathfindersShape():
            judge_pathfinders(shape, report)
        case PartnersShape():
            judge_partners(shape, report)
        case CallsShape():
            groups = [each.id for each in makers.group] if makers else []
            topics = [each.id for each in makers.topic] if makers else []
            judge_calls(shape, groups, topics, report)
        case EventsShape():
            _events(shape, others, report)


def _events(shape: EventsShape, others: Mapping[str, Shape | None], report: Report) -> None:
    head, plan = _of(others, "campaign", CampaignShape), _of(others, "calendar", CalendarShape)
    events.judge(shape, plan.observances if plan else None, head.links if head else None, report)


class Tables(events.Events, pledges.Pledges):
    """The fields of a `Campaign` that these files fill."""

    forms: Mapping[str, Form]
    journey: JourneyRules | None
    countries: Countries | None
    partners: Partners | None
    pathfinders: Pathfinders | None
    deciders: Mapping[str, Decider]
    calls: tuple[Call, ...]


def typed(shapes: Mapping[str, Shape | None]) -> Tables:
    """Return the fields of a campaign from its files in their shapes.

    A file that is missing or broken leaves its fields empty.
    """
    journey, makers = _of(shapes, "journey", JourneyShape), _of(shapes, "pledges", PledgesShape)
    topics = tuple(each.id for each in makers.topic) if makers else ()
    return Tables(
        forms=forms_of(_of(shapes, "forms", FormsShape), topics),
        journey=journey_rules(journey.journey) if journey else None,
        countries=countries_of(_of(shapes, "countries", CountriesShape)),
        partners=partners_of(_of(shapes, "partners", PartnersShape)),
        pathfinders=pathfinders_of(_of(shapes, "pathfinders", PathfindersShape)),
        deciders=deciders_of(_of(shapes, "deciders", DecidersShape)),
        calls=calls_of(_of(shapes, "calls", CallsShape)),
        **pledges.typed(makers, _of(shapes, "showcase", ShowcaseShape)),
        **events.typed(_of(shapes, "events", EventsShape)),
    )


def _of(shapes: Mapping[str, Shape | None], name: str, kind: type[S]) -> S | None:
    shape = shapes.get(name)
    return shape if isinstance(shape, kind) else None
