"""Who says /forget is gone: from every table, from the write-ahead log and from what SQLite leaves
in its file. The raw bytes are searched for all that is theirs.
"""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import house
import pytest
from cluster import tables
from player import Player
from stage import staged

from bot.config import Chat
from bot.jobs.amplify import review
from bot.jobs.people import retention, traces
from bot.jobs.pledges import journeys
from bot.jobs.staff import staff
from bot.model import Audience, DeliveryKey, State
from bot.model.mail import Reply, Verdict
from bot.model.outbox import Result
from bot.model.person import NUDGES, NewPerson
from bot.model.pledge import Handle, NewPledge, Proposed
from bot.model.pledges.introduction import Detail
from bot.model.public import Shown
from bot.model.share import Candidate, ReviewState
from bot.model.staff import Actor
from bot.rules.alerts import NotPassedOn
from bot.rules.journey import Event
from bot.store.topic import Topic

pytestmark = pytest.mark.both

MARKS = {
    "address": "990099771",
    "name": "Quilla Zhuk",
    "pledge": "Nurse forty zebrafinches",
    "question": "Wherefore do hoopoes whistle",
    "child": "Mirabelle weeps at the quarry",
    "account": "quillazhuk",
    "link": "https://zhuk.example/finches",
    "words": "as written by a vole",
}
ALL = (*MARKS.values(), "zebrafinches", "quilla", "zhuk")
"""Also as the index of what is public has them: folded, word by word."""

NOW = datetime(2021, 5, 1, 10, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
DAY = 86_400


@pytest.fixture
def stage(tmp_path, library):
    channel = replace(house.channel("telegram", network="telegram"), target="@your_channel")
    services, network = staged(
        tmp_path, library, channel, quiet=house.NO_QUIET, chat=Chat(staff=(99,))
    )
    yield services, network
    services.store.close()


def new_person(address):
    return NewPerson(
        channel=1,
        address=address,
        audience=Audience.INDIVIDUAL,
        language="en",
        country="PE",
        zone="America/Lima",
        minute=540,
        joined=1,
    )


def join(store, address):
    store.people.add([new_person(address)])
    return store.subscribers.find(1, address).id


def fill(services):
    """Put the person into every table that can hold one."""
    store = services.store
    address, by = MARKS["address"], Actor.staff(MARKS["address"])
    person = join(store, address)
    fill_person(store, person)
    pledge = fill_pledge(store, person)
    fill_shared(store, pledge)
    key = DeliveryKey(occurrence=7, channel=1, recipient=person)
    store.database.execute(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " VALUES (7000, 1, :person, :sent, 1, 5, 9)",
        {"person": person, "sent": State.SENT},
    )
    store.outbox.note(key, MOMENT, url=MARKS["link"], error=MARKS["words"])
    store.oneoffs.add("post", "endchildlabour2021", "Hello", by, MOMENT)
    store.meta.keep_staff_language(address, "fr")
    line = {"needs": [], "more": 0, "to": address}
    store.notices.put((address,), "sheet", "staff.daily", line, MOMENT)
    return person, pledge


def fill_person(store, person):
    address, name = MARKS["address"], MARKS["name"]
    store.subscribers.agree(person, NUDGES, "en 1", 5)
    store.subscribers.set_profile(person, "mastodon", MARKS["account"])
    store.subscribers.pause(person, NOW.date())
    store.subscribers.tick(person, ("trees", "deed", 202100), True, 5)
    question = store.inbox.ask(1, address, "en", MARKS["question"], 5)
    store.mailbox.returns(person, Verdict.SOFT, MARKS["words"], 5)
    store.mail_answers.asks(question, MARKS["words"], MARKS["link"])
    store.peers.add(question, 1, MARKS["link"], "")
    # of somebody else, and answered by this person
    another = store.inbox.ask(1, "771", "en", "Who?", 5)
    store.peers.add(another, 1, "", "")
    store.peers.passed(another, 5)
    store.peers.reply(another, person, MARKS["words"], 6)
    store.mail_answers.put(
        Reply.STOP, 1, address, "en", 5, subject=MARKS["words"], thread=MARKS["link"], person=person
    )
    store.inbox.flag_left(store.inbox.flag(1, address, "PE", "en", MARKS["child"], 5), 5)
    store.conversations.keep(1, address, f'{{"topic": "ask", "step": "{name}"}}', 5)
    store.conversations.show(1, address, f'[["pledge:card:1", true, "{name}"]]', 5)
    store.journeys.keep_form("person", person, "trees", "carry-on", {"name": name}, 5)
    store.database.execute(
        "INSERT INTO contact (person, organisation, stakeholder, imported) VALUES (:person, :name,"
        " 'ngo', 5)",
        {"person": person, "name": name},
    )


def fill_pledge(store, person):
    pledges, me = store.pledges, Actor.person(person)
    new = NewPledge(
        campaign="endchildlabour2021",
        audience=Audience.INDIVIDUAL,
        stakeholder="individual",
        organisation=MARKS["name"],
        country="PE",
        language="en",
        answers={"name": MARKS["pledge"]},
    )
    pledge = pledges.begin(new, me, 5)
    store.editors.add(pledge, person, 5)
    other = join(store, "2002")
    store.editors.accept(store.editors.invite(pledge, person, 5), other, 6)
    store.editors.remove(pledge, other)
    pledges.set_handles(
        pledge, [Handle(network="x", name=MARKS["account"], url=MARKS["link"])], me, 6
    )
    pledges.edit(pledge, {"how": MARKS["words"]}, me, 6)
    pledges.edit(pledge, {"how": "in boxes"}, me, 6)
    pledges.verify(pledge, "staff", Actor("anna"), 6, MARKS["name"])
    store.journeys.report(pledge, "deed", 202100, MARKS["link"], me, 7)
    store.journeys.keep_form("pledge", pledge, "trees", "scale-up", {"name": MARKS["name"]}, 7)
    store.officials.ask(pledge, new_person("office@example.org"), person, 7)
    introduced = store.introductions.add({pledge: person, 0: 0}, (), 7)
    store.introductions.tick(introduced.sides[0].id, {Detail.NAME: MARKS["name"]})
    store.invitations.ask(pledge, new_person("colleague@example.org"), person, 7)
    store.search.show(pledge, _shown(f"{MARKS['pledge']} {MARKS['name']}", MARKS["words"]))
    store.proposals.keep(new_person(MARKS["address"]), Proposed(new=new, handles=(), agreed={}), 7)
    store.proposals.keep_coded("a code", Proposed(new=new, handles=(), agreed={}), 7)
    store.proposals.claim(store.proposals.coded("a code").id, person)
    store.visits.open(store.visits.ask(person, 7), "a secret", 7, 70)
    return pledge


def _shown(title, words):
    return Shown(
        campaign="endchildlabour2021",
        group="individual",
        country="PE",
        language="en",
        topics=(),
        progress="",
        title=title,
        words=words,
        form="",
    )


def fill_shared(store, pledge):
    """Posts of theirs: one waits, one could not be passed on, one is public and taken back."""
    posts = [
        Candidate(
            network="mastodon",
            uri=f"{MARKS['link']}/{number}",
            post=f"11{number}",
            url=f"{MARKS['link']}/{number}",
            author=MARKS["account"],
            pledge=pledge,
            text=MARKS["words"],
            media=False,
            posted=NOW,
            channel="telegram",
        )
        for number in range(3)
    ]
    store.amplify.add(posts, MOMENT)
    waiting, failed, public = store.amplify.all()
    store.amplify.answer(waiting.id, Actor("anna"), {}, MOMENT)
    store.amplify.verify(pledge, "mastodon", MARKS["account"], Actor("anna"), MOMENT)
    store.amplify.change(failed.id, [ReviewState.WAITING], ReviewState.FAILED, MARKS["link"])
    alarm = NotPassedOn(
        subject=str(failed.id), text="not passed on", url=MARKS["link"], why="failed"
    )
    store.alerts.open(alarm, MOMENT)
    store.amplify.publish(public.id, "boost-1", None, MOMENT)


def tables_with(store, marks):
    return {
        table
        for table in tables(store.database)
        for row in store.database.rows(f"SELECT * FROM {table}")
        if any(mark in str(value) for value in row for mark in marks)
    }


def bytes_of(path):
    """All that lies in the files of an open database."""
    return {
        file.name: file.read_bytes()
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm"))
        if file.exists()
    }


def found(path, marks):
    return [
        (name, mark)
        for name, content in bytes_of(path).items()
        for mark in marks
        if mark.encode() in content
    ]


async def say_forget(stage):
    play = Player(*stage, language="en", now="2021-05-01T10:00:00Z", user=MARKS["address"])
    script = "> /forget\n< It can’t be undone\n> [Yes, delete everything]\n< everything about you"
    await play.play(Path("forget"), script)
    return play


NUMBERED = {
    "amplification_answer",
    "consent",
    "delivery",
    "event_guest",
    "friend_link",
    "introduction",
    "introduction_side",
    "invitation",
    "official",
    "pause",
    "pledge_editor",
    "pledge_invite",
    "signup",
    "tick",
    "visit",
}
"""Tables that know a person by number alone."""


@pytest.mark.slow
@pytest.mark.sqlite
async def test_after_forget_nothing_of_the_person_is_in_any_table_nor_in_the_files(stage):
    services, _ = stage
    store, path = services.store, services.settings.database
    _, pledge = fill(services)
    journeys.happened(services, pledge, Event.NEED_HELP, Actor.person(1), NOW)
    review.tell(services, NOW)
    await staff.run(services, NOW)
    personal = {
        table
        for topic in (*store.topics, store.forgotten)
        if isinstance(topic, Topic)
        for tables in topic.PERSONAL.values()
        for table in tables
    }
    elsewhere = {"alert", "notice", "tombstone", "channel", "edit", "hand_post", "approval"}
    elsewhere |= {"broadcast", "sweep"}
    # people of the team and their desk: store/staff/test_desk.py; of posts nobody knows the author
    elsewhere |= {"member", "desk_link", "desk_session", "staff_letter"}
    elsewhere |= {"audit_actor", "audit_look"}
    elsewhere |= {"api_token", "hold", "draft", "clearance", "suggestion"}
    elsewhere |= {"asked_post", "asked_once", "survey_answer", "entry", "digest", "rewording"}
    elsewhere |= {"given_start"}
    # a keyed digest; and a report of a country: tests/jobs/pathfinders
    elsewhere |= {"friend_came", "country_report"}
    assert found(path, ["zebrafinches"]) != []
    assert personal - NUMBERED - elsewhere <= tables_with(store, ALL)
    assert {"alert", "notice"} <= tables_with(store, [MARKS["link"]]), "staff are told of a post"
    assert {mark for _, mark in found(path, MARKS.values())} == set(MARKS.values())
    assert (await say_forget(stage)).looks == 2
    assert tables_with(store, ALL) == set()
    assert [alert.kind for alert in store.alerts.current() if str(pledge) in alert.subject] == []
    traces.run(services, NOW)
    assert found(path, ALL) == []
    [public] = store.amplify.all()
    assert (public.receipt, public.way) == ("boost-1", "boost"), "it can still be taken back"


@pytest.mark.sqlite
async def test_a_reader_or_writer_in_the_way_is_not_waited_for_and_it_is_done_later(stage):
    services, _ = stage
    path = services.settings.database
    fill(services)
    await say_forget(stage)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM person").fetchone()
    services.store.meta.put("something", "else")
    begun = datetime.now(UTC)
    traces.run(services, NOW)
    assert datetime.now(UTC) - begun < timedelta(seconds=2), "senders wait for nobody"
    assert found(path, MARKS.values()) != []
    reader.execute("ROLLBACK")
    reader.close()
    traces.run(services, NOW + timedelta(seconds=15))
    assert found(path, MARKS.values()) == []


async def test_an_answer_that_comes_in_after_forget_writes_nothing_of_the_person(stage):
    services, _ = stage
    store = services.store
    person = join(store, MARKS["address"])
    store.database.execute(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " VALUES (7000, 1, :person, :queued, 0, 5, 9999999999)",
        {"person": person, "queued": State.QUEUED},
    )
    store.database.execute(
        "INSERT INTO occurrence (id, campaign, action, audience, slot, day, grace, nudge, post,"
        " named, opens, closes) VALUES (7000, 'endchildlabour2021', 'deed', 1, 202100, '2021-05-01',"
        " 9, 1, 0, 0, 5, 9999999999)"
    )
    [row] = store.outbox.claim(1, MOMENT, 10, store.holds.current())
    await say_forget(stage)
    store.outbox.settle(
        [Result(row, State.SENT, receipt="receipt-of-zhuk", url=MARKS["link"])], MOMENT
    )
    store.outbox.note(row.key, MOMENT, error=MARKS["words"])
    assert store.database.rows("SELECT recipient FROM result WHERE recipient > 0") == []
    assert tables_with(store, [*MARKS.values(), "receipt-of-zhuk"]) == set()


@pytest.mark.slow
@pytest.mark.sqlite
def test_what_divided_pages_leave_behind_goes_in_the_next_quiet_moment(stage):
    services, _ = stage
    store, path = services.store, services.settings.database
    for number in range(2000):
        store.people.add([new_person(f"person-{number * 7919 % 2003}-of-zhuk")])
        store.subscribers.set_profile(number + 1, "mastodon", f"x{'y' * (number % 300)}")
    everybody = [f"person-{number * 7919 % 2003}-of-zhuk" for number in range(2000)]
    gone = everybody[::3]
    for address in gone:
        store.forgotten.forget_at(1, "telegram", address, MOMENT)
    assert store.forgotten.traces() == MOMENT
    traces.run(services, NOW)
    assert store.forgotten.traces() is None
    assert found(path, gone) == []
    assert len(found(path, everybody)) == len(everybody) - len(gone)
    store.forgotten.forget_at(1, "telegram", everybody[1], MOMENT)
    traces.run(services, NOW)
    assert store.forgotten.traces() == MOMENT, "a day lies between two times"
    traces.run(services, NOW + timedelta(days=1))
    assert store.forgotten.traces() is None


def test_what_is_due_goes_before_the_file_is_written_anew(stage):
    services, _ = stage
    store = services.store
    join(store, MARKS["address"])
    store.database.execute(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " VALUES (7, 1, 0, :queued, 1, 5, 9)",
        {"queued": State.QUEUED},
    )
    store.forgotten.forget_at(1, "telegram", MARKS["address"], MOMENT)
    traces.run(services, NOW)
    assert store.forgotten.traces() == MOMENT
    traces.run(services, NOW + timedelta(days=3))
    assert store.forgotten.traces() is None, "but it does not wait for ever"


def test_alarms_that_are_over_say_nothing_and_go_and_so_does_what_never_left(stage):
    services, _ = stage
    store = services.store
    alarm = NotPassedOn(subject="1", text=MARKS["words"], url=MARKS["link"], why="failed")
    store.alerts.open(alarm, MOMENT)
    store.alerts.close(NotPassedOn.kind, "1", MOMENT)
    assert tables_with(store, MARKS.values()) == set()
    store.notices.put(("99",), "told", "staff.daily", {"needs": [MARKS["words"]]}, MOMENT)
    store.notices.put(("99",), "never left", "staff.daily", {"needs": []}, MOMENT)
    store.notices.left(store.notices.waiting()[0].id, MOMENT)
    assert tables_with(store, MARKS.values()) == set()
    retention.run(services, NOW + timedelta(days=89))
    assert store.alerts.known(NotPassedOn.kind, "1", 0)
    assert store.notices.known("told")
    retention.run(services, NOW + timedelta(days=91))
    assert not store.alerts.known(NotPassedOn.kind, "1", 0)
    assert not store.notices.known("told")
    assert store.notices.waiting() == []


def test_a_lost_pledge_that_was_attended_to_makes_no_second_task_when_alarms_go(stage):
    services, _ = stage
    _, pledge = fill(services)
    store = services.store
    services.store.pledges.set_lost(pledge, MOMENT)
    task = journeys.PledgeTask(
        subject=journeys.PledgeTask.about(pledge, "unreachable"), text="", event="left"
    )
    store.alerts.open(task, MOMENT)
    store.alerts.close(task.kind, task.subject, MOMENT)
    retention.run(services, NOW + timedelta(days=400))
    assert store.alerts.known(task.kind, task.subject, MOMENT)
    store.pledges.delete(pledge)
    assert not store.alerts.known(task.kind, task.subject, MOMENT)
