"""Events at the desk: counts, and nobody's name."""

from dataclasses import replace

import house
import pytest
from tree import TOP

from bot.files.frozen import read_files
from bot.library import read
from bot.model.events import EventKey, Standing
from bot.render import Renderer
from tests.web.desk.conftest import NOW

pytestmark = pytest.mark.slow


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
