"""The list of pledges: those that wait for staff, then all that were ever sent, page by page, with
their journeys.
"""

from collections.abc import Collection, Mapping

from bot.model.pledge import MADE, JourneyState, Pledge, PledgeState
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import numbered
from bot.web.public.reader import Shown

PATH = "pledges"

PAGE = 25
"""Pledges of a page of the board."""

MOST_WAITING = 25
"""Most pledges of the list of what waits: who decides about these gets the next."""

_NEWEST = 2**62

_SENT = tuple(state for state in PledgeState if state is not PledgeState.DRAFT)
"""States of pledges that are shown: a draft is its editors' alone."""


def pledges(who: Colleague) -> Shown:
    """Show what waits for a decision, the longest first, and the pledges that are asked for."""
    store = who.services.store
    results = store.deciding.results()
    waiting = list(store.deciding.waiting(results))
    waits = store.pledges.several(waiting[:MOST_WAITING])
    campaign, journey, state = _campaign(who), _journey(who), _state(who)
    numbers = store.journeys.board(
        _before(who),
        PAGE + 1,
        campaign=campaign,
        states=_states(state, journey),
        journey=journey,
    )
    rows = store.pledges.several(numbers)
    steps = store.journeys.steps({pledge.id for pledge in (*waits, *rows)})
    values = {
        "waits": [_line(who, pledge, steps, results) for pledge in waits],
        "more": who.number(len(waiting) - MOST_WAITING) if len(waiting) > MOST_WAITING else "",
        "board": [_line(who, pledge, steps) for pledge in rows[:PAGE]],
        "older": str(rows[PAGE - 1].id) if len(rows) > PAGE else "",
        "campaigns": [
            (each.id, who.services.renderer.words(each, who.language).title)
            for each in who.services.active
        ],
        "campaign": campaign or "",
        "states": {each.word: who.words["pledge_states"][each.word] for each in _SENT},
        "state": state.word if state else "",
        "journeys": {state.word: who.words["journeys"][state.word] for state in JourneyState},
        "journey": journey.word if journey else "",
    }
    return Shown(template="pledges.html", title=who.words["menu"]["pledges"], values=values)


def _line(
    who: Colleague, pledge: Pledge, steps: Mapping[int, int], results: Collection[int] = ()
) -> dict[str, object]:
    """Return a pledge as a row; `results` are those whose scale-up result waits for staff."""
    states = who.words["pledge_states"]
    return {
        "number": pledge.id,
        "name": pledge.name or who.words["pledges"]["unnamed"],
        "organisation": pledge.organisation,
        "state": states["pending" if pledge.pending else pledge.state.word],
        "result": pledge.id in results,
        "changed": who.instant(pledge.changed),
        "journey": who.words["journeys"][pledge.journey.word] if pledge.travels else "",
        "lost": pledge.lost is not None,
        "steps": who.number(steps.get(pledge.id, 0)),
        "path": who.path(PATH, str(pledge.id)),
    }


def _campaign(who: Colleague) -> str | None:
    asked = who.query.get("campaign", "")
    return asked if asked in {campaign.id for campaign in who.services.active} else None


def _journey(who: Colleague) -> JourneyState | None:
    asked = who.query.get("journey", "")
    return next((state for state in JourneyState if state.word == asked), None)


def _state(who: Colleague) -> PledgeState | None:
    asked = who.query.get("state", "")
    return next((state for state in _SENT if state.word == asked), None)


def _states(state: PledgeState | None, journey: JourneyState | None) -> tuple[PledgeState, ...]:
    """Return the states that are asked for; of a pledge that doesn't stand no journey runs."""
    if state is not None:
        return (state,)
    return _SENT if journey is None else MADE


def _before(who: Colleague) -> int:
    return numbered(who.query.get("before", "")) or _NEWEST
