"""What a maker fills in and takes away on their own pages: the scale-up questionnaire, documents."""

import io
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from docx import Document
from helpers import at
from icalendar import Calendar
from mailing.maker import NOW, PLEDGE, making
from mailing.writer import CAMPAIGN, everything

from bot.errors import RenderError
from bot.jobs.pledges import moderation
from bot.jobs.pledges.scale_up import deciding, results
from bot.jobs.texts import documents
from bot.model.pledge import PledgeState
from bot.model.public import SCALE_UP
from bot.model.staff import Actor
from bot.times import epoch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
ANNA = Actor.staff("anna")
MOMENT = epoch(NOW)
AUTUMN = at("2021-10-06T10:00")
SHEET = f"{PLEDGE}/scale-up"


def public(services):
    """Let everybody see the pledge."""
    moderation.decide(services, 1, PledgeState.APPROVED, ANNA, NOW)
    moderation.verify(services, 1, "staff", ANNA, NOW, "by telephone")
    moderation.decide(services, 1, PledgeState.PUBLISHED, ANNA, NOW)


def seen(page):
    """The mark of the answers that a page shows."""
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def sheet(services):
    return services.store.journeys.filled_form("pledge", 1, CAMPAIGN, SCALE_UP)


async def test_the_scale_up_is_filled_in_read_by_staff_seen_and_changed(services, office):
    async with making(services, office) as maker:
        public(services)
        await maker.open()
        early = await maker.sees(SHEET)
        assert (early.status, early.headers["location"]) == (303, PLEDGE), "it opens in autumn"
        early = await maker.sends(SHEET, do="save", **{"q-vertical-who": "We"})
        assert (early.status, early.headers["location"]) == (303, PLEDGE)
        assert "scale-up" not in (await maker.sees()).raw
        maker.clock["now"] = AUTUMN
        await maker.open()
        assert f'href="{SHEET}"' in (await maker.sees()).raw
        page = await maker.sees(SHEET)
        assert "Who will be responsible" in page.text
        assert "Use your success to ask for more resources" in page.text
        wrong = await maker.sends(SHEET, do="save", **{"q-vertical-who": "x" * 4_097})
        assert wrong.status == 422
        assert 'aria-describedby="wrong-q-vertical-who' in wrong.raw
        assert sheet(services).answers == {}
        later = await maker.sends(SHEET, do="save", **{"q-vertical-who": "The head of\r\ntraining"})
        assert later.headers["location"] == f"{SHEET}?saved=yes"
        assert sheet(services).answers == {"vertical-who": "The head of\ntraining"}
        assert sheet(services).finished is None
        assert "The head of\ntraining</textarea>" in (await maker.sees(SHEET)).raw
        assert services.store.journeys.results_to_decide() == []
        await maker.sends(SHEET, do="finish", **{"q-vertical-who": "The head of training"})
        assert [number for number, _ in services.store.journeys.results_to_decide()] == [1]
        assert "Our team is reading it" in (await maker.sees(f"{SHEET}?finished=yes")).text
        there = results.result(services, maker.pledge, "en")
        deciding.decide(services, 1, there.mark, ANNA, AUTUMN, show=True)
        page = await maker.sees(SHEET)
        assert "<dd" in page.raw
        assert "Everybody can read this" in page.text
        assert "The head of training" in (await maker.the.ask(f"/en/{CAMPAIGN}/pledges/1")).text
        await maker.sends(SHEET, do="finish", **{"q-vertical-who": "Somebody else"})
        assert "Our team is reading it" in (await maker.sees(SHEET)).text
        told = (await maker.the.ask(f"/en/{CAMPAIGN}/pledges/1")).text
    assert "The head of training" not in told
    assert "Somebody else" not in told
    assert set(sheet(services).answers) == {
        question.id for question in services.library.campaigns[CAMPAIGN].forms[SCALE_UP].questions
    }


async def test_the_chat_goes_on_where_the_page_was_left(services, office):
    async with making(services, office) as maker:
        maker.clock["now"] = AUTUMN
        await maker.open()
        before = {"monitoring": "", "vertical-who": "", "vertical-support": "A lawyer"}
        services.store.journeys.keep_form("pledge", 1, CAMPAIGN, SCALE_UP, before, 1)
        await maker.sends(SHEET, do="save", **{"q-vertical-support": "Two lawyers"})
    assert sheet(services).answers == before | {"vertical-support": "Two lawyers"}


async def test_what_a_colleague_answered_meanwhile_is_not_emptied(services, office):
    async with making(services, office) as maker:
        maker.clock["now"] = AUTUMN
        await maker.open()
        page = (await maker.sees(SHEET)).raw
        services.store.journeys.keep_form(
            "pledge", 1, CAMPAIGN, SCALE_UP, {"vertical-who": "A colleague"}, MOMENT, finished=False
        )
        mine = {"seen": seen(page), "q-vertical-support": "By courses"}
        late = await maker.sends(SHEET, do="save", **mine)
        assert late.status == 422
        assert "Somebody has changed this" in late.text
        assert "By courses</textarea>" in late.raw
        old = await maker.sends(SHEET, do="save", seen="", **{"q-vertical-support": "By courses"})
        assert old.status == 422, "a page that doesn't say which answers it showed"
        assert sheet(services).answers == {"vertical-who": "A colleague"}
        again = mine | {"seen": seen(late.raw), "q-vertical-who": "A colleague and I"}
        assert (await maker.sends(SHEET, do="save", **again)).status == 303
    assert sheet(services).answers["vertical-who"] == "A colleague and I"


async def test_where_a_document_s_texts_are_broken_the_pledge_is_still_there(
    services, office, monkeypatch
):
    def broken(*_):
        raise RenderError("documents/draft.j2: no end of a block")

    monkeypatch.setattr(documents, "pledge_draft", broken)
    monkeypatch.setattr(documents, "hint_words", broken)
    async with making(services, office) as maker:
        services.store.pledges.move(1, PledgeState.DRAFT, Actor.person(1), MOMENT)
        await maker.open()
        page = await maker.sees()
        assert (page.status, "draft.docx" in page.raw) == (200, False)
        assert (await maker.sees(f"{PLEDGE}/draft.docx")).status == 404


async def test_nobody_else_sees_or_fills_in_anything(services, office):
    paths = [f"{PLEDGE}/{name}" for name in ("scale-up", "draft.docx", "draft.pdf")]
    async with making(services, office) as maker:
        maker.clock["now"] = AUTUMN
        await maker.open()
        services.store.editors.leave_all(1, 1)
        before = everything(services)
        others = [(await maker.sees(path)).status for path in paths]
        bare = [(await maker.the.ask(path)).status for path in paths]
        sent = await maker.sends(SHEET, do="finish", **{"q-vertical-who": "Me"})
        maker.cookie = dict.fromkeys(maker.cookie, "x" * 43)
        over = await maker.sends(SHEET, do="finish", **{"q-vertical-who": "Me"})
    assert others == [404, 404, 404]
    assert bare == [303, 404, 404]
    assert (sent.status, over.status) == (404, 403)
    assert everything(services) == before


async def test_another_site_fills_nothing_in(services, office):
    async with making(services, office) as maker:
        maker.clock["now"] = AUTUMN
        await maker.open()
        other = {"sec-fetch-site": "cross-site"}
        sent = await maker.sends(SHEET, headers=other, do="finish", **{"q-vertical-who": "Me"})
    assert sent.status == 403
    assert sheet(services).answers == {}


async def test_documents_are_taken_as_word_and_pdf(services, office):
    async with making(services, office) as maker:
        await maker.open()
        page = await maker.sees()
        for path in (f"{PLEDGE}/draft.docx", f"{PLEDGE}/draft.pdf"):
            assert f'href="{path}"' in page.raw
        for path in (f"{PLEDGE}/scale-up.docx", f"/en/{CAMPAIGN}/pledges/1/certificate.pdf"):
            assert path not in page.raw
        assert (await maker.sees(f"{PLEDGE}/scale-up.docx")).status == 404
        for odd in ("draft.exe", "export.pdf"):
            assert (await maker.sees(f"{PLEDGE}/{odd}")).status == 404
        word = await maker.file(f"{PLEDGE}/draft.docx")
        assert word.headers["content-disposition"] == 'attachment; filename="pledge-draft.docx"'
        assert word.headers["cache-control"] == "no-store"
        own = (await maker.file(f"/ru{PLEDGE.removeprefix('/en')}/draft.docx")).headers
        assert own["content-disposition"] == (
            "attachment; filename=\"file.docx\"; filename*=UTF-8''"
            + quote("черновик-обещания.docx")
        ), "in letters that not every program reads"
        told = "\n".join(each.text for each in Document(io.BytesIO(word.content)).paragraphs)
        assert "Train 40 teachers by June 2021" in told
        assert (await maker.file(f"{PLEDGE}/draft.pdf")).content.startswith(b"%PDF-")
        public(services)
        maker.clock["now"] = AUTUMN + timedelta(minutes=1)
        await maker.open()
        await maker.sends(SHEET, do="finish", **{"q-vertical-who": "The head of training"})
        page = await maker.sees()
        for path in (
            f"{PLEDGE}/scale-up.docx",
            f"/en/{CAMPAIGN}/pledges/1/certificate.pdf",
            f"/en/{CAMPAIGN}/pledges/1.docx",
        ):
            assert f'href="{path}"' in page.raw
            assert (await maker.file(path)).status == 200
        word = await maker.file(f"{PLEDGE}/scale-up.docx")
    told = "\n".join(each.text for each in Document(io.BytesIO(word.content)).paragraphs)
    assert "The head of training" in told


async def test_the_steps_of_the_year_are_a_calendar_file_of_their_maker_alone(services, office):
    path = f"{PLEDGE}/steps.ics"
    async with making(services, office) as maker:
        assert (await maker.the.ask(path)).status == 404
        await maker.open()
        page = (await maker.sees()).raw
        assert f'href="{path}"' in page
        assert "As a calendar file" in page
        given = await maker.file(path)
        assert given.headers["content-disposition"] == f'attachment; filename="{CAMPAIGN}-1.ics"'
        again = await maker.file(path)
        maker.services.store.pledges.move(1, PledgeState.DRAFT, ANNA, MOMENT)
        assert (await maker.file(path)).status == 404, "what does not stand has no journey"
    assert given.content == again.content
    events = Calendar.from_ical(given.content).walk("VEVENT")
    days = [event.decoded("dtstart").isoformat() for event in events]
    assert (len(days), days[0], days[-1]) == (9, "2021-04-06", "2021-12-02")
    assert str(events[0]["summary"]).startswith("Host a live conversation")
    assert "conversation" in str(events[0]["description"])
