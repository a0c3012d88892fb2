"""The page of a pledge, part by part: each is there once something is in it, and not before."""

import re
from html import unescape

import pytest
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, NOW, publish, publishing
from tree import languages

from bot.jobs.pledges import scale_up
from bot.model.share import Candidate

pytestmark = pytest.mark.slow

HEADINGS = ("description", "action", "plan", "impact", "topics", "elsewhere", "milestones", "posts")
THEIRS = 'rel="nofollow noreferrer">'


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


def headings(page):
    return [unescape(part.partition("</h2>")[0]) for part in re.split("<h2[^>]*>", page)[1:]]


def amplify(services, number, address):
    """Let a post of the pledge-maker's be amplified."""
    store = services.store.amplify
    candidate = Candidate(
        network="mastodon",
        uri=address,
        post="1",
        url=address,
        author="acme@m.example",
        pledge=number,
        text="words of theirs",
        media=False,
        posted=NOW,
        channel=None,
    )
    store.add([candidate], MOMENT)
    [waiting] = [each for each in store.all() if each.url == address]
    store.publish(waiting.id, "r", None, MOMENT)


def answer(services, number, words):
    """Finish the scale-up questionnaire with these words; return what staff see."""
    store, answers = services.store, {"vertical-who": words, "monitoring": "", "vertical-time": ""}
    store.journeys.keep_form("pledge", number, CAMPAIGN, "scale-up", answers, MOMENT, finished=True)
    return scale_up.result(services, store.pledges.get(number), "en")


def decide(services, number, result, *, show):
    scale_up.decide(services, number, result.mark, ANNA, NOW, show=show)


def fill(services, number):
    """Give a pledge all that its page can show."""
    store = services.store
    store.journeys.report(number, "prompt-march", 202103, "https://acme.example/m", ANNA, MOMENT)
    store.amplify.add(store.amplify.sent_in(), MOMENT)
    [link] = store.amplify.all()
    store.amplify.publish(link.id, None, None, MOMENT)
    amplify(services, number, "https://m.example/@acme/1")
    result = answer(services, number, "Our <b>ministry</b>, www.elsewhere.example")
    decide(services, number, result, show=True)


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
    assert headings(whole) == [words[name] for name in (*HEADINGS, "scale_up")]
    assert headings(little) == [words[name] for name in ("action", "plan", "impact")]
    text = unescape(whole)
    for part in (
        f'<p class="tag">{words["in-progress"]}</p>',
        f'{words["website"]} <bdi><a href="https://acme.example" {THEIRS}https://acme.example</a>',
        f'X <bdi><a href="https://x.com/acme" {THEIRS}https://x.com/acme</a>',
        f'<a href="https://acme.example/m" {THEIRS}{words["see"]}</a>',
        f'<a href="https://m.example/@acme/1" {THEIRS}',
        f'<p class="quiet">{words["verified"]["staff"]}</p>',
    ):
        assert part in text
    assert "words of theirs" not in whole
    assert 'class="tag"' not in little
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
    path, heading = f"/en/{CAMPAIGN}/pledges/{number}", "How it can be brought further"
    async with asked(services, NOW) as ask:
        decide(services, number, answer(services, number, "Our ministry"), show=True)
        assert heading in (await ask(path)).text
        changed = answer(services, number, "Whoever")
        assert heading not in (await ask(path)).text
        for show in (True, False, True):
            decide(services, number, changed, show=show)
            assert (heading in (await ask(path)).text) is show
