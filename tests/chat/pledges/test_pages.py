"""Staff hear where a pledge's page stands, as its editors do; these hear of that of its year."""

from dataclasses import replace

import house
import pytest
from pledging.player import Play
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


YEAR = """
@as 7
@now 2021-03-20T10:00:00Z
> /journey
< Ahead
! stands on a page
> [1]
> [Done]
> [No link]
> /journey
< What you have told of its year stands on a page
< {page}
> [1]
! stands on a page
@now 2021-12-01T10:00:00Z
> /journey
> [1]
< scrolling story
< {page}
"""


@pytest.fixture
def stage(tmp_path, library):
    channel = house.channel("telegram", network="telegram")
    made, network = staged(tmp_path, library, channel, active=(), chat=Chat(staff=(99,)))
    yield made, network
    made.store.close()


def with_pages(stage, public_url):
    services, network = stage
    web = Web(public_url=public_url, listen="127.0.0.1:0")
    return replace(services, settings=replace(services.settings, web=web)), network


@pytest.mark.parametrize("public_url", ["https://pages.example", "https://acme.example/below"])
async def test_who_publishes_a_pledge_gets_the_address_of_its_page(stage, public_url):
    play = Play(with_pages(stage, public_url), "en", CAMPAIGN)
    for line in MADE.strip().splitlines():
        await play.line(line)
    await play.line(f"< Its page:\n{public_url}/en/{CAMPAIGN}/pledges/1")
    assert stage[0].store.pledges.get(1).state is PledgeState.PUBLISHED


async def test_without_pages_no_address_is_said(stage):
    play = Play(stage, "en", CAMPAIGN)
    for line in MADE.strip().splitlines():
        await play.line(line)
    await play.line("< is published")
    await play.line("! Its page")
    assert stage[0].store.pledges.get(1).state is PledgeState.PUBLISHED


async def test_editors_hear_of_the_page_of_their_year_from_its_first_month_on(stage):
    url = "https://pages.example"
    play = Play(with_pages(stage, url), "en", CAMPAIGN)
    page = f"{url}/en/{CAMPAIGN}/pledges/1/year"
    for line in (MADE.strip() + YEAR.replace("{page}", page)).strip().splitlines():
        await play.line(line)
    assert [report.link for report in stage[0].store.journeys.reports(1)] == [None]


async def test_without_pages_no_year_is_said(stage):
    play = Play(stage, "en", CAMPAIGN)
    told = [line for line in YEAR.strip().splitlines() if "page" not in line]
    for line in (*MADE.strip().splitlines(), *told, "! stands on a page"):
        await play.line(line)
    assert [report.link for report in stage[0].store.journeys.reports(1)] == [None]
