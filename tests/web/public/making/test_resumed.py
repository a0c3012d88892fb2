"""What is begun and not submitted yet, gone on with on the maker's own pages: a draft, and a form that waits for its letter's link."""

import re
from contextlib import asynccontextmanager

import pytest
from fakes.mail import text_of
from mailing.maker import NOW, OWN, PLEDGE, Maker, making
from mailing.served import leave
from mailing.writer import ADDRESS, CAMPAIGN, TYPED, everything, site

from bot.jobs.pledges import editing, visits
from bot.jobs.texts import documents
from bot.model.person import NUDGES
from bot.model.pledge import Outcome, PledgeState
from bot.model.staff import Actor
from bot.rules import forms
from bot.web.visit import COOKIE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
WRITTEN = "/en/mine/written/1"
FIELDS = {
    name: text
    for name, text in TYPED.items()
    if name not in ("age", "for", "address", "agree", "website")
}


@asynccontextmanager
async def waiting(services, office, **changed):
    """Somebody who has sent the form and has not used its letter's link, on their own pages."""
    clock = {"now": NOW}
    async with site(services, lambda: clock["now"]) as the:
        maker = Maker(services, office, the, clock)
        assert (await the.send(**changed)).status == 303
        await leave(services, NOW)
        await maker.open()
        yield maker


def proposal(services):
    return services.store.proposals.get(1)


async def test_what_waits_is_seen_changed_and_submitted(services, office):
    async with waiting(services, office, nudges="yes") as maker:
        assert f'href="{WRITTEN}"' in (await maker.sees("/en/mine")).raw
        page = await maker.sees(WRITTEN)
        for shown in ('value="ACME"', 'value="Kenya"', "By courses.\nTwo a month.", "x.com/acme"):
            assert shown in page.raw
        assert 'value="company" selected' in page.raw
        assert '<time datetime="2021-03-18">' in page.raw
        wrong = await maker.sends(WRITTEN, do="keep", **FIELDS | {"q-name": ""})
        assert wrong.status == 422
        assert 'aria-describedby="wrong-q-name' in wrong.raw
        assert proposal(services).proposed.new.answers["name"] == TYPED["q-name"]
        kept = await maker.sends(WRITTEN, do="keep", **FIELDS | {"q-name": "Train 60 teachers"})
        assert kept.headers["location"] == f"{WRITTEN}?saved=yes"
        assert proposal(services).proposed.new.answers["name"] == "Train 60 teachers"
        assert maker.pledge is None
        done = await maker.sends(WRITTEN, do="submit", **FIELDS | {"q-name": "Train 70 teachers"})
        assert done.headers["location"] == "/en/mine/1?saved=yes"
        assert (await maker.sees()).status == 200
        assert (await maker.sees(WRITTEN)).status == 404
    assert maker.pledge.state is PledgeState.SUBMITTED
    assert maker.pledge.name == "Train 70 teachers"
    assert maker.pledge.organisation == "ACME"
    assert proposal(services).outcome is Outcome.CONFIRMED
    purposes = {each["purpose"] for each in services.store.subscribers.consents(1)}
    assert purposes == {"pledge", NUDGES}


async def test_what_was_written_with_another_address_is_deleted_and_forgets_it(services, office):
    async with waiting(services, office) as maker:
        gone = await maker.sends(WRITTEN, do="drop")
        assert "Nothing of it is left" in gone.text
        assert (await maker.sees("/en/mine")).text.count("Send me the link") == 1
    assert proposal(services).outcome is Outcome.REFUSED
    for word in (ADDRESS, "Train 40"):
        assert word not in everything(services)


async def test_all_that_waits_can_be_had_and_forgotten(services, office):
    async with waiting(services, office) as maker:
        assert "Train 40 teachers" in (await maker.sees("/en/mine/export.json")).raw
        done = await maker.sends("/en/mine", do="forget", sure="yes")
        assert "Everything about you is deleted" in done.text
    for word in (ADDRESS, "Train 40"):
        assert word not in everything(services)


async def test_nobody_else_sees_changes_or_submits_what_waits(services, office):
    async with waiting(services, office) as maker:
        other = "other@else.example"
        assert (await maker.the.send(address=other, organisation="Else")).status == 303
        assert (await maker.asks(other)).status == 303
        await leave(services, NOW)
        told = text_of(office.to(other)[-1])
        link = re.search(r"https://pages\.example(/mine/\S+)", told)[1]
        before = everything(services)
        theirs = [(await maker.sees(f"/en/mine/written/{n}")).status for n in (2, 99, "x")]
        sent = [
            (await maker.sends("/en/mine/written/2", do=do, **FIELDS)).status
            for do in ("keep", "submit", "drop")
        ]
        site_of = {"sec-fetch-site": "cross-site"}
        cross = await maker.sends(WRITTEN, headers=site_of, do="drop")
        bare = await maker.the.ask(WRITTEN, "POST", data={"do": "drop"}, headers=OWN)
        assert everything(services) == before
        opened = await maker.the.ask(link, "POST", headers=OWN)
        maker.cookie = {COOKIE: re.search(rf"{COOKIE}=([^;]+)", opened.headers["set-cookie"])[1]}
        assert (await maker.sees(WRITTEN)).status == 404
        assert (await maker.sees("/en/mine/written/2")).status == 200
    assert theirs == [404, 404, 404]
    assert sent == [404, 404, 404]
    assert (cross.status, bare.status) == (403, 403)


async def test_an_address_that_agreed_to_nothing_gets_three_letters_a_day_in_all(services, office):
    async with waiting(services, office) as maker:
        for _ in range(visits.MOST + 1):
            assert (await maker.asks()).status == 303
        await leave(services, NOW)
    assert len(office.to(ADDRESS)) == visits.MOST


async def test_a_draft_is_kept_as_far_as_it_is_written_and_the_chat_goes_on_with_it(
    services, office
):
    async with making(services, office) as maker:
        by = Actor.person(1)
        editing.move(services, 1, PledgeState.DRAFT, by, NOW)
        services.store.pledges.drop_answer(1, "communicate", 1)
        await maker.open()
        page = await maker.sees()
        assert "Keep as a draft" in page.text
        long = await maker.sends(do="keep", **{"q-name": "word " * 30})
        assert long.status == 422
        kept = await maker.sends(
            do="keep", **{"q-name": "Train some teachers", "q-how": "By courses.", "q-website": ""}
        )
        assert kept.headers["location"] == f"{PLEDGE}?saved=yes"
        assert maker.pledge.state is PledgeState.DRAFT
        assert maker.pledge.name == "Train some teachers"
        form = services.library.campaigns[CAMPAIGN].forms["pledge"].fitting(maker.pledge.audience)
        assert forms.next_question(form, maker.pledge.answers).id == "contribution"
        hints, page = documents.hint_words(services, "en"), await maker.sees()
        assert any(hint in page.text for hint in hints.values())
        refused = await maker.sends(do="save", **{"q-name": "Train some teachers"})
        assert refused.status == 422
        assert maker.pledge.state is PledgeState.DRAFT
        await maker.sends(
            do="save",
            **{
                "q-name": "Train 40 teachers",
                "q-how": "By courses.",
                "q-contribution": "It helps.",
                "q-communicate": "With posts",
            },
        )
        assert maker.pledge.state is PledgeState.SUBMITTED
        again = await maker.sends(do="keep", **{"q-name": "Nothing"})
    assert again.status == 200
    assert maker.pledge.name == "Train 40 teachers"
