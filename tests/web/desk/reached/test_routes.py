"""Every address of the desk, as everybody who could ask it: each role, nobody, another site."""

import re
from html import unescape

import pytest
from cluster import tables

from bot.jobs.sending import decisions
from bot.model import DeliveryKey, State
from bot.model.staff import StaffRole
from bot.model.staff.clearance import Became
from bot.model.staff.drafts import Draft
from bot.times import epoch
from bot.web.desk import PAGES
from tests.web.desk.conftest import NOW

HELD = ("Help", "We planted", 'A "name"', "How <b>")
"""What stands in a report, a post of a maker, a pledge and a question."""


THERE = {"key": "1-1-0", "channel": "telegram", "language": "en"}
"""What stands in an address that isn't the number 1."""


def there(page):
    """The address of a page, about what there is."""
    return "/desk/" + re.sub(r"{(\w+)}", lambda of: THERE.get(of[1], "1"), page.path)


MAY = {
    "reader": "|calendar|prompts/{occurrence}/{channel}|queue|by-hand"
    "|prompts/{occurrence}/{channel}/edit/{language}/measured"
    "|posts/{key}|posts/{key}/picture|posts/{key}/hour"
    "|posts/{key}/measured|clearances|outbox|outbox/waves|outbox/events|hold|hold/release|results"
    "|digest|digest/approve|results.pdf|suggestions|tokens|events",
    "writer": "compose|compose/table|compose/{number}|compose/{number}/picture|posts/{key}/edit"
    "|prompts/{occurrence}/{channel}/hour|prompts/{occurrence}/{channel}/edit/{language}"
    "|posts/{key}/clear|inbox|inbox/posts/{number}",
    "approver": "pledges/{number}/clear|announce|pledges|pledges/matches|pledges/{number}"
    "|pledges/{number}/message|pledges/{number}/editors|amplify|amplify/{number}"
    "|countries|countries/{number}|calls|calls/sent/{number}|calls/{number}/{year}",
    "admin": "settings|log|log.csv",
    "safeguarding": "reports|reports/{number}",
}
"""The pages that the role sees and those before it don't, as docs/secretariat.md says."""

SEND = {
    "reader": "tokens",
    "writer": "prompts/{occurrence}/{channel}/hour|prompts/{occurrence}/{channel}/edit/{language}"
    "|prompts/{occurrence}/{channel}/edit/{language}/measured|by-hand|compose|compose/table|compose/{number}|posts/{key}/hour|posts/{key}/edit"
    "|posts/{key}/measured|clearances|posts/{key}/clear|inbox|inbox/posts/{number}|results|suggestions|digest",
    "approver": "|queue|events|digest/approve|prompts/{occurrence}/{channel}|posts/{key}|pledges/{number}/clear|announce|outbox|hold|hold/release"
    "|pledges/matches|pledges/{number}|pledges/{number}/message|pledges/{number}/editors"
    "|amplify/{number}|countries|countries/{number}|calls|calls/sent/{number}|calls/{number}/{year}",
    "safeguarding": "reports/{number}",
}
"""The same of the forms that they send."""


def by_role(said):
    return {path: role for role, paths in said.items() for path in paths.split("|")}


def test_each_page_is_for_the_role_that_the_guide_names():
    assert {page.path: page.needs.value for page in PAGES} == by_role(MAY)
    assert {page.path: page.sends.value for page in PAGES if page.posted} == by_role(SEND)


async def test_who_may_see_no_pledge_gets_no_link_to_one(filled, desk):
    async with desk(filled) as sit:
        writer, approver = await sit("writer"), await sit("approver")
        form = {"to": "Press", "language": "en"}
        assert (await writer.posts("/desk/pledges/1/clear", form)).status == 403
        assert 'A "name"' not in (await writer.gets("/desk/clearances")).words
        assert 'A "name"' in (await approver.gets("/desk/clearances")).words
        assert (await writer.posts("/desk/clearances", {"number": "1"})).status == 404
        assert filled.store.clearances.get(1).became is Became.OPEN
        told = await approver.posts("/desk/clearances", {"number": "1"})
        assert told.where == "/desk/clearances?done=revoked"


def kept(services):
    """All that the database holds, but for who is at the desk, and what needs somebody just now."""
    database = services.store.database
    return {
        name: sorted(map(str, map(tuple, database.rows(f"SELECT * FROM {name}"))))
        for name in tables(database)
        if not name.startswith(("sqlite", "_sqlite", "desk_session", "alert"))
    }


@pytest.mark.parametrize("role", list(StaffRole))
async def test_each_role_sees_its_pages_and_sends_its_forms_and_no_other(filled, desk, role):
    member = filled.team.called(role.value)
    async with desk(filled) as sit:
        seat = await sit(role.value)
        before = kept(filled)
        for page in PAGES:
            refused = 403 if page.path else 303
            told = await seat.gets(there(page))
            assert (told.status != refused) is member.may(page.needs), page.path
            if not member.may(page.needs):
                assert not any(words in told.words for words in HELD), page.path
            if role is not StaffRole.SAFEGUARDING:
                assert "<i>Help" not in unescape(told.text), "a report of danger is in no page"
            if page.posted is None:
                assert (await seat.posts(there(page))).status == 405, page.path
            elif not member.may(page.needs) or not member.may(page.sends):
                sent = await seat.posts(there(page))
                assert sent.status == (403 if member.may(page.needs) else refused), page.path
        reading = ["report.read"] if role is StaffRole.SAFEGUARDING else []
        verbs = [deed.verb for deed in filled.store.audit.read()]
        assert verbs[: len(reading)] == reading
        if not reading:
            assert kept(filled) == before, "who looks, and who is refused, changes nothing"
        for page in PAGES:
            if page.posted is not None and member.may(page.needs) and member.may(page.sends):
                sent = await seat.posts(there(page))
                assert sent.status in (200, 303, 404, 409, 422), (page.path, sent.status)


@pytest.mark.parametrize("page", [page.path for page in PAGES] + ["leave", "language"])
async def test_nobody_sees_or_sends_anything_without_a_session(services, desk, page):
    async with desk(services) as sit:
        seat = await sit()
        for told in (await seat.gets(f"/desk/{page}"), await seat.posts(f"/desk/{page}")):
            assert told.status in (303, 404, 405)
            assert told.where in ("", "/desk/enter")


FORMS = [*(there(page) for page in PAGES if page.posted), "/desk/leave", "/desk/language"]
"""Where forms are sent by who is at the desk."""


async def test_no_form_of_another_session_or_site_is_taken(filled, desk):
    async with desk(filled) as sit:
        seat, other = await sit("ada"), await sit("ada")
        before = kept(filled)
        for path in FORMS:
            for wrong in ({"token": other.token}, {"token": ""}, {"token": "é"}):
                told = await seat.posts(path, {"language": "fr", "everywhere": "yes", **wrong})
                assert (told.status, "The form was too old" in told.words) == (403, True), path
            for site in ("cross-site", "same-site"):
                told = await seat.posts(path, {"everywhere": "yes"}, sec_fetch_site=site)
                assert told.status == 403, path
        assert (await seat.posts("/desk/enter", {}, sec_fetch_site="cross-site")).status == 403
        assert (await seat.gets("/desk/")).status == 200, "nobody is signed out by another site"
        assert kept(filled) == before


async def test_an_older_browser_is_known_by_the_origin_that_it_names(filled, desk):
    async with desk(filled) as sit:
        seat = await sit("ada")
        for origin, status in (
            ("https://evil.example", 403),
            ("https://campaign.example.evil.example", 403),
            ("https://campaign.example", 303),
            ("null", 303),
        ):
            form = {"token": seat.token, "language": "en"}
            headers = {"cookie": seat._cookie, "origin": origin}
            async with seat._session.post(
                "/desk/language", data=form, headers=headers, allow_redirects=False
            ) as told:
                assert told.status == status, origin


async def test_what_goes_to_one_person_has_no_page_and_no_form(filled, desk):
    person = filled.store.database.value("SELECT min(id) FROM person")
    key = DeliveryKey(1, 1, person)
    filled.store.database.execute(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " VALUES (:occurrence, :channel, :recipient, :state, 0, :now, :late)",
        {**key._asdict(), "state": State.FAILED, "now": epoch(NOW), "late": epoch(NOW) + 9_000},
    )
    async with desk(filled) as sit:
        seat = await sit("ada")
        before = kept(filled)
        for page in PAGES:
            if "{key}" in page.path:
                path = f"/desk/{page.path.format(key=key)}"
                form = {"do": "cancel", "to": "Ann", "language": "en", "text": "x"}
                assert (await seat.gets(path)).status == 404, path
                if page.posted is not None:
                    assert (await seat.posts(path, form)).status == 404, path
        for path, form in (
            ("outbox", {"do": "retract", "sure": "yes", str(key): "failed"}),
            ("queue", {str(key): "x"}),
            ("by-hand", {"pack": str(key), "url": "https://x.example/1"}),
        ):
            await seat.posts(f"/desk/{path}", form)
        assert str(key) not in (await seat.gets(f"/desk/outbox?post={key}")).text
    assert kept(filled) == before
    assert decisions.find(filled, "1-1-0").state is State.AWAITING_APPROVAL


async def test_a_draft_or_token_of_somebody_else_is_none_whatever_their_role(filled, desk):
    draft = Draft(id=0, member="writer", campaign="trees", text="For later")
    number = filled.store.drafts.put(draft, epoch(NOW))
    async with desk(filled) as sit:
        seat = await sit("admin")
        for path in (f"/desk/compose/{number}", f"/desk/compose/{number}/picture"):
            told = await seat.gets(path)
            assert (told.status, "For later" in told.text) == (404, False)
        assert (await seat.posts(f"/desk/compose/{number}", {"do": "delete"})).status == 409
    assert filled.store.drafts.find("writer", number).text == "For later"
