"""Staff hear where a pledge's page stands, as its editors do."""

from dataclasses import replace

import house
import pytest
from pledge_player import Play
from stage import staged

from bot.config import Chat, Web
from bot.model.pledge import PledgeState

pytestmark = [pytest.mark.usefixtures("telegram_takes"), pytest.mark.slow]
CAMPAIGN = "endchildlabour2021"
MADE = """
> /start
> [English]
> [Yes, I am old enough and I agree]
> /pledge
> [Make a pledge]
> [An organisation]
> [Company]
> [I agree, let’s begin]
> ACME
> Train 40 teachers in 2021
> By courses
> It helps.
> With posts
> [Leave this out]
> [Submit]
@as 99
> /pledges 1
> [Verify]
> [By official e-mail]
> Their press office answered
> /pledges 1
> [Approve]
> [Publish]
"""


@pytest.fixture
def stage(tmp_path, library):
    channel = house.channel("telegram", network="telegram")
    made, network = staged(tmp_path, library, channel, active=(), chat=Chat(staff=(99,)))
    yield made, network
    made.store.close()


@pytest.mark.parametrize("public_url", ["https://pages.example", "https://acme.example/below"])
async def test_who_publishes_a_pledge_gets_the_address_of_its_page(stage, public_url):
    services, network = stage
    web = Web(public_url=public_url, listen="127.0.0.1:0")
    services = replace(services, settings=replace(services.settings, web=web))
    play = Play((services, network), "en", CAMPAIGN)
    for line in MADE.strip().splitlines():
        await play.line(line)
    await play.line(f"< Its page:\n{public_url}/en/{CAMPAIGN}/pledges/1")
    assert services.store.pledges.get(1).state is PledgeState.PUBLISHED


async def test_without_pages_no_address_is_said(stage):
    play = Play(stage, "en", CAMPAIGN)
    for line in MADE.strip().splitlines():
        await play.line(line)
    await play.line("< is published")
    await play.line("! Its page")
    assert stage[0].store.pledges.get(1).state is PledgeState.PUBLISHED
