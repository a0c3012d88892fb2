"""The steps of a pledge on its maker's page: they go on, pause and end as in the chat."""

from datetime import timedelta

import pytest
from mailing.maker import NOW, making
from mailing.writer import ALONE, everything
from tree import languages

from bot.jobs.pledges import journeys, moderation
from bot.model.person import NUDGES, Status
from bot.model.pledge import JourneyState, PledgeState
from bot.model.staff import Actor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
PAGE = "/en/mine/1/journey"
TODAY = NOW.date()


def approve(services, pledge=1):
    moderation.decide(services, pledge, PledgeState.APPROVED, Actor.staff("anna"), NOW)


async def test_a_pause_has_the_lengths_of_the_chat_and_ends_by_one_button(services, office):
    async with making(services, office, nudges="yes") as maker:
        approve(services)
        await maker.open()
        assert f'href="{PAGE}"' in (await maker.sees()).raw
        for language in languages():
            assert f'lang="{language}"' in (await maker.sees(f"/{language}/mine/1/journey")).raw
        page = await maker.sees(PAGE)
        for label in ("We are here", "One month", "Two months", "Three months", "Need help"):
            assert label in page.text
        sent = await maker.sends(PAGE, do="pause", days="61")
        page = await maker.sees(sent.headers["location"])
        assert "Paused until" in page.text
        assert "Go on with the steps" in page.text
        assert maker.pledge.journey is JourneyState.PAUSED
        assert maker.pledge.until == TODAY + timedelta(days=61)
        back = await maker.sends(PAGE, do="here")
        assert "Good to know" in (await maker.sees(back.headers["location"])).text
        assert maker.pledge.journey is JourneyState.ACTIVE
    kinds = [line.kind for line in services.store.pledges.history(1)]
    assert kinds[-2:] == ["pause", "resumed"]


async def test_a_pause_until_a_day_of_their_own_has_an_end(services, office):
    async with making(services, office) as maker:
        approve(services)
        await maker.open()
        for day in ("", "soon", f"{TODAY}", f"{TODAY + timedelta(days=367)}", "2021-02-30"):
            wrong = await maker.sends(PAGE, do="pause", until=day)
            assert wrong.status == 422
            assert 'aria-describedby="wrong-until"' in wrong.raw
            assert f'value="{day}"' in wrong.raw
            assert maker.pledge.journey is JourneyState.ACTIVE
        assert (await maker.sends(PAGE, do="pause", days="400")).status == 422
        last = TODAY + timedelta(days=366)
        assert (await maker.sends(PAGE, do="pause", until=f"{last}")).status == 303
    assert services.store.pledges.get(1).until == last


async def test_who_gets_news_only_is_told_so_and_agrees_to_the_steps(services, office):
    async with making(services, office) as maker:
        approve(services)
        await maker.open()
        assert services.store.contacts.get(1).status is Status.PAUSED
        for language in languages():
            page = await maker.sees(f"/{language}/mine/1/journey")
            assert 'id="agree"' in page.raw
            assert 'value="here"' not in page.raw
        page = await maker.sees(PAGE)
        assert "the monthly steps don’t" in page.text
        assert "The monthly steps come to you." not in page.text
        here = await maker.sends(PAGE, do="here")
        assert "as planned" not in (await maker.sees(here.headers["location"])).text
        assert (await maker.sends(PAGE, do="steps")).status == 422
        assert services.store.contacts.get(1).status is Status.PAUSED
        sent = await maker.sends(PAGE, do="steps", agree="yes")
        page = await maker.sees(sent.headers["location"])
        assert "as planned" in page.text
        assert "The monthly steps come to you." in page.text
        assert 'id="agree"' not in page.raw
        assert (await maker.sends(PAGE, do="steps", agree="yes")).status == 200
    assert services.store.contacts.get(1).status is Status.ACTIVE
    consents = {each["purpose"]: each["wording"] for each in services.store.subscribers.consents(1)}
    assert consents[NUDGES] == "en steps 1"


async def test_what_waits_is_no_step_while_they_rest(services, office):
    async with making(services, office) as maker:
        approve(services)
        maker.clock["now"] += timedelta(days=33)
        await maker.open()
        assert "/en/mine/1#s-" in (await maker.sees("/en/mine")).raw
        for form in ({"do": "pause", "days": "30"}, {"do": "end", "sure": "yes"}):
            await maker.sends(PAGE, **form)
            assert "/en/mine/1#s-" not in (await maker.sees("/en/mine")).raw


async def test_staff_get_the_tasks_and_an_end_is_asked_for_once_more(services, office):
    async with making(services, office) as maker:
        approve(services)
        await maker.open()
        for what, said in (("help", "get in touch"), ("contact", "hand over")):
            sent = await maker.sends(PAGE, do=what)
            assert said in (await maker.sees(sent.headers["location"])).text
        assert (await maker.sends(PAGE, do="end")).status == 422
        assert maker.pledge.journey is JourneyState.ACTIVE
        sent = await maker.sends(PAGE, do="end", sure="yes")
        assert "No more steps come" in (await maker.sees(sent.headers["location"])).text
        assert maker.pledge.journey is JourneyState.ENDED
    tasks = [task.why for task in journeys.tasks_of(services, 1)]
    assert tasks == ["need_help", "change_contact", "cant_continue"]


async def test_there_are_no_steps_before_it_is_approved_nor_for_an_individual(services, office):
    async with making(services, office, typed=ALONE) as maker:
        await maker.open()
        assert (await maker.sees(PAGE)).status == 404
        approve(services)
        assert (await maker.sees(PAGE)).status == 404
        assert f'href="{PAGE}"' not in (await maker.sees()).raw
        assert (await maker.sends(PAGE, do="pause", days="30")).status == 404


async def test_nobody_else_pauses_a_pledge(services, office):
    async with making(services, office) as maker:
        approve(services)
        before = everything(services)
        assert (await maker.the.ask(PAGE)).headers["location"] == "/en/mine"
        own = {"sec-fetch-site": "same-origin"}
        sent = await maker.the.ask(PAGE, "POST", data={"do": "end", "sure": "yes"}, headers=own)
        assert sent.status == 403
        assert everything(services) == before
        await maker.open()
        for site in ("cross-site", "same-site"):
            odd = {"sec-fetch-site": site}
            assert (await maker.sends(PAGE, headers=odd, do="pause", days="30")).status == 403
        assert (await maker.sends("/en/mine/2/journey", do="pause", days="30")).status == 404
    assert services.store.pledges.get(1).journey is JourneyState.ACTIVE
    assert services.store.pledges.get(1).until is None
