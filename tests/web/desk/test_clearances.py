"""Clearance by link: what somebody without an account reads, decides, and no longer can."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from fakes.mail import text_of
from mailing.served import services_in

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.config import Web
from bot.conversation.words import Command
from bot.errors import UsageError
from bot.jobs.planning import plan
from bot.jobs.staff import answering, clearances, letters, posting
from bot.model import Audience
from bot.model.message import Picture, Rendered
from bot.model.outbox import State
from bot.model.pledge import NewPledge, PledgeState
from bot.model.staff import Actor, Member, StaffRole
from bot.model.staff.clearance import Became, Stand, Subject
from bot.model.who import Who

from .conftest import ORIGIN, staffed

EARLY = datetime(2021, 4, 27, 8, tzinfo=UTC)
"""Four days before the post is due, so that a link ends with it."""

PEOPLE = (
    Member(name="anna", telegram=1, roles=frozenset({StaffRole.APPROVER})),
    Member(name="ben", telegram=2, roles=frozenset({StaffRole.APPROVER})),
    Member(name="rita", telegram=3, roles=frozenset({StaffRole.READER})),
    Member(name="will", telegram=4, email="will@example.org", roles=frozenset({StaffRole.WRITER})),
)
HERE = "/desk/posts/1-1-0"
POST = Subject(occurrence=1, channel=1)
WILL = Actor.member("will")


@pytest.fixture
def services(tmp_path):
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", post=True)),
        channels=(house.channel("telegram", review=True),),
    )
    made = staffed(made, members=PEOPLE)
    plan.run(made, EARLY)
    yield made
    made.store.close()


def sent(services, subject=POST, to="The minister’s office", now=EARLY, **more):
    """The path of a link that `will` has made."""
    asked = clearances.ask(services, subject, to, WILL, now, **more)
    return asked.link.removeprefix(ORIGIN)


def stand(services, now=EARLY, number=1):
    return clearances.stand(services, services.store.clearances.get(number), now)


def told(services, chat="4"):
    return [
        (notice.template, notice.values["why"])
        for notice in services.store.notices.waiting()
        if notice.address == chat and notice.template.startswith("staff.clearance")
    ]


async def test_somebody_without_an_account_clears_a_post_as_it_would_go_out(services, desk):
    async with desk(services, EARLY) as sit:
        will, nobody = await sit("will"), await sit()
        assert f'href="{HERE}/clear"' in (await will.gets(HERE)).text
        made = await will.posts(f"{HERE}/clear", {"to": "The minister’s office", "language": "en"})
        path = re.search(rf"{ORIGIN}(/clear/[\w-]+)", made.text)[1]
        for _ in range(3):  # programs that follow links change nothing
            page = await nobody.gets(path)
            assert "For The minister’s office: will asks" in page.words
        assert "The link works until 1 May 2021" in page.words
        assert posting.shown(services, services.store.listing.entry(POST.key)).parts[0] in (
            page.words
        )
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-robots-tag"] == "noindex, nofollow"
        assert "set-cookie" not in page.headers
        assert stand(services) is Stand.OPEN
        answer = await nobody.posts(path, {"name": " Dr.  Amal ", "do": "clear"})
        assert (answer.status, answer.where) == (303, path)
        assert "Dr. Amal cleared it as it is" in (await nobody.gets(path)).words
        assert "Cleared by Dr. Amal" in (await will.gets(HERE)).words
    asked, given = reversed(services.store.audit.read(verb="clearance."))
    assert (asked.by, asked.object, given.by, given.object) == (
        "member will",
        "1",
        "clearance 1",
        "1",
    )
    assert asked.digest == given.digest == services.store.clearances.get(1).shown
    assert told(services) == [("staff.clearance_given", "")]


async def test_a_clearance_is_none_of_the_four_eyes_whatever_name_is_typed(services, desk):
    services.store.edits.put(
        services.store.listing.entry(POST.key), 1, "Plant a tree. #Tag", Actor.member("anna"), 1
    )
    path = sent(services)
    async with desk(services, EARLY) as sit:
        anna, nobody = await sit("anna"), await sit()
        assert f'href="{HERE}"' in (await nobody.gets(path)).text
        await nobody.posts(path, {"name": "ben", "do": "clear"})
        refused = await anna.gets(HERE)
        assert "Cleared by ben" in refused.words
        assert "somebody else must approve it" in refused.words
    assert services.store.listing.entry(POST.key).state.word == "awaiting_approval"


async def test_what_is_sent_back_goes_with_its_reason_to_who_sent_and_who_wrote_it(services, desk):
    services.store.edits.put(
        services.store.listing.entry(POST.key), 1, "Plant a tree. #Tag", Actor.member("anna"), 1
    )
    path = sent(services)
    async with desk(services, EARLY) as sit:
        nobody = await sit()
        for wrong, said in (
            ({"do": "clear"}, "Please write your name."),
            ({"do": "back", "name": "Amal"}, "Please write what should change."),
            ({"name": "Amal"}, "Please press one of the two buttons."),
        ):
            answer = await nobody.posts(path, wrong)
            assert (answer.status, said in answer.words) == (422, True)
        back = {"do": "back", "name": "Amal", "reason": "<b>Too</b> long"}
        assert (await nobody.posts(path, back, sec_fetch_site="cross-site")).status == 403
        assert stand(services) is Stand.OPEN
        await nobody.posts(path, back)
        page = await nobody.gets(path)
        assert "&lt;b&gt;Too&lt;/b&gt; long" in page.text
        # who approves reads it before anything is approved, as long as it is still this text
        ben = await sit("ben")
        for where in (HERE, "/desk/queue"):
            assert "Sent back by Amal" in (read := (await ben.gets(where)).words)
            assert "&lt;b&gt;Too&lt;/b&gt; long" in read or "<b>Too</b> long" in read
        # what was answered once stays so
        await nobody.posts(path, {"do": "clear", "name": "Amal"})
    assert stand(services) is Stand.SENT_BACK
    assert (
        told(services, "4")
        == told(services, "1")
        == [("staff.clearance_refused", "<b>Too</b> long")]
    )
    assert told(services, "2") == []
    assert len(clearances.heard(services, POST, EARLY)) == 1
    posting.rewrite(services, POST.key, "Shorter. #Tag", Actor.member("will"), EARLY)
    assert clearances.heard(services, POST, EARLY) == []


async def test_the_picture_is_shown_to_the_byte_while_somebody_can_answer(
    services, desk, monkeypatch
):
    picture = Picture(
        path=services.settings.roots[0] / "a.png",
        data=b"bytes",
        alt="A tree & sun",
        mime="image/png",
        width=4,
        height=3,
    )
    body = Rendered(text="One", language="en", picture=picture, thread=("Two",))
    monkeypatch.setattr(posting, "post_body", lambda *_: body)
    path = sent(services)
    async with desk(services, EARLY) as sit:
        nobody = await sit()
        page = (await nobody.gets(path)).text
        assert "A tree &amp; sun" in page
        assert page.index(">One<") < page.index("<img") < page.index(">Two<")
        shown = await nobody.gets(f"{path}/picture")
        assert (shown.text, shown.headers["content-type"]) == ("bytes", "image/png")
        assert shown.headers["cache-control"] == "no-store"
        body = replace(body, picture=replace(picture, alt="A child"))
        assert (await nobody.gets(f"{path}/picture")).status == 404
        assert "The text has changed" in (await nobody.gets(path)).words


async def test_behind_a_proxy_that_cuts_a_path_the_page_leads_to_itself(services, desk):
    services = staffed(services, public_url=f"{ORIGIN}/bot", members=PEOPLE)
    path = sent(services)
    assert path.startswith("/bot/clear/")
    async with desk(services, EARLY) as sit:
        nobody = await sit()
        for asked in (path, path.removeprefix("/bot")):
            answer = await nobody.posts(asked, {"do": "clear", "name": "Amal"})
            assert (answer.status, answer.where) == (303, path)
        assert f'href="/bot{HERE}"' in (await nobody.gets(sent(services))).text


async def test_what_only_looks_at_a_link_answers_nothing_whatever_it_sends(services, desk):
    path, form = sent(services), {"do": "clear", "name": "A scanner"}
    async with desk(services, EARLY) as sit:
        for method in ("HEAD", "GET"):
            looked = await (await sit()).asks(method, path, form)
            assert (looked.status, stand(services)) == (200, Stand.OPEN), method


async def test_who_sends_very_many_forms_has_to_wait(services, desk):
    path = sent(services)
    async with desk(services, EARLY) as sit:
        nobody, yes = await sit(), {"do": "clear", "name": "A"}
        one = {"x_forwarded_for": "203.0.113.77"}
        for _ in range(30):
            assert (await nobody.posts(path, {"do": "clear"}, **one)).status == 422
        assert (await nobody.posts(path, yes, **one)).status == 429
    assert stand(services) is Stand.OPEN


async def test_an_edit_makes_a_link_void_and_a_clearance_too(services, desk):
    one, other = sent(services), sent(services, to="The press officer")
    async with desk(services, EARLY) as sit:
        anna, nobody = await sit("anna"), await sit()
        await nobody.posts(one, {"do": "clear", "name": "Amal"})
        assert [each.decided_by for each in clearances.heard(services, POST, EARLY)] == ["Amal"]
        posting.rewrite(services, POST.key, "Another text #Tag", Actor.member("anna"), EARLY)
        for path in (one, other):
            page = await nobody.gets(path)
            assert (page.status, "The text has changed" in page.words) == (410, True)
            assert "Another text" not in page.words
        await nobody.posts(other, {"do": "clear", "name": "Amal"})
        assert services.store.clearances.get(2).became is Became.OPEN
        assert "Void: the text has changed since." in (await anna.gets(HERE)).words
        assert "No link waits" in (await anna.gets("/desk/clearances")).words
    assert clearances.heard(services, POST, EARLY) == []


async def test_a_link_is_revoked_at_the_desk_or_ends_when_its_post_is_due(services, desk):
    one, other = sent(services), sent(services, to="The press officer")
    async with desk(services, EARLY) as sit:
        rita, will, nobody = await sit("rita"), await sit("will"), await sit()
        assert "Revoke the link" not in (await rita.gets("/desk/clearances")).words
        assert (await rita.posts("/desk/clearances", {"number": "1"})).status == 403
        assert (
            "Sent to The minister’s office by will" in (await will.gets("/desk/clearances")).words
        )
        assert (await will.posts("/desk/clearances", {"number": "1"})).where.endswith("=revoked")
        assert (await will.posts("/desk/clearances", {"number": "1"})).where.endswith("=answered")
        assert "This link was revoked" in (await nobody.gets(one)).words
        nobody.clock[0] = datetime(2021, 5, 1, 12, tzinfo=UTC)
        page = await nobody.posts(other, {"do": "clear", "name": "Amal"})
        assert "The time for an answer is over" in (await nobody.gets(other)).words
        unknown = await nobody.gets("/clear/nothing", accept_language="es")
        assert (unknown.status, "Este enlace no abre nada" in unknown.words) == (410, True)
    assert services.store.clearances.get(2).became is Became.OPEN
    assert page.status == 303


async def test_a_long_list_of_links_goes_on_where_its_page_ends(services, desk, monkeypatch):
    monkeypatch.setattr("bot.web.desk.clearances.PAGE", 2)
    for number in range(1, 6):
        sent(services, to=f"Office {number}")
    clearances.revoke(services, 2, WILL, EARLY)
    async with desk(services, EARLY) as sit:
        seat, path, shown = await sit("will"), "/desk/clearances", []
        while path:
            told = await seat.gets(path)
            shown.append(re.findall(r"Sent to Office (\d)", told.words))
            following = re.search(r'href="(\?after=\d+)">Next page', told.text)
            path = following and f"/desk/clearances{following[1]}"
    assert shown == [["1", "3"], ["4", "5"]]


def test_who_asked_is_told_half_way_and_once(services, monkeypatch):
    sent(services)
    half = EARLY + timedelta(days=2, minutes=30)  # it is due in four days and an hour
    answering.run(services, half - timedelta(minutes=1))
    assert told(services) == []
    answering.run(services, half)
    made = makings(monkeypatch)
    answering.run(services, half + timedelta(minutes=1))
    assert told(services) == [("staff.clearance_waits", "")]
    assert made == []  # nothing is read again of which everybody was told


def makings(monkeypatch):
    """What was asked for as it would go out, from now on."""
    made, whole = [], posting.post_body
    monkeypatch.setattr(posting, "post_body", lambda *asked: made.append(asked) or whole(*asked))
    return made


async def test_the_text_of_a_page_is_made_once(services, desk, monkeypatch):
    path = sent(services)
    async with desk(services, EARLY) as sit:
        nobody, made = await sit(), makings(monkeypatch)
        assert "For The minister’s office" in (await nobody.gets(path)).words
    assert len(made) == 1


def clear(services):
    """Let somebody clear the post, a moment after they were asked."""
    sent(services)
    asked = services.store.clearances.get(1)
    answering.answer(services, asked, Became.CLEARED, "Amal", "", EARLY)


@pytest.mark.parametrize("approved", [True, False])
def test_what_was_cleared_stays_so_when_its_post_leaves_and_is_forgotten(services, approved):
    store, how = services.store, []
    clear(services)
    if approved:
        posting.let_go(services, POST.key, Actor.member("anna"), EARLY)
    waits = store.listing.entry(POST.key).state
    for before, state in ((waits, State.SENDING), (State.SENDING, State.SENT)):
        assert store.outbox.change(POST.key, [before], state)
        how.append(stand(services, EARLY + timedelta(days=5)))
    for statement in (
        "INSERT INTO result (occurrence, channel, recipient, at, text) VALUES (1, 1, 0, 5, 'T')",
        "DELETE FROM delivery",
    ):
        assert store.database.execute(statement)
        how.append(stand(services, EARLY + timedelta(days=5)))
    assert how == [Stand.CLEARED] * 4


def test_what_left_as_another_text_than_was_cleared_is_not_cleared(services):
    clear(services)
    posting.rewrite(services, POST.key, "Another text #Tag", Actor.member("ben"), EARLY)
    posting.let_go(services, POST.key, Actor.member("anna"), EARLY)
    services.store.outbox.change(POST.key, [State.QUEUED], State.SENT)
    assert stand(services, EARLY + timedelta(days=5)) is Stand.VOIDED


def test_no_link_is_made_where_it_could_be_overheard(services):
    web = Web(public_url="http://campaign.example", listen="0.0.0.0:8080")
    exposed = replace(services, settings=replace(services.settings, web=web))
    with pytest.raises(UsageError, match=r"links for clearance.*https://"):
        clearances.ask(exposed, POST, "Amal", WILL, EARLY)
    assert services.store.clearances.about(POST) == []


def queue(entry, language):
    arrival = Arrival(address="1", user="1", language=language, event=Command(name="queue"))
    return entry.handle([arrival], EARLY)[0][0].text


@pytest.mark.parametrize(
    ("language", "card", "returned", "waits", "refused"),
    [
        (
            "en",
            "Cleared by Amal, Tuesday, 27 April 2021",
            "Sent back by Amal, Tuesday, 27 April 2021, 08:00 (UTC): Too long",
            "has not answered",
            "sends “T” back",
        ),
        (
            "fr",
            "Accord de Amal, mardi 27 avril 2021",
            "Renvoyé par Amal, mardi 27 avril 2021, 08:00 (UTC) : Too long",
            "n’a pas encore répondu",
            "renvoie « T »",
        ),
        (
            "es",
            "Visto bueno de Amal, martes, 27 de abril",
            "Devuelto por Amal, martes, 27 de abril de 2021, 8:00 (UTC): Too long",
            "Todavía no hay",
            "devuelve «T»",
        ),
    ],
)
def test_the_chat_says_how_it_stands_in_each_language(
    services, language, card, returned, waits, refused
):
    services.store.meta.keep_staff_language("1", language)
    services.store.meta.keep_staff_language("4", language)
    entry = ChatEntry(lambda: services, "telegram")
    for number in (1, 2, 3):
        sent(services, to=f"Office {number}")
        asked = services.store.clearances.get(number)
        if number < 3:
            became = (Became.CLEARED, Became.SENT_BACK)[number - 1]
            answering.answer(services, asked, became, "Amal", "Too long", EARLY)
    answering.run(services, EARLY + timedelta(days=3))
    shown = queue(entry, language).replace("\xa0", " ")
    assert card in shown
    assert returned in shown
    notices = " ".join(m.text for m in entry.waiting() if m.address == "4").replace("\xa0", " ")
    assert waits in notices
    assert refused in notices
    assert "Too long" in notices


async def test_a_pledge_of_an_organisation_is_cleared_without_what_is_never_public(
    tmp_path, library, office, desk
):
    people = (replace(PEOPLE[0], email="anna@example.org"), *PEOPLE[1:])
    services = staffed(services_in(tmp_path, library, office, answer=30.0), members=people)
    number = pledged(services, Audience.ORGANIZATION)
    alone = pledged(services, Audience.INDIVIDUAL)
    async with desk(services, EARLY) as sit:
        anna, nobody = await sit("anna"), await sit()
        assert (await anna.posts(f"/desk/pledges/{alone}/clear", {"to": "Amal"})).status == 409
        where = f"/desk/pledges/{number}/clear"
        asked = {"to": "Amal", "address": "Amal@example.net", "language": "fr"}
        assert "is on its way to Amal" in (await anna.posts(where, asked)).words
        await letters.run(services, EARLY)
        [mail] = office.mails
        assert mail["To"] == "Amal@example.net"
        path = next(word for word in text_of(mail).split() if "/clear/" in word)
        page = await nobody.gets(path.removeprefix(ORIGIN))
        assert "Une promesse de : Acme" in page.words.replace("\xa0", " ")
        assert "No child works for us" in page.words
        assert "0700" not in page.words
        await nobody.posts(
            path.removeprefix(ORIGIN), {"do": "back", "name": "Amal", "reason": "Not yet"}
        )
        await letters.run(services, EARLY)
        assert office.mails[-1]["To"] == "anna@example.org"
        assert "Not yet" in text_of(office.mails[-1])
    await services.networks["mail"].close()
    services.store.close()


@pytest.fixture
def promised(tmp_path, library, office):
    """A desk with the pledge of an organisation that was submitted, and its number."""
    made = staffed(services_in(tmp_path, library, office, answer=30.0), members=PEOPLE)
    yield made, pledged(made, Audience.ORGANIZATION)
    made.store.close()


async def test_a_link_to_a_pledge_lasts_a_week_and_who_asked_is_told_half_way(promised, desk):
    services, number = promised
    path = sent(services, Subject(pledge=number))
    ends = EARLY + timedelta(days=7)
    answering.run(services, EARLY + timedelta(days=3, hours=11))
    assert told(services) == []
    answering.run(services, EARLY + timedelta(days=3, hours=12))
    assert told(services) == [("staff.clearance_waits", "")]
    async with desk(services, ends - timedelta(minutes=1)) as sit:
        nobody = await sit()
        assert "No child works for us" in (await nobody.gets(path)).words
        nobody.clock[0] = ends
        assert (await nobody.gets(path)).status == 410


async def test_what_was_cleared_of_a_pledge_is_void_once_its_maker_changes_it(promised, desk):
    services, number = promised
    subject, store = Subject(pledge=number), services.store
    paths = [sent(services, subject, to=name) for name in ("Amal", "The press officer")]
    async with desk(services, EARLY) as sit:
        nobody, anna = await sit(), await sit("anna")
        await nobody.posts(paths[0], {"name": "Amal", "do": "clear"})
        here = f"/desk/pledges/{number}"
        assert "Cleared by Amal" in (await anna.gets(here)).words
        answers = {**store.pledges.get(number).answers, "name": "Another promise"}
        store.pledges.edit(number, answers, Actor.person(1), 7)
        assert "Void: the text has changed since." in (await anna.gets(here)).words
        for path in paths:
            page = await nobody.gets(path)
            assert (page.status, "Another promise" in page.words) == (410, False)
    assert clearances.heard(services, subject, EARLY) == []


@pytest.mark.parametrize("state", [PledgeState.DRAFT, PledgeState.REJECTED, PledgeState.WITHDRAWN])
def test_a_pledge_that_nobody_may_read_is_sent_to_nobody(promised, state):
    services, number = promised
    services.store.database.execute("UPDATE pledge SET state = :state", {"state": state.value})
    with pytest.raises(UsageError, match="only the pledge of an organisation"):
        sent(services, Subject(pledge=number))


def pledged(services, audience):
    """A pledge that was submitted, with an answer that no page shows."""
    form = services.active[0].forms["pledge"]
    private = next(each.id for each in form.questions if each.page is None and not each.choice)
    new = NewPledge(
        campaign=services.active[0].id,
        audience=audience,
        stakeholder="ngo",
        organisation="Acme",
        country=None,
        language="en",
        answers={"name": "No child works for us", private: "0700 900 900"},
    )
    number = services.store.pledges.begin(new, Actor.person(1), 5)
    services.store.pledges.move(number, PledgeState.SUBMITTED, Actor.person(1), 6)
    return number


async def test_the_names_of_who_answered_are_deleted_at_their_wish_and_the_answer_stays(
    services, desk
):
    path = sent(services)
    async with desk(services, EARLY) as sit:
        will, anna, nobody = await sit("will"), await sit("anna"), await sit()
        await nobody.posts(path, {"do": "clear", "name": "Amal"})
        erase = {"do": "erase", "number": "1"}
        assert (await will.posts("/desk/clearances", erase)).status == 409
        assert "Delete names" not in (await will.gets(f"{HERE}/clear")).words
        assert "Delete names" in (await anna.gets(f"{HERE}/clear")).words
        assert (await anna.posts("/desk/clearances", erase)).where.endswith("=erased")
        page = (await anna.gets(HERE)).words
        assert "Cleared by somebody whose name is no longer kept" in page
        assert "Amal" not in page
    assert stand(services) is Stand.CLEARED


def test_who_was_asked_can_be_forgotten_and_their_words_are_not_kept_for_ever(services):
    services.store.clearances.ask(
        POST, "s", "d", "Amal", WILL, 5, 9, language="en", address="amal@example.net"
    )
    services.store.clearances.end(1, Became.SENT_BACK, 6, by="Amal", reason="Not so")
    who = Who(person=None, channel=1, address="amal@example.net")
    assert services.store.known_of(who)["clearances"] == [
        {
            "at": "1970-01-01T00:00:05Z",
            "sent_to": "Amal",
            "decided_by": "Amal",
            "reason": "Not so",
        }
    ]
    services.store.clearances.forget(who, 7)
    kept = services.store.clearances.get(1)
    assert (kept.sent_to, kept.decided_by, kept.reason, kept.address) == ("", "", "", None)
    assert kept.became is Became.SENT_BACK
