"""What pages show as JSON: each answer is as the document says, whatever is asked."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import aiohttp
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, NOW, publish, publishing
from tree import languages

from bot.jobs.pathfinders import reports
from bot.jobs.pledges import journeys
from bot.model import Audience
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.rules import forms
from bot.rules.journey import Event
from bot.web import build
from bot.web.public.api.operations import OPERATIONS
from bot.web.server import Server

MODES = list(schemathesis.GenerationMode)
AHEAD = "endchildlabour"
ORIGIN = "https://campaign.example/bot"
pytestmark = pytest.mark.slow


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


@asynccontextmanager
async def api(services, now=NOW):
    """Asks for a path below /api/: it gives status, headers and what the JSON says."""
    server = Server(build(lambda: services, lambda: now, ORIGIN), "127.0.0.1:0")
    await server.start()
    base = f"http://127.0.0.1:{server.port}/bot/api"
    try:
        async with aiohttp.ClientSession() as session:

            async def ask(path, method="GET", **given):
                async with session.request(method, f"{base}{path}", **given) as answer:
                    content = await answer.read()
                    return SimpleNamespace(
                        status=answer.status,
                        headers=answer.headers,
                        kind=answer.headers.get("content-type"),
                        said=json.loads(content) if content else None,
                    )

            ask.base = base
            yield ask
    finally:
        await server.stop()


async def test_every_answer_is_as_the_document_says_whatever_is_asked(services):
    for n in range(3):
        publish(services, name=f"Pledge {n}", description="" if n else "We teach")
    gone = publish(services)
    services.store.pledges.move(gone, PledgeState.WITHDRAWN, ANNA, MOMENT)

    def play(base, document):
        schema = schemathesis.openapi.from_dict(document)
        played = []
        for operation, mode in product((o.ok() for o in schema.get_all_operations()), MODES):
            played.append((operation.label, mode))

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=30,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def obeys(case):
                case.call_and_validate(base_url=base)

            obeys()
        return played

    async with api(services) as ask:
        document = (await ask("/openapi.json")).said
        played = await asyncio.to_thread(play, ask.base, document)
    assert played == [(f"GET /{each.path}", mode) for each in OPERATIONS for mode in MODES]


async def test_a_pledge_is_given_as_its_page_shows_it_and_410_once_it_is_gone(services):
    number = publish(services)
    services.store.journeys.report(number, "prompt-march", 202103, None, ANNA, MOMENT)
    path = f"/{CAMPAIGN}/pledges/{number}.json"
    async with api(services) as ask:
        pledge = (await ask(path)).said
        [listed] = (await ask(f"/{CAMPAIGN}/pledges.json")).said["pledges"]
        french = (await ask(f"{path}?lang=fr")).said
        services.store.pledges.move(number, PledgeState.WITHDRAWN, ANNA, MOMENT)
        gone, none = await ask(path), (await ask(f"/{CAMPAIGN}/pledges.json")).said
    assert listed == pledge
    assert pledge | {"milestones": []} == {
        "rehearsal": False,
        "pledge": number,
        "campaign": CAMPAIGN,
        "url": f"{ORIGIN}/en/{CAMPAIGN}/pledges/{number}",
        "language": "en",
        "name": "Train 40 teachers",
        "audience": "organization",
        "group": "company",
        "organisation": "ACME",
        "person": None,
        "country": "KE",
        "description": "We teach",
        "action": "Train 40 teachers",
        "plan": "By courses",
        "impact": "It helps",
        "website": "https://acme.example",
        "accounts": [{"network": "X", "url": "https://x.com/acme"}],
        "topics": ["education", "covid-19"],
        "progress": "in-progress",
        "milestones": [],
        "posts": [],
        "scale_up": [],
        "verified": "staff",
    }
    [step], [etape] = pledge["milestones"], french["milestones"]
    assert step["title"] != etape["title"]
    assert french["url"] == f"{ORIGIN}/fr/{CAMPAIGN}/pledges/{number}"
    assert (gone.status, gone.kind) == (410, "application/problem+json")
    assert gone.said["title"] == "Gone"
    assert (none["pledges"], none["count"], none["next"]) == ([], 0, None)


async def test_no_answer_tells_a_silence_a_pause_or_a_return(services):
    number = publish(services)
    publish(services, name="Another")
    seen = set()
    async with api(services) as ask:
        for event in (None, Event.ASKED, Event.SILENT, Event.RESUMED, Event.CANT_CONTINUE):
            if event is not None:
                journeys.happened(services, number, event, ANNA, NOW)
            for path in (f"/{CAMPAIGN}/pledges/{number}.json", f"/{CAMPAIGN}/pledges.json"):
                answer = await ask(path)
                headers = {name.lower(): value for name, value in answer.headers.items()}
                headers.pop("date")  # that of the request
                seen.add((path, json.dumps(answer.said), *sorted(headers.items())))
    assert len(seen) == 2


async def test_all_pledges_are_given_page_by_page_and_by_the_filters_of_the_wall(services):
    numbers = [publish(services, name=f"Pledge no. {n}", topics="policy") for n in range(21)]
    school = publish(services, name="A school")
    seen, path = [], f"/{CAMPAIGN}/pledges.json?topic=policy&lang=es"
    async with api(services) as ask:
        while path:
            page = (await ask(path)).said
            assert (page["count"], page["language"]) == (21, "es")
            assert page["counts"]["topic"]["policy"] == 21
            seen += [pledge["pledge"] for pledge in page["pledges"]]
            path = page["next"] and page["next"].removeprefix(f"{ORIGIN}/api")
        found = (await ask(f"/{CAMPAIGN}/pledges.json?q=schools+SCHOOL")).said["pledges"]
        nothing = (await ask(f"/{CAMPAIGN}/pledges.json?group=nonsense")).said["pledges"]
        searched = (await ask(f"/{CAMPAIGN}/pledges.json?q=School")).said["pledges"]
    assert seen == numbers[::-1]
    assert found == nothing == []
    assert [pledge["pledge"] for pledge in searched] == [school]


async def test_who_gives_no_name_has_none_here_either(services):
    number = publish(services, audience=Audience.INDIVIDUAL)
    async with api(services) as ask:
        answer = await ask(f"/{CAMPAIGN}/pledges/{number}.json")
    assert (answer.said["person"], answer.said["organisation"]) == (None, None)
    assert answer.said["verified"] is None
    assert "1007" not in json.dumps(answer.said)


@pytest.mark.parametrize("language", languages())
async def test_the_calendar_says_what_pages_say_in_each_language(services, language):
    async with api(services) as ask:
        whole = (await ask(f"/{CAMPAIGN}/calendar.json?lang={language}")).said
        own = (await ask(f"/{CAMPAIGN}/calendar.json?lang={language}&audience=country")).said
    assert whole["language"] == language
    days = [entry["nudge"] for entry in whole["actions"]]
    dated = [day for day in days if day]
    assert days == [*sorted(dated), *[None] * (len(days) - len(dated))]
    assert {entry["audience"] for entry in own["actions"]} == {"country"}
    [day] = [e for e in whole["actions"] if (e["id"], e["audience"]) == ("world-day", "individual")]
    assert (day["date"], day["observance"]) == ("2021-06-12", "world-day-against-child-labour")
    assert day["url"] == f"{ORIGIN}/{language}/{CAMPAIGN}/actions/world-day"
    assert "#EndChildLabour2021" in day["text"]


async def test_facts_have_their_source_and_say_when_they_no_longer_hold(services):
    answers = []
    for now in (NOW, NOW.replace(year=2030)):
        async with api(services, now) as ask:
            answers.append((await ask(f"/{CAMPAIGN}/facts.json")).said["facts"])
    first, later = answers
    assert all(fact["sentence"] and fact["source"] and fact["as_of"] for fact in first)
    assert {fact["name"] for fact in first} < {fact["name"] for fact in later}
    assert all(fact["by"] and fact["sentence"] for fact in later)
    [children] = [fact for fact in first if fact["name"] == "children"]
    assert (children["year"], children["by"]) == (2016, "Alliance 8.7, 2020")
    assert children["means"].startswith("It is an estimate")
    assert {fact["expired"] for fact in first if fact["expires"]} == {False}
    assert {fact["expired"] for fact in later if fact["expires"]} == {True}


async def test_events_and_the_roadmap_are_given_as_far_as_they_are_known(services):
    async with api(services) as ask:
        given = (await ask(f"/{CAMPAIGN}/events.json")).said
        french = (await ask(f"/{CAMPAIGN}/events.json?lang=fr")).said
    assert given["url"] == f"{ORIGIN}/en/{CAMPAIGN}/events"
    by_id = {each["id"]: each for each in given["events"]}
    met = by_id["coordinating-7"]
    assert (met["start"], met["end"]) == ("2020-05-19T14:00:00+02:00", "2020-05-19T17:00:00+02:00")
    assert (met["date"], met["zone"], met["state"]) == ("2020-05-19", "Europe/Paris", "held")
    day = by_id["paris-peace-forum"]
    assert (day["start"], day["date"], day["last_date"]) == (None, "2019-11-11", "2019-11-13")
    days = [each["date"] for each in given["events"] if each["date"]]
    assert days == sorted(days)
    assert {each["id"] for each in given["roadmap"]} >= {"global-estimates", "resolution"}
    assert all(each["source"] and each["when"] for each in given["roadmap"])
    assert [each["title"] for each in french["events"]] != [
        each["title"] for each in given["events"]
    ]


async def test_countries_are_given_with_what_happened_and_what_staff_show_alone(services):
    every = (*services.active, services.library.campaigns[AHEAD])
    services, store = replace(services, active=every), services.store.country_reports
    by, answers = Actor.staff("anna"), {"since": "A law."}
    for number, country in ((1, "MX"), (2, "MX")):
        assert store.ask(AHEAD, country, "Ministry", f"s{number}", by, MOMENT, "en") == number
        store.agree(number, "en 1", MOMENT)
        store.keep(number, answers, "en", MOMENT, finished=True)
    reports.decide(services, 1, forms.mark(answers), by, NOW, show=True)
    async with api(services) as ask:
        given = (await ask(f"/{AHEAD}/countries.json")).said
        listed = (await ask(f"/{CAMPAIGN}/countries.json")).said
    mexico = next(each for each in given["ahead"] if each["country"] == "MX")
    assert mexico["name"] == "Mexico"
    assert mexico["url"] == f"{ORIGIN}/en/{AHEAD}/countries/MX"
    assert mexico["state"] in ("interest", "workshop", "confirmed", "on-hold")
    assert all(each["source"] for each in mexico["events"])
    [report] = mexico["reports"]
    assert [line["answer"] for line in report["lines"]] == ["A law."]
    assert (listed["ahead"] == []) is (services.library.campaigns[CAMPAIGN].pathfinders is None)
    assert listed["listed"]["countries"]
    assert "Ministry" not in str(given)


async def test_any_page_may_read_it_nobody_needs_to_find_it_and_who_has_it_gets_304(services):
    async with api(services) as ask:
        for path in ("/openapi.json", f"/{CAMPAIGN}/facts.json", f"/{CAMPAIGN}/pledges.json", "/x"):
            first = await ask(path)
            assert first.headers["access-control-allow-origin"] == "*"
            assert first.headers["x-robots-tag"] == "noindex"
            assert first.headers["x-content-type-options"] == "nosniff"
            assert "set-cookie" not in first.headers
            if first.status == 200:
                known = {"if-none-match": first.headers["etag"]}
                again = await ask(path, headers=known)
                assert (again.status, again.said) == (304, None)
                assert again.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nothing/facts.json", 404, "/api/openapi.json"),
        (f"/{CAMPAIGN}/nothing.json", 404, "/api/openapi.json"),
        (f"/{CAMPAIGN}/pledges/999.json", 404, "/api/openapi.json"),
        (f"/{CAMPAIGN}/pledges/%D9%A1.json", 404, "/api/openapi.json"),
        (f"/{CAMPAIGN}/facts.json?lang=xx", 400, "lang: "),
        (f"/{CAMPAIGN}/calendar.json?audience=cats", 400, "audience: "),
        (f"/{CAMPAIGN}/pledges.json?after=quince&country=kenya", 400, "after: "),
    ],
)
async def test_what_is_wrong_is_a_problem_that_repeats_nothing(services, path, status, says):
    async with api(services) as ask:
        answer = await ask(path)
    assert (answer.status, answer.kind) == (status, "application/problem+json")
    assert set(answer.said) == {"type", "title", "status", "detail"}
    assert answer.said["status"] == status
    assert says in answer.said["detail"]
    for word in ("quince", "kenya", "cats"):
        assert word not in answer.said["detail"]


async def test_data_can_only_be_read(services):
    async with api(services) as ask:
        answer = await ask(f"/{CAMPAIGN}/facts.json", "POST")
        assert answer.status == 405
        assert "GET" in answer.headers["allow"]
        head = await ask(f"/{CAMPAIGN}/facts.json", "HEAD")
    assert (head.status, head.said) == (200, None)


async def test_a_failure_of_ours_is_a_problem_too(services):
    async with api(replace(services, store=None)) as ask:
        answer = await ask(f"/{CAMPAIGN}/pledges.json")
    assert (answer.status, answer.kind) == (500, "application/problem+json")


async def test_a_rehearsal_says_so_in_the_thing_itself(services):
    publish(services)
    async with api(replace(services, rehearsal=True)) as ask:
        for name in ("calendar", "facts", "pledges"):
            assert (await ask(f"/{CAMPAIGN}/{name}.json")).said["rehearsal"] is True
        assert (await ask(f"/{CAMPAIGN}/pledges.json")).said["pledges"][0]["rehearsal"] is True
        assert (await ask("/openapi.json")).said["info"]["x-rehearsal"] is True
