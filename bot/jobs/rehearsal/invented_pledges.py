"""Invented pledges for a rehearsal, so that the wall and its pages have something to show.

They are made once all is played, so that nobody is prompted for them (those of `company.makers` are
made on the way): one for each stakeholder group without any that isn't a person, named after a
suggestion that the campaign makes to it. Who made it and what it says are words that call
themselves invented (table [invented] of public.toml).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.gaps import filled
from bot.jobs.pledges import moderation
from bot.jobs.services import Services
from bot.model import Audience, Campaign
from bot.model.makers import Form, Group, PagePart
from bot.model.pledge import MADE, NewPledge, PledgeState
from bot.model.staff import MACHINE
from bot.times import epoch

_OPEN = "X"
"""Stands in a suggestion for what its maker fills in."""

_PROGRESS = ("in-progress", "done", "")


def add(services: Services, start: date, end: date) -> int:
    """Make and publish a pledge of each group of the active campaigns that has none, spread over
    these days; return how many.
    """
    made = 0
    for campaign in services.active:
        form = campaign.forms.get("pledge")
        if form is None:
            continue
        new = list(_pledges(services, campaign, form))
        for n, pledge in enumerate(new):
            day = start + (end - start) * n // len(new)
            publish(services, pledge, datetime.combine(day, time(12), UTC))
        made += len(new)
    return made


def _pledges(services: Services, campaign: Campaign, form: Form) -> Iterator[NewPledge]:
    known = services.store.pledges.all(campaign=campaign.id, states=MADE)
    has = {each.stakeholder for each in known}
    groups = [g for g in campaign.groups.values() if g.audience is not Audience.INDIVIDUAL]
    for n, group in enumerate((g for g in groups if g.id not in has), len(known)):
        language = campaign.languages[n % len(campaign.languages)]
        pledge = invented(services, campaign, form, group, language, n)
        if pledge is not None:
            yield pledge


def invented(
    services: Services, campaign: Campaign, form: Form, group: Group, language: str, n: int
) -> NewPledge | None:
    """Return a pledge of a group, which calls itself invented; None where nothing is suggested to
    it. `n` numbers it.
    """
    name = _suggested(services, campaign, group, language)
    if not name:
        return None
    table = services.renderer.page_words(campaign, language, fallback="en")
    said: Mapping[str, Any] = table["invented"]
    topic = campaign.topics[n % len(campaign.topics)].id if campaign.topics else ""
    parts = {
        PagePart.NAME: name,
        PagePart.PLAN: said["plan"],
        PagePart.IMPACT: said["impact"],
        PagePart.DESCRIPTION: said["description"],
        PagePart.TOPICS: topic,
        PagePart.PROGRESS: _PROGRESS[n % len(_PROGRESS)],
    }
    return NewPledge(
        campaign=campaign.id,
        audience=group.audience,
        stakeholder=group.id,
        organisation=filled(said["organisation"], n=n + 1),
        country=None,
        language=language,
        answers=_answers(form, parts),
    )


def _suggested(services: Services, campaign: Campaign, group: Group, language: str) -> str:
    """Return the first suggestion that leaves nothing open, '' where there is none."""
    suggestions = services.renderer.words(campaign, language).suggestions
    named = (suggestions.get(each.id, "") for each in group.suggestions)
    whole = (name for name in named if name and _OPEN not in name.split())
    return next(whole, "").rstrip(".")


def _answers(form: Form, parts: Mapping[PagePart, str]) -> dict[str, str]:
    """Return the answers by their questions; a form may lack some parts of a page."""
    questions = ((form.on_page(part), answer) for part, answer in parts.items())
    return {question.id: answer for question, answer in questions if question and answer}


def publish(services: Services, new: NewPledge, at: datetime) -> int:
    """Make a pledge and let it be public within minutes; return its number."""
    pledges, moment = services.store.pledges, epoch(at)
    number = pledges.begin(new, MACHINE, moment)
    pledges.verify(number, "staff", MACHINE, moment)
    pledges.move(number, PledgeState.SUBMITTED, MACHINE, moment)
    for minutes, to in enumerate((PledgeState.APPROVED, PledgeState.PUBLISHED), 1):
        moderation.decide(services, number, to, MACHINE, at + timedelta(minutes=minutes))
    return number
