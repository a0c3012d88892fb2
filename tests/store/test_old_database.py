"""A database made by an older drumbeat opens, reads as it was written, and goes on.

`old.sql` is the dump of a file that the version before the house was laid out in rooms made through
its own topics and its own chat, on 3 May 2021; what each row must say is written here by hand.
"""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import house
import orchard
import pytest
from player import Player

from bot.chat.terminal import Network as Terminal
from bot.config import Chat, Privacy, Safeguarding
from bot.files.frozen import read_files
from bot.jobs.broadcasts import announcements
from bot.jobs.operations.backup import backup
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.texts import letters
from bot.library import read, shipped_root
from bot.model import Audience, DeliveryKey, State, YearlyDay
from bot.model.outbox import Instance
from bot.model.person import NewContact
from bot.model.pledge import FilledForm, Handle
from bot.networks.dry.network import Network as Dry
from bot.render import Renderer
from bot.rules.tokens import Grant, Purpose
from bot.store import Store
from bot.store.keyring import fingerprint

DUMP = Path(__file__).parent / "old.sql"
TELEGRAM, MAIL, SITE = 1, 2, 3
JOINED = int(datetime(2021, 1, 10, tzinfo=UTC).timestamp())
DUE = int(datetime(2021, 5, 3, 9, tzinfo=UTC).timestamp())
NOON = datetime(2021, 5, 3, 12, tzinfo=UTC)
ANN, BOB, AGREED, ASKED, CONFIRMED, OFFICIAL, SILENT = 7, 8, 9, 10, 11, 13, 23
PUBLISHED = 6
KEY = "31fb820372a2a938cbeb1b97dd0e4a8acde844de806a5bf705449cefd933ac80"
WEB_KEY = "91ff14266464f20626888de9c81e50822dbfbb59a200e98d70e769f45e1295f0"
LINKS = {
    "leave-11-0-s8QanBqWJP7posrqtIz6UQz1": Grant(purpose=Purpose.UNSUBSCRIBE, person=11),
    "confirm-10-0-B6r_YxcCcUO6ZIihd47TqpDy": Grant(purpose=Purpose.CONFIRM, person=10),
    "still-9-6-NBgc7nSevdwz5O1mXyWVKQCJ": Grant(purpose=Purpose.STILL, person=9, subject=6),
    "report-9-3-1eXJGI0Ypof_JAe_axM3qamN": Grant(purpose=Purpose.REPORT, person=9, subject=3),
}
"""Tokens as they stand in letters that were sent."""
TOMBSTONES = [
    "3b6e599712505a353df6629b2096392106dc64dcedb2a679a1eef7444bb5078a",
    "0f9931ee2ab8186bc1aa06801aaeabb7e9edc6e2fd797cf30ecd4eda2b14c87e",
    "9f3b13c1947310c6ee9878cf28eb449ab68cc0e45d921e780b84e523460da68d",
    "a81bea988d7ad97f42044d914eb7a68bdb8e9c85ec7f73cfa8264812cbb32e83",
]


@pytest.fixture
def file(tmp_path):
    """The old file, not yet opened by this version."""
    path = tmp_path / "test.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    connection.close()
    return path


@pytest.fixture
def store(file):
    store = Store(file)
    yield store
    store.close()


def fields(value, *names):
    return tuple(getattr(value, name) for name in names)


# what was written is read


def test_channels_people_and_places_are_as_they_were(store):
    assert store.channels.ids() == {"telegram": 1, "mail": 2, "site": 3}
    assert [fields(p, "name", "since", "reason") for p in store.channels.paused()] == [
        ("mail", DUE, "eight failures")
    ]
    statuses = ("ACTIVE", "PAUSED", "STOPPED", "BLOCKED", "UNCONFIRMED", "SILENT")
    people = [store.subscribers.find(TELEGRAM, f"200{n}") for n in range(1, 7)]
    assert [(p.id, p.status.name, p.country) for p in people] == list(
        zip(range(1, 7), statuses, ("CM", "CH", "FR", "CM", "KE", None), strict=True)
    )
    ann = store.subscribers.find(TELEGRAM, "2100")
    assert fields(ann, "id", "language", "country", "zone", "minute", "joined") == (
        ANN, "fr", "CH", "UTC", 540, JOINED,
    )  # fmt: skip
    assert (ann.audience, ann.named_only, ann.pledge) == (Audience.ORGANIZATION, True, True)
    assert ann.profile == {"name": "Ann"}
    assert fields(store.people.where(AGREED), "channel", "audience", "zone", "minute") == (
        MAIL, Audience.ORGANIZATION, "UTC", 540,
    )  # fmt: skip


def test_consents_and_what_was_done_are_as_they_were(store):
    assert [tuple(c.values()) for c in store.subscribers.consents(ANN)] == [
        ("chat", "1 fr", JOINED, None),
        ("pledge", "1 fr", JOINED + 60, JOINED + 120),
    ]
    assert [(tick.key, tick.done, tick.at) for tick in store.subscribers.ticks(ANN)] == [
        (("trees", "deed", 202100), True, JOINED + 200),
        (("trees", "prompt-may", 202100), False, JOINED + 300),
    ]


def test_instances_keep_the_slots_they_had(store):
    assert store.instances.counted_by_place()
    known = {(k.campaign, k.action, k.slot) for k in store.instances.known()}
    assert ("trees", "deed", 202100) in known


def test_contacts_are_as_they_were_with_their_consent(store):
    names = ("person", "address", "consent_source", "consent_date", "asked", "confirmed")
    assert [fields(c, *names) for c in store.contacts.all()] == [
        (AGREED, "agreed@acme.example", "a form", "2021-01-01", None, None),
        (ASKED, "asked@acme.example", None, None, JOINED + 10, None),
        (CONFIRMED, "confirmed@acme.example", None, None, JOINED + 10, JOINED + 20),
        (SILENT, "silent@acme.example", "a form", "2021-01-01", None, None),
    ]
    assert {fields(c, "organisation", "stakeholder") for c in store.contacts.all()} == {
        ("ACME", "company")
    }


def test_who_was_forgotten_stays_forgotten(store):
    assert store.forgotten.is_gone("telegram", "2999")
    assert store.forgotten.is_gone("mail", "gone@acme.example")
    assert not store.forgotten.is_gone("telegram", "2100")
    assert store.subscribers.find(TELEGRAM, "2999") is None


def test_who_left_is_known_again_however_the_address_is_spelled_now(store):
    """One left as a contact (remembered in small letters), one was forgotten as it was written."""
    for address in ("Left@ACME.example", "left@acme.example", "Raw@ACME.example"):
        assert store.forgotten.is_gone("mail", address), address
    new = replace(house.person(channel_id=MAIL), address="LEFT@acme.example")
    contact = NewContact(
        person=new, organisation="ACME", stakeholder="company", consent_source="x",
        consent_date="2021-01-01",
    )  # fmt: skip
    assert store.contacts.add([contact], "mail", DUE).left == 1


def test_keys_move_out_of_the_file_and_what_they_made_stays_valid(file, tmp_path):
    with closing(Store(file)) as store:
        store.keys.settle()
        assert {t: letters.read(store, t, NOON, {})[0].grant for t in LINKS} == LINKS
        assert [s.digest for s in store.forgotten.tombstones()] == TOMBSTONES
    kept = json.loads((tmp_path / "test.db.keys").read_text("utf-8"))
    assert kept["tombstones"] == [KEY]
    assert kept["links"] == [{"key": WEB_KEY, "until": None}]
    for ending in ("", "-wal"):
        rest = Path(f"{file}{ending}")
        content = rest.read_bytes() if rest.exists() else b""
        assert KEY.encode() not in content
        assert WEB_KEY.encode() not in content


def test_a_backup_of_it_holds_no_key_and_a_running_drumbeat_of_before_keeps_its_own(file, tmp_path):
    copy = backup(file, tmp_path / "b.db", NOON)
    assert KEY.encode() not in (tmp_path / "b.db").read_bytes()
    assert WEB_KEY.encode() not in (tmp_path / "b.db").read_bytes()
    assert (copy.keys_there, copy.fingerprint) == (True, fingerprint(KEY))
    with closing(sqlite3.connect(file)) as connection:
        assert ("web-key", WEB_KEY) in connection.execute("SELECT key, value FROM meta").fetchall()
    with closing(Store(tmp_path / "b.db", keys=copy.keys)) as store:
        assert {t: letters.read(store, t, NOON, {})[0].grant for t in LINKS} == LINKS
        assert store.forgotten.is_gone("telegram", "2999")


def test_pledges_are_in_their_states_with_history_editors_and_invitation(store):
    assert [(p.id, p.state.name, p.name) for p in store.pledges.all("trees")] == [
        (1, "DRAFT", "Plant draft"),
        (2, "SUBMITTED", "Plant submitted"),
        (3, "APPROVED", "Plant approved"),
        (4, "REJECTED", "Plant rejected"),
        (5, "WITHDRAWN", "Plant withdrawn"),
        (6, "PUBLISHED", "Plant more"),
    ]
    pledge = store.pledges.get(PUBLISHED)
    assert fields(pledge, "organisation", "stakeholder", "country", "language", "joined") == (
        "published Ltd", "company", "CH", "en", JOINED,
    )  # fmt: skip
    assert pledge.answers == {"name": "Plant more", "how": "With spades"}
    assert pledge.approved == {"name": "Plant published", "how": "With spades"}
    assert pledge.pending
    assert store.pledges.get(3).lost == JOINED + 900
    assert store.pledges.handles(PUBLISHED) == [
        Handle(network="x", name="acme", url="https://x.com/acme")
    ]
    check = store.pledges.verification(PUBLISHED)
    assert fields(check, "method", "by", "note", "at") == (
        "staff", "anna", "called them", JOINED + 500,
    )  # fmt: skip
    assert [(h.id, h.kind, h.by) for h in store.pledges.history(PUBLISHED)] == [
        (14, "begun", "chat 2100"),
        (15, "submitted", "staff 99"),
        (16, "approved", "staff 99"),
        (17, "verified", "anna"),
        (18, "published", "anna"),
        (19, "edited", "person 9"),
        (20, "handles", "person 9"),
    ]
    assert store.pledges.happening(9).detail == {"reason": "not yet"}
    assert store.pledges.happening(19).detail == {"before": {"name": "Plant published"}}
    assert [fields(e, "person", "focal", "channel") for e in store.editors.team(PUBLISHED)] == [
        (AGREED, True, MAIL),
        (ANN, False, TELEGRAM),
        (BOB, False, TELEGRAM),
    ]
    assert store.editors.invited("vpGD425me8a8PD29h3iu9g", DUE + 60) == PUBLISHED


def test_milestones_forms_and_requests_to_officials_are_as_they_were(store):
    assert [fields(r, "action", "slot", "link", "by") for r in store.journeys.reports(6)] == [
        ("prompt-february", 202100, "https://acme.example/feb", "person 9"),
        ("prompt-march", 202100, None, "anna"),
    ]
    assert store.journeys.filled_form("pledge", PUBLISHED, "trees", "scale_up") == FilledForm(
        answers={"reach": "40"}
    )
    official = store.officials.get(1)
    assert fields(official, "pledge", "person", "asker", "at", "address") == (
        PUBLISHED, OFFICIAL, ANN, DUE, "mayor@town.example",
    )  # fmt: skip
    assert (official.outcome.name, official.domain) == ("OPEN", "town.example")


def test_the_outbox_lists_each_delivery_in_its_state(store):
    entries = {e.key: e for e in store.listing.entries() if e.campaign == "trees"}
    people = {key.recipient: e.state.name for key, e in entries.items() if e.action == "deed"}
    assert people == {
        0: "QUEUED", 1: "QUEUED", 14: "QUEUED", 15: "AWAITING_APPROVAL", 16: "QUEUED",
        17: "SENDING", 18: "SENT", 19: "FAILED", 20: "SKIPPED", 21: "CANCELLED", 22: "UNCERTAIN",
    }  # fmt: skip
    sent = entries[DeliveryKey(occurrence=1, channel=TELEGRAM, recipient=18)]
    assert fields(sent, "receipt", "url", "error", "attempts", "due", "day") == (
        "r5", "https://t.me/5", None, 1, DUE, date(2021, 5, 3),
    )  # fmt: skip
    assert entries[DeliveryKey(occurrence=1, channel=TELEGRAM, recipient=19)].error == "why failed"
    notes = {(e.action, k.channel, k.recipient) for k, e in entries.items() if ":" in e.action}
    assert notes == {
        ("prompt-april:reminder", MAIL, AGREED),
        ("prompt-may:still", MAIL, SILENT),
        ("told:n18", TELEGRAM, ANN),
        ("told:n18", MAIL, AGREED),
        ("amplified:p4", MAIL, AGREED),
    }
    approval = store.approvals.find(1, SITE)
    assert fields(approval, "text", "picture", "alt", "approved_by", "at") == (
        "A post #Tag", None, None, "anna", DUE - 600,
    )  # fmt: skip


def test_holds_of_every_kind_hold_on(store):
    assert [(str(h.scope), h.since) for h in store.holds.all()] == [
        ("country FR", DUE),
        ("channel site, action nothing", DUE + 1),
        ("action prompt-june", DUE + 2),
    ]


def test_what_staff_wrote_and_were_told_is_as_it_was(store):
    about = Instance(
        campaign="trees",
        action="deed",
        audience=Audience.INDIVIDUAL,
        day=date(2022, 5, 1),
        slot=202200,
    )
    wording = store.edits.find(about, SITE)
    assert fields(wording, "text", "by") == ("Staff wording #Tag", "staff 99")
    post, announcement = store.oneoffs.get(1), store.oneoffs.get(2)
    assert fields(post, "action", "text", "by", "at", "channel") == (
        "post:1", "A word from us #Tag", "staff 99", DUE, SITE,
    )  # fmt: skip
    assert fields(announcement, "action", "text", "by", "language", "country") == (
        "announcement:2", "Thank you all", "chat 99", "en", "CM",
    )  # fmt: skip
    assert [(n.address, n.template) for n in store.notices.waiting()] == [
        ("99", "staff.daily"),
        *[("99", "staff.alert")] * 14,
        ("99", "staff.question"),
    ]
    alerts = store.alerts.current()
    assert [(a.kind, a.subject) for a in alerts] == [
        ("paused", "x"), ("lapsed", "1-3-0"), ("approval", "1-3-0"), ("uncertain", "telegram"),
        ("amplify", "site"), ("amplification", "10"), ("retract", "7"), ("link", "trees/help"),
        ("zone", "Mars/Olympus"), ("journey", "pledge 3: unreachable"), ("blind", "mastodon"),
        ("surge", "tag mastodon 2021-05-02"), ("digest", "2021-05-03"), ("token", "x"),
    ]  # fmt: skip
    assert [a.id for a in alerts if not a.told] == list(range(2, 15))
    assert store.alerts.known("job", "collect", 0), "it is over"
    assert [q.text for q in store.inbox.open_questions()] == ["Where?"]
    assert [q.answer for q in store.inbox.of_address(TELEGRAM, "2100")] == ["Forty."]
    assert [q.text for q in store.inbox.untold_answers(TELEGRAM)] == ["How many trees?"]
    flags = store.inbox.flags_of(TELEGRAM, "2101")
    assert [fields(f, "country", "text", "at") for f in flags] == [
        ("CH", "A child is in danger", DUE + 2)
    ]


def test_amplification_is_in_its_states_and_posts_by_hand_are_known(store):
    reviews = store.amplify.all()
    assert [(r.id, r.state.name) for r in reviews] == [
        (1, "WAITING"), (2, "SECOND"), (3, "APPROVED"), (4, "SENT"), (5, "REJECTED"),
        (6, "BLOCKED"), (7, "RETRACTING"), (8, "RETRACTED"), (9, "UNCERTAIN"), (10, "FAILED"),
        (11, "WAITING"),
    ]  # fmt: skip
    assert fields(store.amplify.get(2), "author", "pledge", "text", "first", "way", "known") == (
        "acme@m.example", PUBLISHED, "Our trees 2", "anna", "boost", True,
    )  # fmt: skip
    assert fields(store.amplify.get(4), "receipt", "receipt_url") == ("b4", "https://m.example/b4")
    assert store.amplify.get(11).is_link
    given = store.amplify.answers(2)
    assert [(g.by, {k: v.value for k, v in g.answers.items()}) for g in given] == [
        ("anna", {"shown": "yes", "child": "no", "consent": "unknown"})
    ]
    assert store.packs.made([1]) == {(1, "instagram", "en")}


def test_samples_and_costs_are_as_they_were(store):
    day = (datetime(2021, 5, 1, tzinfo=UTC), datetime(2021, 5, 2, tzinfo=UTC))
    names = ("network", "source", "query", "uses", "boosts", "authors", "pledgers", "blind")
    assert [fields(s, *names) for s in store.samples.within("tag", *day)] == [
        ("mastodon", "m.example", "tag=Tag", 12, 3, 9, 2, ("other servers",))
    ]
    assert [fields(s, *names) for s in store.samples.beside("tag", *day)] == [
        ("x", "api.x.com", "#tag #labourday", 4, None, None, None, ())
    ]
    spent = store.ledger.between(date(2021, 5, 1), date(2021, 5, 2))
    assert [fields(s, "channel", "kind", "n", "micros") for s in spent] == [
        ("x", "post", 4, 20_000)
    ]


# it goes on


class Recorded(Dry):
    """A network that takes everything and remembers whom it was for."""

    def __init__(self, channel, secrets):
        super().__init__(channel, secrets)
        self.sent = []

    async def send(self, message):
        self.sent.append((message.key, message.body.text))
        return await super().send(message)


@pytest.fixture
def services(file, tmp_path):
    channels = (
        house.channel("telegram", posts=False),
        house.channel("mail", posts=False),
        house.channel("site", nudges=False),
    )
    trees = orchard.campaign()
    deed = house.action("deed", when=YearlyDay(month=5, day=3), post=True)
    trees = replace(trees, actions=(*trees.actions, deed))
    blocks = {"title": "Step", "nudge": "Do it.", "post": "A post #Tag"}
    text = "".join(f"{{% block {name} %}}{said}{{% endblock %}}" for name, said in blocks.items())
    texts = {action.id: text for action in trees.actions}
    built = house.services(tmp_path, trees, channels=channels, texts=texts)
    words = tmp_path / "content" / "en" / "trees" / "words.toml"
    words.write_text(orchard.WORDS, "utf-8")
    roots = (tmp_path, shipped_root())
    networks = {channel.name: Recorded(channel, {}) for channel in channels}
    yield replace(
        built,
        library=replace(built.library, files=read_files(roots)),
        renderer=Renderer(read_files(roots), built.library.campaigns),
        networks=networks,
    )
    built.store.close()


async def dispatch(services, start):
    """What a process does that begins with this file."""
    services.store.outbox.recover(int(start.timestamp()))
    dispatchers = [Dispatcher(services, account, start) for account in accounts(services)]
    for minute in range(120):
        now = start + timedelta(minutes=minute)
        plan.run(services, now)
        announcements.run(services)
        for dispatcher in dispatchers:
            await dispatcher.step(now)
            await dispatcher.close(now)


async def test_what_was_queued_is_sent_and_nothing_twice(services):
    services.store.channels.resume("mail")
    await dispatch(services, NOON)
    entries = {e.key: e for e in services.store.listing.entries() if e.campaign == "trees"}
    sent = [(key, text) for network in services.networks.values() for key, text in network.sent]
    actions = sorted((entries[key].action, key.channel, key.recipient) for key, _ in sent)
    assert actions == [
        ("amplified:p4", MAIL, AGREED),
        ("announcement:2", TELEGRAM, 1),
        ("deed", TELEGRAM, 1),
        ("deed", TELEGRAM, 14),
        ("deed", TELEGRAM, 16),
        ("deed", SITE, 0),
        ("prompt-april:reminder", MAIL, AGREED),
        # she chose named days only, and there is none for her audience
        ("prompt-may", TELEGRAM, ANN),
        ("prompt-may", TELEGRAM, BOB),
        ("prompt-may", MAIL, AGREED),
        ("prompt-may", MAIL, CONFIRMED),
        ("prompt-may:still", MAIL, SILENT),
        ("told:n18", TELEGRAM, ANN),
        ("told:n18", MAIL, AGREED),
    ]
    assert all(network.duplicates == 0 for network in services.networks.values())
    states = {key.recipient: e.state for key, e in entries.items() if e.action == "deed"}
    assert states[17] is states[22] is State.UNCERTAIN  # in doubt: never blindly sent again
    assert (states[18], states[19], states[21]) == (State.SENT, State.FAILED, State.CANCELLED)


async def test_a_second_process_finds_nothing_left_to_send(services):
    services.store.channels.resume("mail")
    await dispatch(services, NOON)
    for network in services.networks.values():
        network.sent.clear()
    await dispatch(services, NOON + timedelta(hours=2))
    assert [network.sent for network in services.networks.values()] == [[], [], []]


# what staff were told names nobody any more


def test_names_of_pledges_leave_what_staff_were_told_and_wait_to_be(file):
    named = "pledge 3 (ACME, “Plant approved”) can't be reached. So far: 2021-05-01 begun"
    task = {"kind": "journey", "subject": "pledge 3: unreachable", "text": named}
    daily = {"needs": [{**task, "about": [{"subject": task["subject"]}]}], "more": 0}
    with closing(sqlite3.connect(file)) as old, old:
        old.execute("UPDATE alert SET text = ? WHERE kind = 'journey'", [named])
        old.execute("UPDATE notice SET fields = ? WHERE name = 'alert 10'", [json.dumps(task)])
        old.execute("UPDATE notice SET fields = ? WHERE id = 1", [json.dumps(daily)])
        old.execute("UPDATE notice SET gone = 5, fields = ? WHERE id = 16", [json.dumps(task)])
        old.execute("UPDATE alert SET text = ? WHERE closed IS NOT NULL", [named])
    with closing(Store(file)) as store:
        rows = [
            str(row)
            for table in ("alert", "notice")
            for row in store.database.rows(f"SELECT * FROM {table}")
        ]
        assert [row for row in rows if "ACME" in row or "Plant approved" in row] == []
        [alert] = [alert for alert in store.alerts.current() if alert.kind == "journey"]
        assert alert.subject == task["subject"]
        assert "shows who it is" in alert.text
        told = {notice.id: notice.values for notice in store.notices.waiting()}
        assert told[1]["needs"][0]["about"] == [{"subject": task["subject"]}]
        assert told[11]["kind"] == "journey"
        assert (store.forgotten.traces() == 0) == bool(store.forgotten.tombstones())


# the chat goes on


@pytest.fixture
def stage(file, tmp_path):
    library, problems = read([shipped_root()])
    assert not problems
    channel = house.channel("telegram", network="telegram")
    built = house.services(tmp_path, channels=(channel,))
    network = Terminal(channel, {})
    settings = replace(
        built.settings,
        privacy=Privacy(
            controller="The Secretariat", contact="privacy@example.org", retention=365, url=None
        ),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        chat=Chat(staff=(99,)),
    )
    yield (
        replace(
            built,
            library=library,
            active=(library.campaigns["endchildlabour2021"],),
            renderer=Renderer(library.files, library.campaigns),
            settings=settings,
            networks={"telegram": network},
        ),
        network,
    )
    built.store.close()


def player(stage, user, language="en"):
    services, network = stage
    return Player(services, network, language=language, now="2021-05-04T10:00:00Z", user=user)


async def test_a_form_goes_on_at_the_question_where_it_stood(stage):
    script = "> By talks\n< 3/4\n> It helps.\n< 4/4\n> [Back]\n< 3/4"
    play = await player(stage, "7").play(Path("form"), script)
    assert "Orchard & Sons" in stage[0].store.pledges.get(7).organisation
    assert play.looks == 3


async def test_a_question_that_was_being_asked_is_taken_as_the_question(stage):
    await player(stage, "8").play(Path("ask"), "> How do I begin?\n< on its way")
    assert [q.text for q in stage[0].store.inbox.open_questions()] == [
        "Where?",
        "How do I begin?",
    ]


async def test_buttons_of_before_still_work_when_they_are_pressed(stage):
    await player(stage, "7").play(Path("form"), "> [What can I do now?]\n> [Settings]\n< Language")
    await player(stage, "9", "fr").play(Path("today"), "> [Calendrier]\n< mai")
    kept = "".join(value for (value,) in stage[0].store.database.rows("SELECT value FROM meta"))
    assert len(set(re.findall(r'"data": "([a-z_]+:[a-z_]+)', kept))) > 5


async def test_staff_are_told_what_waited_for_them(stage):
    play = player(stage, "99")
    await play.at_now("2021-05-03T10:00:00+00:00")
    said = play.said
    for words in (
        "The channel x is paused after 8 failures in a row.",
        "“deed” did not go out on site: nobody approved it",
        "“deed” on site still waits for approval.",
        "On telegram something may have left since the backup that was restored.",
        "Posts of pledge-makers can’t be searched for on site.",
        "could not be passed on: https://m.example/@acme/10",
        "This must be taken back, and is still there: https://m.example/@acme/7",
        "doesn’t answer as it should: https://acme.example/help",
        "time zone is unknown: Mars/Olympus",
        "“Plant approved”, can’t be reached: their contact has stopped",
        "can’t be counted on Mastodon",
        "tag is used unusually often on Mastodon: 40 times on 2 May 2021, when 4 are usual.",
        "A network refuses our token for x",
        "Somebody asks a question (#2).",
    ):
        assert words in said, words
    assert stage[0].store.notices.waiting() == []
