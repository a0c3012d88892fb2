"""Services in which pledges are published, as staff do it."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import house
from stage import staged

from bot.jobs.pledges import moderation
from bot.model import Audience
from bot.model.pledge import Handle, NewPledge, PledgeState
from bot.model.staff import Actor

NOW = datetime(2021, 5, 1, 10, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
ANNA = Actor.staff("anna")
CAMPAIGN = "endchildlabour2021"
ANSWERS = {
    "name": "Train 40 teachers",
    "how": "By courses",
    "contribution": "It helps",
    "communicate": "wherefore hoopoes whistle",
    "description": "We teach",
    "website": "https://acme.example",
    "topics": "education covid-19",
    "progress": "in-progress",
}


@contextmanager
def publishing(folder, library, campaign=CAMPAIGN):
    """Services of one campaign, with one subscriber who can pledge."""
    channel = house.channel("telegram", network="telegram")
    made, _ = staged(folder, library, channel, quiet=house.NO_QUIET)
    made.store.people.add([house.person(7)])
    yield replace(made, active=(library.campaigns[campaign],))
    made.store.close()


def publish(
    services, organisation="ACME", audience=Audience.ORGANIZATION, campaign=CAMPAIGN, **answers
):
    alone = audience is Audience.INDIVIDUAL
    new = NewPledge(
        campaign=campaign,
        audience=audience,
        stakeholder="individual" if alone else "company",
        organisation="" if alone else organisation,
        country="KE",
        language="en",
        answers={**ANSWERS, **answers},
    )
    store, person = services.store, services.store.subscribers.find(1, "1007").id
    number = store.pledges.begin(new, Actor.person(person), MOMENT)
    store.editors.add(number, person, MOMENT)
    store.pledges.set_handles(
        number, [Handle(network="x", name="acme", url="https://x.com/acme")], ANNA, MOMENT
    )
    store.pledges.move(number, PledgeState.SUBMITTED, Actor.person(person), MOMENT)
    if not alone:
        moderation.verify(services, number, "staff", ANNA, NOW, "told-by-quilla")
    moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
    moderation.decide(services, number, PledgeState.PUBLISHED, ANNA, NOW)
    return number
