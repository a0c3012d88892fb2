"""Invented makers: each pledges on a day of its own, gets the prompts of the months and those that
follow the pledge, and every second one answers.

Who pledges are people of the population that speak for an organisation, country or region, so that
the same seed plays the same journeys. A journey is looked at when a step of it may be due, and not
again and again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import islice

from bot.jobs.pledges import journeys
from bot.jobs.rehearsal import invented_pledges, population
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.model import Action, Audience, Campaign, Kind
from bot.model.makers import Form, Group
from bot.model.person import NewPerson
from bot.model.pledge import MADE, Milestone, Pledge
from bot.model.staff import MACHINE
from bot.rules import journey
from bot.times import epoch

_ANSWERS = timedelta(days=1)
"""How long after a prompt who answers does so."""


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Somebody who will pledge."""

    number: int
    person: NewPerson
    campaign: Campaign
    form: Form
    group: Group
    at: datetime


def plan(agenda: Agenda, services: Services, script: Script) -> None:
    """Let people of the population pledge, as many as the script wants, or as there are; and go on
    with the journeys of those who have.
    """
    days = (script.end - script.start).days + 1
    first = datetime.combine(script.start, time(12), UTC)
    crowd = population.crowd(services, script)
    able = (each for each in crowd if each.audience is not Audience.INDIVIDUAL)
    for number, person in enumerate(islice(able, script.pledges)):
        there = _takes(services, person.audience)
        if there is not None:
            campaign, form, group = there
            maker = Maker(
                number=number,
                person=person,
                campaign=campaign,
                form=form,
                group=group,
                at=first + timedelta(days=days * number // script.pledges),
            )
            agenda.put(maker.at, partial(_pledge, agenda, maker))
    for pledge in services.store.pledges.all(states=MADE) if script.pledges else ():
        _travel(agenda, services, pledge)
        agenda.put(agenda.clock, partial(_look, agenda, pledge.id), final=True)


def _takes(services: Services, audience: Audience) -> tuple[Campaign, Form, Group] | None:
    """Return the first campaign in which this audience can pledge, with its form and a group."""
    return next(
        (
            (campaign, campaign.forms["pledge"], group)
            for campaign in services.active
            if "pledge" in campaign.forms
            for group in campaign.groups.values()
            if group.audience is audience
        ),
        None,
    )


def _pledge(agenda: Agenda, maker: Maker, services: Services, _now: datetime) -> int:
    store, moment = services.store, epoch(maker.at)
    person = population.number_of(services, maker.person)
    new = invented_pledges.invented(
        services, maker.campaign, maker.form, maker.group, maker.person.language, maker.number
    )
    if person is None or new is None or store.pledges.of_person(person):
        return 0
    with store.transaction():
        number = invented_pledges.publish(services, new, maker.at)
        store.editors.add(number, person, moment)
        store.subscribers.set_pledge(person, pledge=True)
    pledge = store.pledges.get(number)
    if pledge is not None:
        _travel(agenda, services, pledge)
    return 1


def _travel(agenda: Agenda, services: Services, pledge: Pledge) -> None:
    """Have the steps of a pledge's journey taken, and its prompts answered, each in its time."""
    focal, begun = (
        services.store.editors.focal(pledge.id),
        services.store.following.begun(pledge),
    )
    wished = journeys.wished(services, services.store.people.where(focal) if focal else None)
    campaign = services.library.campaigns[pledge.campaign]
    if wished is None or begun is None:
        return
    last = campaign.end or begun.day + timedelta(days=366)
    for step in journey.milestones(campaign, pledge.audience, begun.day, last, begun):
        at, action = wished.at(step.day), campaign.action(step.action)
        if action is not None and action.after is not None:
            agenda.put(at, partial(_follow, pledge.id, campaign, action), final=True)
        if pledge.id % 2:
            days = journey.rules(campaign).reminder_days
            agenda.put(wished.days_after(at, days), partial(_look, agenda, pledge.id), final=True)
        else:
            agenda.put(at + _ANSWERS, partial(_answer, agenda, pledge.id, step))


def _follow(
    number: int, campaign: Campaign, action: Action, services: Services, now: datetime
) -> int:
    pledge = services.store.pledges.get(number)
    return int(pledge is not None and journeys.follow(services, pledge, campaign, action, now))


def _look(agenda: Agenda, number: int, services: Services, now: datetime) -> int:
    """Take the steps that are due, and look again when the next may be."""
    steps = journeys.advance(services, number, now)
    coming = journeys.coming(services, number)
    if coming is not None and coming > now:
        agenda.put(coming, partial(_look, agenda, number), final=True)
    return steps


def _answer(agenda: Agenda, number: int, step: Milestone, services: Services, now: datetime) -> int:
    """Report what was asked; what came too late to be known yet is looked at as with the others."""
    pledge = services.store.pledges.get(number)
    campaign = services.library.campaigns[pledge.campaign] if pledge else None
    if pledge is None or campaign is None:
        return 0
    prompts = [action.id for action in campaign.actions if action.kind is Kind.PROMPT]
    asked = services.store.journeys.prompts(number, campaign.id, prompts)
    mine = next((each for each in asked if _is_same(each.milestone, step)), None)
    if mine is not None and mine.answered is None:
        there = mine.milestone
        journeys.report(services, number, there.action, there.slot, None, MACHINE, now)
        return 0
    return _look(agenda, number, services, now)


def _is_same(one: Milestone, other: Milestone) -> bool:
    return one.action == other.action and (one.slot == other.slot or one.day == other.day)
