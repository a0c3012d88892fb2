"""Pauses that end by themselves."""

from datetime import date

import house
from helpers import at

from bot.jobs.people import pauses
from bot.model.person import Status


def test_a_zone_that_nobody_knows_keeps_no_other_pause_from_its_end(tmp_path):
    services = house.services(tmp_path, house.campaign(house.action()))
    people, until = services.store.people, date(2021, 5, 1)
    people.add([house.person(1, zone="Mars/Olympus"), house.person(2)])
    people.mark([1, 2], Status.PAUSED)
    for person in (1, 2):
        services.store.subscribers.pause(person, until)
    assert pauses.run(services, at("2021-05-01T12:00")) == 1
    assert [people.count(status) for status in (Status.PAUSED, Status.ACTIVE)] == [1, 1]
    assert [pause.person for pause in services.store.subscribers.pauses(until)] == [1]
    services.store.close()
