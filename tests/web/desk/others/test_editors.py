"""Writing to those who look after a pledge from its page at the desk; and where their contact can't
be reached, inviting somebody and handing it over.
"""

import re
from dataclasses import replace
from datetime import timedelta

import orchard
import pytest
from fakes.mail import text_of
from mailing.served import leave
from stage import PRIVACY

from bot.jobs.people import joining
from bot.jobs.pledges import invitations
from bot.jobs.sending import holds
from bot.model import State
from bot.model.outbox import EVERYTHING
from bot.model.person import Status
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from tests.web.desk.conftest import NOW

HOSTILE = '<script>alert("x")</script> & </textarea>'


@pytest.fixture
def services(tmp_path, with_staff):
    made = with_staff(orchard.services(tmp_path, chat=True))
    yield made
    made.store.close()


@pytest.fixture
def makers(services):
    """Two in the chat, in two languages."""
    return [
        orchard.add_chat(services, number, language=language)
        for number, language in enumerate(("en", "fr"), 1)
    ]


@pytest.fixture
def pledge(services, makers):
    return orchard.add_pledge(services, *makers)


def path(pledge):
    return f"/desk/pledges/{pledge}/message"


def queued(services):
    """Who gets a note, and how it stands."""
    return sorted((recipient, state) for _, recipient, state in orchard.deliveries(services))


def audit(services):
    return services.store.audit.read(verb="pledge.message")


async def test_a_message_is_shown_as_it_reads_and_sent_by_a_second_press(
    services, desk, pledge, makers
):
    fields = {"text": "Shall we\r\ntalk?"}
    async with desk(services) as sit:
        seat = await sit("approver")
        assert path(pledge) in (await seat.gets(f"/desk/pledges/{pledge}")).text
        asked = await seat.gets(path(pledge))
        assert "You see no address here." in asked.words
        shown = await seat.posts(path(pledge), {"do": "show", **fields})
        for language, sentence in (
            ("en", "Our team writes to you about your pledge “Plant 40 trees”: Shall we talk?"),
            ("fr", "Notre équipe vous écrit au sujet de votre promesse"),
        ):
            assert sentence in shown.words, language
        addresses = [services.store.people.address(person) for person in makers]
        assert not [each for each in addresses if f">{each}<" in shown.text]
        assert queued(services) == []
        changed = await seat.posts(path(pledge), {"do": "change", **fields})
        assert "Shall we\ntalk?</textarea>" in changed.text
        told = await seat.posts(path(pledge), {"do": "send", **fields})
        assert told.where == f"/desk/pledges/{pledge}?done=message_sent"
        history = (await seat.gets(told.where)).words
        assert "we wrote: Shall we talk?" in history
        again = await seat.posts(path(pledge), {"do": "send", **fields})
        assert again.status == 422
        assert "these very words today" in again.words
    assert sorted(queued(services)) == [(person, State.QUEUED) for person in sorted(makers)]
    [deed] = audit(services)
    assert (deed.by, deed.object, deed.digest) == ("member approver", str(pledge), "")


async def test_a_message_leaves_in_each_language_and_waits_for_a_hold(
    services, desk, pledge, makers
):
    async with desk(services) as sit:
        await (await sit("approver")).posts(path(pledge), {"do": "send", "text": "Hello"})
    holds.hold(services, EVERYTHING, Actor.staff("9"), NOW)
    await orchard.play(services, "2021-05-01T10:00", "2021-05-01T10:00")
    assert {state for _, state in queued(services)} == {State.QUEUED}
    services.store.holds.lift(EVERYTHING)
    await orchard.play(services, "2021-05-01T11:00", "2021-05-01T11:00")
    assert {state for _, state in queued(services)} == {State.SENT}


async def test_who_has_left_the_pledge_meanwhile_reads_nothing_of_what_was_written(
    services, desk, pledge, makers
):
    async with desk(services) as sit:
        await (await sit("approver")).posts(path(pledge), {"do": "send", "text": "Hello"})
    services.store.editors.remove(pledge, makers[1])
    await orchard.play(services, "2021-05-01T10:00", "2021-05-01T10:00")
    assert queued(services) == [(makers[0], State.SENT), (makers[1], State.CANCELLED)]


async def test_nothing_that_was_written_about_a_pledge_follows_its_withdrawal(
    services, desk, pledge
):
    async with desk(services) as sit:
        await (await sit("approver")).posts(path(pledge), {"do": "send", "text": "Hello"})
    withdrawn(services, pledge)
    await orchard.play(services, "2021-05-01T10:00", "2021-05-01T10:00")
    assert {state for _, state in queued(services)} == {State.CANCELLED}


@pytest.mark.parametrize("role", ["reader", "writer", "safeguarding"])
async def test_who_does_not_decide_about_pledges_writes_to_nobody(services, desk, pledge, role):
    async with desk(services) as sit:
        seat = await sit(role)
        assert (await seat.gets(path(pledge))).status == 403
        told = await seat.posts(path(pledge), {"do": "send", "text": "Hello"})
        assert told.status == 403
    assert (queued(services), audit(services)) == ([], [])


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u3164", "x" * 2_001])
async def test_what_cannot_be_sent_is_said_and_kept_in_the_form(services, desk, pledge, text):
    async with desk(services) as sit:
        seat = await sit("approver")
        for act in ("show", "send"):
            told = await seat.posts(path(pledge), {"do": act, "text": text})
            assert told.status == 422
            assert "between 1 and 2,000 characters" in told.words
            assert f"\n{text.strip()}</textarea>" in told.text
    assert queued(services) == []


async def test_hostile_words_are_words(services, desk, pledge):
    async with desk(services) as sit:
        seat = await sit("approver")
        for act in ("show", "change", "send"):
            told = await seat.posts(path(pledge), {"do": act, "text": HOSTILE})
            assert "<script>alert" not in told.text
            assert "& </textarea>" not in told.text
        history = await seat.gets(f"/desk/pledges/{pledge}")
        assert HOSTILE in history.words.replace("\\", "")
        assert "<script>alert" not in history.text


def withdrawn(services, pledge):
    for state in (PledgeState.APPROVED, PledgeState.WITHDRAWN):
        services.store.pledges.move(pledge, state, Actor.staff("9"), 9)


def of_another_campaign(services, pledge):
    services.store.database.execute(
        "UPDATE pledge SET campaign = 'rivers' WHERE id = :id", {"id": pledge}
    )


def left(services, pledge):
    for editor in services.store.editors.team(pledge):
        services.store.editors.remove(pledge, editor.person)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (withdrawn, "it is withdrawn"),
        (of_another_campaign, "its campaign isn't active"),
        (left, "nothing reaches any of its editors"),
    ],
)
async def test_a_pledge_that_is_over_for_us_is_not_written_about(
    services, desk, pledge, spoil, why
):
    spoil(services, pledge)
    async with desk(services) as sit:
        seat = await sit("approver")
        assert path(pledge) not in (await seat.gets(f"/desk/pledges/{pledge}")).text
        assert "Nobody can be written to" in (await seat.gets(path(pledge))).words
        told = await seat.posts(path(pledge), {"do": "send", "text": "Written with care"})
        assert told.status == 422
        assert why in told.words
        assert "Written with care</textarea>" in told.text
    assert (queued(services), audit(services)) == ([], [])


async def test_what_is_no_pledge_is_not_there(services, desk):
    async with desk(services) as sit:
        seat = await sit("approver")
        assert (await seat.gets(path(7))).status == 404
        assert (await seat.posts(path(7), {"do": "send", "text": "Hello"})).status == 404


def people(pledge):
    return f"/desk/pledges/{pledge}/editors"


@pytest.fixture
def unheard(services, pledge, makers):
    """A pledge whose focal point has blocked us, beside an editor who is there."""
    joining.remember(services.store, "drumbeat_bot")
    services.store.people.change(makers[0], Status.ACTIVE, Status.BLOCKED)
    return pledge


async def test_somebody_is_invited_by_a_link_that_is_shown_once(services, desk, unheard):
    async with desk(services) as sit:
        seat = await sit("approver")
        assert people(unheard) in (await seat.gets(f"/desk/pledges/{unheard}")).text
        told = await seat.posts(people(unheard), {"do": "invite"})
        token = told.text.partition("https://t.me/drumbeat_bot?start=e-")[2].partition("<")[0]
        assert services.store.editors.invited(token, int(NOW.timestamp())) == unheard
        assert token not in (await seat.gets(people(unheard))).text
    [deed] = services.store.audit.read(verb="pledge.invited")
    assert (deed.by, deed.object) == ("member approver", str(unheard))


async def test_another_editor_becomes_the_contact_and_is_told(services, desk, unheard, makers):
    async with desk(services) as sit:
        seat = await sit("approver")
        shown = await seat.gets(people(unheard))
        assert "1. since 10 January 2021, focal point, can’t be reached" in shown.words
        assert f'value="{makers[0]}"' not in shown.text, "nothing reaches them"
        told = await seat.posts(people(unheard), {"do": "appoint", "editor": str(makers[1])})
        assert told.where == f"/desk/pledges/{unheard}?done=pledge_appointed"
    assert services.store.editors.focal(unheard) == makers[1]
    assert queued(services) == [(makers[1], State.QUEUED)]
    [deed] = services.store.audit.read(verb="pledge.handed_over")
    assert (deed.by, deed.object) == ("member approver", str(unheard))


@pytest.mark.parametrize("editor", ["", "x", "1", "9" * 30])
async def test_who_is_away_or_no_editor_does_not_become_the_contact(
    services, desk, unheard, makers, editor
):
    async with desk(services) as sit:
        told = await (await sit("approver")).posts(
            people(unheard), {"do": "appoint", "editor": editor}
        )
        assert told.status == 409
    assert services.store.editors.focal(unheard) == makers[0]


async def test_whose_contact_is_there_or_is_withdrawn_is_left_to_its_editors(
    services, desk, unheard, makers
):
    acts = ({"do": "invite"}, {"do": "appoint", "editor": str(makers[1])})
    async with desk(services) as sit:
        writer = await sit("writer")
        assert [(await writer.posts(people(unheard), act)).status for act in acts] == [403, 403]
        seat = await sit("approver")
        services.store.people.change(makers[0], Status.BLOCKED, Status.ACTIVE)
        assert [(await seat.posts(people(unheard), act)).status for act in acts] == [409, 409]
        assert people(unheard) not in (await seat.gets(f"/desk/pledges/{unheard}")).text
        services.store.people.change(makers[0], Status.ACTIVE, Status.BLOCKED)
        withdrawn(services, unheard)
        assert [(await seat.posts(people(unheard), act)).status for act in acts] == [409, 409]
    assert services.store.audit.read(verb="pledge.") == []


async def test_nobody_is_invited_where_no_bot_talks_or_the_pledge_is_full(services, desk, unheard):
    services.store.meta.put("bot", "")
    async with desk(services) as sit:
        seat = await sit("approver")
        assert "no bot talks here, and no letters leave" in (await seat.gets(people(unheard))).words
        assert (await seat.posts(people(unheard), {"do": "invite"})).status == 409
        joining.remember(services.store, "drumbeat_bot")
        for number in (3, 4, 5):
            services.store.editors.add(unheard, orchard.add_chat(services, number), 9)
        assert "nobody can be invited" in (await seat.gets(people(unheard))).words
        assert (await seat.posts(people(unheard), {"do": "invite"})).status == 409


@pytest.fixture
def by_mail(tmp_path, with_staff, office):
    """A set-up with letters alone, and the number of a pledge whose contact nothing reaches."""
    made = with_staff(orchard.services(tmp_path, office))
    made = replace(made, settings=replace(made.settings, privacy=PRIVACY))
    contact = orchard.add_contact(made, 1)
    number = orchard.add_pledge(made, contact)
    made.store.people.change(contact, Status.ACTIVE, Status.BLOCKED)
    yield made, number
    made.store.close()


async def test_where_no_bot_talks_a_letter_invites_and_staff_say_who_they_are(
    by_mail, desk, office
):
    services, pledge = by_mail
    write = {"do": "write", "address": "Bob@acme.example "}
    async with desk(services) as sit:
        seat = await sit("approver")
        shown = await seat.gets(people(pledge))
        assert 'value="write"' in shown.text
        assert 'value="invite"' not in shown.text
        wrong = await seat.posts(people(pledge), {"do": "write", "address": "no address"})
        assert (wrong.status, "This is no e-mail address." in wrong.words) == (409, True)
        told = await seat.posts(people(pledge), write)
        assert told.where == f"/desk/pledges/{pledge}/editors?done=pledge_invited"
        again = [(await seat.posts(people(pledge), write)).status for _ in range(5)]
        assert again == [303, 303, 303, 303, 409]
        await leave(services, NOW)
    letters = [" ".join(text_of(mail).split()) for mail in office.to("bob@acme.example")]
    assert len(letters) == invitations.MOST, "whoever invites"
    team = "The team of “Trees 2021” asks you to look after the pledge of ACME"
    assert all(team in letter for letter in letters)
    bob = services.store.people.spelled(services.channel_ids["mail"], "bob@acme.example")
    invitation = services.store.invitations.to(bob)[0]
    assert invitations.accept(services, invitation, NOW)
    assert bob in [editor.person for editor in services.store.editors.team(pledge)]
    assert len(services.store.audit.read(verb="pledge.invited")) == invitations.BY_ONE


@pytest.mark.parametrize(("answer", "says"), [("steps", "come to you"), ("yes", "news only")])
async def test_who_looks_after_it_alone_is_asked_for_the_steps_and_told_what_it_means(
    by_mail, desk, office, answer, says
):
    services, pledge = by_mail
    services.store.editors.remove(pledge, services.store.editors.focal(pledge))
    async with desk(services) as sit:
        seat = await sit("approver")
        await seat.posts(people(pledge), {"do": "write", "address": "bob@acme.example"})
        await leave(services, NOW)
        [link] = re.findall(r"/invited/\S+", text_of(office.to("bob@acme.example")[-1]))
        asked = await (await sit()).gets(link)
        assert re.findall(r'name="answer" value="(\w+)"', asked.text) == ["steps", "yes", "no"]
        await (await sit()).posts(link, {"answer": answer})
        await leave(services, NOW + timedelta(minutes=5))
    told = " ".join(text_of(office.to("bob@acme.example")[-1]).split())
    assert "You are now the focal point of the pledge “Plant 40 trees”" in told
    assert says in told
