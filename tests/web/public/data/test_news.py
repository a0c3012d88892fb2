"""The feed of news, as a feed reader reads it: what is new, since when, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, NOW, publish, publishing
from tree import languages

from bot.jobs.pledges import journeys, moderation
from bot.model import Audience
from bot.model.pledge import PledgeState
from bot.rules.journey import Event

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = f"/en/{CAMPAIGN}/news.atom"
HERE = f"https://campaign.example/en/{CAMPAIGN}"
pytestmark = pytest.mark.slow


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


def parsed(answer):
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    headers = {"content-type": answer.headers["content-type"]}
    feed = feedparser.parse(answer.text.encode(), response_headers=headers)
    assert not feed.bozo
    assert feed.version == "atom10"
    return feed


def missing(text):
    """What RFC 4287 demands (4.1.1, 4.1.2) and the feed lacks, and ids that come twice."""
    root = ET.fromstring(text)
    wanted = [(root, name) for name in ("id", "title", "updated", "author")]
    entries = root.findall(f"{ATOM}entry")
    wanted += [(entry, name) for entry in entries for name in ("id", "title", "updated", "link")]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    lacking = {name for element, name in wanted if element.find(f"{ATOM}{name}") is None}
    return lacking | {twice for twice in ids if ids.count(twice) > 1}


@pytest.mark.parametrize("language", languages())
async def test_a_feed_reader_reads_pledges_and_stories_in_each_language(services, asked, language):
    number = publish(services)
    async with asked(services, NOW) as ask:
        answer = await ask(f"/{language}/{CAMPAIGN}/news.atom")
        page = await ask(f"/{language}/{CAMPAIGN}/pledges")
    feed, entry = parsed(answer), parsed(answer).entries[0]
    assert missing(answer.text) == set()
    assert feed.feed.language == language
    here = f"https://campaign.example/{language}/{CAMPAIGN}"
    assert (entry.link, entry.id) == (f"{here}/pledges/{number}", f"{here}/pledges/{number}")
    assert (entry.title, entry.summary) == ("Train 40 teachers", "We teach")
    assert entry.author.startswith("ACME · ")
    assert entry.updated == entry.published == "2021-05-01T10:00:00+00:00"
    stories = {e.link.partition("#")[2]: e for e in feed.entries[1:]}
    assert stories.keys() == {
        each.id for each in (*services.active[0].stories, *services.active[0].showcase)
    }
    start = services.active[0].start.isoformat()
    assert {e.published for e in stories.values()} == {f"{start}T00:00:00+00:00"}
    alternate = f'type="application/atom+xml" title="{feed.feed.title}"'
    assert f'<link rel="alternate" {alternate}' in page.text
    assert f'href="/{language}/{CAMPAIGN}/news.atom"' in page.text


async def test_what_is_withdrawn_leaves_the_feed_at_once_and_nothing_else_of_it_is_told(
    services, asked
):
    number = publish(services)
    told = set()
    async with asked(services, NOW) as ask:
        for event in (None, Event.ASKED, Event.SILENT, Event.RESUMED, Event.CANT_CONTINUE):
            if event is not None:
                journeys.happened(services, number, event, ANNA, NOW + timedelta(days=9))
            told.add((await ask(FEED)).text)
        assert len(told) == 1
        services.store.pledges.edit(number, {"name": "Train 50"}, ANNA, MOMENT + 86_400)
        moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW + timedelta(days=1))
        changed = parsed(await ask(FEED)).entries[0]
        services.store.pledges.move(number, PledgeState.WITHDRAWN, ANNA, MOMENT)
        links = {entry.link for entry in parsed(await ask(FEED)).entries}
    assert (changed.title, changed.updated) == ("Train 50", "2021-05-01T10:00:00+00:00")
    assert links
    assert f"{HERE}/pledges/{number}" not in links


async def test_who_is_nameless_is_so_here_too(services, asked):
    publish(services, audience=Audience.INDIVIDUAL)
    async with asked(services, NOW) as ask:
        answer = await ask(FEED)
    assert parsed(answer).entries[0].author == "A person in Kenya"
    assert "1007" not in answer.text


async def test_whatever_somebody_writes_the_feed_stays_one(services, asked):
    hostile = "<script>\ufffe ]]> &amp; \u202edlrow"
    publish(services, name=hostile, description=f"<b onclick=x>{hostile}")
    async with asked(services, NOW) as ask:
        answer = await ask(FEED)
    entry = ET.fromstring(answer.text).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title").startswith("<script> ]]> &amp; ")
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    assert summary.text.startswith("&lt;b onclick=x&gt;&lt;script&gt;")


async def test_a_story_comes_on_its_day_and_not_before(services, asked):
    campaign = services.active[0]
    later, *rest = campaign.stories
    day = NOW.date() + timedelta(days=1)
    stories = (replace(later, day=day), *(replace(each, day=date(2021, 2, 3)) for each in rest))
    services = replace(services, active=(replace(campaign, stories=stories, showcase=()),))
    for now, there in ((NOW, False), (NOW + timedelta(days=1), True)):
        async with asked(services, now) as ask:
            entries = parsed(await ask(FEED)).entries
        days = {entry.link.partition("#")[2]: entry.updated[:10] for entry in entries}
        assert days == {each.id: "2021-02-03" for each in rest} | (
            {later.id: day.isoformat()} if there else {}
        )


async def test_where_nothing_is_new_there_is_no_feed_and_no_link_to_one(services, asked):
    empty = replace(services.active[0], stories=(), showcase=())
    async with asked(replace(services, active=(empty,)), NOW) as ask:
        assert (await ask(FEED)).status == 404
        assert "atom" not in (await ask(f"/en/{CAMPAIGN}/")).text


async def test_a_rehearsal_says_so_in_the_feed(services, asked):
    async with asked(replace(services, rehearsal=True), NOW) as ask:
        feed = parsed(await ask(FEED)).feed
    assert feed.title.startswith("Rehearsal: ")
    assert "invented" in feed.subtitle
