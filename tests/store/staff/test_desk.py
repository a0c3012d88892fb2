"""How staff enter their desk, who they are, and the log of what they did."""

import house
import pytest

from bot.errors import IntegrityError
from bot.model.staff import FORMER_STAFF, Actor, Member, StaffRole
from bot.model.staff.audit import Look, Verb
from bot.model.who import Keep
from bot.store.db import Database
from bot.times import DAY

ANNA = Member(
    name="anna",
    telegram=7,
    login="anna.m",
    email="anna@example.org",
    roles=frozenset({StaffRole.WRITER, StaffRole.SAFEGUARDING}),
)
KEEP = Keep(forms=90, questions=365, flags=30, notices=90, audit=100)
HOUR = 3600


@pytest.fixture
def store(tmp_path):
    services = house.services(tmp_path, house.campaign(house.action(nudge=True)))
    yield services.store
    services.store.close()


def test_a_member_is_kept_changed_and_removed(store):
    store.members.put(ANNA, 5)
    assert store.members.all() == (ANNA,)
    other = Member(name="anna", telegram=8)
    store.members.put(other, 6)
    assert store.members.all() == (other,)
    assert store.members.remove("anna")
    assert not store.members.remove("anna")
    assert store.members.all() == ()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (StaffRole.READER, True),
        (StaffRole.WRITER, True),
        (StaffRole.APPROVER, False),
        (StaffRole.ADMIN, False),
        (StaffRole.SAFEGUARDING, True),
    ],
)
def test_a_role_includes_those_before_it(role, may):
    assert ANNA.may(role) is may


def test_an_admin_reads_no_reports():
    assert Member(name="bo").may(StaffRole.APPROVER)
    assert not Member(name="bo").may(StaffRole.SAFEGUARDING)


def test_a_link_opens_the_desk_once_and_not_for_long(store):
    store.logins.promise("anna", "secret", 100, 700)
    store.logins.promise("anna", "late", 100, 700)
    assert store.logins.opens("secret", 699) == "anna"
    assert store.logins.opens("other", 699) is None
    assert store.logins.use("late", 700) is None
    assert store.logins.use("secret", 699) == "anna"
    assert store.logins.use("secret", 699) is None
    assert store.logins.opens("secret", 699) is None
    assert store.logins.promised("anna", 99) == 2


def test_a_session_ends_when_nothing_was_asked_for_twelve_hours(store):
    store.logins.begin("anna", "secret", 0)
    assert store.logins.session("secret", 12 * HOUR - 1).member == "anna"
    assert store.logins.session("secret", 24 * HOUR - 2).member == "anna"
    assert store.logins.session("secret", 36 * HOUR - 2) is None
    assert store.logins.session("other", 1) is None


def test_the_file_holds_no_secret(store):
    store.logins.promise("anna", "first-secret", 0, 600)
    store.logins.begin("anna", "second-secret", 0)
    held = str([store.database.rows(f"SELECT * FROM {t}") for t in ("desk_link", "desk_session")])
    assert "secret" not in held
    assert "anna" in held


def test_signing_out_everywhere_ends_all_sessions_and_links_of_one_member(store):
    for number in (1, 2):
        store.logins.begin("anna", f"a{number}", 0)
    store.logins.begin("bo", "b", 0)
    store.logins.promise("anna", "link", 0, 600)
    assert store.logins.end_all("anna") == 2
    assert store.logins.session("a1", 1) is None
    assert store.logins.opens("link", 1) is None
    store.logins.end(store.logins.session("b", 1))
    assert store.logins.session("b", 1) is None


def test_what_is_over_is_deleted(store):
    store.logins.begin("anna", "a", 0)
    store.logins.promise("anna", "link", 0, 600)
    assert store.logins.expire(12 * HOUR, KEEP) == 1
    assert store.logins.expire(DAY, KEEP) == 1


def test_the_log_is_read_newest_first_by_verb_and_by_who(store):
    store.audit.note(ANNA.actor, Verb.POST_APPROVED, 10, "1-2-0", digest="ab")
    store.audit.note(Actor.staff("8"), Verb.HELD, 11, 3)
    store.audit.note(ANNA.actor, Verb.POST_CANCELLED, 12, "1-2-0")
    assert [
        (deed.at, deed.by, deed.verb, deed.object, deed.digest) for deed in store.audit.read()
    ] == [
        (12, "member anna", "post.cancelled", "1-2-0", ""),
        (11, "staff 8", "hold.set", "3", ""),
        (10, "member anna", "post.approved", "1-2-0", "ab"),
    ]
    assert [deed.at for deed in store.audit.read(verb="post.")] == [12, 10]
    assert [deed.at for deed in store.audit.read(by=[Actor.staff("8")])] == [11]
    assert [deed.at for deed in store.audit.read(before=3, most=1)] == [11]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET verb = 'x'",
        "DELETE FROM audit",
        "UPDATE audit_kept SET since = -1",
        "DELETE FROM audit_kept",
        "INSERT INTO audit_kept (since) VALUES (99)",
        "UPDATE audit_actor SET name = 'member bo' WHERE id = 1",
        "UPDATE audit_actor SET id = 9 WHERE id = 2",
        "DELETE FROM audit_actor WHERE id = 1",
        "DELETE FROM audit_actor WHERE id = 2",
    ],
)
def test_nothing_of_ours_can_change_the_log(store, statement):
    assert [store.audit.number(actor) for actor in (ANNA.actor, Actor.member("bo"))] == [1, 2]
    store.audit.note(ANNA.actor, Verb.MCP_STARTED, 10, 2)
    with pytest.raises(IntegrityError, match="only added to"):
        store.database.execute(statement)
    assert [(deed.at, deed.by) for deed in store.audit.read()] == [(10, ANNA.actor)]
    assert store.audit.named(2) == "member bo"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO audit (id, at, actor, verb, object, digest) VALUES (1, 9, 2, 'x', '', '')",
        "REPLACE INTO audit_actor (id, name) VALUES (1, 'member bo')",
    ],
)
def test_no_line_gives_way_to_another_by_the_words_of_sqlite_alone(store, statement):
    store.audit.note(ANNA.actor, Verb.HELD, 10, 3)
    with pytest.raises(IntegrityError, match="only added to"):
        store.database.execute(statement)
    assert [(deed.at, deed.by) for deed in store.audit.read()] == [(10, ANNA.actor)]


def test_lines_past_their_time_go_and_others_stay(store):
    store.audit.note(Actor.staff("8"), Verb.HELD, 10, 1)
    store.audit.note(ANNA.actor, Verb.HELD, 10 + DAY, 2)
    assert store.audit.expire(11 + 100 * DAY, KEEP) == 1
    assert [deed.object for deed in store.audit.read()] == ["2"]
    assert store.audit.expire(0, KEEP) == 0, "a clock that goes back takes nothing"
    assert store.database.column("SELECT name FROM audit_actor") == ["member anna"]


def test_why_somebody_looked_at_people_goes_with_its_line(store):
    for at, why in ((10, "Ana asked"), (10 + DAY, "Bo asked")):
        store.audit.note(ANNA.actor, Verb.CONTACTS_LISTED, at, look=Look(why=why))
    assert [store.audit.why(deed.id) for deed in store.audit.read()] == ["Bo asked", "Ana asked"]
    store.audit.expire(11 + 100 * DAY, KEEP)
    assert store.database.column("SELECT why FROM audit_look") == ["Bo asked"]


def test_whom_a_line_is_about_is_named_for_as_long_as_the_line_stays(store):
    about = [store.audit.number(Actor.member(name)) for name in ("bo", "cleo", "dan")]
    for verb, number in zip((Verb.MEMBER_ADDED, Verb.MCP_STARTED), about, strict=False):
        store.audit.note(ANNA.actor, verb, 10, number)
    store.audit.expire(11, KEEP)
    assert [store.audit.named(number) for number in about] == ["member bo", "member cleo", None]


def test_the_log_stays_whole_and_nameless_when_its_people_are_forgotten(store, engine):
    store.people.add([house.person(1)])
    store.audit.note(ANNA.actor, Verb.POST_APPROVED, 10, "1-2-0")
    store.audit.note(Actor("anna.m"), Verb.HELD, 11, 3)
    store.audit.note(Actor.person(1), Verb.PLEDGE_APPROVED, 12, 4)
    store.forgotten.forget_at(1, "telegram", "7", 20, member=ANNA)
    assert [deed.by for deed in store.audit.read()] == ["person 1", FORMER_STAFF, FORMER_STAFF]
    assert [deed.object for deed in store.audit.read()] == ["4", "3", "1-2-0"]
    assert "anna" not in str(store.database.rows("SELECT * FROM audit_actor"))
    if engine == "sqlite":
        store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"anna" not in store.database.where.read_bytes()


@pytest.mark.sqlite
def test_the_newest_lines_of_some_verbs_are_read_without_the_others(store, monkeypatch):
    verbs = (Verb.HELD, Verb.WRITTEN, Verb.LET_GO)
    for number in range(30):
        store.audit.note(ANNA.actor, verbs[number % 3], 1_000 + number, number)
    asked, select = list[tuple[str, dict]](), Database.select
    monkeypatch.setattr(Database, "select", lambda db, *of: asked.append(of[1:]) or select(db, *of))
    lines = store.audit.read(verb="hold.", most=5)
    monkeypatch.undo()
    assert [deed.object for deed in lines] == ["29", "27", "26", "24", "23"]
    assert [deed.verb for deed in lines[:2]] == [Verb.LET_GO, Verb.HELD]
    [(sql, params)] = asked
    steps = {step for *_, step in store.database.rows(f"EXPLAIN QUERY PLAN {sql}", params)}
    # both are read side by side, as far as the newest go: nothing is put in order that isn't shown
    assert {step for step in steps if "TEMP B-TREE" in step or " l " in step} == {
        "SEARCH l USING INDEX audit_verb (verb=? AND id<?)"
    }
    assert "MERGE (UNION ALL)" in steps
    older = store.audit.read(verb="hold.", before=lines[-1].id, most=2)
    assert [deed.object for deed in older] == ["21", "20"]
