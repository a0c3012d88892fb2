"""The list of pledges: those that wait for staff, then the board of journeys, fifty at a time."""

from collections.abc import Iterable

from bot.model.pledge import JourneyState, Pledge
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import numbered
from bot.web.public.reader import Shown

PATH = "pledges"

PAGE = 50
"""Pledges of a page of the board."""

MOST_WAITING = 50
"""Most pledges of the list of what waits: who decides about these gets the next."""

_NEWEST = 2**62


def pledges(who: Colleague) -> Shown:
    """Show what waits for a decision, the longest first, and the journeys that are asked for."""
    store = who.services.store
    waits = list(store.deciding.waiting())
    campaign, journey = _campaign(who), _journey(who)
    numbers = store.journeys.board(_before(who), PAGE + 1, campaign=campaign, state=journey)
    rows = _known(who, numbers)
    values = {
        "waits": [_line(who, pledge) for pledge in _known(who, waits[:MOST_WAITING])],
        "more": who.number(len(waits) - MOST_WAITING) if len(waits) > MOST_WAITING else "",
        "board": [_line(who, pledge) for pledge in rows[:PAGE]],
        "older": str(rows[PAGE - 1].id) if len(rows) > PAGE else "",
        "campaigns": [
            (each.id, who.services.renderer.words(each, who.language).title)
            for each in who.services.active
        ],
        "campaign": campaign or "",
        "journeys": {state.word: who.words["journeys"][state.word] for state in JourneyState},
        "journey": journey.word if journey else "",
    }
    return Shown(template="pledges.html", title=who.words["menu"]["pledges"], values=values)


def _known(who: Colleague, numbers: Iterable[int]) -> list[Pledge]:
    pledges = who.services.store.pledges
    return [there for number in numbers if (there := pledges.get(number)) is not None]


def _line(who: Colleague, pledge: Pledge) -> dict[str, object]:
    states = who.words["pledge_states"]
    return {
        "number": pledge.id,
        "name": pledge.name or who.words["pledges"]["unnamed"],
        "organisation": pledge.organisation,
        "state": states["pending" if pledge.pending else pledge.state.word],
        "changed": who.instant(pledge.changed),
        "journey": who.words["journeys"][pledge.journey.word] if pledge.travels else "",
        "lost": pledge.lost is not None,
        "steps": who.number(len(who.services.store.journeys.reports(pledge.id))),
        "path": who.path(PATH, str(pledge.id)),
    }


def _campaign(who: Colleague) -> str | None:
    asked = who.query.get("campaign", "")
    return asked if asked in {campaign.id for campaign in who.services.active} else None


def _journey(who: Colleague) -> JourneyState | None:
    asked = who.query.get("journey", "")
    return next((state for state in JourneyState if state.word == asked), None)


def _before(who: Colleague) -> int:
    return numbered(who.query.get("before", "")) or _NEWEST
