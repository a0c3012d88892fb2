"""Questions to the makers of a pledge whose result is public: by a page and by letter, and what is
kept of them; over a real socket and a real mail server.
"""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import house
import pytest
from fakes.mail import post_office, text_of
from helpers import at
from mailing.served import leave, services_in
from mailing.writer import CAMPAIGN, everything, site
from tree import languages

from bot.config import Chat
from bot.errors import Overtaken, UsageError
from bot.jobs.mailbox import answering
from bot.jobs.people import record, retention
from bot.jobs.pledges.scale_up import deciding, results
from bot.jobs.staff import staff
from bot.jobs.staff.questions import inbox, lapsing, peers
from bot.model import State
from bot.model.pledge import PledgeState
from bot.model.pledges.peers import MOST_A_DAY, MOST_WAITING, OVER_DAYS, PEER_DAYS
from bot.model.staff import Actor
from bot.model.subject import Asked
from bot.model.who import Purpose, Who
from bot.rules.pledges.peers import over
from tests.jobs.pledges.test_introductions import BETA, contact, publish

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("telegram_takes"),
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-10-20T10:00")
ANNA = Actor.staff("anna")
PAGE = f"/en/{CAMPAIGN}/pledges/1/ask"
BOARD = f"/en/{CAMPAIGN}/scale-up"
ASKER = "union@school.example"
TYPED = {"age": "yes", "text": "Which <b>rooms</b> did you use?", "address": ASKER, "website": ""}
ANSWERS = {"evidence": "38 of 40 still teach it", "cost": "9,000 francs"}


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def services(tmp_path, library, office):
    """ACME is in the chat, BETA gets letters, and both edit the pledge of ACME."""
    built = services_in(tmp_path, library, office, answer=30.0)
    built.store.people.add([replace(house.person(7), address="7")])
    beta = contact(built)
    publish(built, "ACME", 1)
    built.store.editors.add(1, beta, 1)
    show(built)
    yield built
    built.store.close()


def show(services):
    pledge = services.store.pledges.get(1)
    deciding.keep(services, pledge, "scale-up", ANSWERS, ANNA, NOW, finished=True)
    mark = results.result(services, pledge, "en").mark
    deciding.decide(services, 1, mark, ANNA, NOW, show=True)


async def asks(the, **changed):
    done = await the.send(TYPED | changed, page=PAGE)
    assert done.status == 303, done.text
    return done.headers["location"].partition("?")[0]


def question(services, number=1):
    return services.store.inbox.question(number)


async def answers_leave(services):
    await answering.run(services, NOW)
    await leave(services, NOW)  # which closes the connection, too


def letter_to(office, address):
    """The last letter to an address."""
    return text_of(office.to(address)[-1])


def waits(services, number=1):
    """For whom the question waits in the outbox."""
    rows = services.store.database.rows(
        "SELECT d.recipient FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE o.action"
        " = :asks AND d.state = :queued ORDER BY 1",
        {"asks": str(Asked(number)), "queued": State.QUEUED},
    )
    return [person for (person,) in rows]


@pytest.mark.parametrize("language", languages())
async def test_from_the_board_to_the_makers_answer_by_page_and_letter_alone(
    services, office, language
):
    page = PAGE.replace("/en/", f"/{language}/")
    async with site(services, lambda: NOW) as the:
        assert f'href="{page}"' in (await the.ask(BOARD.replace("/en/", f"/{language}/"))).raw
        assert f'href="{page}"' in (await the.ask(page.removesuffix("/ask"))).raw
        first = await the.ask(page)
        assert re.findall(r'<input[^>]* name="(\w+)"', first.raw) == ["age", "age"]
        before = everything(services)
        assert "<form" not in (await the.ask(f"{page}?age=no")).raw
        for missing in ({"age": ""}, {"text": " "}, {"address": "x"}, {"website": "x"}):
            assert (await the.send(TYPED | missing, page=page)).status == 422, missing
        assert everything(services) == before, "nothing is kept of all that"
        assert " checked" not in (await the.ask(f"{page}?age=yes")).raw
        done = await the.send(TYPED, page=page)
        own = done.headers["location"].partition("?")[0]
        assert own.rpartition("/")[2] not in everything(services), "a digest of it alone"
        told = await the.ask(f"{own}?sent=yes")
        assert (told.status, told.headers["cache-control"]) == (200, "no-store")
        assert "Which &lt;b&gt;rooms&lt;/b&gt; did you use?" in told.raw
        assert waits(services) == [], "staff read it first"
        peers.pass_on(services, 1, ANNA, NOW)
        assert waits(services) == [1, 2]
        await leave(services, NOW)
        letter = letter_to(office, BETA)
        assert "did you use?" in letter
        assert ASKER not in letter, "they didn't wish it"
        link = re.search(r"https://pages\.example(/answer/\S+)", letter)[1]
        shown = await the.ask(link)
        assert "Which &lt;b&gt;rooms&lt;/b&gt; did you use?" in shown.raw
        assert "<textarea" in shown.raw
        for nothing in ("", "x" * 2_001):
            await the.ask(link, "POST", data={"answer": "yes", "field": nothing})
            assert question(services).peer.reply is None
        words = "Those of the\r\nschools."
        await the.ask(link, "POST", data={"answer": "yes", "field": words})
        assert question(services).peer.reply == "Those of the\nschools."
        assert "<form" not in (await the.ask(link)).raw, "one answer is enough"
        assert waits(services) == [], "nor is the colleague asked any more"
        assert "schools" not in (await the.ask(own)).text, "staff read that, too"
        peers.pass_back(services, 1, ANNA, NOW)
        await answers_leave(services)
        letter = letter_to(office, ASKER)
        assert "Those of the\nschools." in letter.replace("\r\n", "\n")
        assert "beta" not in letter.lower(), "nothing of who answered"
        assert "schools" in (await the.ask(own)).text
        exported = json.loads((await the.ask(f"{own}/export.json")).raw)
        assert (exported["pledge"], exported["address"], exported["contact"]) == (1, ASKER, "")
        assert (await the.send({}, page=own)).status == 422
        assert (await the.send({"sure": "yes"}, page=own)).status == 200
        assert (await the.ask(own)).status == 404
    for gone in ("did you use", ASKER, "Those of the"):
        assert gone not in everything(services)


async def test_the_makers_learn_how_to_reach_who_asks_where_these_wish_it(services, office):
    async with site(services, lambda: NOW) as the:
        await asks(the, shares="yes")
        peers.pass_on(services, 1, ANNA, NOW)
        await leave(services, NOW)
        letter = letter_to(office, BETA)
        link = re.search(r"https://pages\.example(/answer/\S+)", letter)[1]
        assert ASKER in letter, "as it can be copied"
        assert ASKER in (await the.ask(link)).text
        told = await the.ask(link, "POST", data={"answer": "yes", "field": "A child is in danger"})
        assert "Nothing of it has been passed on" in told.text
        assert question(services).peer.reply is None
        assert 'value="anyway"' in told.raw
        await the.ask(link, "POST", data={"answer": "no"})
    assert question(services).peer.standing == "silent"
    with pytest.raises(UsageError, match="no answer that could be passed on"):
        peers.pass_back(services, 1, ANNA, NOW)
    peers.refuse(services, 1, ANNA, NOW)
    await answers_leave(services)
    assert "we could get no answer" in letter_to(office, ASKER)


async def test_what_tells_of_a_child_in_danger_is_no_question(services):
    async with site(services, lambda: NOW) as the:
        before = everything(services)
        told = await the.send(TYPED | {"text": "A child is in danger at the kiln"}, page=PAGE)
    assert 'href="tel:' in told.raw
    assert "A child is in danger at the kiln" in told.text, "it can be sent from there"
    assert 'action="/en/danger#write"' in told.raw
    assert everything(services) == before


async def test_what_tells_of_danger_can_be_sent_as_a_question_all_the_same(services):
    typed = TYPED | {"text": "A child is in danger: how do you <b>teach</b> that?", "shares": "yes"}
    async with site(services, lambda: NOW) as the:
        told = await the.send(typed, page=PAGE)
        [form] = re.findall(rf'<form method="post" action="{PAGE}">.*?</form>', told.raw, re.DOTALL)
        fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
        sent = {name: html.unescape(value) for name, value in fields}
        assert sent["text"] == typed["text"]
        await the.send(sent, page=PAGE)
    assert question(services).text == typed["text"]
    assert question(services).peer.contact == ASKER


async def test_an_answer_that_tells_of_danger_is_passed_on_by_the_button_below(services, office):
    async with site(services, lambda: NOW) as the:
        await asks(the)
        peers.pass_on(services, 1, ANNA, NOW)
        await leave(services, NOW)
        link = re.search(r"https://pages\.example(/answer/\S+)", letter_to(office, BETA))[1]
        data = {"answer": "anyway", "field": "We teach what to do when a child is in danger"}
        await the.ask(link, "POST", data=data)
    assert question(services).peer.reply == data["field"]


async def test_an_address_asks_so_often_a_day_and_not_more(services):
    clock = {"now": NOW}
    async with site(services, lambda: clock["now"]) as the:
        for _ in range(MOST_A_DAY):
            await asks(the)
        clock["now"] += timedelta(hours=2)
        full = await the.send(TYPED, page=PAGE)
        assert (full.status, "did you use?" in full.text) == (429, True)
        await asks(the, address="other@school.example")
        clock["now"] += timedelta(hours=23)
        await asks(the)


async def test_so_many_questions_about_one_pledge_close_no_other(services):
    for _ in range(MOST_WAITING):
        services.store.peers.add(services.store.inbox.ask(1, "9", "en", "?", 1), 1, "", "")
    full = [peers.is_full(services, pledge, 1, "7", NOW) for pledge in (1, 2)]
    assert full == [True, False]
    async with site(services, lambda: NOW) as the:
        assert (await the.send(TYPED, page=PAGE)).status == 429


async def test_only_of_a_public_result_whose_makers_are_reached_anything_is_asked(services):
    async with site(services, lambda: NOW) as the:
        assert (await the.ask(PAGE)).status == 200
        assert (await the.ask(PAGE.replace("/1/", "/9/"))).status == 404
        pledge = services.store.pledges.get(1)
        mark = results.result(services, pledge, "en").mark
        deciding.decide(services, 1, mark, ANNA, NOW, show=False)
        assert (await the.ask(PAGE)).status == 404
        show(services)
        for person in (1, 2):
            services.store.editors.remove(1, person)
        assert (await the.ask(PAGE)).status == 404
        services.store.pledges.move(1, PledgeState.WITHDRAWN, ANNA, 1)
        assert (await the.ask(PAGE)).status == 410


def passed(services, **given):
    mail = services.channel_ids["mail"]
    number = peers.ask(services, 1, mail, ASKER, "en", "Which rooms?", NOW, **given)
    peers.pass_on(services, number, ANNA, NOW)
    return number


def test_a_question_to_which_makers_say_nothing_comes_back_to_staff(services):
    number = passed(services)
    assert services.store.inbox.open_questions() == []
    assert [each.id for each in services.store.inbox.with_makers()] == [number]
    retention.run(services, NOW + timedelta(days=PEER_DAYS, hours=1))
    [back] = services.store.inbox.open_questions()
    assert back.peer.standing == "silent"
    assert peers.reply(services, number, 1, "Better late", NOW), "and late is better than never"
    assert not peers.reply(services, number, 2, "Me, too", NOW)
    assert not peers.reply(services, number, 9, "I am none of them", NOW)


def days_on(services, days, job=lapsing):
    return job.run(services, NOW + timedelta(days=days, minutes=1))


async def test_what_nobody_answers_is_over_and_who_asked_is_told_so_by_letter(services, office):
    told = replace(services, settings=replace(services.settings, chat=Chat(staff=(7,))))
    async with site(services, lambda: NOW) as the:
        own = await asks(the)
        peers.pass_on(services, 1, ANNA, NOW)
        assert "If nobody has answered by 17 November 2021" in (await the.ask(own)).raw
        days_on(services, PEER_DAYS, retention)
        assert days_on(told, OVER_DAYS - 1) == 0, "staff have their days, too"
        assert question(services).answer is None
        assert days_on(told, OVER_DAYS) == 1
        assert days_on(told, OVER_DAYS) == 0, "once"
        assert (services.store.inbox.open_questions(), waits(services)) == ([], [])
        assert [each.id for each in services.store.inbox.lapsed(1)] == [1]
        assert not peers.reply(services, 1, 1, "Too late", NOW)
        with pytest.raises(Overtaken):
            inbox.answer(services, 1, "Too late", ANNA, NOW)
        [said] = [each for each in services.store.notices.waiting() if "over" in each.template]
        assert dict(said.values) == {"number": 1}
        assert "Nobody has answered it, so it is closed." in (await the.ask(own)).raw
        await answers_leave(services)
        letter = letter_to(office, ASKER)
        assert "Nobody has answered your question to the makers" in letter
        assert "did you use?" in letter


@pytest.mark.parametrize("silence", ["nothing passed on", "a no", "a maker forgotten"])
def test_each_way_without_an_answer_ends_and_staff_have_their_days_before(services, silence):
    mail = services.channel_ids["mail"]
    number, ends = peers.ask(services, 1, mail, ASKER, "en", "Which rooms?", NOW), OVER_DAYS
    if silence != "nothing passed on":
        peers.pass_on(services, number, ANNA, NOW)
        said = "" if silence == "a no" else "Those of the schools"
        peers.reply(services, number, 1, said, NOW)
        ends = PEER_DAYS
    if silence == "a maker forgotten":
        assert days_on(services, 2 * OVER_DAYS) == 0, "an answer is there, and waits for staff"
        later = NOW + timedelta(days=2 * OVER_DAYS)
        services.store.forgotten.forget_at(1, "telegram", "7", int(later.timestamp()))
        ends += 2 * OVER_DAYS
    assert over(question(services, number)) == int((NOW + timedelta(days=ends)).timestamp())
    assert days_on(services, ends - 1) == 0
    assert days_on(services, ends) == 1
    assert question(services, number).told_as == "_lapsed"


@pytest.mark.parametrize("meanwhile", ["passed on", "answered"])
def test_what_is_passed_on_or_answered_while_it_is_looked_up_is_not_over(
    services, monkeypatch, meanwhile
):
    mail = services.channel_ids["mail"]
    number = peers.ask(services, 1, mail, ASKER, "en", "Which rooms?", NOW)
    late = NOW + timedelta(days=OVER_DAYS, minutes=1)
    if meanwhile == "answered":
        peers.pass_on(services, number, ANNA, NOW)
    overdue = services.store.peers.overdue

    def looked_up(now, question=None):
        found = overdue(now, question)
        if question is None:
            if meanwhile == "passed on":
                peers.pass_on(services, number, ANNA, late)
            else:
                peers.reply(services, number, 1, "Those of the schools", late)
        return found

    monkeypatch.setattr(services.store.peers, "overdue", looked_up)
    assert lapsing.run(services, late) == 0
    assert question(services, number).answer is None
    assert services.store.inbox.lapsed(1) == []


async def test_staff_are_told_of_an_answer_that_comes_after_silence(services):
    told = replace(services, settings=replace(services.settings, chat=Chat(staff=(7,))))
    number = passed(services)
    for reply in ("", "", "Those of the schools"):
        peers.reply(services, number, 1, reply, NOW)
        await staff.run(told, NOW)
    back = [each for each in services.store.notices.waiting() if "back" in each.template]
    assert [dict(each.values) for each in back] == [{"number": number}] * 2


def test_who_asked_is_told_and_forgotten_with_what_makers_were_to_get(services):
    number = passed(services, contact=ASKER)
    who = Who(person=None, channel=services.channel_ids["mail"], address=ASKER)
    told = services.store.known_of(who)
    assert told["questions_to_makers"] == [{"pledge": 1, "contact": ASKER}]
    services.store.forgotten.forget_at(who.channel, "mail", ASKER, 9)
    assert ASKER not in everything(services)
    assert (question(services, number), waits(services)) == (None, [])


async def test_who_spells_their_address_otherwise_is_forgotten_with_what_they_asked(services):
    mail, spelled = services.channel_ids["mail"], ASKER.replace("union", "Union")
    services.store.people.add([replace(house.person(mail), channel=mail, address=spelled)])
    async with site(services, lambda: NOW) as the:
        own = await asks(the)
        shown = await the.ask(own)
        assert (ASKER in shown.raw, spelled in shown.raw) == (True, False), "nor who is a contact"
    services.store.forgotten.forget_at(mail, "mail", spelled, 9)
    assert question(services) is None


def test_what_a_maker_answered_goes_with_them(services):
    number = passed(services)
    peers.reply(services, number, 1, "Those of the schools", NOW)
    who = Who(person=1, channel=1, address="7")
    [told] = services.store.known_of(who)["answers_as_maker"]
    assert told["text"] == "Those of the schools"
    peers.pass_back(services, number, ANNA, NOW)
    services.store.forgotten.forget_at(1, "telegram", "7", 9)
    assert "Those of the schools" not in everything(services)
    [back] = services.store.inbox.open_questions()
    assert back.peer.standing == "silent"


@pytest.mark.parametrize("alone", [True, False])
async def test_words_of_a_maker_who_is_forgotten_don_t_leave_and_who_asked_gets_an_answer(
    services, office, alone
):
    number = passed(services)
    peers.reply(services, number, 1, "Those of the schools", NOW)
    peers.pass_back(services, number, ANNA, NOW)
    answering._gather(services, NOW)
    if alone:  # the pledge goes with its only maker
        services.store.editors.remove(1, 2)
    services.store.forgotten.forget_at(1, "telegram", "7", 9)
    assert "Those of the schools" not in everything(services)
    [back] = services.store.inbox.open_questions()
    assert (back.answer, back.answered) == (None, None)
    await answers_leave(services)
    inbox.answer(services, number, "The three in the east", ANNA, NOW)
    await answers_leave(services)
    assert "The three in the east" in letter_to(office, ASKER)


async def test_an_answer_that_is_taken_back_while_its_letter_leaves_is_given_anew(services):
    number = passed(services)
    services.store.inbox.answer_left(number, 9)
    assert services.store.inbox.answer(number, "Those", ANNA, 10)
    mail = services.channel_ids["mail"]
    assert [each.id for each in services.store.inbox.untold_answers(mail)] == [number]


async def test_words_of_staff_are_not_told_as_those_of_makers(services):
    number = passed(services)
    peers.reply(services, number, 1, "Those of the schools", NOW)
    inbox.answer(services, number, "Three schools in the east", ANNA, NOW)
    assert question(services, number).told_as == ""


def test_an_answer_that_staff_have_not_read_is_not_passed_on_as_the_question(services):
    number = passed(services)
    peers.reply(services, number, 1, "Those of the schools", NOW)
    with pytest.raises(Overtaken, match="passed on to its makers already"):
        peers.pass_on(services, number, ANNA, NOW)
    assert question(services, number).answer is None


def test_what_makers_answered_stays_here_once_their_pledge_is_withdrawn(services):
    number = passed(services)
    peers.reply(services, number, 1, "Those of the schools", NOW)
    services.store.pledges.move(1, PledgeState.WITHDRAWN, ANNA, 1)
    with pytest.raises(UsageError, match="could be passed on"):
        peers.pass_back(services, number, ANNA, NOW)
    assert question(services, number).answer is None


async def test_a_pledge_that_is_withdrawn_is_not_named_to_who_asked(services):
    async with site(services, lambda: NOW) as the:
        own = await asks(the)
        name = services.store.pledges.get(1).approved["name"]
        assert name in (await the.ask(own)).text
        services.store.pledges.move(1, PledgeState.WITHDRAWN, ANNA, 1)
        shown = await the.ask(own)
        assert (shown.status, name in shown.text, "/pledges/1" in shown.raw) == (200, False, False)
        with pytest.raises(UsageError, match="nothing reaches the makers"):
            peers.pass_on(services, 1, ANNA, NOW)
        assert (await the.send({"sure": "yes"}, page=own)).status == 200
    assert question(services) is None


def test_of_a_pledge_that_is_deleted_the_question_stays_for_staff(services):
    number = passed(services)
    services.store.pledges.delete(1)
    assert waits(services) == []
    assert [each.id for each in services.store.inbox.open_questions()] == [number]
    assert question(services, number).peer is None


async def test_who_asked_opens_and_deletes_what_was_about_a_pledge_that_is_deleted(services):
    async with site(services, lambda: NOW) as the:
        own = await asks(the, shares="yes")
        services.store.pledges.delete(1)
        assert question(services).peer is None
        assert services.store.peers.count(0) == 1, "it opens by its link alone"
        shown = await the.ask(own)
        assert (shown.status, "did you use?" in shown.text) == (200, True)
        assert (await the.send({"sure": "yes"}, page=own)).status == 200
    assert ASKER not in everything(services)


def test_nobody_is_brought_a_question_about_a_pledge_that_is_withdrawn(services):
    number = passed(services)
    assert peers.waiting(services, number, 1) is not None
    services.store.pledges.move(1, PledgeState.WITHDRAWN, ANNA, 1)
    assert peers.waiting(services, number, 1) is None


def test_the_record_of_processing_names_makers_among_who_sees_questions(services):
    for language in languages():
        made = record.record(services, language, NOW.date())
        [asked] = [each for each in made.activities if each.purpose is Purpose.QUESTIONS]
        assert asked.columns["peer_question"] == ("digest", "contact", "person", "reply")
    assert made.gaps == ()
