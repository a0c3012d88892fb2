"""Empty link slots lead to pages of our own where the public site has an address."""

import re
from datetime import UTC, date, datetime
from html import unescape
from itertools import product

import house
import pytest
from tree import languages

from bot.jobs.operations import needs
from bot.jobs.operations.outside import outside
from bot.jobs.texts import links
from bot.links import links as links_in
from bot.model import Role
from bot.render import Renderer

pytestmark = pytest.mark.slow
NOW = datetime(2021, 5, 10, 10, tzinfo=UTC)
GUIDE = "endchildlabour2021"
PUBLIC = "https://campaign.example"
LED = {"inspiring-story", "read-story", "aid-worker-story"}
COVID = f"/{GUIDE}/pledges?topic=covid-19"


@pytest.fixture(scope="module")
def led(library):
    """The shipped data where [web] has a public address."""
    return library.leading_to(PUBLIC)


def texts(library, language):
    """Every text of the 2021 campaign in a language, by action and role."""
    renderer = Renderer(library.files, library.campaigns)
    campaign = library.campaigns[GUIDE]
    for action, role in product(campaign.actions, Role):
        count = renderer.wordings(campaign, action, role, language=language, network="x")
        for wording in range(count):
            yield (
                action.id,
                role,
                renderer.text(
                    campaign,
                    action,
                    role,
                    language=language,
                    network="x",
                    audience=action.audiences[0],
                    day=date(2021, 2, 1),
                    wording=wording,
                ).whole,
            )


@pytest.mark.parametrize("language", languages())
def test_texts_lead_to_the_page_where_there_is_one_and_say_it_without_where_there_is_none(
    library, led, language
):
    own = f"{PUBLIC}/{GUIDE}/stories"
    assert {action for action, _, text in texts(led, language) if own in text} == LED
    assert not any("campaign.example" in text for *_, text in texts(library, language))
    shares = [text for action, role, text in texts(led, language) if role is Role.SHARE]
    assert sum(own in text for text in shares) == 6
    to_pledges = {action for action, _, text in texts(led, language) if PUBLIC + COVID in text}
    assert to_pledges == {"learn-covid-pledges"}


async def test_the_way_to_pledges_on_a_topic_keeps_the_topic_and_is_there_before_the_first(
    shown, asked
):
    async with asked(shown, NOW.replace(year=2026)) as ask:
        first = await ask(COVID)
        assert first.headers["location"] == f"/en{COVID}"
        assert "No pledge is public yet" in (await ask(f"/en{COVID}")).text
        action = await ask(f"/en/{GUIDE}/actions/learn-covid-pledges")
        assert "/pledges" not in action.text, "no button leads where nothing is"
        odd = await ask(f"/{GUIDE}/pledges?topic=%22%3E%0d%0aX-A:b&q=//else.example")
        assert odd.headers["location"] == (
            f"/en/{GUIDE}/pledges?topic=%22%3E%0D%0AX-A%3Ab&q=%2F%2Felse.example"
        )
        assert "x-a" not in odd.headers


@pytest.mark.parametrize("language", languages())
async def test_every_link_in_every_text_leads_to_a_page_of_ours_or_to_a_slot_of_the_data(
    led, shown, asked, language
):
    slots = {link.url: link for link in led.campaigns[GUIDE].links.values() if link.url}
    found = {url for *_, text in texts(led, language) for url in links_in(text)}
    prescribed = {url for a in led.campaigns[GUIDE].actions for url in links_in(a.prescribed or "")}
    assert found - slots.keys() <= prescribed
    assert {url for url in found if url.startswith(PUBLIC)} != set()
    async with asked(shown, NOW.replace(year=2026)) as ask:
        for url in found:
            if url.startswith(PUBLIC):
                first = await ask(url.removeprefix(PUBLIC))
                assert first.status == 303
                assert (await ask(first.headers["location"])).status == 200


async def test_an_address_without_a_language_leads_to_that_of_the_browser_and_nowhere_else(
    shown, asked
):
    async with asked(shown, NOW.replace(year=2026)) as ask:
        page = await ask(f"/{GUIDE}/stories")
        assert page.headers["location"] == f"/en/{GUIDE}/stories"
        assert page.headers["vary"] == "accept-language"
        assert (await ask(f"/{GUIDE}")).headers["location"] == f"/en/{GUIDE}"
        assert (await ask("/nobody/stories")).status == 404
        assert (await ask("/elsewhere.example/%2F")).status == 404


@pytest.mark.parametrize(
    ("action", "page"),
    [(action, "stories") for action in sorted(LED)] + [("follow-partners", "partners")],
)
async def test_the_page_of_an_action_leads_to_the_page_that_serves_it(shown, asked, action, page):
    async with asked(shown, NOW.replace(year=2026)) as ask:
        text = unescape((await ask(f"/fr/{GUIDE}/actions/{action}")).text)
        button = re.search(rf'<a class="button" href="(/fr/{GUIDE}/{page})">', text)
        assert button is not None
        assert (await ask(button[1])).status == 200


def test_status_names_no_slot_that_our_own_page_fills_and_says_so_of_one_that_it_could(
    library, led
):
    def told(of):
        renderer = Renderer(of.files, of.campaigns)
        return {n.detail["slot"]: n.text for n in needs.slots([of.campaigns[GUIDE]], NOW, renderer)}

    assert "or set public_url of [web]" in told(library)["inspiring-story"]
    assert "inspiring-story" not in told(led)


async def test_our_own_pages_are_not_asked_whether_they_answer(led, tmp_path):
    asked = [page.url for page in outside(led.campaigns[GUIDE])]
    assert "https://www.alliance87.org" in asked
    assert not any(url.startswith(PUBLIC) for url in asked)
    services = house.services(tmp_path, led.campaigns[GUIDE], texts={})
    await links.run(services, NOW, ask=asked.append)
    assert not any(url.startswith(PUBLIC) for url in asked)
    services.store.close()


def test_a_slot_that_somebody_filled_stays_theirs(led):
    link = led.campaigns[GUIDE].links["partners"]
    assert (link.url, link.own) == ("https://www.alliance87.org", False)
