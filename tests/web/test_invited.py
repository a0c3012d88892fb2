"""Invitations to edit a pledge by letter: sent from the editors' page, answered on a page of its own
by who has the address.
"""

import re
from contextlib import asynccontextmanager
from datetime import timedelta

import orchard
import pytest
from fakes.mail import text_of
from mailing.maker import NOW, OWN, making
from mailing.served import leave
from mailing.writer import ADDRESS, everything
from tree import languages

from bot.jobs.people import retention
from bot.jobs.pledges import invitations, team
from bot.model.person import Status
from bot.model.pledge import INVITE_DAYS, Outcome
from bot.model.staff import Actor
from bot.model.who import Who
from bot.times import epoch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
PAGE = "/en/mine/1/editors"
BOB = "bob@acme.example"
MOMENT = epoch(NOW)


@asynccontextmanager
async def inviting(services, office):
    """Somebody with a pledge, whose visit is open."""
    async with making(services, office) as maker:
        opened(maker)
        yield maker


def opened(maker, person=1):
    store, secret = maker.services.store, f"{person}" * 43
    store.visits.open(store.visits.ask(person, MOMENT), secret, MOMENT, 2 * MOMENT)
    maker.cookie = {"drumbeat-mine": secret}


async def link(maker, address=BOB, page=PAGE):
    """Invite the address; the path in the letter that comes there."""
    sent = await maker.sends(page, do="mail", address=address)
    assert (sent.status, sent.headers["location"]) == (303, f"{page}?said=sent")
    return await newest(maker, address)


async def newest(maker, address=BOB):
    await leave(maker.services, maker.clock["now"])
    told = text_of(maker.office.to(address)[-1])
    return re.search(r"https://pages\.example(/invited/\S+)", told)[1]


def team_of(services):
    return [editor.person for editor in services.store.editors.team(1)]


async def test_the_letter_and_its_page_speak_the_language_of_the_page(services, office):
    async with inviting(services, office) as maker:
        for language in languages()[:5]:
            address = f"{language}@acme.example"
            path = await link(maker, address, f"/{language}/mine/1/editors")
            letter = text_of(office.to(address)[-1])
            assert "ACME" in letter
            assert "Train 40" not in letter
            page = await maker.the.ask(path)
            assert f'lang="{language}"' in page.raw
            assert "Train 40 teachers by June 2021" in page.text
            assert "16" in page.text


async def test_who_is_invited_joins_by_the_letter_and_opens_the_pledge(services, office):
    async with inviting(services, office) as maker:
        path = await link(maker)
        for method in ("GET", "HEAD", "GET"):  # a scanner follows every link
            assert (await maker.the.ask(path, method)).status == 200
        assert team_of(services) == [1]
        done = await maker.the.ask(path, "POST", data={"answer": "yes"})
        assert "You edit this pledge now" in done.text
        bob = services.store.people.spelled(services.channel_ids["mail"], BOB)
        assert team_of(services) == [1, bob]
        assert services.store.contacts.get(bob).status is Status.PAUSED, "news, and no steps"
        office.mails.clear()
        await maker.asks(BOB)
        await leave(services, maker.clock["now"])
        assert "/mine/" in text_of(office.to(BOB)[-1])
        assert any("new editor" in text_of(mail) for mail in office.to(ADDRESS))


async def test_the_steps_come_where_they_are_asked_for(services, office):
    async with inviting(services, office) as maker:
        path = await link(maker)
        await maker.the.ask(path, "POST", data={"answer": "steps"})
        again = await maker.the.ask(path, "POST", data={"answer": "yes"})
        assert "You edit this pledge now" in again.text
    [person] = [person for person in team_of(services) if person != 1]
    assert services.store.contacts.get(person).status is Status.ACTIVE
    [consent] = services.store.subscribers.consents(person)
    assert consent["wording"] == "en invited 1"


async def test_the_same_answer_for_every_address(services, office):
    async with inviting(services, office) as maker:
        gone, known = "gone@acme.example", orchard.add_contact(services, 4)
        services.store.forgotten.remember("mail", gone, MOMENT)
        addresses = (gone, ADDRESS, "p4@acme.example", BOB)
        answers = [await maker.sends(PAGE, do="mail", address=each) for each in addresses]
        assert {(a.status, a.headers["location"], a.raw) for a in answers} == {
            (303, f"{PAGE}?said=sent", "")
        }
        wrong = await maker.sends(PAGE, do="mail", address="no address")
        assert wrong.status == 422
        assert 'value="no address"' in wrong.raw
        await leave(services, maker.clock["now"])
        assert office.to(gone) == []
        theirs = [text_of(mail) for mail in office.to(ADDRESS)]
        assert not any("/invited/" in each for each in theirs), "they edit it already"
        assert len(office.to(BOB)) == len(office.to("p4@acme.example")) == 1
        # whom they were counts for nothing: the fifth is the last of the day
        await maker.sends(PAGE, do="mail", address=gone)
        late = await maker.sends(PAGE, do="mail", address="last@acme.example")
        assert late.status == 429
        assert 'value="last@acme.example"' in late.raw
    assert services.store.invitations.to(known)[0].outcome is Outcome.OPEN


async def test_one_address_gets_few_letters_a_day_whoever_invites(services, office):
    async with inviting(services, office) as maker:
        for person in (1, *(orchard.add_contact(services, number) for number in (5, 6, 7))):
            services.store.editors.add(1, person, MOMENT)
            opened(maker, person)
            assert (await maker.sends(PAGE, do="mail", address=BOB)).status == 303
        await leave(services, maker.clock["now"])
    assert len(office.to(BOB)) == invitations.MOST


@pytest.mark.parametrize("way", ["not for me", "unsubscribed", "lapsed"])
async def test_without_a_yes_the_address_goes_and_nobody_joins(services, office, way):
    async with inviting(services, office) as maker:
        path = await link(maker)
        stop = re.search(r"https://pages\.example(/leave/\S+)", text_of(office.to(BOB)[-1]))[1]
        assert BOB in everything(services)
        if way == "not for me":
            said = await maker.the.ask(path, "POST", data={"answer": "no"})
            assert "Your address is deleted" in said.text
            await maker.sends(PAGE, do="mail", address=BOB)
        elif way == "unsubscribed":
            assert (await maker.the.ask(stop)).status == 200
            assert BOB in (await maker.the.ask(stop)).text
            await maker.the.ask(stop, "POST")
            await maker.sends(PAGE, do="mail", address=BOB)
        else:
            maker.clock["now"] += timedelta(days=INVITE_DAYS)
            assert "is over" in (await maker.the.ask(path)).text
            retention.run(services, maker.clock["now"])
        late = await maker.the.ask(path, "POST", data={"answer": "yes"})
        assert late.status == 200
        assert BOB not in everything(services)
        await leave(services, maker.clock["now"])
    assert team_of(services) == [1]
    assert len(office.to(BOB)) == 1


async def test_each_answer_says_what_is_so(services, office):
    async with inviting(services, office) as maker:
        known = orchard.add_contact(services, 4)
        path = await link(maker, "p4@acme.example")
        for method, data in (("POST", {"answer": "no"}), ("GET", None)):
            said = (await maker.the.ask(path, method, data=data)).text
            assert ("Other letters to this address" in said, "deleted" in said) == (True, False)
        assert services.store.people.address(known) == "p4@acme.example"
        path = await link(maker)
        await maker.the.ask(path, "POST", data={"answer": "yes"})
        bob = services.store.people.spelled(services.channel_ids["mail"], BOB)
        team.leave(services, 1, bob, NOW)
        assert "is over" in (await maker.the.ask(path)).text


async def test_who_is_forgotten_has_invited_nobody(services, office):
    editors = services.store.editors
    async with inviting(services, office):
        token = team.invite(services, 1, 1, Actor.person(1), NOW)
        assert editors.invited(token, MOMENT) is not None
        editors.forget(Who(person=1, channel=1, address=ADDRESS), MOMENT)
        assert editors.invited(token, MOMENT) is None


async def test_no_letter_opens_the_pledge_once_it_is_full_gone_or_the_inviter_is_out(
    services, office
):
    async with inviting(services, office) as maker:
        path = await link(maker)
        others = [orchard.add_contact(services, number) for number in range(3, 7)]
        for person in others:
            services.store.editors.add(1, person, MOMENT)
        full = await maker.the.ask(path, "POST", data={"answer": "yes"})
        assert "as many editors" in full.text
        assert services.store.contacts.find(BOB) == [], "nothing of it was kept"
        team.leave(services, 1, others.pop(), NOW)
        opened(maker, others[0])
        theirs = await link(maker, "eve@acme.example")
        token = team.invite(services, 1, others[0], "staff anna", NOW)
        team.leave(services, 1, others[-1], NOW)
        team.remove(services, 1, 1, others[0], NOW)
        over = await maker.the.ask(theirs, "POST", data={"answer": "yes"})
        assert "is over" in over.text
        assert services.store.editors.invited(token, MOMENT + 1) is None
        services.store.pledges.delete(1)
        assert (await maker.the.ask(path)).status == 404
    assert "eve@acme.example" not in everything(services)


async def test_no_letter_of_another_pledge_nor_from_another_site(services, office):
    async with inviting(services, office) as maker:
        stranger = orchard.add_contact(services, 9)
        for site in ("cross-site", "same-site"):
            headers = {"sec-fetch-site": site}
            assert (await maker.sends(PAGE, headers, do="mail", address=BOB)).status == 403
        opened(maker, stranger)
        assert (await maker.sends(PAGE, do="mail", address=BOB)).status == 404
        sent = await maker.the.ask(PAGE, "POST", data={"do": "mail", "address": BOB}, headers=OWN)
        assert sent.status == 403
    assert BOB not in everything(services)
