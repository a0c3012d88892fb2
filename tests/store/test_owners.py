"""Persons' data have an owner: whoever adds a column says whether it can hold a person, and who can
be held can be told, forgotten and outlived.
"""

from datetime import date

import house
import pytest
from sqlite_utils import Database as Tables

from bot.model import Audience, DeliveryKey
from bot.model.counting import Asking
from bot.model.events import EventKey, Standing
from bot.model.outbox import Instance, Scope
from bot.model.person import NUDGES, NewPerson
from bot.model.pledge import NewPledge
from bot.model.share import Candidate, ReviewState
from bot.model.staff import Actor, Member
from bot.model.staff.audit import Look, Verb
from bot.model.staff.clearance import Became, Subject
from bot.model.who import Who
from bot.store import Store
from bot.store.sending.statements import DECIDED
from bot.store.topic import FORMER_STAFF, Topic
from bot.times import from_epoch

NOBODY = {
    "account": "name pacing",
    "alert": "id at kind subject told closed",  # subjects: channels, places, numbers of pledges
    "api_request": "token name digest oneoff at",
    "api_token": "id scopes at used until",
    "amplification": "id network uri pledge media posted found seen state way channel receipt"
    " receipt_url done",
    "amplification_answer": "id amplification at answers",
    "account_verified": "pledge at",
    "audit": "id at actor verb object digest",
    "audit_actor": "id",
    "audit_kept": "since",
    "audit_look": "line",
    "approval": "occurrence channel text picture alt digest at",
    "broadcast": "occurrence channel pace messages largest paid at",
    "slot": "account number free",
    "seat": "name holder beats",  # machines and processes
    "process": "name part version since beat ahead",
    "call_word": "id campaign call day opened",
    "channel": "id name network language paused reason",
    "consent": "purpose wording at withdrawn",
    "desk_link": "at until used",
    "desk_session": "began seen language",
    "member": "roles at",
    "clearance": "id occurrence channel pledge shown language at until reminded became answered",
    "contact": "stakeholder consent_date asked confirmed imported",
    "conversation": "channel at until",
    "country_report": "id campaign country at until agreed wording language changed finished decided shown",
    "delivery": "occurrence channel state attempts due expires claim",
    "draft": "id campaign text channels due again picture alt vouched at",
    "event_guest": "id campaign event slot standing at told heard knows came until",
    "event_facts": "campaign event slot sequence facts",
    "event_note": "id campaign event slot kind sequence",
    "event_said": "campaign event slot digest sequence dated",
    "edit": "campaign action audience slot channel text at",
    "feed": "campaign language audience digest modified",
    "feed_event": "campaign language action audience slot day title digest sequence modified"
    " cancelled",
    "flag": "id channel language at told forgotten taken reminded",
    "friend_came": "link",
    "friend_link": "id at",
    "hand_post": "occurrence network language url at",
    "handled": "channel number at",
    "hold": "id campaign channel country language stakeholder action since until lifting",
    "hook_delivery": "event webhook state attempts due since ended",
    "hook_endpoint": "name mark delivered failures words rests gone",
    "hook_event": "id message kind at data",  # numbers of posts, pledges and alarms
    "hook_wanted": "kind webhook",
    "lease": "id account holder since renewed beats",  # machines and processes
    "ledger": "day channel account kind n micros",
    "mail_answer": "id kind channel language question at due tries",
    "mail_thread": "question",
    "mail_bounce": "verdict words since at times",  # words without any address
    "mail_read": "place name digest at",
    "meta": "",
    "instance": "campaign action slot day",
    "milestone": "pledge action slot reminded answered",
    "first_try": "occurrence channel at",
    "given_hour": "occurrence channel instead",
    "given_start": "occurrence channel clock zone latest",
    "rewording": "channel campaign action audience slot language text at digest had",
    "notice": "id name at template gone",
    "occurrence": "id campaign action audience slot day grace nudge post named opens closes places"
    " cancelled stage decided",
    "official": "id pledge at outcome",
    "oneoff": "id kind campaign text at language country stakeholders channel after done",
    "oneoff_picture": "oneoff digest alt vouched",
    "own_picture": "digest mime data",
    "pause": "until",
    "person": "channel language place named_only pledge status joined",
    "place": "id channel audience zone minute problem",
    "pledge": "id campaign audience stakeholder country language state joined pledged changed"
    " journey since until heard lost",
    "picture": "digest mime width height data",
    "picture_ready": "source most moving digest fault wanted",
    "pledge_editor": "pledge focal since",
    "pledge_event": "id pledge at kind",
    "pledge_handle": "pledge network",
    "invitation": "id pledge at outcome",
    "asked_once": "at",
    "asked_post": "id network place language posted found seen campaign",
    "introduction": "id at became reasons",
    "introduction_side": "id introduction pledge agreed",
    "peer_question": "question pledge passed replied lapsed",
    "pledge_invite": "digest pledge expires used",
    "pledge_verification": "id pledge method at",
    "public_pledge": "pledge shown campaign form stakeholder country language topics progress",
    "pledge_term": "campaign kind pledges n",
    "public_version": "version",
    "profile": "",
    "proposal": "id at outcome",
    "signup": "id at outcome",
    "digest": "id campaign month texts at approved frozen after done posts",
    "question": "id channel language at answered told",
    "reaction": "occurrence channel age at gone views likes reposts replies quotes",
    "rest": "account since until rests reason",
    "result": "occurrence channel at",
    "sample": "id tag beside network source query start stop resolution reposts collected uses"
    " boosts authors pledgers blind",
    "sheet": "owner campaign form changed finished",
    "shown": "channel at",
    "tick": "campaign action slot done at",
    "staff_letter": "id kind about at due tries",
    "tombstone": "at",
    "suggestion": "id kind campaign action language occurrence channel text why at became",
    "survey_answer": "id pledge year day batch",
    "entry": "id campaign call language shows at state decided",
    "sweep": "id kind occurrence channel country language stakeholder at after changed done",
    "tally": "occurrence channel state day n posts pruned",
    "visit": "id at opened until",
    "wave": "id occurrence place due expires after done",
}
"""The columns that can hold nobody, by table."""


@pytest.fixture
def store(tmp_path):
    services = house.services(tmp_path, house.campaign(house.action(nudge=True)))
    yield services.store
    services.store.close()


def columns(store: Store) -> set[tuple[str, str]]:
    if not isinstance(store.database.tables, Tables):
        rows = store.database.rows(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema ="
            " current_schema()"
        )
        return {(table, column) for table, column in rows if table != "migration"}
    tables = [
        name
        for (name,) in store.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("sqlite_", "_sqlite"))
    ]
    return {
        (table, row[1])
        for table in tables
        for row in store.database.rows(f"PRAGMA table_info({table})")
    }


def owned(store: Store) -> list[tuple[str, str]]:
    topics: tuple[Topic, ...] = (*store.topics, store.forgotten)
    return [
        (table, column)
        for topic in topics
        for tables in topic.PERSONAL.values()
        for table, names in tables.items()
        for column in names
    ]


def test_every_column_has_an_owner_or_can_hold_nobody(store):
    nobody = {(table, column) for table, names in NOBODY.items() for column in names.split()}
    unjudged = columns(store) - nobody - set(owned(store))
    assert unjudged == set(), (
        "say of each whether it can hold a person: in PERSONAL of the topic that writes it, or here"
    )
    assert (nobody | set(owned(store))) - columns(store) == set(), "these columns are gone"
    assert nobody & set(owned(store)) == set()


def test_no_column_has_two_owners(store):
    assert sorted(set(owned(store))) == sorted(owned(store))


def test_every_topic_of_the_store_is_asked(store):
    topics = {value for value in vars(store).values() if isinstance(value, Topic)}
    assert topics - {store.forgotten} == set(store.topics)


def test_who_can_hold_somebody_can_forget_them(store):
    silent = [
        type(topic).__name__
        for topic in store.topics
        if topic.PERSONAL and type(topic).forget is Topic.forget
    ]
    assert silent == []


def everything_about(store: Store) -> None:
    """Somebody of staff, who joined, made a pledge, and did what staff do."""
    store.people.add([house.person(1)])
    store.database.execute("UPDATE person SET address = '990099' WHERE id = 1")
    here, who = (1, "990099"), "staff 990099"
    store.subscribers.agree(1, NUDGES, "en 1", 5)
    store.subscribers.set_profile(1, "mastodon", "990099.example.org")
    store.subscribers.tick(1, ("trees", "deed", 202100), True, 5)
    event = EventKey("trees", "talk", 0)
    store.events.join(event, 1, Standing.COMES, heard=0, until=9, now=5)
    store.inbox.ask(*here, "en", "990099 asks", 5)
    store.peers.add(1, 1, "@990099", "")
    store.peers.add(store.inbox.ask(1, "78", "en", "Who?", 5), 1, "", "")
    store.peers.passed(2, 5)
    store.peers.reply(2, 1, "990099 does", 6)
    store.inbox.flag_left(store.inbox.flag(*here, None, "en", "990099 fears", 5), 5)
    store.conversations.keep(*here, '{"topic": "ask", "step": "text", "data": {}}', 5)
    store.conversations.show(*here, '[["pledge:see:1", true, "Plan of 990099"]]', 5)
    store.meta.keep_staff_language("990099", "fr")
    store.audit.note(Actor(who), Verb.POST_APPROVED, 6, "1-1-0")
    store.audit.note(Actor(who), Verb.CONTACTS_LISTED, 6, look=Look(why="990099 asks"))
    by = Actor.staff("8")
    store.audit.note(by, Verb.CONTACT_SHOWN, 6, 1, look=Look(why="for 990099", person=1))
    asking = Asking(uri="u", post="", place="m", url="", text="", language="", posted=from_epoch(5))
    store.asked.add("mastodon", [asking], 5)
    store.asked.clear(1, Actor(who), "990099 would say so")
    store.members.put(Member(name="990099", telegram=990099, email="990099@example.org"), 5)
    store.notices.put(("990099",), "daily", "staff.daily", {"to": "990099"}, 5)
    store.inbox.ask(1, "77", "en", "Why?", 5)
    store.inbox.answer(store.inbox.of_address(1, "77")[0].id, "So.", who, 6)
    about = Instance(
        campaign="trees",
        action="deed",
        audience=Audience.INDIVIDUAL,
        day=date(2021, 5, 1),
        slot=202100,
    )
    store.edits.put(about, 1, "Another text", who, 6)
    store.oneoffs.add("post", "trees", "Hello", who, 6)
    store.holds.put(Scope(), 6, by=Actor(who), reason="990099 says so")
    new = NewPledge(
        campaign="trees",
        audience=Audience.ORGANIZATION,
        stakeholder="ngo",
        organisation="Acme",
        country=None,
        language="en",
        answers={"name": "Plant"},
    )
    pledge = store.pledges.begin(new, "person 1", 5)
    store.editors.add(pledge, 1, 5)
    store.pledges.note(pledge, "edited", who, 6)
    store.pledges.verify(pledge, "staff", who, 6)
    store.clearances.ask(
        Subject(pledge=pledge),
        "s",
        "d",
        "990099",
        Actor(who),
        5,
        9,
        language="en",
        address="990099",
    )
    store.clearances.end(1, Became.SENT_BACK, 6, by="990099", reason="990099 says no")
    decided_by(store, who)


DECISIONS = (
    "cancelled by {}",
    "uncertain before; released by {}",
    "it is there, says {}",
    "retracted by {} before it left",
    "retracted by {}: the network has it no more",
    "sent, then deleted from telegram by {}",
    "posted by hand by {}",
)
"""What is written of a delivery when somebody decides about it, in `bot.jobs.sending`."""


def decided_by(store: Store, who: str) -> None:
    """What people decided about deliveries, and about somebody's posts."""
    for number, words in enumerate(DECISIONS, 101):
        key = DeliveryKey(occurrence=number, channel=1, recipient=0)
        store.outbox.note(key, 6, error=words.format(who))
    for words in ("rejected by {}", "consent withdrawn, by {}"):
        post = Candidate(
            network="mastodon",
            uri=f"{len(store.amplify.all())}",
            post="",
            url="",
            author="acme",
            pledge=1,
            text="",
            media=False,
            posted=from_epoch(5),
            channel="telegram",
        )
        store.amplify.add([post], 5)
        row = store.amplify.all()[-1]
        store.amplify.change(row.id, [row.state], ReviewState.REJECTED, words.format(who))


def cells(store: Store) -> list[tuple[str, str, object]]:
    return [
        (table, column, value)
        for table, column in sorted(columns(store))
        for (value,) in store.database.rows(f"SELECT {column} FROM {table}")
    ]


def test_after_being_forgotten_no_column_holds_the_address_of_staff_or_of_anybody(store):
    everything_about(store)
    held = {(table, column) for table, column, value in cells(store) if "990099" in str(value)}
    assert {("meta", "key"), ("notice", "address"), ("pledge_event", "by_whom")} <= held
    assert held <= set(owned(store)), "these columns hold a person, and nobody owns them"
    assert store.forgotten.forget_at(1, "telegram", "990099", 9)
    left = [(table, column) for table, column, value in cells(store) if "990099" in str(value)]
    assert left == []
    signed = [value for _, column, value in cells(store) if column in ("by_whom", "answered_by")]
    assert FORMER_STAFF in signed
    assert "person 1" not in signed


@pytest.mark.parametrize("name", ["anna", "staff anna"])
def test_the_login_of_staff_goes_with_their_chat_and_nobody_elses_does(store, name):
    decided_by(store, name)
    decided_by(store, "staff 9900991")
    store.people.add([house.person(number) for number in range(1, 9)])
    others = {words.format("staff 9900991") for words in DECISIONS}
    for number, words in enumerate(DECISIONS, 201):
        key = DeliveryKey(occurrence=number, channel=1, recipient=7)
        store.outbox.note(key, 6, error=words.format(f"{name}.m"))
        store.outbox.note(
            DeliveryKey(occurrence=number, channel=1, recipient=8), 6, error=words.format(name)
        )
    store.forgotten.forget_at(1, "telegram", "990099", 9, member=Member(name="anna", login="anna"))
    said = {str(value) for table, column, value in cells(store) if column == "error" and value}
    assert others <= said
    assert {words.format(f"{name}.m") for words in DECISIONS} <= said, "a longer login is another"
    assert {words.format(FORMER_STAFF) for words in DECISIONS} <= said
    assert [
        words for words in said if words.endswith((f" {name}", f" {name} before it left"))
    ] == []


def test_a_word_that_is_a_login_is_only_taken_for_a_name_where_a_name_stands(store):
    key = DeliveryKey(occurrence=1, channel=1, recipient=0)
    words = "Telegram says by hand is refused by hand or by mail"
    store.outbox.note(key, 6, error=words)
    store.forgotten.forget_at(1, "telegram", "990099", 9, member=Member(name="hand", login="hand"))
    assert [value for _, column, value in cells(store) if column == "error" and value] == [words]


@pytest.mark.sqlite
def test_what_people_decided_is_found_without_a_look_at_all_that_was_sent(store):
    plan = store.database.rows(f"EXPLAIN QUERY PLAN {DECIDED}")
    assert "INDEX result_decided" in str([tuple(row) for row in plan])


def test_all_that_is_stored_is_told_by_its_owner(store):
    everything_about(store)
    known = store.known_of(Who(person=1, channel=1, address="990099"))
    assert known["staff_language"] == "fr"
    assert known["staff_notices"] == [{"at": "1970-01-01T00:00:05Z", "about": "staff.daily"}]
    assert [entry["text"] for entry in known["questions"]] == ["990099 asks"]
    assert [entry["answers"] for entry in known["pledges"]] == [{"name": "Plant"}]
    assert known["awaited"] == {"topic": "ask", "step": "text", "data": {}}
    assert known["holds"] == [{"at": "1970-01-01T00:00:06Z", "reason": "990099 says so"}]
    assert known["buttons"] == ["Plan of 990099"]
    assert known["looked_at"] == [{"at": "1970-01-01T00:00:06Z", "why": "for 990099"}]
    assert known["looks"] == [{"at": "1970-01-01T00:00:06Z", "why": "990099 asks"}]


def test_of_staff_who_never_joined_nothing_is_left_either(store):
    store.meta.keep_staff_language("55", "es")
    store.notices.put(("55",), "daily", "staff.daily", {}, 5)
    assert not store.forgotten.forget_at(1, "telegram", "55", 9)
    assert store.known_of(Who(person=None, channel=1, address="55")).get("staff_notices") is None
    assert [value for _, _, value in cells(store) if value == "55"] == []


def test_a_stranger_is_not_remembered_for_being_forgotten(store):
    assert not store.forgotten.forget_at(1, "telegram", "12", 9)
    assert store.forgotten.tombstones() == []


def test_nobody_else_loses_anything(store):
    store.people.add(
        [
            NewPerson(
                channel=1,
                address="9900991",
                audience=Audience.INDIVIDUAL,
                language="en",
                country=None,
                zone="Africa/Nairobi",
                minute=540,
                joined=1,
            )
        ]
    )
    store.meta.keep_staff_language("9900991", "fr")
    everything = cells(store)
    store.forgotten.forget_at(1, "telegram", "990099", 9)
    assert [cell for cell in everything if "9900991" in str(cell[2])] == [
        cell for cell in cells(store) if "9900991" in str(cell[2])
    ]
