"""Announcements and holds by stakeholder group: it is that of an organisation's pledge, or of a
contact, and never what somebody says of themselves.
"""

from dataclasses import replace
from datetime import date, timedelta

import house
import pytest

from bot.model import Audience, Occurrence
from bot.model.outbox import Scope
from bot.model.person import NewContact
from bot.model.pledge import NewPledge
from bot.model.staff import ANNOUNCEMENT, MACHINE, Whom
from bot.store import Store

EVERYBODY = tuple(Audience)
CONTACT = NewContact(
    person=house.person(9),
    organisation="Union",
    stakeholder="workers",
    consent_source="list",
    consent_date="2021-01-01",
)


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "drumbeat.db")
    opened.channels.ensure((house.channel(),))
    opened.people.add([house.person(number) for number in range(1, 6)])
    yield opened
    opened.close()


def pledged(store, person, group):
    new = NewPledge(
        campaign="trees",
        audience=Audience.ORGANIZATION,
        stakeholder=group,
        organisation="",
        country=None,
        language="en",
        answers={},
    )
    number = store.pledges.begin(new, MACHINE, 1)
    store.editors.add(number, person, 1)


def whom(*groups):
    return Whom(audiences=EVERYBODY, groups=groups)


def fanned_out(store, *groups):
    one = store.oneoffs.add(ANNOUNCEMENT, "trees", "News", MACHINE, 2, channel=1, groups=groups)
    assert store.oneoffs.get(one.id).groups == groups
    about = Occurrence(
        campaign="trees",
        action=one.action,
        audience=Audience.INDIVIDUAL,
        slot=1,
        day=date(2021, 5, 1),
        grace=timedelta(days=3),
        nudge=True,
        post=False,
        named=True,
    )
    store.plan.add(about)
    store.oneoffs.fan_out(one, 99)
    return [entry.key.recipient for entry in store.listing.entries() if entry.action == one.action]


def test_an_announcement_to_groups_reaches_the_organisations_of_each_and_each_person_once(store):
    pledged(store, 1, "workers")
    pledged(store, 1, "company")
    pledged(store, 2, "company")
    store.contacts.add([CONTACT], "telegram", 1)
    (imported,) = (row.person for row in store.contacts.all())
    counts = {
        groups: store.oneoffs.count(1, whom(*groups))
        for groups in ((), ("workers",), ("company",), ("company", "workers"), ("nobody",))
    }
    assert counts == {
        (): 6,
        ("workers",): 2,
        ("company",): 2,
        ("company", "workers"): 3,
        ("nobody",): 0,
    }
    assert sorted(fanned_out(store, "workers")) == [1, imported]
    assert sorted(fanned_out(store, "company", "workers")) == [1, 2, imported]


def test_a_hold_of_a_group_keeps_back_what_goes_to_its_contacts_too(store):
    contact = replace(CONTACT, stakeholder="company")
    store.contacts.add([contact], "telegram", 1)
    pledged(store, 2, "company")
    fanned_out(store)
    store.holds.put(Scope(group="company"), 1)
    ready = store.holds.current()
    free = store.database.column(
        f"SELECT d.recipient FROM delivery d JOIN delivery m USING (occurrence, channel, recipient)"
        f" WHERE 1 = 1{ready.rows} ORDER BY 1",
        ready.params,
    )
    assert free == [1, 3, 4, 5]
