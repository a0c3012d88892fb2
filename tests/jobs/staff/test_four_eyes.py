"""Four eyes: who counts as two people, by whatever names they act."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.config import Chat
from bot.errors import UsageError
from bot.jobs.amplify import review
from bot.jobs.planning import plan
from bot.jobs.staff import members, posting
from bot.model import PUBLIC, State
from bot.model.share import LINK, Answer, Candidate, ReviewState
from bot.model.staff import FORMER_STAFF, REHEARSAL, Actor, Member, StaffRole, Team
from bot.store.pledges.pledges import NewPledge
from bot.times import from_epoch

NOON = datetime(2021, 4, 30, 12, tzinfo=UTC)

ANNA = Member(name="anna", telegram=7, login="anna.m")
BEN = Member(name="ben", telegram=8)
CARL = Member(name="carl", login="carl")
TEAM = Team((ANNA, BEN, CARL))

CHILD = {
    "shown": Answer.YES,
    "child": Answer.YES,
    "consent": Answer.YES,
    "risk": Answer.NO,
    "dignity": Answer.NO,
    "place": Answer.NO,
}


@pytest.fixture
def services(tmp_path):
    services = house.services(
        tmp_path,
        house.campaign(house.action(post=True)),
        channels=(house.channel("telegram", review=True),),
    )
    settings = replace(services.settings, chat=Chat(staff=(7, 8)), members=(ANNA, BEN, CARL))
    services = replace(services, settings=settings)
    plan.run(services, NOON)
    yield services
    services.store.close()


def post(services):
    return next(
        entry.key for entry in services.store.listing.entries() if entry.key.recipient == PUBLIC
    )


def link(services):
    new = NewPledge(
        campaign="trees",
        audience=house.person(1).audience,
        stakeholder="",
        organisation="",
        country=None,
        language="en",
        answers={},
    )
    pledge = services.store.pledges.begin(new, Actor.person(1), 1)
    row = Candidate(
        network=LINK,
        uri="https://example.org/film",
        post="",
        url="https://example.org/film",
        author="",
        pledge=pledge,
        text="",
        media=True,
        posted=from_epoch(1),
        channel=None,
    )
    services.store.amplify.add([row], 1)
    return services.store.amplify.all()[0].id


@pytest.mark.parametrize(
    ("text", "telegram", "login"),
    [
        ("staff 7", "7", None),
        ("chat 7", "7", None),
        ("staff anna.m", None, "anna.m"),
        ("anna.m", None, "anna.m"),
        ("user 1000", None, "user 1000"),
        ("member anna", None, None),
        ("person 12", None, None),
        ("a former editor", None, None),
        ("a former member of staff", None, None),
    ],
)
def test_a_stored_text_says_by_which_name_somebody_acted(text, telegram, login):
    actor = Actor(text)
    assert (actor.telegram, actor.login, str(actor)) == (telegram, login, text)


def test_what_is_stored_is_spelled_as_ever():
    assert (Actor.person(12), Actor.staff("7"), Actor.reviewer("7")) == (
        "person 12",
        "staff 7",
        "chat 7",
    )


@pytest.mark.parametrize("one", ["staff 7", "chat 7", "anna.m", "staff anna.m", "member anna"])
@pytest.mark.parametrize("other", ["staff 7", "chat 7", "anna.m", "staff anna.m", "member anna"])
def test_a_text_from_before_matches_by_any_of_a_persons_names(one, other):
    assert TEAM.same(Actor(one), Actor(other))
    assert not TEAM.two(Actor(one), Actor(other))


def test_a_team_with_one_approver_is_alone_however_many_write():
    writer = Member(name="dora", telegram=9, roles=frozenset({StaffRole.WRITER}))
    assert Team((ANNA, writer)).alone
    assert not Team((ANNA, BEN, writer)).alone


def test_two_members_are_two_people():
    assert TEAM.two(Actor("anna.m"), Actor("staff 8"))
    assert TEAM.two(Actor("carl"), Actor("chat 7"))


@pytest.mark.parametrize("known", ["chat 7", "staff 8", "carl", FORMER_STAFF])
def test_who_was_forgotten_never_counts_as_one_of_two(known):
    assert not TEAM.two(FORMER_STAFF, Actor(known))
    assert not TEAM.two(Actor(known), FORMER_STAFF)


@pytest.mark.parametrize("unknown", ["dora", "staff dora", "user 1000", "member dora"])
def test_an_unknown_login_never_counts_as_one_of_two(unknown):
    assert not TEAM.two(Actor("staff 7"), Actor(unknown))
    assert not TEAM.two(Actor(unknown), Actor("staff 7"))
    assert not Team(()).two(Actor("anna.m"), Actor(unknown))


def test_who_is_named_twice_is_one_and_alone():
    assert Team((ANNA,)).alone
    assert not TEAM.alone


def test_the_ids_of_the_chat_are_a_team_as_ever(services):
    plain = replace(services.settings, members=())
    assert [member.telegram for member in plain.team_with(()).members] == [7, 8]
    assert plain.team_with(()).two(Actor("staff 7"), Actor("staff 8"))


def test_nobody_approves_at_the_command_line_what_they_wrote_in_the_chat(services):
    key = post(services)
    posting.rewrite(services, key, "Better words #Tag", Actor.staff("7"), NOON)
    with pytest.raises(UsageError, match="somebody else must approve"):
        posting.let_go(services, key, Actor("anna.m"), NOON)
    with pytest.raises(UsageError, match=r"\[staff.NAME\]"):
        posting.let_go(services, key, Actor("dora"), NOON)
    posting.let_go(services, key, Actor("carl"), NOON)


DOORS = ["staff 7", "anna.m", "member anna"]
"""As whom Anna acts in the chat, at the command line and at the desk."""


@pytest.mark.parametrize("wrote", DOORS)
def test_nobody_approves_by_another_door_what_they_wrote_by_one(services, wrote):
    key = post(services)
    posting.rewrite(services, key, "Better words #Tag", Actor(wrote), NOON)
    for again in DOORS:
        with pytest.raises(UsageError, match="somebody else must approve"):
            posting.let_go(services, key, Actor(again), NOON)
    assert services.store.listing.entry(key).state is State.AWAITING_APPROVAL


@pytest.mark.parametrize("approves", ["staff 8", "member ben", "carl", "member carl"])
@pytest.mark.parametrize("wrote", DOORS)
def test_another_person_approves_by_any_door(services, wrote, approves):
    key = post(services)
    posting.rewrite(services, key, "Better words #Tag", Actor(wrote), NOON)
    posting.let_go(services, key, Actor(approves), NOON)
    assert services.store.listing.entry(key).state is State.PLANNED
    [approved, _] = services.store.audit.read()
    assert (approved.by, approved.verb) == (approves, "post.approved")


@pytest.mark.parametrize("first", [*DOORS, "chat 7"])
def test_the_second_look_is_another_persons_by_any_door(services, first):
    number = link(services)
    review.approve(services, number, CHILD, Actor(first), NOON)
    for same in (*DOORS, "chat 7"):
        with pytest.raises(UsageError, match="second person"):
            review.approve(services, number, CHILD, Actor(same), NOON)
    decided = review.approve(services, number, CHILD, Actor.member("ben"), NOON)
    assert decided.state is ReviewState.APPROVED


def test_who_was_added_counts_until_they_are_removed(services):
    key, dora = post(services), Actor.member("dora")
    members.add(services, "dora", {"email": "dora@example.org"}, Actor("anna.m"), NOON)
    posting.rewrite(services, key, "Better words #Tag", Actor.staff("7"), NOON)
    posting.let_go(services, key, dora, NOON)
    posting.rewrite(services, key, "Other words #Tag", dora, NOON)
    members.remove(services, "dora", Actor("anna.m"), NOON)
    for anybody in ("staff 7", "carl", "member ben"):
        with pytest.raises(UsageError, match="member dora wrote this text, whom no member"):
            posting.let_go(services, key, Actor(anybody), NOON)
    posting.rewrite(services, key, "Other words #Tag", Actor("carl"), NOON)
    posting.let_go(services, key, Actor.member("ben"), NOON)


def test_who_is_alone_approves_their_own_words(services):
    one = replace(services, settings=replace(services.settings, chat=Chat(), members=(ANNA,)))
    key = post(one)
    posting.rewrite(one, key, "Better words #Tag", Actor.staff("7"), NOON)
    posting.let_go(one, key, Actor("anna.m"), NOON)
    assert one.store.listing.entry(key).state is State.PLANNED


def test_the_datas_own_words_need_no_second_person(services):
    key = post(services)
    posting.let_go(services, key, Actor("dora"), NOON)
    assert services.store.listing.entry(key).state is State.PLANNED


def test_the_second_look_is_not_the_firsts_by_another_name(services):
    number = link(services)
    assert (
        review.approve(services, number, CHILD, Actor.reviewer("7"), NOON).state
        is ReviewState.SECOND
    )
    for same in ("anna.m", "chat 7", "staff 7"):
        with pytest.raises(UsageError, match="second person"):
            review.approve(services, number, CHILD, Actor(same), NOON)
    with pytest.raises(UsageError, match=r"\[staff.NAME\]"):
        review.approve(services, number, CHILD, Actor("dora"), NOON)
    assert (
        review.approve(services, number, CHILD, Actor("carl"), NOON + timedelta(hours=1)).state
        is ReviewState.APPROVED
    )


def test_the_look_of_an_unknown_login_is_no_first_one(services):
    number = link(services)
    assert review.approve(services, number, CHILD, Actor("dora"), NOON).state is ReviewState.SECOND
    assert (
        review.approve(services, number, CHILD, Actor.reviewer("7"), NOON).state
        is ReviewState.SECOND
    )
    assert services.store.amplify.get(number).first == "chat 7"
    assert (
        review.approve(services, number, CHILD, Actor("carl"), NOON).state is ReviewState.APPROVED
    )


def forget_anna(services):
    services.store.forgotten.forget_at(1, "telegram", "7", 9, member=ANNA)


def test_nobody_approves_their_own_words_after_being_forgotten(services):
    key = post(services)
    posting.rewrite(services, key, "Better words #Tag", Actor("anna.m"), NOON)
    forget_anna(services)
    for anybody in ("staff 7", "anna.m", "carl"):
        with pytest.raises(UsageError, match="write it again"):
            posting.let_go(services, key, Actor(anybody), NOON)
    posting.rewrite(services, key, "Better words #Tag", Actor("carl"), NOON)
    posting.let_go(services, key, Actor.staff("8"), NOON)
    assert services.store.listing.entry(key).state is State.PLANNED


def test_what_two_people_approved_stays_approved_when_one_is_forgotten(services):
    key = post(services)
    posting.rewrite(services, key, "Better words #Tag", Actor("anna.m"), NOON)
    posting.let_go(services, key, Actor("carl"), NOON)
    number = link(services)
    review.approve(services, number, CHILD, Actor("anna.m"), NOON)
    review.approve(services, number, CHILD, Actor("carl"), NOON)
    forget_anna(services)
    assert services.store.listing.entry(key).state is State.PLANNED
    assert services.store.amplify.get(number).state is ReviewState.SENT
    assert [given.by for given in services.store.amplify.answers(number)] == [FORMER_STAFF, "carl"]


@pytest.mark.parametrize("name", ["chat 7", "anna.m", "staff anna.m"])
def test_the_first_look_of_who_was_forgotten_is_made_again_by_somebody(services, name):
    number = link(services)
    review.approve(services, number, CHILD, Actor(name), NOON)
    forget_anna(services)
    again = [
        review.approve(services, number, CHILD, Actor(second), NOON).state
        for second in ("chat 7", "carl")
    ]
    assert again == [ReviewState.SECOND, ReviewState.APPROVED]


def test_a_rehearsal_is_nobody_of_the_team():
    assert not TEAM.same(REHEARSAL, Actor("staff 7"))
