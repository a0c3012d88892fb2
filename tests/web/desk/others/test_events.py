"""Events at the desk: counts, and nobody's name."""

from dataclasses import replace

import house
import pytest
from tree import TOP

from bot.files.frozen import read_files
from bot.jobs.events import telling
from bot.library import read
from bot.model.events import EventKey, Standing
from bot.model.events.said import EventFacts, SaidOfEvent
from bot.render import Renderer
from tests.web.desk.conftest import NOW

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("Europe/Paris", "Paris"),
        # it was said before zones were kept, or by a machine that knows more of them
        ("", "UTC+02:00"),
        ("Europe/Nowhere", "UTC+02:00"),
    ],
)
async def test_what_the_data_have_no_longer_is_by_the_clock_of_its_place(
    with_events, desk, zone, place
):
    key, store = EventKey("endchildlabour2021", "lost", 0), with_events.store
    facts = EventFacts(
        start="2099-06-12T15:30:00+02:00", end="", month="", off=False, link="",
        titles={"en": "Lost talk"}, places={}, zone=zone,
    )  # fmt: skip
    store.events.say(key, SaidOfEvent(digest="", sequence=0, dated=0), facts)
    store.people.add([house.person(500)])
    person = store.people.find(1, house.person(500).address)
    store.events.join(key, person, Standing.COMES, heard=0, until=2**40, now=int(NOW.timestamp()))
    async with desk(with_events) as sit:
        page = await (await sit("reader")).gets("/desk/events")
    assert page.status == 200
    assert f"15:30 ({place})" in page.words


@pytest.fixture
def with_events(services):
    """The services with the campaign that has events."""
    campaigns = read([TOP])[0].campaigns
    campaign = campaigns["endchildlabour2021"]
    library = replace(
        services.library, campaigns={**services.library.campaigns, campaign.id: campaign}
    )
    renderer = Renderer(read_files((TOP,)), library.campaigns)
    return replace(services, library=library, active=(campaign,), renderer=renderer)


async def test_everybody_at_the_desk_sees_how_many_come_and_nobody_who(with_events, desk):
    key = EventKey("endchildlabour2021", "world-day-webinar", 0)
    store = with_events.store
    store.people.add(house.person(number) for number in range(500, 512))
    guests = [store.people.find(1, house.person(number).address) for number in range(500, 512)]
    for number, person in enumerate(guests, 1):
        standing = Standing.WAITS if number == 12 else Standing.COMES
        store.events.join(key, person, standing, heard=0, until=2**40, now=int(NOW.timestamp()))
    async with desk(with_events) as sit:
        page = await (await sit("reader")).gets("/desk/events")
        row = next(row for row in page.text.split("<tr>") if "Webinar for the World Day" in row)
        assert ">11<" in row
        assert ">1<" in row
        assert "sign-up is open" in row
        assert "12 June 2021" in row
        assert page.text.index("Webinar for the World Day") < page.text.index("6th meeting")


async def test_what_the_data_have_no_longer_is_called_off_by_who_may(with_events, desk):
    key, moment = EventKey("endchildlabour2021", "lost", 0), int(NOW.timestamp())
    store = with_events.store
    facts = EventFacts(
        start="2099-06-12", end="", month="", off=False, link="",
        titles={"en": "Lost <talk>"}, places={},
    )  # fmt: skip
    store.events.say(key, SaidOfEvent(digest="", sequence=0, dated=0), facts)
    store.people.add([house.person(500)])
    person = store.people.find(1, house.person(500).address)
    store.events.join(key, person, Standing.COMES, heard=0, until=2**40, now=moment)
    telling.run(with_events, NOW)
    form = {"campaign": key.campaign, "event": "lost", "do": "off"}
    async with desk(with_events) as sit:
        reader, approver = await sit("reader"), await sit("approver")
        assert "Events that are no longer in the data" in (await reader.gets("/desk/")).words
        assert "Lost <talk>" in (await reader.gets("/desk/events")).words
        assert 'value="off"' not in (await reader.gets("/desk/events")).text
        assert (await reader.posts("/desk/events", form)).status == 403
        assert 'value="off"' in (await approver.gets("/desk/events")).text
        told = await approver.posts("/desk/events", form)
        assert told.where == "/desk/events?done=event_off"
        page = await approver.gets("/desk/events")
        assert 'value="off"' not in page.text
        row = next(row for row in page.text.split("<tr>") if "Lost &lt;talk&gt;" in row)
        assert "called off" in row
        assert "no longer in the data" not in (await approver.gets("/desk/")).words
        again = await approver.posts("/desk/events", form)
        assert "Nobody is signed up any more for such an event" in again.words
    assert store.events.guest(key, person).heard == 1
