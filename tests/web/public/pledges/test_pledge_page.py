"""The page of a pledge, part by part: each is there once something is in it, and not before; and
that of its year.
"""

import re
from html import unescape

import pytest
from pledging.filling import amplify, answer, decide, fill, report
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, NOW, publish, publishing
from tree import languages

from bot.jobs.pledges.journeys import happened
from bot.model.pledge import PledgeState
from bot.rules.journey import Event
from tests.web.pages import flat

pytestmark = pytest.mark.slow

HEADINGS = ("description", "action", "plan", "impact", "topics", "elsewhere", "milestones", "posts")
THEIRS = 'rel="nofollow noreferrer">'


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


def headings(page):
    return [unescape(part.partition("</h2>")[0]) for part in re.split("<h2[^>]*>", page)[1:]]


@pytest.mark.parametrize("language", languages())
async def test_each_part_is_there_once_there_is_something_in_it(services, asked, language):
    full = publish(services)
    bare = publish(services, description="", website="", topics="", progress="")
    services.store.pledges.set_handles(bare, [], ANNA, MOMENT)
    fill(services, full)
    async with asked(services, NOW) as ask:
        paths = [f"/{language}/{CAMPAIGN}/pledges/{number}" for number in (full, bare)]
        whole, little = [(await ask(path)).text for path in paths]
    words = services.renderer.table("public", language=language, fallback="en")["pledges"]
    assert headings(whole) == [words[name] for name in (*HEADINGS, "scale_up", "take")]
    assert headings(little) == [words[name] for name in ("action", "plan", "impact", "take")]
    text = flat(unescape(whole))
    for part in (
        f'<p class="tag">{words["in-progress"]}</p>',
        f'{words["website"]} <a href="https://acme.example" {THEIRS}https://acme.example</a>',
        f'X <a href="https://x.com/acme" {THEIRS}https://x.com/acme</a>',
        f'<a href="https://acme.example/prompt-march" {THEIRS}{words["see"]}</a>',
        f'<a href="https://m.example/@acme/1" {THEIRS}',
        f'<p class="quiet">{words["verified"]["staff"]}</p>',
        f'<a class="button" href="{paths[0]}/year">{words["year"]}</a>',
    ):
        assert flat(part) in text
    assert "words of theirs" not in whole
    assert 'class="tag"' not in little
    assert "/year" not in little
    assert "<dl>" not in little


@pytest.mark.parametrize("language", languages())
async def test_the_scale_up_result_is_told_in_the_readers_language_and_the_makers_words(
    services, asked, language
):
    number = publish(services)
    fill(services, number)
    async with asked(services, NOW) as ask:
        page = (await ask(f"/{language}/{CAMPAIGN}/pledges/{number}")).text
    [(question, said)] = re.findall(r"<dt>(.*)</dt>\s*<dd([^>]*>.*?)</dd>", page, re.DOTALL)
    form = services.renderer.words(services.active[0], language).form("scale-up")
    assert unescape(question) == form.question("vertical-who").ask
    assert said.startswith(' dir="auto" lang="en">')
    assert "Our &lt;b&gt;ministry&lt;/b&gt;, www.elsewhere.example" in said
    assert "href" not in said, "it is theirs, and led nowhere when staff read it"


async def test_it_leaves_the_page_when_it_changes_or_is_taken_back(services, asked):
    number = publish(services)
    path, heading = f"/en/{CAMPAIGN}/pledges/{number}", "How it could be scaled up"
    async with asked(services, NOW) as ask:
        decide(services, number, answer(services, number, "Our ministry"), show=True)
        assert heading in (await ask(path)).text
        changed = answer(services, number, "Whoever")
        assert heading not in (await ask(path)).text
        for show in (True, False, True):
            decide(services, number, changed, show=show)
            assert (heading in (await ask(path)).text) is show


@pytest.mark.parametrize(
    ("language", "months"),
    [
        ("en", ["March 2021", "October 2021"]),
        ("fr", ["Mars 2021", "Octobre 2021"]),
        ("es", ["Marzo de 2021", "Octubre de 2021"]),
    ],
)
async def test_its_year_tells_the_months_of_which_something_is_public_and_no_other(
    services, asked, language, months
):
    number, other = publish(services), publish(services, name="Of somebody else")
    # told late, and the later one first: neither may show
    report(services, number, "prompt-october")
    services.store.amplify.add(services.store.amplify.sent_in(), MOMENT)
    [link] = services.store.amplify.all()
    services.store.amplify.publish(link.id, None, None, MOMENT)
    report(services, number, "prompt-march", at=MOMENT + 9)
    report(services, other, "prompt-june")
    amplify(services, number, "https://m.example/@acme/1")
    decide(services, number, answer(services, number, "Our ministry"), show=True)
    path = f"/{language}/{CAMPAIGN}/pledges/{number}"
    async with asked(services, NOW) as ask:
        page = unescape((await ask(f"{path}/year")).text)
    words = services.renderer.table("public", language=language, fallback="en")["pledges"]
    assert headings(page) == [words["action"], *months, words["posts"], words["scale_up"]]
    assert f'<a class="button" href="{path}">{words["of_year"]}</a>' in page
    march, october = (
        page[page.index(f">{month}</h2>") :].partition("</section>")[0] for month in months
    )
    assert f'href="/{language}/{CAMPAIGN}/actions/prompt-march?for=organization"' in march
    assert "acme.example" not in march, "nobody has looked at that link"
    assert f'<a href="https://acme.example/prompt-october" {THEIRS}{words["see"]}</a>' in october
    assert "prompt-june" not in page
    assert "Our ministry" in page


async def test_a_years_page_says_neither_when_a_step_was_told_nor_what_its_maker_kept_silent(
    services, asked
):
    number = publish(services)
    path = f"/en/{CAMPAIGN}/pledges/{number}/year"
    report(services, number, "prompt-march")
    async with asked(services, NOW) as ask:
        before = (await ask(path)).text
        assert "March 2021" in before
        services.store.database.execute("UPDATE milestone SET answered = answered + 9000000")
        for event in (Event.ASKED, Event.SILENT, Event.RESUMED, Event.CANT_CONTINUE):
            happened(services, number, event, ANNA, NOW)
            assert (await ask(path)).text == before


async def test_a_year_is_there_with_its_first_month_and_goes_with_its_pledge(services, asked):
    number = publish(services)
    path = f"/en/{CAMPAIGN}/pledges/{number}/year"
    async with asked(services, NOW) as ask:
        assert (await ask(path)).status == 404
        report(services, number, "prompt-march")
        assert (await ask(path)).status == 200
        assert (await ask(f"/en/{CAMPAIGN}/pledges/99/year")).status == 404
        services.store.pledges.move(number, PledgeState.WITHDRAWN, ANNA, MOMENT)
        assert (await ask(path)).status == 410
