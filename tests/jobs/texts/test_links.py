"""Links: a page that fails holds what leads there, and staff hear of it two days ahead; a page that
no person has seen is named to the operator.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import house
import pytest

from bot.jobs.operations.outside import outside, to_see
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.texts import links
from bot.library.tables.deciders import DecidersShape, deciders_of
from bot.library.tables.events import EventsShape, typed
from bot.library.tables.pathfinders import PathfindersShape, pathfinders_of
from bot.model import State

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
TEXTS = {
    "deed": "{% block title %}T{% endblock %}{% block nudge %}See {{ link('page') }}{% endblock %}"
}


@pytest.fixture
def services(tmp_path):
    campaign = house.campaign(
        house.action(links=("page", "other")),
        links={"page": "https://example.org/page", "other": ""},
    )
    built = house.services(tmp_path, campaign, texts=TEXTS, window=60.0)
    built.store.people.add([house.person(1)])
    plan.run(built, NINE - timedelta(days=3))
    yield built
    built.store.close()


def states(services):
    return [State(s).word for (s,) in services.store.database.rows("SELECT state FROM delivery")]


async def test_staff_hear_of_a_failing_page_ahead_and_not_of_a_slot_that_no_text_needs(services):
    asked = []
    await links.run(
        services, NINE - timedelta(days=3), ask=lambda url: asked.append(url) or "answers 404"
    )
    assert asked == []
    await links.run(
        services, NINE - timedelta(days=1), ask=lambda url: asked.append(url) or "answers 404"
    )
    assert asked == ["https://example.org/page"]
    assert {(a.subject, "404" in a.text) for a in services.store.alerts.current()} == {
        ("trees/page", True)
    }


@pytest.mark.parametrize(
    ("more", "alarmed"),
    [("", True), ("{% block nudge_without_link %}Plant one.{% endblock %}", False)],
)
async def test_an_empty_slot_alarms_only_where_a_text_waits_for_it(tmp_path, more, alarmed):
    campaign = house.campaign(house.action(links=("other",)), links={"other": ""})
    deed = TEXTS["deed"].replace("page", "other") + more
    built = house.services(tmp_path, campaign, texts={"deed": deed}, window=60.0)
    plan.run(built, NINE - timedelta(days=3))
    await links.run(built, NINE - timedelta(days=1), ask=lambda _url: None)
    alarms = [a.subject for a in built.store.alerts.current() if a.kind == "link"]
    assert alarms == (["trees/other"] if alarmed else [])
    built.store.close()


@pytest.mark.slow
async def test_what_leads_to_a_failing_page_waits_until_it_answers_again(services):
    await links.run(services, NINE - timedelta(days=1), ask=lambda _url: "answers 500")
    plan.run(services, NINE)
    dispatcher = Dispatcher(services, "telegram", NINE - timedelta(minutes=1))
    await dispatcher.step(NINE)
    assert (states(services), services.networks["telegram"].calls) == (["queued"], 0)
    await links.run(services, NINE + timedelta(minutes=5), ask=lambda _url: None)
    assert "trees/page" not in {
        a.subject for a in services.store.alerts.current() if a.kind == "link"
    }
    await dispatcher.step(NINE + timedelta(minutes=31))
    assert states(services) == ["sent"]


async def test_a_page_that_fails_is_asked_at_each_look_and_one_that_is_well_after_six_hours(
    services,
):
    answers, asked = ["answers 500", "answers 500", None, None], []

    async def look(hours):
        await links.run(services, NINE - timedelta(hours=24 - hours), ask=answer)

    def answer(url):
        asked.append(url)
        return answers[len(asked) - 1]

    counts = []
    for hours in (0, 0.2, 0.4, 0.6, 6.3, 6.5):
        await look(hours)
        counts.append(len(asked))
    assert counts == [1, 2, 3, 3, 3, 4]
    assert links.failing(services.store) == {}


TODAY = date(2026, 11, 29)
CAME = "https://came.example"


@pytest.mark.parametrize(
    ("checked", "named"),
    [
        (None, True),
        (TODAY - timedelta(days=366), True),
        (TODAY - timedelta(days=365), False),
        (TODAY, False),
    ],
)
def test_a_page_that_no_person_has_seen_for_a_year_is_named(checked, named):
    campaign = house.campaign(links={"page": "https://example.org/page", "other": ""})
    seen = replace(
        campaign,
        links={name: replace(link, checked=checked) for name, link in campaign.links.items()},
    )
    told = list(to_see(seen, TODAY))
    assert len(told) == named
    assert named == ("1 page of others (links: page)" in "".join(told))
    own = {"page": replace(seen.links["page"], own=True)}
    assert list(to_see(replace(seen, links=own), TODAY)) == []


def test_a_stored_copy_that_was_read_is_said_and_is_no_look_at_the_page():
    campaign = house.campaign(links={"page": "https://example.org/page"})
    copied = {"page": replace(campaign.links["page"], read=TODAY)}
    told = list(to_see(replace(campaign, links=copied), TODAY))
    assert len(told) == 1
    assert "(links: page; of page a stored copy was read)" in told[0]


def test_websites_of_partners_are_pages_to_look_at_but_those_the_source_broke(library):
    campaign = library.campaigns["endchildlabour2021"]
    assert campaign.partners is not None
    websites = [each.website for each in campaign.partners.members if each.website]
    broken = [each.website for each in campaign.partners.members if each.broken]
    pages = [page for page in outside(campaign) if page.file.endswith("partners.toml")]
    assert len(pages) == len(websites) - len(broken)
    assert {page.url for page in pages}.isdisjoint(broken)
    assert "https://www.worldbank.org" in {page.url for page in pages}
    told = list(to_see(campaign, TODAY))
    assert [sentence.partition(":")[0] for sentence in told] == [
        "campaigns/endchildlabour2021/campaign.toml",
        "campaigns/endchildlabour2021/partners.toml",
    ]
    assert f"at {len(pages)} pages of others: open" in told[1]


def test_pages_that_events_countries_and_deciders_name_are_asked_too():
    events = EventsShape.model_validate(
        {
            "event": [{"id": "talk", "source": "S", "url": "https://talk.example", "read": TODAY}],
            "roadmap": [{"id": "step", "source": "S", "came": {"source": "S", "url": CAME}}],
        }
    )
    decider = {"country": "PE", "page": "https://house.example", "read": TODAY}
    countries = pathfinders_of(
        PathfindersShape.model_validate(
            {
                "source": "S",
                "as_of": TODAY,
                "later": [{"id": "more", "source": "S", "url": "https://later.example"}],
                "country": [{"code": "PE", "events": [{"kind": "interest", "on": TODAY}]}],
            }
        )
    )
    campaign = replace(
        house.campaign(),
        **typed(events),
        pathfinders=countries,
        deciders=deciders_of(DecidersShape.model_validate({"decider": {"house": decider}})),
    )
    assert [(page.key, page.url, page.read, page.dated) for page in outside(campaign)] == [
        ("event[talk].url", "https://talk.example", TODAY, "read"),
        ("roadmap[step].came.url", CAME, None, "read"),
        ("later[more].url", "https://later.example", None, "read"),
        ("decider.house.page", "https://house.example", TODAY, "read"),
    ]
    assert list(to_see(campaign, TODAY)) == []
    told = list(to_see(campaign, TODAY + timedelta(days=366)))
    assert len(told) == 1, "a source says what it said; in an office sits somebody else some day"
    assert told[0].startswith(f"campaigns/{campaign.id}/deciders.toml: nobody has looked")
    assert "as `read`;" in told[0]


def test_every_link_of_the_shipped_texts_leads_to_our_page_or_says_when_somebody_looked(library):
    for campaign in library.leading_to("https://campaign.example").campaigns.values():
        told = "".join(to_see(campaign, TODAY))
        for action in campaign.actions:
            for name in action.links:
                link = campaign.links[name]
                assert not link.url or link.own or link.checked or name in told


class _Site(BaseHTTPRequestHandler):
    """Has one page; anything but a plain GET by our own name is refused."""

    def do_GET(self) -> None:
        known = (self.headers["User-Agent"] or "").startswith("drumbeat links ")
        self.send_response(400 if not known else 200 if self.path == "/there" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_links_says_which_pages_answer_and_what_to_write_once_somebody_has_looked(
    tmp_path: Path, site: str, command
) -> None:
    private = '[servers]\nprivate = ["127.0.0.0/8"]\n'
    command("new", "campaign", "bees", "--blank", "--lang", "en", "--hashtag", "Bees")
    Path("config.toml").write_text('roots = ["."]\n' + private, encoding="utf-8")
    file = Path("campaigns/bees/campaign.toml")
    there, gone = (f'[links.{n}]\nurl = "{site}/{n}"\nsource = "us"\n' for n in ("there", "gone"))
    for each in file.parent.iterdir():
        filled = each.read_text("utf-8").replace('source = ""', 'source = "us"')
        each.write_text(filled, encoding="utf-8")
    file.write_text(file.read_text("utf-8") + there + gone, encoding="utf-8")
    before = file.read_bytes()

    code, out, err = command("links", "--campaign", "bees")
    assert code == 1
    assert re.search(rf"links.gone.url +{site}/gone +answers 404; open it by hand", out)
    assert re.search(rf"links.there.url +{site}/there +answers\n", out)
    assert "at 2 pages of others (links: there, gone)" in command("check")[2]
    today = datetime.now(UTC).date().isoformat()
    written = f"  [links.there] {site}/there\n  checked = {today}\n"
    assert "campaigns/bees/campaign.toml: these pages answer. Open each" in err
    assert written in err
    assert "[links.gone]" not in err
    assert file.read_bytes() == before
    rows = {
        row["key"]: row for row in json.loads(command("links", "--campaign", "bees", "--json")[1])
    }
    assert (rows["links.there.url"]["wrong"], rows["links.there.url"]["checked"]) == (None, None)
    assert rows["links.gone.url"]["ends"] == f"{site}/gone"

    file.write_text(
        file.read_text("utf-8").replace(there, f"{there}checked = {today}\n"), encoding="utf-8"
    )
    assert "1 page of others (links: gone)" in command("doctor")[1]
