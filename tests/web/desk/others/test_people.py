"""The desk shows nothing of those who hear from us: no address, no name, no word of a report."""

from dataclasses import replace

import house
import orchard
import pytest

from bot.config import Safeguarding
from bot.jobs.planning import plan
from bot.model import Audience, DeliveryKey, State
from bot.model.person import NewContact
from bot.model.staff import Member, StaffRole
from bot.times import epoch
from bot.web.desk import PAGES
from tests.web.desk.conftest import MEMBERS, NOW, somewhere

MOMENT = epoch(NOW)
ADDRESS, LETTERS, WORDS = "7770001", "ruth.hidden@acme.example", "The child next door is locked in"
ASKED = (
    "outbox?state=uncertain",
    "outbox?state=failed",
    "outbox?state=sent",
    "outbox?words=found",
    "outbox?words=locked",
    "log?kind=report",
    "results?month=2021-05",
    "posts/1-1-0",
    "pledges?journey=silent",
)
EVERYTHING = Member(name="ada", roles=frozenset({StaffRole.ADMIN}))


@pytest.fixture
def peopled(services):
    """Services with a subscriber, a contact, a pledge of each, messages to them that went wrong,
    and a report of danger of the first.
    """
    settings = replace(
        services.settings,
        members=(*MEMBERS, EVERYTHING),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
    )
    services = replace(services, settings=settings)
    store = services.store
    somebody = replace(house.person(), address=ADDRESS)
    contact = NewContact(
        person=replace(somebody, address=LETTERS, audience=Audience.ORGANIZATION),
        organisation="Hidden Ltd",
        stakeholder="",
        consent_source="form",
        consent_date="2021-01-05",
    )
    store.people.add([somebody])
    store.contacts.add([contact], "telegram", MOMENT)
    plan.run(services, NOW)
    for number in (1, 2):
        orchard.add_pledge(services, number)
    [(occurrence, channel, recipient)] = store.database.rows(
        "SELECT occurrence, channel, recipient FROM delivery WHERE recipient <> 0"
    )
    store.database.execute(
        "UPDATE delivery SET state = :state WHERE recipient = :to",
        {"state": int(State.UNCERTAIN), "to": recipient},
    )
    store.outbox.note(
        DeliveryKey(occurrence, channel, recipient), MOMENT, error=f"{ADDRESS} was not found"
    )
    store.inbox.flag(1, ADDRESS, "KE", "en", WORDS, MOMENT)
    return services


async def test_no_page_shows_who_hears_from_us_or_a_word_of_a_report(peopled, desk):
    hidden, shown = (ADDRESS, LETTERS, "Hidden Ltd", WORDS), {}
    async with desk(peopled) as sit:
        seat = await sit("ada")
        for path in (*map(somewhere, PAGES), *ASKED):
            told = await seat.gets(f"/desk/{path}")
            shown[path] = told.status
            assert [each for each in hidden if each in told.text] == [], path
    seen = {path for path, status in shown.items() if status == 200}
    assert {"", "calendar", "pledges/1", "pledges/1/editors", "hold", "outbox", *ASKED} <= seen
    assert [path for path, status in shown.items() if status == 403] == ["reports", "reports/1"]
