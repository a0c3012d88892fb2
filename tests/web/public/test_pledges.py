"""The wall of pledges and the page of each: what is there, what is gone, what does no harm."""

from dataclasses import replace
from html import unescape

import pytest
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, NOW, publish, publishing
from tree import languages

from bot.model import Audience
from bot.model.pledge import PledgeState
from bot.web.public.pledges.naming import plain
from bot.web.public.pledges.page import theirs

pytestmark = pytest.mark.slow


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


async def test_without_a_public_pledge_the_wall_says_so_and_nothing_leads_there(services, asked):
    async with asked(services, NOW) as ask:
        wall = await ask(f"/en/{CAMPAIGN}/pledges?topic=covid-19")
        assert (wall.status, wall.headers["x-robots-tag"]) == (200, "noindex, nofollow")
        assert "No pledge is public yet." in wall.text
        assert "/pledges" not in (await ask(f"/en/{CAMPAIGN}/")).text
        publish(services)
        assert f'"/en/{CAMPAIGN}/pledges"' in (await ask(f"/en/{CAMPAIGN}/")).text
        action = unescape((await ask(f"/en/{CAMPAIGN}/actions/learn-covid-pledges")).text)
        button = f'<a class="button" href="/en/{CAMPAIGN}/pledges?topic=covid-19">'
        assert f"{button}Pledges: COVID-19</a>" in action


@pytest.mark.parametrize("language", languages())
async def test_a_pledge_is_told_as_its_maker_told_it(services, asked, language):
    number = publish(services)
    services.store.journeys.report(number, "prompt-march", 202103, None, ANNA, MOMENT)
    async with asked(services, NOW) as ask:
        page = await ask(f"/{language}/{CAMPAIGN}/pledges/{number}")
    words = services.renderer.table("public", language=language, fallback="en")
    text = unescape(page.text)
    for said in ("Train 40 teachers", "ACME", "We teach", "By courses", "It helps"):
        assert said in text
    assert '<a href="https://acme.example" rel="nofollow noreferrer">' in text
    assert '<a href="https://x.com/acme" rel="nofollow noreferrer">' in text
    assert words["pledges"]["in-progress"] in text
    assert words["pledges"]["milestones"] in text
    assert words["pledges"]["verified"]["staff"] in text
    assert f'href="/{language}/{CAMPAIGN}/pledges?topic=covid-19"' in text
    for private in ("hoopoes", "quilla", "1007"):
        assert private not in text


async def test_the_newest_comes_first_and_the_next_page_goes_on(services, asked):
    numbers = [publish(services, name=f"Pledge no. {n}") for n in range(23)]
    seen, path = [], f"/en/{CAMPAIGN}/pledges"
    async with asked(services, NOW) as ask:
        while path:
            page = (await ask(path)).text
            assert "Pledges that fit: 23" in page
            seen += [int(part.partition('"')[0]) for part in page.split('<h2 id="p')[1:]]
            _, _, further = page.partition('rel="next" href="')
            path = unescape(further.partition('"')[0])
    assert seen == numbers[::-1]


async def test_words_and_filters_leave_out_what_does_not_fit(services, asked):
    school = publish(services, name="A school for all", topics="education")
    farm = publish(services, name="Fair farms", topics="policy", progress="done")
    expected = {
        "q=school": {school},
        "topic=policy": {farm},
        "progress=done": {farm},
        "progress=in-progress&q=ACME": {school},
        "country=KE&group=company&language=en": {school, farm},
        "topic=nonsense": {school, farm},
        "after=x": {school, farm},
        "country=ZZ": set(),
        "q=%22+OR+1%3D1+--": set(),
    }
    async with asked(services, NOW) as ask:
        for query, fit in expected.items():
            page = await ask(f"/en/{CAMPAIGN}/pledges?{query}")
            assert {n for n in (school, farm) if f'id="p{n}"' in page.text} == fit, query
            assert ("No pledge fits." in page.text) is not fit, query
        narrowed = await ask(f"/en/{CAMPAIGN}/pledges?q=school")
        whole = await ask(f"/en/{CAMPAIGN}/pledges")
    assert "noindex" in narrowed.headers["x-robots-tag"]
    assert whole.headers["x-robots-tag"] == "all"
    assert '<option value="done">Done (1)</option>' in whole.text


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%F0%9F%92%A9", "country=%E2%80%AE", "after=1-99999999999999999", "q=*", "q=NEAR(",
     "group=%27%3B--", "language=%3Cscript%3E", "q=%3Cscript%3E", "q=%22%3E%3Cb%3E", "country=..%2F"],
)  # fmt: skip
async def test_hostile_queries_do_no_harm(services, asked, query):
    publish(services)
    async with asked(services, NOW) as ask:
        page = await ask(f"/en/{CAMPAIGN}/pledges?{query}")
    assert page.status == 200
    assert "<script>" not in page.text
    assert '"><b>' not in page.text


async def test_hostile_texts_stay_texts(services, asked):
    evil = '<script>alert(1)</script>"\u202e'
    number = publish(
        services, organisation=evil, name=evil, description=evil, website="javascript:alert(1)"
    )
    async with asked(services, NOW) as ask:
        for path in ("pledges", f"pledges/{number}"):
            text = (await ask(f"/en/{CAMPAIGN}/{path}")).text
            assert "<script>" not in text
            assert 'href="javascript' not in text
            assert f'<bdi lang="en">{"&lt;script&gt;"}' in text
            assert "\u202e" not in text.partition("<h2")[0]


async def test_what_is_withdrawn_or_forgotten_is_gone_with_the_next_request(services, asked):
    withdrawn, forgotten, kept = (publish(services, name=f"Pledge {n}x") for n in "abc")
    store, wall = services.store, f"/en/{CAMPAIGN}/pledges"
    async with asked(services, NOW) as ask:
        for number in (withdrawn, forgotten):
            assert (await ask(f"{wall}/{number}")).status == 200
        assert "Pledge ax" in (await ask(wall)).text
        store.pledges.move(withdrawn, PledgeState.WITHDRAWN, ANNA, MOMENT)
        store.pledges.delete(forgotten)
        page = (await ask(wall)).text
        assert ("Pledge ax" in page, "Pledge bx" in page, "Pledge cx" in page) == (0, 0, 1)
        for number in (withdrawn, forgotten):
            answer = await ask(f"{wall}/{number}")
            assert answer.status == 410
            assert "This is no longer here" in answer.text
            assert "Pledge" not in answer.text
        sitemap = (await ask("/sitemap.xml")).text
        assert f"{wall}/{kept}<" in sitemap
        assert f"{wall}/{withdrawn}<" not in sitemap


@pytest.mark.parametrize("number", ["0", "999", "x", "1%20OR%201", "-1", "9" * 40, "%D9%A1"])
async def test_what_never_was_public_is_not_found(services, asked, number):
    async with asked(services, NOW) as ask:
        assert (await ask(f"/en/{CAMPAIGN}/pledges/{number}")).status == 404


async def test_a_pledge_is_not_shown_under_another_campaign(services, asked):
    number = publish(services)
    services = replace(services, active=tuple(services.library.campaigns.values()))
    async with asked(services, NOW) as ask:
        assert (await ask(f"/en/{CAMPAIGN}/pledges/{number}")).status == 200
        assert (await ask(f"/en/endchildlabour/pledges/{number}")).status == 404


async def test_who_gives_no_name_is_a_person_of_a_country(services, asked):
    number = publish(services, audience=Audience.INDIVIDUAL)
    async with asked(services, NOW) as ask:
        page = (await ask(f"/fr/{CAMPAIGN}/pledges/{number}")).text
    assert "Une personne (Kenya)" in page


def test_links_lead_to_pages_only():
    assert theirs("javascript:alert(1)", "x<") == "x&lt;"
    assert "nofollow noreferrer" in theirs("https://a.example", "A")


def test_signs_that_turn_a_text_are_taken_out_of_titles():
    assert plain("a\u202eb\u2066c") == "abc"


@pytest.mark.parametrize("language", languages())
async def test_pledges_that_were_published_elsewhere_are_examples_and_none_of_the_wall(
    services, asked, language
):
    wall = f"/{language}/{CAMPAIGN}/pledges"
    said = services.renderer.table("public", language=language, fallback="en")["pledges"]
    campaign = services.library.campaigns[CAMPAIGN]
    async with asked(services, NOW) as ask:
        empty = unescape((await ask(wall)).text)
        publish(services)
        full, narrowed = [unescape((await ask(path)).text) for path in (wall, f"{wall}?q=x")]
        filled = unescape(full).partition(said["examples_about"])
        played = replace(services, rehearsal=True)
        async with asked(played, NOW) as ask_played:
            rehearsed = unescape((await ask_played(wall)).text)
    assert [each.id for each in campaign.showcase] == ["ilo", "unicef"]
    for page in (empty, filled[2]):
        for each in campaign.showcase:
            assert f'href="/{language}/{CAMPAIGN}/stories#{each.id}"' in page
            assert each.title in page
            assert each.source in page
    assert said["examples_about"] in empty
    assert "UNICEF" not in filled[0], "they stand below what was made here, and are not counted"
    assert "UNICEF" not in narrowed
    assert "UNICEF" not in rehearsed
    assert services.store.search.newest(CAMPAIGN, 10) == services.store.search.newest(CAMPAIGN, 1)
