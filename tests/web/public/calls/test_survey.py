"""The survey that a pledge-maker puts to their followers: from the text with the link to what the
maker and staff read, over a real socket and through the terminal.
"""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, count
from types import SimpleNamespace

import pytest
from fakes.mail import post_office
from helpers import at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mailing.maker import making
from mailing.served import services_in
from mailing.writer import CAMPAIGN, everything, site
from player import Player
from tree import languages

from bot.conversation.calls.look import AskedSurvey
from bot.conversation.calls.survey import TOPIC
from bot.conversation.words import DATA, IDLE, Pressed, bind
from bot.errors import UsageError
from bot.jobs.calls import surveys
from bot.jobs.people import joining, retention
from bot.jobs.pledges import moderation
from bot.model import Audience
from bot.model.calls import ENOUGH, MOST, SURVEY_DAYS
from bot.model.calls.entry import ALWAYS
from bot.model.makers import Form
from bot.model.pledge import NewPledge, PledgeState
from bot.model.staff import MACHINE, Actor
from bot.model.words import FormWords, QuestionWords
from bot.times import DAY, epoch
from tests.web.pages import flat

pytestmark = pytest.mark.slow
NOW = at("2021-07-05T10:00")
JULY = date(2021, 7, 5)
ANNA = Actor.staff("anna")
BEGIN = "> [I agree, let’s begin]"
JOIN = ("> [English]", "> [Yes, I am old enough and I agree]")


@pytest.fixture
def services(tmp_path, library):
    with post_office() as office:
        built = services_in(tmp_path, library, office, answer=30.0)
        joining.remember(built.store, "end_bot")
        yield built
        built.store.close()


@pytest.fixture
def pledge(services):
    """A published pledge of an organisation with a name that is hostile to pages."""
    new = NewPledge(
        campaign=CAMPAIGN,
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation="<i>ACME</i>",
        country="KE",
        language="en",
        answers={"name": "Train 40 teachers"},
    )
    store = services.store
    number = store.pledges.begin(new, MACHINE, epoch(NOW))
    store.pledges.verify(number, "staff", MACHINE, epoch(NOW))
    for state in (PledgeState.SUBMITTED, PledgeState.APPROVED, PledgeState.PUBLISHED):
        store.pledges.move(number, state, MACHINE, epoch(NOW))
    return store.pledges.get(number)


def ways(services, pledge, language="en"):
    return surveys.links(services, surveys.offered(services, pledge, JULY), language)


def page_of(services, pledge, language="en"):
    return ways(services, pledge, language)[0].removeprefix("https://pages.example")


def answer(services, pledge, *texts, now=NOW):
    """Let somebody answer each of these texts to the last question."""
    for text in texts:
        answers = {"who": "partner", "missing": text}
        surveys.answer(services, surveys.offered(services, pledge, JULY), answers, now)


def kept(services, pledge):
    return [dict(each.answers) for each in services.store.surveys.of_pledge(pledge.id, 2021)]


@pytest.mark.parametrize("language", languages())
async def test_from_the_text_that_is_posted_to_what_is_kept(services, pledge, language):
    text = surveys.text(services, pledge, language, JULY)
    page = page_of(services, pledge, language)
    assert text.endswith(f"\n\nhttps://pages.example{page}")
    async with site(services, lambda: NOW) as the:
        first = await the.ask(page)
        assert (first.status, first.headers["cache-control"]) == (200, "no-store")
        assert first.headers["x-robots-tag"].startswith("noindex")
        assert re.findall(r'<input[^>]* name="(\w+)"', first.raw) == ["age", "age"]
        assert "&lt;i&gt;ACME&lt;/i&gt;" in flat(first.raw)
        assert "privacy@example.org" in first.text
        assert "https://t.me/end_bot?start=v-" in first.raw
        before = everything(services)
        young = await the.ask(f"{page}?age=no")
        assert "<form" not in young.raw
        assert (await the.ask(f"{page}?age=")).status == 422
        assert (await the.send({"q-right": "All"}, page=page)).status == 422
        trapped = {"age": "yes", "q-right": "All", "website": "x"}
        assert (await the.send(trapped, page=page)).status == 422
        assert everything(services) == before, "nothing is kept of all that"
        form = await the.ask(f"{page}?age=yes")
        assert len(re.findall(r'name="q-', form.raw)) == 6  # two choices and none, three texts
        long = await the.send({"age": "yes", "q-right": "word " * 101}, page=page)
        assert (long.status, "word word" in long.raw) == (422, True)
        done = await the.send({"age": "yes", "q-who": "follower", "q-right": "All <b>"}, page=page)
        assert (done.status, done.headers["location"]) == (303, f"{page}?sent=yes")
        assert (await the.ask(done.headers["location"])).status == 200
        empty = await the.send({"age": "yes"}, page=page)
        assert empty.status == 303
    assert kept(services, pledge) == [{"who": "follower", "right": "All <b>"}]
    [(day,)] = services.store.database.rows("SELECT day FROM survey_answer")
    assert day == epoch(at("2021-07-05T00:00")), "the day, not the hour"


async def test_no_other_link_opens_it_and_it_ends(services, pledge):
    page = page_of(services, pledge)
    before, _, code = page.rpartition("/")
    number, year, signature = code.split("-")
    clock = {"now": NOW}
    async with site(services, lambda: clock["now"]) as the:
        for other in (
            f"{number}-2022-{signature}",
            f"{int(number) + 1}-{year}-{signature}",
            f"{number}-0-{signature}",
            f"{number}-{'9' * 18}-{signature}",
            code[:-1],
            code.upper(),
            "%00",
            "x",
        ):
            assert (await the.ask(f"{before}/{other}")).status == 404, other
        assert (await the.ask(page.replace(CAMPAIGN, "endchildlabour"))).status == 404
        foreign = {"sec-fetch-site": "cross-site"}
        assert (await the.send({"age": "yes"}, page=page, headers=foreign)).status == 403
        clock["now"] = at("2021-08-31T12:00")
        assert 'name="age"' in (await the.ask(page)).raw
        clock["now"] = at("2021-09-01T12:00")
        over = await the.ask(page)
        assert (over.status, "over" in over.text, 'name="age"' in over.raw) == (200, True, False)
        late = await the.send({"age": "yes", "q-right": "x"}, page=page)
        assert (late.status, kept(services, pledge)) == (200, [])
        services.store.pledges.delete(pledge.id)
        assert (await the.ask(page)).status == 404
    assert surveys.text(services, pledge, "en", date(2021, 8, 1)) == ""


async def test_a_flood_of_one_day_leaves_room_for_who_answers_on_another(
    services, pledge, monkeypatch
):
    monkeypatch.setattr(surveys, "MOST_DAILY", 1)
    answer(services, pledge, "one")
    survey = surveys.opened(services, page_of(services, pledge).rpartition("/")[2])
    assert not surveys.takes(services, survey, NOW)
    assert surveys.takes(services, survey, NOW + timedelta(days=1))


async def test_a_full_survey_takes_no_more(services, pledge, monkeypatch):
    monkeypatch.setattr(surveys, "MOST", 1)
    assert MOST > ENOUGH
    answer(services, pledge, "one")
    async with site(services, lambda: NOW) as the:
        sent = await the.send({"age": "yes", "q-right": "x"}, page=page_of(services, pledge))
    assert (sent.status, len(kept(services, pledge))) == (429, 1)
    network = services.networks["telegram"]
    player = Player(services, network, language="en", now=NOW.isoformat(), user="7")
    for line in (f"> /start {ways(services, pledge)[1].rpartition('=')[2]}", *JOIN):
        await player.line(line)
    assert "This survey is over" in player.said, "nor in the chat"


def test_makers_read_it_in_groups_so_that_nobody_is_recognised(services, pledge):
    def read():
        return surveys.for_maker(services, pledge, "en")

    assert read() is None
    answer(services, pledge, *(f"text {each}" for each in range(ENOUGH - 1)))
    assert (read().count, read().of, read().questions) == (ENOUGH - 1, 0, ())
    answer(services, pledge, "Zebra", "apple")
    who, *_, missing = read().questions
    assert (read().count, read().of) == (ENOUGH + 1, ENOUGH)
    assert who.counts == (("I follow what they do", 0), ("I work with them", ENOUGH))
    assert missing.texts == ("text 0", "text 1", "text 2", "text 3", "Zebra")
    french = surveys.for_maker(services, pledge, "fr")
    told = surveys.document(services, french, "fr", JULY).text
    assert "- Nous travaillons ensemble" in told
    assert len(surveys.for_staff(services, pledge, 2021, "en").questions[-1].texts) == ENOUGH + 1
    answer(services, pledge, *("more",) * (ENOUGH - 1))
    assert read().of == 2 * ENOUGH


@given(st.lists(st.sampled_from(["answer", "remove", "expire", "read"]), max_size=60), st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_two_readings_tell_what_one_person_said(services, pledge, steps, data):
    """Of whatever is new or lacks between two readings there are as many people as are enough, of
    what is new, of what lacks, and of what stays.
    """
    services.store.database.execute("DELETE FROM survey_answer")
    readings, said = [frozenset()], count()

    def read():
        results = surveys.for_maker(services, pledge, "en")
        return frozenset(results.questions[-1].texts if results and results.questions else ())

    for day, step in enumerate(steps):
        there = services.store.surveys.of_pledge(pledge.id, 2021)
        if step == "answer":
            text = {"missing": f"words {next(said)}"}
            services.store.surveys.add(pledge.id, 2021, text, day * DAY)
        elif step == "remove" and there:
            one = data.draw(st.sampled_from(there))
            services.store.surveys.remove(one.id)
        elif step == "expire":
            services.store.surveys.expire((day // 2 + SURVEY_DAYS) * DAY, None)
        readings.append(read())
    for before, after in combinations(dict.fromkeys(readings), 2):
        assert all(len(part) % ENOUGH == 0 for part in (before, before - after, after - before))


def test_a_deleted_answer_takes_those_along_that_were_read_with_it(services, pledge):
    answer(services, pledge, *(f"text {each}" for each in range(2 * ENOUGH - 1)))
    surveys.remove(services, 1, ANNA, NOW)
    answer(services, pledge, "late")
    results = surveys.for_maker(services, pledge, "en")
    assert (results.count, results.of) == (2 * ENOUGH - 1, ENOUGH)
    assert results.questions[-1].texts == ("late", "text 5", "text 6", "text 7", "text 8")
    assert len(surveys.for_staff(services, pledge, 2021, "en").questions[-1].texts) == 9


def test_answers_go_with_their_pledge_with_time_or_by_staff(services, pledge):
    answer(services, pledge, "kept", "Maria is seven")
    surveys.remove(services, 2, ANNA, NOW)
    with pytest.raises(UsageError):
        surveys.remove(services, 2, ANNA, NOW)
    assert [each["missing"] for each in kept(services, pledge)] == ["kept"]
    assert [line.verb for line in services.store.audit.read()] == ["survey.removed"]
    retention.run(services, NOW + timedelta(days=SURVEY_DAYS - 1))
    assert kept(services, pledge)
    retention.run(services, NOW + timedelta(days=SURVEY_DAYS + 1))
    assert not kept(services, pledge)
    answer(services, pledge, "again")
    services.store.pledges.delete(pledge.id)
    assert "again" not in everything(services)


async def test_in_the_chat_it_is_asked_one_by_one_and_stands_beside_no_name(services, pledge):
    chat = next(each for each in ways(services, pledge) if each.startswith("https://t.me/"))
    start = f"> /start {chat.rpartition('=')[2]}"
    network = services.networks["telegram"]
    player = Player(services, network, language="en", now=NOW.isoformat(), user="7")

    async def said(*lines):
        for line in lines:
            await player.line(line)
        return player.said

    told = await said(start, *JOIN)
    assert "ACME" in told
    assert kept(services, pledge) == []
    words = "> " + "word " * 101
    await said("> nonsense", BEGIN, "> [I work with them]", "> [Leave this out]", words)
    assert "101" in player.said
    assert kept(services, pledge) == []
    told = await said("> Write more", "> Nothing")
    assert "without your name" in told
    assert kept(services, pledge) == [
        {"who": "partner", "improve": "Write more", "missing": "Nothing"}
    ]
    assert everything(services).count("Write more") == 1
    # what is left in the middle is kept nowhere
    await said(start, BEGIN, "> [I follow what they do]", "> [Cancel]")
    assert len(kept(services, pledge)) == 1
    await said(start.replace("v-1-", "v-9-"))
    assert "This survey is over" in player.said


def test_buttons_carry_any_id_of_a_question():
    name = "what-they-are-doing-right-for-children-in-the-whole-of-our-region"
    kinds = {"choice": True, "choices": ("follower", "partner")}
    question = replace(ALWAYS[0], id=name, **kinds)
    asked = AskedSurvey(
        name="ACME",
        form=Form(id="survey", source="Our own plan", questions=(question,)),
        words=FormWords(questions={name: QuestionWords(ask="What?")}),
    )
    view = SimpleNamespace(private=True, calls=SimpleNamespace(survey=lambda _code: asked))
    pressed = Pressed(topic="survey", act="begin", args=("code",))
    _, (said,) = TOPIC.presses["begin"](IDLE, pressed, view)
    carried = [bind(each.press, "99999999999") for row in said.buttons for each in row]
    assert len(carried) >= len(question.choices)
    assert max(map(len, carried)) <= DATA


async def test_its_maker_reads_it_in_the_chat(services, pledge):
    network = services.networks["telegram"]
    player = Player(services, network, language="en", now=NOW.isoformat(), user="7")
    for line in ("> /start", *JOIN):
        await player.line(line)
    services.store.editors.add(pledge.id, 1, epoch(NOW))
    opens = ("> /pledge", "> [Survey for followers]")
    for line in opens:
        await player.line(line)
    assert ways(services, pledge)[0] in player.said
    assert "answered" not in player.said
    answer(services, pledge, "one")
    for line in opens:
        await player.line(line)
    assert "1 person has answered so far" in player.said
    answer(services, pledge, *("More trainers",) * (ENOUGH - 1))
    for line in opens:
        await player.line(line)
    assert "More trainers" in player.said
    assert ".md" in player.said


async def test_its_maker_reads_it_on_their_page(tmp_path, library):
    with post_office() as office:
        services = services_in(tmp_path, library, office, answer=30.0)
        async with making(services, office) as maker:
            moderation.decide(services, 1, PledgeState.APPROVED, ANNA, NOW)
            maker.clock["now"] = NOW
            await maker.open()
            page = await maker.sees()
            pledge = services.store.pledges.get(1)
            assert ways(services, pledge)[0] in page.text
            assert "Answers to the survey" not in page.text
            answer(services, pledge, "one")
            page = await maker.sees()
            assert "Answers to the survey of 2021: 1" in page.text
            assert "one" not in re.findall(r"<dd.*?</dd>", page.raw)
            answer(services, pledge, *("<b>More</b>",) * (ENOUGH - 1))
            page = await maker.sees()
            assert "&lt;b&gt;More&lt;/b&gt;" in page.raw
            assert "I work with them: 5" in page.text
            maker.clock["now"] = at("2021-11-01T10:00")
            await maker.open()
            later = await maker.sees()
            assert "I work with them: 5" in later.text
            assert "/survey/" not in later.text
        services.store.close()
