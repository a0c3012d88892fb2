"""Calls for stories and contests: what somebody sends by a page, what staff decide about it at the
desk, and what everybody sees; over a real socket.
"""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fakes.mail import post_office
from helpers import at
from mailing.served import services_in
from mailing.writer import CAMPAIGN, everything, site
from player import Player
from tree import languages

from bot.chat.people import commands
from bot.errors import UsageError
from bot.jobs.calls import entries
from bot.jobs.newsletter.compose import Composing
from bot.jobs.people import retention
from bot.model.calls.entry import ENTRY_DAYS, Call, CallKind, EntryState
from bot.model.makers import Question
from bot.model.share import Answer
from bot.model.staff import Actor, Member, StaffRole

pytestmark = pytest.mark.slow
NOW = at("2021-08-05T10:00")
PAGE = f"/en/{CAMPAIGN}/calls"
JOIN = ("> [English]", "> [Yes, I am old enough and I agree]")
TYPED = {
    "age": "yes",
    "q-text": "A <b>zebra</b> of mine",
    "q-link": "https://art.example/poem",
    "q-name": "Ana",
    "q-contact": "ana@example.org",
    "shows": "yes",
    "website": "",
}
ANNA, BEN = Actor.staff("anna"), Actor.staff("ben")
CLEAR = dict.fromkeys(("shown", "child", "consent", "risk", "dignity", "place"), Answer.NO)
CHILD = CLEAR | dict.fromkeys(("shown", "child", "consent"), Answer.YES)


@pytest.fixture
def services(tmp_path, library):
    with post_office() as office:
        built = services_in(tmp_path, library, office, answer=30.0)
        members = tuple(
            Member(name=name, login=name, roles=frozenset({StaffRole.APPROVER}))
            for name in ("anna", "ben")
        )
        yield replace(built, settings=replace(built.settings, members=members))
        built.store.close()


async def sends(the, page=f"{PAGE}/art", **changed):
    done = await the.send(TYPED | changed, page=page)
    assert done.status == 303, done.text
    return done.headers["location"].partition("?")[0]


def state(services, number=1):
    there = services.store.entries.get(number)
    return there and there.state


def answer(services, answers, by=ANNA, number=1):
    return entries.answer(services, number, answers, by, NOW)


@pytest.mark.parametrize("language", languages())
async def test_from_the_menu_to_a_favourite_that_its_author_takes_back(services, language):
    page = PAGE.replace("/en/", f"/{language}/")
    async with site(services, lambda: NOW) as the:
        assert f'href="{page}"' in (await the.ask(f"/{language}/{CAMPAIGN}/")).text
        assert f'href="{page}/art"' in (await the.ask(page)).raw
        first = await the.ask(f"{page}/art")
        assert re.findall(r'<input[^>]* name="(\w+)"', first.raw) == ["age", "age"]
        before = everything(services)
        assert "<form" not in (await the.ask(f"{page}/art?age=no")).raw
        for missing in ({"age": ""}, {"q-text": ""}, {"q-link": "no link"}, {"website": "x"}):
            assert (await the.send(TYPED | missing, page=f"{page}/art")).status == 422, missing
        assert everything(services) == before, "nothing is kept of all that"
        form = await the.ask(f"{page}/art?age=yes")
        assert " checked" not in form.raw, "nobody agrees by default"
        own = await sends(the, f"{page}/art")
        told = await the.ask(f"{own}?sent=yes")
        assert (told.status, told.headers["cache-control"]) == (200, "no-store")
        assert "ana@example.org" in told.text
        assert own.rpartition("/")[2] not in everything(services), "a digest of it alone"
        assert "zebra" not in (await the.ask(page)).text
        assert answer(services, CLEAR) is EntryState.FAVOURITE
        shown = await the.ask(page)
        assert "A &lt;b&gt;zebra&lt;/b&gt; of mine" in shown.raw
        assert 'href="https://art.example/poem"' in shown.raw
        assert "ana@example.org" not in shown.text
        exported = json.loads((await the.ask(f"{own}/export.json")).raw)
        assert (exported["name"], exported["state"]) == ("Ana", "favourite")
        assert (await the.send({}, page=own)).status == 422
        assert (await the.send({"sure": "yes"}, page=own)).status == 200
        assert (await the.ask(own)).status == 404
        assert "zebra" not in (await the.ask(page)).text
    assert "zebra" not in everything(services)


async def test_a_call_is_open_on_its_days_alone(services):
    clock = {"now": at("2021-07-31T12:00")}
    async with site(services, lambda: clock["now"]) as the:
        for day, is_open in (("2021-07-31", 0), ("2021-08-31", 1), ("2021-09-01", 0)):
            clock["now"] = at(f"{day}T12:00")
            assert ('name="age"' in (await the.ask(f"{PAGE}/art")).raw) is bool(is_open), day
            assert (f'href="{PAGE}/art"' in (await the.ask(PAGE)).raw) is bool(is_open)
        assert (await the.send(TYPED, page=f"{PAGE}/art")).status == 200
        assert state(services) is None
        for other in ("music", "%00", "mine/x"):
            assert (await the.ask(f"{PAGE}/{other}")).status == 404
    yearly = Call(id="art", kind=CallKind.CONTEST, source="us", month=8)
    assert yearly.is_open(date(2031, 8, 31))
    assert not yearly.is_open(date(2031, 9, 1))


async def test_nothing_is_shown_before_the_checklist_and_the_authors_consent(services):
    async with site(services, lambda: NOW) as the:
        for changed in ({}, {}, {}, {"shows": ""}):
            await sends(the, **changed)
    with pytest.raises(UsageError, match="wants nobody"):
        answer(services, CLEAR, number=4)
    with pytest.raises(UsageError, match="without an answer to place"):
        answer(services, {name: CLEAR[name] for name in CLEAR if name != "place"})
    assert answer(services, CLEAR | {"risk": Answer.UNKNOWN}) is EntryState.PRIVATE
    assert answer(services, CHILD | {"consent": Answer.NO}, number=2) is EntryState.PRIVATE
    assert answer(services, CHILD, number=3) is EntryState.SECOND
    with pytest.raises(UsageError, match="second person"):
        answer(services, CHILD, number=3)
    assert answer(services, CHILD, BEN, 3) is EntryState.FAVOURITE
    with pytest.raises(UsageError):
        answer(services, CLEAR, BEN, 3)
    entries.drop(services, 3, ANNA, NOW)
    assert state(services, 3) is EntryState.PRIVATE
    with pytest.raises(UsageError):
        entries.drop(services, 99, ANNA, NOW)
    verbs = [line.verb for line in services.store.audit.read()]
    assert verbs == ["entry.dropped", *["entry.answered"] * 4]


async def test_favourites_stand_in_the_letter_of_their_month_and_the_rest_ends(services):
    async with site(services, lambda: NOW) as the:
        await sends(the)
        await sends(the, **{"q-text": "Another one"})
        await sends(the, **{"q-text": "A third one"})
    answer(services, CLEAR)
    answer(services, CLEAR, number=3)
    campaign = services.library.campaigns[CAMPAIGN]
    letter = Composing(services, campaign, date(2021, 8, 1), NOW)
    assert not letter.is_empty
    told = letter.text("en").text
    assert f"- Art against child labour: https://pages.example/en/{CAMPAIGN}/calls#fav" in told
    assert told.count("#favourite-3") == told.count("#favourite-") == 1
    assert "Ana" not in told, "who takes theirs back stands in no letter that is kept"
    assert "favourite-" not in Composing(services, campaign, date(2021, 7, 1), NOW).text("en").text
    retention.run(services, NOW + timedelta(days=ENTRY_DAYS + 1))
    assert (state(services, 1), state(services, 2)) == (EntryState.FAVOURITE, None)
    assert services.store.entries.get(1).sent.contact == ""


async def test_a_favourite_is_its_months_in_which_it_was_chosen_as_in_the_months_letter(services):
    chosen, clock = ("2021-08-31T23:00", "2021-09-01T01:00", "2021-09-02T01:00"), [NOW]
    async with site(services, lambda: clock[-1]) as the:
        for _ in chosen:
            await sends(the)
        for number, moment in enumerate(chosen, 1):
            clock.append(at(moment))
            entries.answer(services, number, CLEAR, ANNA, clock[-1])
        shown = (await the.ask(PAGE)).raw
    parts = re.findall(r"<h3>([^<]+)</h3>|favourite-(\d)", shown)
    late, network = clock[-1].isoformat(), services.networks["telegram"]
    player = Player(services, network, language="en", now=late, user="7")
    await player.line("> /calls")
    assert f"https://pages.example{PAGE}#favourites" in player.said
    told = [month or number for month, number in parts]
    assert told == ["September 2021", "3", "2", "August 2021", "1"]


async def test_a_flood_of_one_hour_closes_a_call_for_that_hour_and_no_other(services, monkeypatch):
    monkeypatch.setattr(entries, "MOST_HOURLY", 2)
    now = {"now": NOW}
    async with site(services, lambda: now["now"]) as the:
        for _ in range(2):
            await sends(the)
        refused = await the.send(TYPED, page=f"{PAGE}/art")
        assert (refused.status, "in an hour" in refused.text) == (429, True)
        now["now"] += timedelta(minutes=61)
        await sends(the)


async def test_the_chat_leads_to_the_page_of_what_is_open(services):
    network = services.networks["telegram"]
    for day, said in ((NOW, "Art against child labour"), (at("2021-09-05T10:00"), "Nothing is")):
        player = Player(services, network, language="en", now=day.isoformat(), user="7")
        await player.line("> /calls")
        assert said in player.said
        open_ = f"https://pages.example/en/{CAMPAIGN}/calls/art" in player.said
        assert open_ is (day == NOW)
        assert ("calls" in commands.idle(services, day.date())) is (day != NOW)


async def test_the_chat_goes_by_the_day_of_the_page_wherever_somebody_lives(services):
    network, last = services.networks["telegram"], at("2021-07-31T12:00")
    player = Player(services, network, language="en", now=last.isoformat(), user="7")
    for line in ("> /start", *JOIN, "> /calls"):
        await player.line(line)
    assert "Nothing is" in player.said
    east = replace(services, settings=replace(services.settings, zone="Pacific/Kiritimati"))
    there = Player(east, network, language="en", now=last.isoformat(), user="7")
    await there.line("> /calls")
    assert "Art against child labour" in there.said
    async with site(east, lambda: last) as the:
        assert 'name="age"' in (await the.ask(f"{PAGE}/art")).raw


def question(name, **more):
    plain = {"step": None, "choice": False, "choices": (), "max_words": 5, "required": False}
    return Question(id=name, advice=False, **(plain | more))


async def test_a_call_asks_its_own_questions_and_shows_what_was_answered(services):
    asks = (
        question("what", required=True),
        question("who", choice=True, choices=("me", "us"), max_words=None),
        question("where", several=True, choices=("home", "work"), max_words=None),
    )
    campaign = services.library.campaigns[CAMPAIGN]
    [art] = campaign.calls
    changed = replace(campaign, calls=(replace(art, questions=asks),))
    services.library.campaigns[CAMPAIGN] = changed
    mine = replace(
        services, active=tuple(changed if each is campaign else each for each in services.active)
    )
    try:
        async with site(mine, lambda: NOW) as the:
            form = (await the.ask(f"{PAGE}/art?age=yes")).raw
            assert re.findall(r'name="(q-[a-z]+)"', form)[:1] == ["q-what"]
            assert 'name="q-text"' not in form
            long = TYPED | {"q-what": "one two three four five six"}
            assert (await the.send(long, page=f"{PAGE}/art")).status == 422
            own = await sends(the, **{"q-what": "A <b>bee</b>", "q-who": "us"})
            told = await the.ask(own)
            assert "A &lt;b&gt;bee&lt;/b&gt;" in told.raw
            sent = mine.store.entries.get(1).sent
            assert (sent.text, sent.answers) == ("", {"what": "A <b>bee</b>", "who": "us"})
            answer(mine, CLEAR)
            assert "A &lt;b&gt;bee&lt;/b&gt;" in (await the.ask(PAGE)).raw
            exported = json.loads((await the.ask(f"{own}/export.json")).raw)
            assert exported["answers"]["who"] == "us"
    finally:
        services.library.campaigns[CAMPAIGN] = campaign
