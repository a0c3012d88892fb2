"""The board of scale-up results: what stands there, what is found, and what leaves it at once."""

from html import unescape

import feedparser
import pytest
from pledging.filling import decide
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, publish, publishing
from pledging.publishing import NOW as DAY
from tree import languages

from bot.jobs.pledges import public
from bot.jobs.pledges.scale_up import deciding, results
from bot.model.pledge import PledgeState
from bot.model.public import Wanted
from tests.web.pages import flat

pytestmark = pytest.mark.slow
BOARD = f"/en/{CAMPAIGN}/scale-up"
ANSWERS = {
    "evidence": "38 of 40 teachers still use it",
    "vertical-who": "Our director",
    "horizontal-partners": "Any teachers' union",
    "cost": "9,000 francs, and 60 days of work",
}


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


def finish(services, number, *, show=True, **answers):
    """Finish the questionnaire of a pledge, and let everybody see it."""
    said = ANSWERS | {name.replace("_", "-"): text for name, text in answers.items()}
    pledge = services.store.pledges.get(number)
    deciding.keep(services, pledge, "scale-up", said, ANNA, DAY, finished=True)
    if show:
        decide(services, number, results.result(services, pledge, "en"), show=True)
    return number


def listed(page):
    return [int(part.partition('"')[0]) for part in page.text.split('<h2 id="p')[1:]]


@pytest.mark.parametrize("language", languages())
async def test_a_result_says_what_it_cost_what_shows_it_and_who_could_repeat_it(
    services, asked, language
):
    number = finish(services, publish(services))
    async with asked(services, DAY) as ask:
        page = await ask(f"/{language}/{CAMPAIGN}/scale-up")
        pledge = await ask(f"/{language}/{CAMPAIGN}/pledges/{number}")
    words = services.renderer.table("public", language=language, fallback="en")["board"]
    text = unescape(flat(page.text))
    for part, answer in (
        ("cost", "cost"),
        ("evidence", "evidence"),
        ("repeat", "horizontal-partners"),
    ):
        assert f'<dt>{words[part]}</dt>\n<dd dir="auto" lang="en">{ANSWERS[answer]}</dd>' in text
    assert (
        f'<a href="/{language}/{CAMPAIGN}/pledges/{number}"><bdi lang="en">Train 40 teachers'
        in text
    )
    assert "ACME" in text
    assert "Our director" not in text, "that is no part of the board"
    assert "hoopoes" not in text
    assert f'<a href="/{language}/{CAMPAIGN}/scale-up">{words["others"]}</a>' in unescape(
        pledge.text
    )


async def test_it_is_found_by_words_of_the_result_and_of_the_pledge_and_by_filters(services, asked):
    teachers = finish(services, publish(services, topics="education"))
    farm = finish(
        services,
        publish(services, organisation="Fair Farms", name="Fair farms", topics="policy"),
        cost="Next to nothing",
    )
    publish(services, name="Without a result: francs")
    expected = {
        "": [farm, teachers],
        "q=francs": [teachers],
        "q=farm": [farm],
        "q=noth": [farm],
        "topic=policy": [farm],
        "country=KE&group=company": [farm, teachers],
        "country=ZZ": [],
        "q=francs&topic=policy": [],
    }
    async with asked(services, DAY) as ask:
        for query, fit in expected.items():
            page = await ask(f"{BOARD}?{query}")
            assert listed(page) == fit, query
            assert ("No result fits." in page.text) is not fit, query
        wall = await ask(f"/en/{CAMPAIGN}/pledges?q=francs")
        whole = await ask(BOARD)
    assert listed(wall) == [3], "what came of a pledge is looked for on the board alone"
    assert "(1)</option>" in whole.text
    assert whole.headers["x-robots-tag"] == "all"


async def test_pages_of_results_go_on_where_the_last_one_ended(services, asked):
    numbers = [finish(services, publish(services, name=f"No. {n}")) for n in range(22)]
    publish(services, name="Another")
    seen, path = [], BOARD
    async with asked(services, DAY) as ask:
        while path:
            page = await ask(path)
            assert "Results that fit: 22" in page.text
            seen += listed(page)
            path = unescape(page.text.partition('rel="next" href="')[2].partition('"')[0])
    assert seen == numbers[::-1]


async def test_what_nobody_answered_is_said_and_what_is_long_is_cut(services, asked):
    finish(services, publish(services), cost="", evidence=f"{'long ' * 100}end")
    async with asked(services, DAY) as ask:
        text = unescape((await ask(BOARD)).text)
    assert '<dt>What it cost</dt>\n<dd class="quiet">They don’t say.</dd>' in text
    assert "long …</dd>" in text
    assert "end</dd>" not in text


async def test_before_the_first_it_says_so_kindly_and_no_menu_leads_there(services, asked):
    number = finish(services, publish(services), show=False)
    async with asked(services, DAY) as ask:
        page, start = await ask(BOARD), await ask(f"/en/{CAMPAIGN}/")
        assert (page.status, page.headers["x-robots-tag"]) == (200, "noindex, nofollow")
        assert "No result is public yet." in page.text
        assert "francs" not in page.text, "nobody has let it be seen"
        assert f'href="{BOARD}"' not in start.text
        pledge = services.store.pledges.get(number)
        decide(services, number, results.result(services, pledge, "en"), show=True)
        assert f'href="{BOARD}"' in (await ask(f"/en/{CAMPAIGN}/")).text
        assert f'href="{BOARD}"' in (await ask(f"/en/{CAMPAIGN}/pledges")).text
        assert f"{BOARD}<" in (await ask("/sitemap.xml")).text


async def test_it_leaves_with_the_next_request_and_its_words_with_it(services, asked):
    changed, hidden, withdrawn, forgotten, kept = (
        finish(services, publish(services, name=f"Pledge {n}x")) for n in "abcde"
    )
    store = services.store
    async with asked(services, DAY) as ask:
        assert listed(await ask(BOARD)) == [kept, forgotten, withdrawn, hidden, changed]
        finish(services, changed, show=False, cost="More than we said")
        pledge = store.pledges.get(hidden)
        decide(services, hidden, results.result(services, pledge, "en"), show=False)
        store.pledges.move(withdrawn, PledgeState.WITHDRAWN, ANNA, MOMENT)
        store.pledges.delete(forgotten)
        page = await ask(BOARD)
        found = await ask(f"{BOARD}?q=francs")
    assert "More than we said" not in page.text
    assert listed(found) == listed(page) == [kept]


def test_results_that_were_shown_before_there_was_a_board_stand_there_too(services):
    number = finish(services, publish(services))
    shown = services.store.search.all(CAMPAIGN)[number]
    services.store.search.show(number, shown.__class__(**{**vars(shown), "form": "", "result": ""}))
    assert services.store.search.find(Wanted(campaign=CAMPAIGN, board=True)).pledges == ()
    assert sum(public.steps(services)) == 1
    assert services.store.search.find(Wanted(campaign=CAMPAIGN, board=True)).pledges == (number,)


async def test_the_feed_tells_of_a_result_once_everybody_can_see_it(services, asked):
    number = finish(services, publish(services))
    publish(services, name="Another")
    async with asked(services, DAY) as ask:
        feed = feedparser.parse((await ask(f"/en/{CAMPAIGN}/news.atom")).text)
    [entry] = [each for each in feed.entries if each.link.endswith("#result")]
    assert entry.title == "What came of it: Train 40 teachers"
    assert entry.link == f"https://campaign.example/en/{CAMPAIGN}/pledges/{number}#result"
    assert entry.summary == ANSWERS["evidence"]
