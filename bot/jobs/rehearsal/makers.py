"""Invented makers, whose journeys a rehearsal plays: each pledges on a day of its own, gets the
prompts of the months and those that follow the pledge, and every second one answers.

Who pledges are people of the population that speak for an organisation, country or region, so that
the same seed plays the same journeys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from bot.jobs.pledges import journeys
from bot.jobs.rehearsal import invented_pledges
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.model import Audience, Campaign, Kind
from bot.model.makers import Form, Group
from bot.model.person import NewPerson
from bot.model.pledge import MADE
from bot.model.staff import MACHINE
from bot.times import epoch

PACE = timedelta(hours=1)
"""How often journeys are looked at."""

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


@dataclass
class Makers:
    """Those who pledge in a rehearsal, in the order in which they do."""

    waiting: Sequence[Maker]
    answered: date | None = None

    def play(self, services: Services, now: datetime) -> None:
        """Let pledge whose day has come, take the steps of all journeys, and answer once a day."""
        while self.waiting and self.waiting[0].at <= now:
            _pledge(services, self.waiting[0])
            self.waiting = self.waiting[1:]
        journeys.run(services, now)
        if self.answered != now.date():
            self.answered = now.date()
            _answer(services, now)


def makers(services: Services, script: Script, crowd: Iterator[NewPerson]) -> Makers:
    """Return who of the crowd pledge: as many as the script wants, or as there are; none who has
    pledged in this file already.
    """
    days = (script.end - script.start).days + 1
    first = datetime.combine(script.start, time(12), UTC)
    able = (each for each in crowd if each.audience is not Audience.INDIVIDUAL)
    chosen = [
        Maker(
            number=number,
            person=person,
            campaign=there[0],
            form=there[1],
            group=there[2],
            at=first + timedelta(days=days * number // script.pledges),
        )
        for number, person in enumerate(islice(able, script.pledges))
        if (there := _takes(services, person.audience)) is not None
    ]
    made = len(services.store.pledges.all(states=MADE))
    return Makers(waiting=chosen[made:])


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


def _pledge(services: Services, maker: Maker) -> None:
    store, moment = services.store, epoch(maker.at)
    person = store.people.find(maker.person.channel, maker.person.address)
    new = invented_pledges.invented(
        services, maker.campaign, maker.form, maker.group, maker.person.language, maker.number
    )
    if person is None or new is None:
        return
    with store.transaction():
        number = invented_pledges.publish(services, new, maker.at)
        store.editors.add(number, person, moment)
        store.subscribers.set_pledge(person, pledge=True)


def _answer(services: Services, now: datetime) -> None:
    """Report what was asked of every second maker a day ago or earlier."""
    for pledge in services.store.pledges.all(states=MADE):
        campaign = services.library.campaigns[pledge.campaign]
        if pledge.id % 2:
            continue
        prompts = [action.id for action in campaign.actions if action.kind is Kind.PROMPT]
        for asked in services.store.journeys.prompts(pledge.id, campaign.id, prompts):
            if asked.answered is None and asked.sent <= now - _ANSWERS:
                step = asked.milestone
                journeys.report(services, pledge.id, step.action, step.slot, None, MACHINE, now)
