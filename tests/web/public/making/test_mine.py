"""The pages of who made a pledge: opened once by a letter, for them alone, and what they do there."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.mail import text_of
from helpers import at
from mailing.maker import NOW, OWN, PLEDGE, making
from mailing.served import leave
from mailing.writer import ADDRESS, ALONE, CAMPAIGN, everything, site
from tree import languages

from bot.jobs.people import retention
from bot.jobs.pledges import moderation, visits
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.web.visit import COOKIE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
ANNA = Actor.staff("anna")


ANSWERS = {
    "q-name": "Train 50 teachers by June 2021",
    "q-how": "By courses.",
    "q-contribution": "It helps.",
    "q-communicate": "With posts",
}


@pytest.mark.parametrize("language", languages())
async def test_a_letter_opens_the_pages_once_and_they_speak_its_language(
    services, office, language
):
    page = f"/{language}/{CAMPAIGN}/pledge"
    async with making(services, office, page=page) as maker:
        assert f'href="/{language}/mine"' in (await maker.the.ask(page)).raw
        assert (await maker.asks(page=f"/{language}/mine")).status == 303
        link = await maker.letter()
        for method in ("GET", "HEAD", "GET"):  # a scanner follows every link
            assert (await maker.the.ask(link, method)).status == 200
        opened = await maker.the.ask(link, "POST", headers=OWN)
        assert (opened.status, opened.headers["location"]) == (303, f"/{language}/mine")
        for word in ("HttpOnly", "SameSite=Strict", "Secure", f"Path=/{language}/mine"):
            assert any(word in each for each in opened.headers.getall("set-cookie"))
        again = await maker.the.ask(link, "POST", headers=OWN)
        assert again.status == 200
        assert "set-cookie" not in again.headers
        maker.keep(opened)
        mine = await maker.sees(f"/{language}/mine")
        assert "Train 40 teachers by June 2021" in mine.text
        assert ADDRESS in mine.text
        assert mine.headers["cache-control"] == "no-store"
        one = await maker.sees(f"/{language}/mine/1")
    assert one.status == 200
    assert 'value="Train 40 teachers by June 2021"' in one.raw
    assert "<script>" not in f"{mine.raw}{one.raw}"


async def test_a_link_works_for_ten_minutes_and_a_visit_for_two_hours(services, office):
    async with making(services, office) as maker:
        await maker.asks()
        link = await maker.letter()
        maker.clock["now"] += timedelta(minutes=10, seconds=30)
        for method in ("GET", "POST"):
            late = await maker.the.ask(link, method, headers=OWN)
            assert "set-cookie" not in late.headers
            assert "too old" in late.text
        await maker.open()
        maker.clock["now"] += visits.LASTS - timedelta(seconds=1)
        assert (await maker.sees()).status == 200
        maker.clock["now"] += timedelta(seconds=1)
        over = await maker.sees()
        assert (over.status, over.headers["location"]) == (303, "/en/mine")
        assert over.headers["cache-control"] == "no-store", "the next visit must not be led away"
        lost = await maker.sends(do="save", **ANSWERS)
        assert lost.status == 403
        assert "Your visit is over" in lost.text
        assert "Train 50" not in everything(services)
        retention.run(services, maker.clock["now"] + timedelta(days=2))
    assert services.store.visits.of_person(1) == []


async def test_no_secret_of_a_visit_stands_in_the_database(services, office):
    async with making(services, office) as maker:
        await maker.open()
        assert maker.cookie[COOKIE] not in everything(services)


async def test_the_same_answer_for_who_has_a_pledge_and_who_has_none(services, office):
    async with making(services, office) as maker:
        office.mails.clear()
        answers = [await maker.asks() for _ in range(visits.MOST + 1)]
        answers += [await maker.asks("nobody@acme.example")]
        assert {(a.status, a.headers["location"], a.raw) for a in answers} == {
            (303, "/en/mine?sent=yes", "")
        }
        wrong = await maker.asks("no address")
        assert wrong.status == 422
        assert 'value="no address"' in wrong.raw
        await leave(services, maker.clock["now"])
    assert sum(".example/mine/" in text_of(mail) for mail in office.to(ADDRESS)) == visits.MOST
    assert office.to("nobody@acme.example") == []


async def test_who_asks_at_night_need_not_wait_until_the_morning(services, office):
    async with making(services, office) as maker:
        maker.clock["now"] = at("2021-03-05T02:00")
        office.mails.clear()
        await maker.asks()
        assert (await maker.letter()).startswith("/mine/")
        assert (await maker.the.send(address="night@acme.example")).status == 303
        await leave(services, maker.clock["now"])
    assert len(office.to("night@acme.example")) == 1


@pytest.mark.parametrize("path", ["/en/mine/1", "/en/mine/export.json", "/en/mine/99"])
async def test_nobody_else_sees_anything(services, office, path):
    async with making(services, office) as maker:
        await maker.open()
        bare = await maker.the.ask(path)
        maker.cookie = {COOKIE: "x" * 43}
        other = await maker.sees(path)
        for page in (bare, other):
            assert page.status in (303, 404)
            assert "Train 40" not in page.text
            assert page.headers["cache-control"] == "no-store", "they may be let in afterwards"
        before = everything(services)
        for do in ("save", "end", "step"):
            sent = await maker.sends(do=do, sure="yes", **ANSWERS)
            assert sent.status == 403
    assert everything(services) == before


async def test_a_pledge_of_somebody_else_is_not_there(services, office):
    async with making(services, office) as maker:
        other = "other@else.example"
        assert (await maker.the.send(address=other, organisation="Else")).status == 303
        await leave(services, maker.clock["now"])
        told = text_of(office.to(other)[-1])
        link = re.search(r"https://pages\.example(/pledge/\S+)", told)[1]
        await maker.the.ask(link, "POST", data={"answer": "yes"})
        assert services.store.pledges.get(2).organisation == "Else"
        await maker.open()
        lost = await maker.sees("/en/mine/2")
        assert (lost.status, "There is nothing here" in lost.text) == (404, True)
        assert (await maker.sends("/en/mine/2", do="end", sure="yes")).status == 404
        for odd in ("x", "-1", "9" * 30, "٣"):
            assert (await maker.sees(f"/en/mine/{odd}")).status == 404
    assert services.store.pledges.get(2).state is PledgeState.SUBMITTED


@pytest.mark.parametrize("site_of", ["cross-site", "same-site"])
async def test_a_form_of_another_site_changes_nothing(services, office, site_of):
    async with making(services, office) as maker:
        await maker.open()
        headers = {"sec-fetch-site": site_of}
        sent = await maker.sends(headers=headers, do="end", sure="yes")
        assert sent.status == 403
        assert maker.pledge.state is PledgeState.SUBMITTED


async def test_what_was_sent_back_is_answered_and_submitted_again(services, office):
    async with making(services, office) as maker:
        moderation.decide(
            services, 1, PledgeState.REJECTED, ANNA, NOW, "Which <b>district</b>, please?"
        )
        await maker.open()
        page = await maker.sees()
        assert "Which &lt;b&gt;district&lt;/b&gt;, please?" in page.raw
        assert "Save and submit" in page.text
        wrong = await maker.sends(do="save", **ANSWERS | {"q-name": ""})
        assert wrong.status == 422
        assert 'aria-describedby="wrong-q-name' in wrong.raw
        assert "It helps." in wrong.text
        done = await maker.sends(do="save", **ANSWERS)
        assert done.status == 303
        page = await maker.sees(done.headers["location"])
        assert "Saved." in page.text
        assert "district" not in page.text
        assert maker.pledge.state is PledgeState.SUBMITTED
        assert maker.pledge.name == "Train 50 teachers by June 2021"
        assert maker.pledge.answers["topics"] == "", "what was taken away is gone"
    [kinds] = [[line.kind for line in services.store.pledges.history(1)][-2:]]
    assert kinds == ["edited", "submitted"]


async def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(services, office):
    def mark(page):
        return re.search(r'name="seen" value="(\w+)"', page.raw)[1]

    async with making(services, office) as maker:
        await maker.open()
        old = mark(await maker.sees())
        services.store.pledges.edit(1, {"how": "A colleague's way"}, Actor.person(2), 1)
        late = await maker.sends(do="save", seen=old, **ANSWERS)
        assert late.status == 422
        assert "Somebody has changed this" in late.text
        assert 'value="Train 50 teachers by June 2021"' in late.raw
        assert maker.pledge.answers["how"] == "A colleague's way"
        assert (await maker.sends(do="save", seen=mark(late), **ANSWERS)).status == 303
        assert maker.pledge.answers["how"] == "By courses."


async def test_what_is_public_stays_until_staff_have_read_the_change(services, office):
    async with making(services, office) as maker:
        moderation.decide(services, 1, PledgeState.APPROVED, ANNA, NOW)
        moderation.decide(services, 1, PledgeState.PUBLISHED, ANNA, NOW)
        await maker.open()
        await maker.sends(do="save", **ANSWERS)
        public = await maker.the.ask(f"/en/{CAMPAIGN}/pledges/1")
        assert "Train 40 teachers" in public.text
        assert "Train 50" not in public.text
        assert maker.pledge.pending
        assert [each.id for each in services.store.pledges.to_moderate()] == [1]
        gone = await maker.sends(do="end", sure="yes")
        assert gone.status == 303
        assert maker.pledge.state is PledgeState.WITHDRAWN
        assert (await maker.the.ask(f"/en/{CAMPAIGN}/pledges/1")).status == 410


async def test_a_step_is_ticked_with_and_without_a_link(services, office):
    async with making(services, office) as maker:
        await maker.open()
        page = await maker.sees()
        step = re.search(r'name="step" value="(s-[\w-]+)"', page.raw)[1]
        wrong = await maker.sends(do="step", step=step, link="no page")
        assert wrong.status == 422
        assert f'aria-describedby="wrong-{step}"' in wrong.raw
        assert 'value="no page"' in wrong.raw
        assert 'value="Train 40 teachers by June 2021"' in wrong.raw
        assert (await maker.sends(do="step", step="s-nothing-1")).status == 200
        assert services.store.journeys.reports(1) == []
        assert (await maker.sends(do="step", step=step)).status == 303
        [report] = services.store.journeys.reports(1)
        assert report.link is None
        link = "https://acme.example/news"
        assert (await maker.sends(do="step", step=step, link=link)).status == 303
        [report] = services.store.journeys.reports(1)
        assert report.link == link
        page = await maker.sees(f"{PLEDGE}?done=yes")
        assert f'href="{link}" rel="' in page.raw


async def test_accounts_are_changed_and_what_is_none_is_told(services, office):
    def known():
        return [handle.url for handle in services.store.pledges.handles(1)]

    async with making(services, office) as maker:
        await maker.open()
        wrong = await maker.sends(do="account", accounts="orkut.com/acme")
        assert wrong.status == 422
        assert 'aria-describedby="wrong-accounts' in wrong.raw
        assert "orkut.com/acme</textarea>" in wrong.raw
        assert 'value="Train 40 teachers by June 2021"' in wrong.raw
        assert known() == ["https://x.com/acme"], "as they were"
        both = "https://x.com/acme_en\nhttps://www.instagram.com/acme"
        assert (await maker.sends(do="account", accounts=both)).status == 303
        assert len(known()) == 2
        page = await maker.sees()
        assert f"{known()[0]}\n{known()[1]}</textarea>" in page.raw
        assert (await maker.sends(do="account", accounts="")).status == 303
        assert known() == []


async def test_taking_back_asks_first_and_a_draft_can_be_deleted(services, office):
    async with making(services, office) as maker:
        await maker.open()
        asked = await maker.sends(do="end")
        assert asked.status == 422
        assert maker.pledge.state is PledgeState.SUBMITTED
        assert (await maker.sends(do="end", sure="yes")).status == 303
        assert maker.pledge.state is PledgeState.DRAFT
        assert (await maker.sends(do="end", sure="yes")).headers["location"] == "/en/mine"
        assert maker.pledge is None
        assert (await maker.sees()).status == 404
        assert "What we keep about you" in (await maker.sees("/en/mine")).text


async def test_all_that_is_kept_can_be_had_and_forgotten(services, office):
    async with making(services, office, typed=ALONE) as maker:
        await maker.open()
        told = await maker.sees("/en/mine/export.json")
        assert told.headers["content-disposition"] == 'attachment; filename="export.json"'
        assert told.headers["cache-control"] == "no-store"
        content = json.loads(told.raw)
        assert content["address"] == ADDRESS
        assert content["pledges"][0]["answers"]["name"] == "Train 40 teachers by June 2021"
        assert (await maker.sends("/en/mine", do="forget")).status == 422
        assert maker.pledge is not None
        done = await maker.sends("/en/mine", do="forget", sure="yes")
        assert "Everything about you is deleted" in done.text
        assert (await maker.sees()).headers["location"] == "/en/mine"
        for word in (ADDRESS, "Train 40"):
            assert word not in everything(services)


async def test_a_visit_can_be_ended(services, office):
    async with making(services, office) as maker:
        await maker.open()
        assert "closed" in (await maker.sends("/en/mine", do="end")).text
        assert (await maker.sees()).headers["location"] == "/en/mine"


async def test_where_no_letter_leaves_no_pledge_can_be_opened(services):
    dry = replace(services, dry={"mail": "no server"})
    async with site(dry, lambda: NOW) as the:
        page = await the.ask("/en/mine")
        assert "No pledge can be opened" in page.text
        assert "<form" not in page.raw
        assert (await the.ask("/en/mine", "POST", data={"address": ADDRESS})).status == 200
        assert '/mine"' not in (await the.ask(f"/en/{CAMPAIGN}/pledge")).raw
