"""Journeys over the outbox: prompts, one reminder, one question, silence, a task for staff.

And letters through a real mail server.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

import orchard
import pytest
from fakes.mail import post_office, text_of
from orchard import at

from bot.config import Privacy
from bot.jobs.people import leaving
from bot.jobs.planning import plan
from bot.jobs.pledges import journeys
from bot.jobs.texts import letters
from bot.model import State
from bot.model.person import Status
from bot.model.pledge import JourneyState
from bot.rules import tokens
from bot.rules.alerts import PledgeTask
from bot.rules.journey import Event
from bot.rules.tokens import Grant, Purpose
from bot.times import epoch

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
    pytest.mark.slow,
]


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*args, **kwargs):
        opened.append(orchard.services(tmp_path, *args, **kwargs))
        return opened[-1]

    yield build
    for services in opened:
        services.store.close()


@pytest.fixture
def office():
    with post_office() as running:
        yield running


def actions(services):
    return [action for action, _, state in orchard.deliveries(services) if state == State.SENT]


async def test_silence_from_the_first_prompt_on(make):
    services = make()
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    await orchard.play(services, "2021-01-20", "2021-06-10", timedelta(hours=3))
    assert actions(services) == [
        "prompt-february",
        "prompt-february:reminder",
        "prompt-march",
        "prompt-march:reminder",
        "prompt-march:still",
    ]
    there = services.store.pledges.get(pledge)
    assert there.journey is JourneyState.SILENT
    [alert] = [a for a in services.store.alerts.current() if a.kind == PledgeTask.kind]
    assert alert.subject == f"pledge {pledge}: hushed"
    assert f"`drumbeat pledges report {pledge}` shows who it is" in alert.text
    assert "ACME" not in alert.text, "it goes into the log"
    assert "2021-02-13 reminded: prompt-february" in list(journeys.history(services, pledge))
    assert "2021-04-02 hushed" in "\n".join(journeys.history(services, pledge))


async def test_a_word_brings_them_back_to_the_next_prompt(make):
    services = make()
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    await orchard.play(services, "2021-01-20", "2021-04-10", timedelta(hours=3))
    assert services.store.contacts.get(person).status is Status.SILENT
    journeys.happened(services, pledge, Event.HEARD, f"person {person}", at("2021-04-11"))
    assert services.store.contacts.get(person).status is Status.ACTIVE
    assert not [a for a in services.store.alerts.current() if a.kind == PledgeTask.kind]
    await orchard.play(services, "2021-04-11", "2021-05-04", timedelta(hours=3))
    assert actions(services)[-1] == "prompt-may"


async def test_who_reports_is_neither_reminded_nor_asked(make):
    services = make()
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    for month, name in enumerate(orchard.MONTHS[:4], 2):
        await orchard.play(
            services, f"2021-{month:02}-01", f"2021-{month:02}-05", timedelta(hours=3)
        )
        slot = services.store.database.value(
            "SELECT slot FROM occurrence WHERE action = :a LIMIT 1", {"a": f"prompt-{name}"}
        )
        link = "https://acme.example/film" if name == "march" else None
        assert journeys.report(
            services,
            pledge,
            f"prompt-{name}",
            slot,
            link,
            f"person {person}",
            at(f"2021-{month:02}-05T12:00"),
        )
        await orchard.play(
            services, f"2021-{month:02}-05T13:00", f"2021-{month:02}-27", timedelta(hours=6)
        )
    assert actions(services) == [f"prompt-{name}" for name in orchard.MONTHS[:4]]
    found = journeys.progress(services, services.store.pledges.get(pledge), at("2021-05-28"))
    assert (found.done, found.of) == (4, 11)


async def test_a_pause_sends_no_prompt_until_its_day(make):
    services = make()
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    await orchard.play(services, "2021-02-01", "2021-02-05", timedelta(hours=3))
    journeys.happened(
        services, pledge, Event.PAUSE, f"person {person}", at("2021-02-05"), date(2021, 4, 20)
    )
    await orchard.play(services, "2021-02-05", "2021-05-05", timedelta(hours=3))
    assert actions(services) == ["prompt-february", "prompt-may"]
    assert services.store.pledges.get(pledge).journey is JourneyState.ACTIVE


async def test_who_cannot_continue_is_left_in_peace_and_staff_know(make):
    services = make()
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    journeys.happened(services, pledge, Event.CANT_CONTINUE, f"person {person}", at("2021-02-01"))
    await orchard.play(services, "2021-02-01", "2021-05-05", timedelta(hours=6))
    assert actions(services) == []
    assert "can't continue" in services.store.alerts.current()[0].text


async def test_a_call_for_help_stays_open_until_somebody_got_in_touch(make):
    services = make()
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    journeys.happened(services, pledge, Event.NEED_HELP, f"person {person}", at("2021-02-05"))
    journeys.happened(services, pledge, Event.ANSWERED, f"person {person}", at("2021-02-06"))
    [alert] = services.store.alerts.current()
    assert alert.subject == f"pledge {pledge}: need help"
    assert journeys.attended(services, pledge, "staff anna", at("2021-02-07"))
    assert services.store.alerts.current() == []
    assert not journeys.attended(services, pledge, "staff anna", at("2021-02-08"))


async def test_a_second_pledge_that_goes_on_keeps_the_prompts_coming(make):
    services = make()
    person = orchard.add_contact(services)
    ended, _ = (
        orchard.add_pledge(services, person),
        orchard.add_pledge(services, person, name="Another"),
    )
    journeys.happened(services, ended, Event.CANT_CONTINUE, f"person {person}", at("2021-02-01"))
    assert services.store.contacts.get(person).status is Status.ACTIVE


async def test_whoever_paused_by_themselves_stays_paused(make):
    services = make()
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    services.store.people.mark([person], Status.PAUSED)
    journeys.happened(services, pledge, Event.RESUMED, f"person {person}", at("2021-02-01"))
    assert services.store.contacts.get(person).status is Status.PAUSED


async def test_reminders_come_at_their_own_hour_in_their_own_zone(make):
    services = make()
    person = orchard.add_contact(services, zone="Asia/Kathmandu")
    orchard.add_pledge(services, person)
    await orchard.play(services, "2021-02-02", "2021-02-15", timedelta(minutes=15))
    due = services.store.database.value(
        "SELECT d.due FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE o.action ="
        " 'prompt-february:reminder'"
    )
    assert due == at("2021-02-13T03:15").timestamp()  # 09:00 in Kathmandu


async def test_a_pledge_without_anybody_is_staffs_to_look_after(make):
    services = make()
    pledge = orchard.add_pledge(services)
    await orchard.play(services, "2021-02-01", "2021-04-20", timedelta(hours=6))
    assert services.store.pledges.get(pledge).journey is JourneyState.ACTIVE
    assert orchard.deliveries(services) == []


async def test_planning_again_never_touches_a_note(make):
    services = make()
    orchard.add_pledge(services, orchard.add_contact(services))
    await orchard.play(services, "2021-02-01", "2021-02-13T06:00", timedelta(hours=3))
    journeys.run(services, at("2021-02-13T09:00"))
    changes = plan.diff(services, at("2021-02-13T09:00"))
    assert (changes.cancel, changes.keep) == ((), ())
    assert ("prompt-february:reminder", 1, State.QUEUED) in orchard.deliveries(services)


def test_drafts_that_nobody_touched_are_dropped(make):
    services = make()
    pledge = orchard.add_pledge(services)
    services.store.database.execute("UPDATE pledge SET state = 1")
    journeys.run(services, at("2021-04-09"))
    assert services.store.pledges.get(pledge) is not None
    journeys.run(services, at("2021-04-11"))
    assert services.store.pledges.get(pledge) is None


# letters


def links(mail):
    return re.findall(rf"{orchard.PUBLIC}/(\w+)/(\S+)", text_of(mail))


async def test_a_prompt_by_mail_has_its_links_and_headers(make, office):
    services = make(office)
    person = orchard.add_contact(services)
    orchard.add_pledge(services, person)
    await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    [mail] = office.to("p1@acme.example")
    assert mail["Subject"] == "Step of february"
    assert mail["Reply-To"] == "office@campaign.example"
    assert text_of(mail).startswith("Trees 2021\n\nHello ACME,\n\nDo the step of february.\n\n")
    key = letters.key(services.store)
    granted = {path: tokens.read(key, token).grant for path, token in links(mail)}
    occurrence = services.store.database.value(
        "SELECT id FROM occurrence WHERE action = 'prompt-february' AND audience = 2"
    )
    assert granted == {
        "report": Grant(purpose=Purpose.REPORT, person=person, subject=occurrence),
        "leave": Grant(purpose=Purpose.UNSUBSCRIBE, person=person),
    }
    leave = next(
        f"{orchard.PUBLIC}/{path}/{token}" for path, token in links(mail) if path == "leave"
    )
    assert str(mail["List-Unsubscribe"]) == f"<{leave}>"
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert not office.to("nobody@campaign.example")


@pytest.mark.parametrize(
    ("language", "greeting", "behind"),
    [
        ("en", "Hello ACME,", "writes to you for “Trees 2021”"),
        ("fr", "Bonjour ACME,", "vous écrit pour «\u202fTrees 2021\u202f»"),
        ("es", "Buenos días, ACME:", "por «Trees 2021»"),
        ("pt", "Olá, ACME,", "escreve em nome da campanha “Trees 2021”"),
    ],
)
async def test_a_letter_says_for_which_campaign_who_writes_and_why(
    make, office, language, greeting, behind
):
    privacy = Privacy(
        controller="Tree Trust",
        contact="data@trees.example",
        retention=365,
        url="https://trees.example/p",
    )
    services = make(office)
    services = replace(services, settings=replace(services.settings, privacy=privacy))
    orchard.add_pledge(services, orchard.add_contact(services, language=language))
    orchard.add_contact(services, 2, agreed=False, language=language)
    await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    [prompt] = map(text_of, office.to("p1@acme.example"))
    [request] = map(text_of, office.to("p2@acme.example"))
    # the campaign of this test has its prompts in English alone
    for text in (prompt, request) if language == "en" else (request,):
        campaign, hello, *_ = text.split("\n\n")
        assert (campaign, hello) == ("Trees 2021", greeting)
        assert f"Tree Trust {behind}" in text
        assert "data@trees.example" in text
        assert "https://trees.example/p" in text
    assert orchard.PUBLIC + "/leave/" in prompt.split("\n\n")[-1]


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        ("office@campaign.example", "Write to office@campaign.example."),
        ("", "Simply answer it."),
    ],
)
async def test_where_nobody_answers_for_the_data_the_campaign_does(make, office, contact, says):
    services = make(office)
    trees = replace(services.library.campaigns["trees"], contact=contact)
    services = replace(services, library=replace(services.library, campaigns={"trees": trees}))
    orchard.add_contact(services)
    await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    [mail] = office.to("p1@acme.example")
    assert (
        f"This letter comes from the campaign “Trees 2021”. Have you a question? {says}"
        in text_of(mail)
    )


async def test_a_letter_says_whom_to_call_for_a_child_since_nobody_reads_answers_in_time(
    make, office
):
    services = make(office)
    orchard.add_contact(services)
    other = orchard.add_contact(services, 2)
    services.store.subscribers.set_country(other, "FR")
    await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    [mail], [at_home] = office.to("p1@acme.example"), office.to("p2@acme.example")
    assert "Is a child in danger? Call the emergency services of your country" in text_of(mail)
    assert "Is a child in danger? Call 119 first (Allô Enfance en Danger): an answer" in text_of(
        at_home
    )


async def test_a_name_that_somebody_gave_is_no_link_in_the_greeting(make, office):
    services = make(office)
    orchard.add_contact(services)
    services.store.database.execute(
        "UPDATE contact SET organisation = 'See https://evil.example/x'"
    )
    await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    [mail] = office.to("p1@acme.example")
    assert "evil.example" not in text_of(mail)
    assert text_of(mail).split("\n\n")[1].startswith("Hello See https")


async def test_each_person_gets_links_of_their_own(make, office):
    services = make(office)
    people = [orchard.add_contact(services, number) for number in (1, 2)]
    await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    key = letters.key(services.store)
    found = {
        tokens.read(key, token).grant.person for mail in office.mails for _, token in links(mail)
    }
    assert found == set(people)


async def test_without_a_pledge_there_is_nothing_to_report(make, office):
    services = make(office)
    orchard.add_contact(services)
    await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    assert [path for path, _ in links(office.mails[0])] == ["leave"]


async def test_the_question_by_mail_leads_to_its_page(make, office):
    services = make(office)
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    await orchard.play(services, "2021-02-01", "2021-03-24", timedelta(hours=6))
    subjects = [mail["Subject"] for mail in office.to("p1@acme.example")]
    assert subjects == [
        "Step of february",
        "Step of february",
        "Step of march",
        "Step of march",
        "Are you still with us?",
    ]
    assert "Step of february\n\nA gentle reminder." in text_of(office.mails[1])
    assert "report" in dict(links(office.mails[1]))
    still = dict(links(office.mails[-1]))["still"]
    assert tokens.read(letters.key(services.store), still).grant == Grant(
        purpose=Purpose.STILL, person=person, subject=pledge
    )
    assert text_of(office.mails[-1]).startswith(
        "Trees 2021\n\nHello ACME,\n\nAre you still with us?"
    )


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "Yes, write to me"),
        ("fr", "Oui, écrivez-moi"),
        ("es", "Sí, escríbanme"),
        ("pt", "Sim, escrevam-me"),
        ("de", "Yes, write to me"),
    ],
)
async def test_the_unconfirmed_get_one_request_and_nothing_else(make, office, language, word):
    services = make(office)
    person = orchard.add_contact(services, agreed=False, language=language)
    await orchard.play(services, "2021-02-01", "2021-06-05", timedelta(hours=12))
    [mail] = office.to("p1@acme.example")
    assert word in text_of(mail)
    assert "Trees 2021" in mail["Subject"]
    assert {path for path, _ in links(mail)} == {"confirm", "leave"}
    assert services.store.contacts.get(person).asked is not None


async def test_a_dry_channel_keeps_the_request_for_later(make):
    services = make(dry={"mail": "no web"})
    orchard.add_contact(services, agreed=False)
    await orchard.play(services, "2021-02-01", "2021-02-02", timedelta(hours=6))
    assert orchard.deliveries(services) == []
    assert len(services.store.contacts.to_ask()) == 1


async def test_who_confirms_gets_what_lies_ahead(make, office):
    services = make(office)
    person = orchard.add_contact(services, agreed=False)
    await orchard.play(services, "2021-02-01", "2021-03-10", timedelta(hours=6))
    services.store.contacts.confirm(person, int(at("2021-03-10").timestamp()))
    await orchard.play(services, "2021-03-10", "2021-04-04", timedelta(hours=6))
    assert [mail["Subject"] for mail in office.mails[1:]] == ["Step of april"]


async def test_who_leaves_gets_nothing_that_was_waiting(make, office):
    services = make(office)
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    plan.run(services, at("2021-02-03T09:00"))
    leaving.leave(services, person, at("2021-02-03T09:00"))
    await orchard.play(services, "2021-02-03T09:00", "2021-02-03T12:00")
    assert office.mails == []
    assert [state for _, _, state in orchard.deliveries(services)] == [State.CANCELLED]
    [alert] = services.store.alerts.current()
    assert (alert.subject, alert.detail) == (f"pledge {pledge}: unreachable", {"event": "left"})
    assert "is left without an editor" in alert.text
    assert services.store.editors.focal(pledge) is None


async def test_a_prompt_nobody_knows_of_comes_again(make, office):
    """At least once was promised for prompts: the server took it and hung up, so it may come
    twice.
    """
    services = make(office)
    orchard.add_contact(services)
    office.hang_up = True
    await orchard.play(services, "2021-02-03T08:00", "2021-02-03T12:00")
    assert len(office.to("p1@acme.example")) == 2
    assert [state for _, _, state in orchard.deliveries(services)] == [State.SENT]


def test_the_key_is_made_once_and_the_environment_comes_first(make):
    services = make()
    made = letters.key(services.store, {})
    assert len(made) == 64
    assert letters.key(services.store, {}) == made
    assert letters.key(services.store, {"DRUMBEAT_WEB_KEY": "ours"}) == b"ours"


STILL = Grant(purpose=Purpose.STILL, person=7, subject=3)
LEAVE = Grant(purpose=Purpose.UNSUBSCRIBE, person=7)


def made_links(store, now, environ):
    """Tokens of a question and to unsubscribe, made by a process that started at this moment."""
    letters.adopt(store, now, environ)
    key = letters.key(store, environ)
    return [tokens.make(key, grant, "mail a", 1) for grant in (STILL, LEAVE)]


def taken(store, links, now, environ):
    """Whether each of them is taken at this moment."""
    return [letters.read(store, link, now, environ)[0] is not None for link in links]


def test_links_of_before_are_taken_for_the_grace_of_their_key_and_those_to_unsubscribe_always(make):
    store, now = make().store, at("2021-05-01")
    before = made_links(store, now, {})
    store.keys.rotate(epoch(now + timedelta(days=365)))
    after = made_links(store, now, {})
    assert set(before).isdisjoint(after)
    for days, expected in ((0, True), (364, True), (365, False), (9999, False)):
        then = now + timedelta(days=days)
        assert taken(store, before, then, {}) == [expected, True]
        assert taken(store, after, then, {}) == [True, True]
    store.keys.rotate(epoch(now))
    assert taken(store, [*before, *after], now, {}) == [False, True] * 2


def test_nothing_is_taken_any_more_of_keys_that_somebody_else_has(make):
    store, now = make().store, at("2021-05-01")
    before = made_links(store, now, {})
    store.keys.rotate(epoch(now + timedelta(days=365)))
    before += made_links(store, now, {})
    store.keys.end()
    assert taken(store, before, now, {}) == [False] * 4
    assert taken(store, made_links(store, now, {}), now, {}) == [True, True]


def test_a_key_of_the_environment_wins_over_the_file_in_what_is_signed(make):
    store, now = make().store, at("2021-05-01")
    environ = {"DRUMBEAT_WEB_KEY": "ours"}
    of_file = made_links(store, now, {})
    said, key = letters.read(store, made_links(store, now, environ)[1], now, environ)
    assert (said.grant, key) == (LEAVE, b"ours")
    assert taken(store, of_file, now + timedelta(days=9999), environ) == [True, True]


@pytest.mark.parametrize("new", [{"DRUMBEAT_WEB_KEY": "another"}, {}], ids=["changed", "removed"])
def test_links_outlive_the_key_of_the_environment_that_signed_them(make, new):
    store, now = make().store, at("2021-05-01")
    sent = made_links(store, now, {"DRUMBEAT_WEB_KEY": "ours"})
    changed = now + timedelta(days=1000)
    letters.adopt(store, changed, new)
    assert letters.key(store, new) != b"ours"
    assert taken(store, sent, changed + timedelta(days=365), new) == [True, True]
    assert taken(store, sent, changed + timedelta(days=366), new) == [False, True]
    # and back again
    letters.adopt(store, changed, {"DRUMBEAT_WEB_KEY": "ours"})
    assert letters.key(store, {"DRUMBEAT_WEB_KEY": "ours"}) == b"ours"
    assert taken(store, sent, changed + timedelta(days=9999), {"DRUMBEAT_WEB_KEY": "ours"}) == [
        True, True,
    ]  # fmt: skip
