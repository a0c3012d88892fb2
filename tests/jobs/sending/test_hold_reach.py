"""How many people a hold stops messages to, before anybody holds."""

from dataclasses import replace

import house
import pytest

from bot.jobs.sending import holds
from bot.model import Audience
from bot.model.outbox import EVERYTHING, Scope
from bot.model.person import Status

pytestmark = pytest.mark.both


@pytest.fixture
def services(tmp_path):
    action = replace(house.action(), audiences=frozenset({Audience.INDIVIDUAL}))
    made = house.services(tmp_path, house.campaign(action))
    made.store.people.add(
        house.person(number, country="KE" if number < 3 else "PE") for number in (1, 2, 3)
    )
    made.store.people.add([house.person(9, audience=Audience.ORGANIZATION, country="KE")])
    made.store.people.change(3, Status.ACTIVE, Status.STOPPED)
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("scope", "people"),
    [
        (EVERYTHING, 3),
        (Scope(country="KE"), 3),
        (Scope(country="PE"), 0),
        (Scope(language="en"), 3),
        (Scope(language="fr"), 0),
        (Scope(group="company"), 0),
        (Scope(action="deed"), 2),
        (Scope(campaign="trees", country="KE"), 2),
        (Scope(channel="nowhere"), 0),
    ],
)
def test_a_scope_stops_messages_to_those_who_are_met_in_it(services, scope, people):
    assert holds.stops(services, scope) == people
