"""Pledges, editors and contacts in the database."""

import re
from datetime import UTC, date, datetime

import pytest

from bot.errors import UsageError
from bot.model import Audience, Channel
from bot.model.person import NewContact, NewPerson, Status
from bot.model.pledge import (
    INVITE_DAYS,
    MOST_EDITORS,
    STAFF,
    FilledForm,
    Handle,
    JourneyState,
    NewPledge,
    PledgeState,
    Standing,
)
from bot.rules.journey import standing_of
from bot.store import Store

NOW = 1_614_600_000
DAY = 86_400


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "test.db")
    opened.channels.ensure(
        [
            Channel(
                name="mail",
                network="apprise",
                account="mail",
                base_url=None,
                target=None,
                language="en",
                audiences=tuple(Audience),
                review=False,
                nudges=True,
                posts=False,
                zone="UTC",
                minute=540,
                per_second=None,
                daily=None,
                note="",
            )
        ]
    )
    yield opened
    opened.close()


def new(audience=Audience.ORGANIZATION, **answers):
    return NewPledge(
        campaign="trees",
        audience=audience,
        stakeholder="company",
        organisation="ACME" if audience is not Audience.INDIVIDUAL else "",
        country="CH",
        language="en",
        answers=answers or {"name": "Plant 40 trees"},
    )


def person(number, audience=Audience.ORGANIZATION):
    return NewPerson(
        channel=1,
        address=f"p{number}@acme.example",
        audience=audience,
        language="en",
        country=None,
        zone="UTC",
        minute=540,
        joined=NOW,
    )


def test_a_pledge_is_begun_edited_and_keeps_what_stood_before(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    assert store.pledges.edit(
        pledge, {"name": "Plant 50 trees", "how": "With spades"}, "person 2", NOW + 5
    )
    assert not store.pledges.edit(pledge, {"how": "With spades"}, "person 2", NOW + 6)
    there = store.pledges.get(pledge)
    assert (there.name, there.answers["how"], there.state, there.changed) == (
        "Plant 50 trees",
        "With spades",
        PledgeState.DRAFT,
        NOW + 5,
    )
    begun, edited = store.pledges.history(pledge)
    assert (begun.kind, begun.by, edited.kind, edited.by) == (
        "begun",
        "person 1",
        "edited",
        "person 2",
    )
    assert edited.detail == {"before": {"name": "Plant 40 trees", "how": ""}}


def test_a_draft_asks_a_question_again(store):
    pledge = store.pledges.begin(new(name="A", how="B"), "person 1", NOW)
    store.pledges.drop_answer(pledge, "how", NOW)
    assert store.pledges.get(pledge).answers == {"name": "A"}


WAYS = {
    PledgeState.DRAFT: {PledgeState.SUBMITTED},
    PledgeState.SUBMITTED: {PledgeState.APPROVED, PledgeState.REJECTED, PledgeState.DRAFT},
    PledgeState.APPROVED: {PledgeState.PUBLISHED, PledgeState.WITHDRAWN},
    PledgeState.REJECTED: {PledgeState.SUBMITTED, PledgeState.DRAFT},
    PledgeState.PUBLISHED: {PledgeState.WITHDRAWN},
    PledgeState.WITHDRAWN: {PledgeState.SUBMITTED},
}


@pytest.mark.parametrize("frm", PledgeState)
@pytest.mark.parametrize("to", PledgeState)
def test_moderation_has_these_ways_and_no_others(store, frm, to):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.pledges.verify(pledge, "staff", "staff anna", NOW)
    store.database.execute(
        "UPDATE pledge SET state = :frm, approved = answers WHERE id = :pledge",
        {"frm": frm, "pledge": pledge},
    )
    if to in WAYS[frm]:
        assert store.pledges.move(pledge, to, "staff anna", NOW).state is to
        assert store.pledges.history(pledge)[-1].kind == to.word
    else:
        with pytest.raises(UsageError, match=frm.word):
            store.pledges.move(pledge, to, "staff anna", NOW)
        assert store.pledges.get(pledge).state is frm


def approve(store, pledge):
    for to in (PledgeState.SUBMITTED, PledgeState.APPROVED):
        store.pledges.move(pledge, to, "staff anna", NOW)


def test_nothing_of_an_organisation_is_published_before_it_is_verified(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    approve(store, pledge)
    with pytest.raises(UsageError, match="ACME is not verified"):
        store.pledges.move(pledge, PledgeState.PUBLISHED, "staff anna", NOW)
    store.pledges.verify(pledge, "email", "staff anna", NOW + 3, "answered from @acme.example")
    assert (
        store.pledges.move(pledge, PledgeState.PUBLISHED, "staff anna", NOW + 4).state
        is PledgeState.PUBLISHED
    )
    found = store.pledges.verification(pledge)
    assert (found.method, found.by, found.at, found.note) == (
        "email",
        "staff anna",
        NOW + 3,
        "answered from @acme.example",
    )


def test_an_individuals_own_word_is_enough(store):
    pledge = store.pledges.begin(new(Audience.INDIVIDUAL), "person 1", NOW)
    approve(store, pledge)
    assert (
        store.pledges.move(pledge, PledgeState.PUBLISHED, "staff anna", NOW).state
        is PledgeState.PUBLISHED
    )


def test_what_is_public_stays_as_it_was_approved_until_the_edit_is_approved_too(store):
    pledge = store.pledges.begin(new(Audience.INDIVIDUAL), "person 1", NOW)
    approve(store, pledge)
    store.pledges.move(pledge, PledgeState.PUBLISHED, "staff anna", NOW)
    store.pledges.edit(pledge, {"name": "Plant 50 trees"}, "person 1", NOW + 9)
    there = store.pledges.get(pledge)
    assert there.pending
    assert there.approved == {"name": "Plant 40 trees"}
    assert [p.id for p in store.pledges.to_moderate()] == [pledge]
    after = store.pledges.move(pledge, PledgeState.APPROVED, "staff ben", NOW + 10)
    assert (after.state, after.pending, after.approved) == (
        PledgeState.PUBLISHED,
        False,
        {"name": "Plant 50 trees"},
    )
    assert store.pledges.to_moderate() == []


def published(store, *moments):
    """A pledge that became public at each of these epoch seconds, and was withdrawn in between."""
    pledge = store.pledges.begin(new(Audience.INDIVIDUAL), "person 1", NOW)
    for number, moment in enumerate(moments):
        if number:
            store.pledges.move(pledge, PledgeState.WITHDRAWN, "person 1", moment - 2)
            store.pledges.move(pledge, PledgeState.SUBMITTED, "person 1", moment - 1)
            store.pledges.move(pledge, PledgeState.APPROVED, "staff anna", moment - 1)
        else:
            approve(store, pledge)
        store.pledges.move(pledge, PledgeState.PUBLISHED, "staff anna", moment)
    return pledge


def test_what_became_public_in_a_time_is_told_once_the_newest_first(store):
    start, end = NOW + 100, NOW + 200
    published(store, start - 1)
    published(store, start - 50, start + 50)  # back again: it was public before
    first, last = published(store, start), published(store, end - 1, end + 9)
    middle = published(store, start + 10)
    published(store, end)
    gone = published(store, start + 20)
    store.pledges.move(gone, PledgeState.WITHDRAWN, "person 1", end)
    assert store.public_pledges.between("trees", start, end) == [last, middle, first]
    assert store.public_pledges.between("bees", start, end) == []
    newest = [each.pledge for each in store.public_pledges.newest("trees", 3)]
    assert newest[1:] == [last, middle]
    assert store.public_pledges.newest("bees", 3) == []


@pytest.mark.parametrize("public", [False, True])
def test_an_edit_is_sent_back_and_nothing_is_lost(store, public):
    pledge = store.pledges.begin(
        new(Audience.INDIVIDUAL, name="Plant 40 trees", how="With spades"), "person 1", NOW
    )
    approve(store, pledge)
    if public:
        store.pledges.move(pledge, PledgeState.PUBLISHED, "staff anna", NOW)
    before = store.pledges.get(pledge)
    store.pledges.edit(pledge, {"name": "Plant 50 trees", "when": "In May"}, "person 1", NOW + 9)
    after = store.pledges.send_back(pledge, "staff ben", NOW + 10, "Fifty where?")
    assert (after.answers, after.approved, after.state, after.pending) == (
        before.answers,
        before.approved,
        before.state,
        False,
    )
    assert store.pledges.to_moderate() == []
    line = store.pledges.newest(pledge)
    assert (line.kind, line.by, line.at) == ("returned", "staff ben", NOW + 10)
    assert line.detail == {
        "before": {"name": "Plant 50 trees", "when": "In May"},
        "reason": "Fifty where?",
    }
    assert store.pledges.happening(line.id) == line
    with pytest.raises(UsageError, match="nothing to send back"):
        store.pledges.send_back(pledge, "staff ben", NOW + 11, "Again")
    assert store.pledges.edit(pledge, {"name": "Plant 60 trees"}, "person 1", NOW + 12), (
        "they may write again"
    )
    assert store.pledges.get(pledge).pending


@pytest.mark.parametrize(
    "state", [s for s in PledgeState if s not in (PledgeState.APPROVED, PledgeState.PUBLISHED)]
)
def test_only_an_edit_of_what_stands_approved_is_sent_back(store, state):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.database.execute(
        "UPDATE pledge SET state = :state, approved = '{}' WHERE id = :pledge",
        {"state": state, "pledge": pledge},
    )
    with pytest.raises(UsageError, match="nothing to send back"):
        store.pledges.send_back(pledge, "staff ben", NOW, "No")
    assert store.pledges.get(pledge).name == "Plant 40 trees"


def test_the_queue_has_what_waits_longest_first(store):
    first, second = (store.pledges.begin(new(), "person 1", NOW) for _ in range(2))
    store.pledges.move(second, PledgeState.SUBMITTED, "person 1", NOW + 1)
    store.pledges.move(first, PledgeState.SUBMITTED, "person 1", NOW + 2)
    assert [p.id for p in store.pledges.to_moderate()] == [second, first]


def test_handles_are_set_as_a_whole(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.pledges.set_handles(
        pledge,
        [
            Handle(network="x", name="acme", url="https://x.com/acme"),
            Handle(network="tiktok", name="acme", url="https://t"),
        ],
        "person 1",
        NOW,
    )
    other = Handle(network="x", name="acme2", url="https://x.com/acme2")
    store.pledges.set_handles(pledge, [other], "person 1", NOW)
    assert store.pledges.handles(pledge) == [other]


def test_the_first_editor_is_the_focal_point_and_five_are_the_most(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    assert all(store.editors.add(pledge, n, NOW + n) for n in range(1, MOST_EDITORS + 1))
    assert not store.editors.add(pledge, 1, NOW)
    with pytest.raises(UsageError, match="5 editors already"):
        store.editors.add(pledge, 6, NOW)
    assert [(e.person, e.focal) for e in store.editors.team(pledge)] == [
        (1, True),
        (2, False),
        (3, False),
        (4, False),
        (5, False),
    ]


def test_the_focal_point_hands_over_and_a_leaving_one_is_followed(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    for n in (1, 2, 3):
        store.editors.add(pledge, n, NOW + n)
    with pytest.raises(UsageError, match="only the focal point"):
        store.editors.hand_over(pledge, 2, 3)
    with pytest.raises(UsageError, match="invitation"):
        store.editors.hand_over(pledge, 1, 9)
    store.editors.hand_over(pledge, 1, 3)
    assert store.editors.focal(pledge) == 3
    assert store.editors.remove(pledge, 3)
    assert store.editors.focal(pledge) == 1
    assert not store.editors.remove(pledge, 3)


def test_an_invitation_lets_one_person_in_once(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.editors.add(pledge, 1, NOW)
    token = store.editors.invite(pledge, 1, NOW)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert token not in str(store.database.rows("SELECT * FROM pledge_invite"))
    assert store.editors.accept(token, 1, NOW) == pledge  # an editor's own click does not use it up
    assert store.editors.accept(token, 2, NOW + 5) == pledge
    assert store.editors.accept(token, 3, NOW + 6) is None
    assert [e.person for e in store.editors.team(pledge)] == [1, 2]


def test_an_invitation_ends_after_its_days_and_only_editors_invite(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.editors.add(pledge, 1, NOW)
    token = store.editors.invite(pledge, 1, NOW)
    assert store.editors.accept(token, 2, NOW + INVITE_DAYS * DAY) is None
    assert store.editors.accept("no-such-token", 2, NOW) is None
    with pytest.raises(UsageError, match="only an editor"):
        store.editors.invite(pledge, 2, NOW)


def test_staff_invite_to_any_pledge_and_strangers_to_none(store):
    pledge = store.pledges.begin(new(), "staff anna", NOW)
    with pytest.raises(UsageError, match="only an editor"):
        store.editors.invite(pledge, 1, NOW)
    token = store.editors.invite(pledge, STAFF, NOW)
    assert store.editors.accept(token, 7, NOW + 1) == pledge
    assert store.editors.focal(pledge) == 7, "the first one is the focal point"


@pytest.mark.parametrize("status", Status)
def test_only_who_is_away_can_be_taken_over_from(store, status):
    store.people.add([person(1), person(2), person(3)])
    pledge = store.pledges.begin(new(), "person 1", NOW)
    for n in (1, 2):
        store.editors.add(pledge, n, NOW + n)
    store.people.mark([1], status)
    if status not in (Status.STOPPED, Status.BLOCKED):
        with pytest.raises(UsageError, match="can be reached"):
            store.editors.take_over(pledge, 2)
        assert store.editors.focal(pledge) == 1
        return
    with pytest.raises(UsageError, match="invitation"):
        store.editors.take_over(pledge, 3)
    store.editors.take_over(pledge, 2)
    assert store.editors.focal(pledge) == 2


def test_a_leaving_focal_point_is_followed_by_somebody_who_can_be_reached(store):
    store.people.add([person(1), person(2), person(3)])
    pledge = store.pledges.begin(new(), "person 1", NOW)
    for n in (1, 2, 3):
        store.editors.add(pledge, n, NOW + n)
    store.people.mark([2], Status.BLOCKED)
    store.editors.remove(pledge, 1)
    assert store.editors.focal(pledge) == 3


def test_who_gets_the_steps_follows_before_who_gets_news_only(store):
    store.people.add([person(1), person(2), person(3), person(4)])
    pledge = store.pledges.begin(new(), "person 1", NOW)
    for n in (1, 2, 3, 4):
        store.editors.add(pledge, n, NOW + n)
    store.people.mark([2], Status.PAUSED)
    store.people.mark([3], Status.BLOCKED)
    store.people.mark([4], Status.SILENT)
    store.editors.remove(pledge, 1)
    assert store.editors.focal(pledge) == 4
    store.editors.remove(pledge, 4)
    assert store.editors.focal(pledge) == 2, "news reach them at least"


def test_a_pledge_without_anybody_is_lost_from_then_on(store):
    store.people.add([person(1), person(2)])
    imported, joint, alone = (store.pledges.begin(new(), "staff anna", NOW) for _ in range(3))
    for pledge in (joint, alone):
        store.editors.add(pledge, 1, NOW)
    store.editors.add(joint, 2, NOW)
    assert store.editors.leave_all(1, NOW + 5) == [alone]
    assert [store.pledges.get(p).lost for p in (imported, joint, alone)] == [None, None, NOW + 5]
    assert store.pledges.newest(joint).kind == "left"
    assert store.editors.to_look_at("trees") == [alone]


def test_pledges_whose_focal_point_is_away_are_looked_at(store):
    store.people.add([person(n) for n in range(1, 5)])
    own, draft, standing_one, fine = (
        store.pledges.begin(new(a), "x", NOW)
        for a in (Audience.INDIVIDUAL, *[Audience.ORGANIZATION] * 3)
    )
    for n, pledge in enumerate((own, draft, standing_one, fine), 1):
        store.editors.add(pledge, n, NOW)
        if pledge != draft:
            store.pledges.move(pledge, PledgeState.SUBMITTED, "x", NOW)
    store.people.mark([1, 2, 3], Status.BLOCKED)
    assert store.editors.to_look_at("trees") == [standing_one]
    assert store.editors.to_look_at("bees") == []


def test_milestones_are_reported_once_and_keep_the_first_day_and_the_last_link(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.journeys.reminded(pledge, "prompt-march", 202100, NOW)
    assert store.journeys.report(pledge, "prompt-march", 202100, None, "person 1", NOW + 1)
    assert not store.journeys.report(
        pledge, "prompt-march", 202100, "https://acme.example/film", "person 2", NOW + 2
    )
    [done] = store.journeys.reports(pledge)
    assert (done.answered, done.link, done.by) == (NOW + 1, "https://acme.example/film", "person 1")


def test_sheets_go_on_where_they_were(store):
    assert store.journeys.filled_form("pledge", 4, "trees", "scale-up") == FilledForm()
    store.journeys.keep_form("pledge", 4, "trees", "scale-up", {"a": "1"}, NOW)
    store.journeys.keep_form(
        "pledge", 4, "trees", "scale-up", {"a": "1", "b": ""}, NOW + 1, finished=True
    )
    assert store.journeys.filled_form("pledge", 4, "trees", "scale-up") == FilledForm(
        answers={"a": "1", "b": ""}, finished=NOW + 1
    )
    store.journeys.keep_form("person", 4, "trees", "carry-on", {}, NOW)
    assert store.journeys.drop_old_forms(NOW + 1) == 1


def test_deleting_a_pledge_leaves_nothing_of_it(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.editors.add(pledge, 1, NOW)
    store.editors.invite(pledge, 1, NOW)
    store.pledges.set_handles(
        pledge, [Handle(network="x", name="a", url="https://a")], "person 1", NOW
    )
    store.pledges.verify(pledge, "staff", "staff anna", NOW)
    store.journeys.report(pledge, "p", 1, None, "person 1", NOW)
    store.journeys.keep_form("pledge", pledge, "trees", "scale-up", {}, NOW)
    store.pledges.delete(pledge)
    for table in (
        "pledge",
        "pledge_editor",
        "pledge_invite",
        "pledge_handle",
        "pledge_verification",
        "pledge_event",
        "milestone",
        "sheet",
    ):
        assert store.database.value(f"SELECT count(*) FROM {table}") == 0, table


def test_forgetting_a_person_takes_their_own_pledge_and_leaves_the_organisations(store):
    store.people.add([person(1), person(2)])
    own = store.pledges.begin(new(Audience.INDIVIDUAL), "person 1", NOW)
    joint, alone = (store.pledges.begin(new(), "person 1", NOW) for _ in range(2))
    for pledge in (own, joint, alone):
        store.editors.add(pledge, 1, NOW)
    store.editors.add(joint, 2, NOW)
    store.journeys.report(joint, "p", 1, None, "person 1", NOW)
    assert store.forgotten.forget_at(1, "mail", "p1@acme.example", NOW)
    assert store.pledges.get(own) is None
    assert store.editors.focal(joint) == 2
    assert store.editors.focal(alone) is None
    assert "person 1" not in {h.by for p in (joint, alone) for h in store.pledges.history(p)}
    assert [r.by for r in store.journeys.reports(joint)] == ["a former editor"]
    assert store.pledges.newest(alone).kind == "left"


# contacts


def contact(number, *, agreed=False):
    return NewContact(
        person=person(number),
        organisation="ACME",
        stakeholder="company",
        consent_source="form at the fair" if agreed else None,
        consent_date="2021-02-01" if agreed else None,
    )


def test_who_has_not_agreed_is_unconfirmed_until_they_do(store):
    counts = store.contacts.add([contact(1), contact(2, agreed=True)], "mail", NOW)
    assert (counts.new, counts.known, counts.left) == (2, 0, 0)
    first, second = store.contacts.all()
    assert (first.status, second.status) == (Status.UNCONFIRMED, Status.ACTIVE)
    assert [c.person for c in store.contacts.to_ask()] == [first.person]
    store.contacts.asked(first.person, NOW)
    assert store.contacts.to_ask() == []
    assert store.contacts.confirm(first.person, NOW + 9)
    assert not store.contacts.confirm(first.person, NOW + 10)
    after = store.contacts.get(first.person)
    assert (after.status, after.confirmed) == (Status.ACTIVE, NOW + 9)
    assert (
        store.database.value("SELECT joined FROM person WHERE id = :p", {"p": first.person})
        == NOW + 9
    )


def test_importing_again_changes_nothing(store):
    store.contacts.add([contact(1)], "mail", NOW)
    store.contacts.confirm(1, NOW)
    counts = store.contacts.add([contact(1)], "mail", NOW + 5)
    assert (counts.new, counts.known) == (0, 1)
    assert store.contacts.get(1).status is Status.ACTIVE


def test_a_consent_that_is_recorded_later_counts_as_a_confirmation(store):
    store.contacts.add([contact(1)], "mail", NOW)
    store.contacts.asked(1, NOW)
    counts = store.contacts.add([contact(1, agreed=True)], "mail", NOW + 5)
    assert (counts.new, counts.known, counts.agreed) == (0, 0, 1)
    after = store.contacts.get(1)
    assert (after.status, after.consent_source) == (Status.ACTIVE, "form at the fair")
    joined = store.database.value("SELECT joined FROM person WHERE id = 1")
    assert joined == NOW + 5, "what was due before is not made up for"
    again = store.contacts.add([contact(1, agreed=True)], "mail", NOW + 6)
    assert (again.known, again.agreed) == (1, 0)


def test_who_has_left_is_gone_and_no_import_brings_them_back(store):
    store.contacts.add([contact(1, agreed=True)], "mail", NOW)
    assert store.contacts.leave(1, "mail", NOW + 1)
    assert not store.contacts.leave(1, "mail", NOW + 2)
    everything = str(
        [store.database.rows(f"SELECT * FROM {t}") for t in ("person", "contact", "tombstone")]
    )
    assert "acme.example" not in everything
    assert "ACME" not in everything
    counts = store.contacts.add([contact(1), contact(2)], "mail", NOW + 3)
    assert (counts.new, counts.left) == (1, 1)
    # the number is not given to anybody else: an old letter's link must not act on them
    assert [c.person for c in store.contacts.all()] == [2]


def test_a_restored_backup_forgets_contacts_too(store):
    store.contacts.add([contact(1, agreed=True)], "mail", NOW)
    pledge = store.pledges.begin(new(), "person 1", NOW)
    store.editors.add(pledge, 1, NOW)
    store.forgotten.remember("mail", "p1@acme.example", NOW + 1)
    assert store.forgotten.bury(store.forgotten.tombstones(), NOW + 2, {}) == 1
    assert store.contacts.all() == []
    assert store.editors.team(pledge) == []


def test_contacts_are_found_in_whatever_case(store):
    store.contacts.add([contact(1)], "mail", NOW)
    assert [one.person for one in store.contacts.find("P1@Acme.Example")] == [1]
    assert store.contacts.find("p9@acme.example") == []


def test_standing_is_kept(store):
    pledge = store.pledges.begin(new(), "person 1", NOW)
    now = datetime(2021, 4, 1, 9, tzinfo=UTC)
    paused = Standing(state=JourneyState.PAUSED, since=now, until=date(2021, 6, 1), heard=now)
    store.journeys.stand(pledge, paused)
    assert standing_of(store.pledges.get(pledge)) == paused
