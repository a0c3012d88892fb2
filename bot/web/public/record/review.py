"""A campaign's year month by month, as a page and as one file that needs nothing beside it."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.jobs.counting.figures import capital, network_name
from bot.jobs.review import year
from bot.jobs.review.year import Month, Review
from bot.jobs.services import Services
from bot.model import Action
from bot.model.pledge import MadePublic
from bot.web.public.listed import month_name, title, usual
from bot.web.public.pictures import cards
from bot.web.public.reader import Reader, Shown
from bot.web.public.record.figures import drawn

SHOWN = 10
"""How many pledges of one month are named."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """An action of a month in words, with the networks on which it was posted and the address
    there, or the link that its maker gave.
    """

    action: str
    title: str
    day: date | None = None
    count: int = 0
    #: ('' where there is no address)
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """A month as the page tells it."""

    name: str
    days: list[tuple[date, str]]
    posts: list[Said]
    #: organisation and name of the pledge
    pledges: list[tuple[str, str]]
    more: int
    individuals: int
    steps: list[Said]
    #: of the first post of the month that has one; in the year of a pledge of its first step
    card: cards.Shown | None
    #: network, and how often
    used: list[tuple[str, str]]


def version(services: Services) -> Hashable:
    """Return what a year depends on beside data files and the day."""
    store = services.store
    return store.samples.newest(), store.pledges.newest_event(), store.posts.newest_result()


def shows(reader: Reader) -> bool:
    """Return whether anything of the year of the path's campaign was done."""
    return year.begun(reader.services, reader.of, reader.now)


def review(reader: Reader) -> Shown:
    """Show the campaign's year; raises `HTTPException` 404 before anything was done in it."""
    if not shows(reader):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    whole = year.review(reader.services, reader.of, reader.now)
    return told(reader, whole, "review.html")


def told(
    reader: Reader, whole: Review, template: str, *, alone: bool = False, **more: object
) -> Shown:
    """Return a year as a template of these shows it; `more` is what else it shows.

    What stands `alone` has its pictures in it.
    """
    said, campaign = reader.words["review"], reader.about(reader.of).title
    pledge = whole.pledge
    named = filled(
        said["title"],
        name=campaign if pledge is None else _name(reader, pledge) or pledge.organisation,
        year=whole.start.year,
    )
    charts = year.charts(reader.services, reader.of, whole, reader.language)
    about = said["about"] if pledge is None else filled(said["about_pledge"], campaign=campaign)
    return Shown(
        template=template,
        title=named,
        description=f"{reader.words['site']['rehearsal']} {about}" if whole.rehearsal else about,
        trail=((campaign, f"{reader.here()}/"),),
        values={
            "whole": whole,
            "about": about,
            "organisation": "" if pledge is None else pledge.organisation,
            "charts": [drawn(chart) for chart in charts],
            "months": [_told(reader, whole, month, alone=alone) for month in whole.months],
            **more,
        },
    )


def _told(reader: Reader, whole: Review, month: Month, *, alone: bool) -> Told:
    names = reader.about(reader.of).observances
    named = month.pledges[:SHOWN]
    return Told(
        name=month_name(reader, month.first),
        days=[(day, names.get(name, name)) for name, day in month.observances],
        posts=_posts(reader, whole, month),
        pledges=[(each.organisation, _name(reader, each)) for each in named],
        more=len(month.pledges) - len(named),
        individuals=month.individuals,
        steps=[
            Said(
                action=step.action,
                title=_title(reader, step.action, month.first),
                count=step.count,
                places=(("", step.link),) if step.link else (),
            )
            for step in month.steps
        ],
        card=_card(reader, _pictured(reader, whole, month), alone=alone),
        used=[
            (capital(network_name(reader.services, network, reader.language)), reader.number(n))
            for network, n in sorted(month.uses.items())
            if n is not None
        ],
    )


def _card(reader: Reader, actions: Iterator[Action], *, alone: bool) -> cards.Shown | None:
    show = cards.embedded if alone else cards.shown
    return next(filter(None, map(partial(show, reader), actions)), None)


def _pictured(reader: Reader, whole: Review, month: Month) -> Iterator[Action]:
    """Yield the actions whose cards can stand for a month: of its posts; in the year of a pledge,
    which has none, of its steps.
    """
    for action_id, day in dict.fromkeys((post.action, post.day) for post in month.posts):
        action = reader.of.action(action_id)
        if action and cards.is_of(reader, action, day):
            yield action
    if whole.pledge is not None:
        yield from filter(None, (reader.of.action(step.action) for step in month.steps))


def _name(reader: Reader, public: MadePublic) -> str:
    """Return the pledge's name as it was approved, '' where it has none."""
    pledge = reader.services.store.pledges.get(public.pledge)
    return (pledge.approved or {}).get("name", "") if pledge else ""


def _posts(reader: Reader, whole: Review, month: Month) -> list[Said]:
    places: dict[tuple[date, str], list[tuple[str, str]]] = {}
    for post in month.posts:
        # what a rehearsal says that it posted stands nowhere
        place = (
            network_name(reader.services, post.network, reader.language),
            "" if whole.rehearsal else post.url,
        )
        known = places.setdefault((post.day, post.action), [])
        if place not in known:
            known.append(place)
    return [
        Said(action=action, title=_title(reader, action, day), day=day, places=tuple(known))
        for (day, action), known in places.items()
    ]


def _title(reader: Reader, action_id: str, day: date) -> str:
    """Return what an action is called; its id where the data know it no longer."""
    action = reader.of.action(action_id)
    if action is None:
        return action_id
    return title(reader, reader.of, action, usual(action), day)
