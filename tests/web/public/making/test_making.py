"""Making a pledge on a page, over a real socket, without a script: what is asked, what is wrong
with it, and what must hold whoever sends it.
"""

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.mail import text_of
from helpers import at
from mailing.served import leave
from mailing.writer import ADDRESS, ALONE, CAMPAIGN, PAGE, TYPED, everything, kept, site
from tree import languages

from bot.errors import StoreError
from bot.jobs.people import joining
from bot.jobs.pledges import proposals
from bot.model import Audience
from bot.store.pledges import asking
from bot.web import hourly

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-03-04T10:00")
FORM = f"{PAGE}?age=yes&for=organization"
BIDI = "\u202eevil\u2066"


def now():
    return NOW


def count(services, table):
    [(rows,)] = services.store.database.rows(f"SELECT count(*) FROM {table}")
    return rows


@pytest.mark.parametrize("language", languages())
async def test_from_the_menu_to_the_letter_without_a_script(services, office, language):
    page = PAGE.replace("/en/", f"/{language}/")
    async with site(services, now) as the:
        assert f'href="{page}"' in (await the.ask(f"/{language}/{CAMPAIGN}/")).text
        first = await the.ask(page)
        assert (first.status, first.headers["cache-control"]) == (200, "no-store")
        assert 'name="age" value="yes"' in first.text
        form = await the.ask(f"{page}?age=yes&for=organization")
        asked = re.findall(r'name="(q-\w+|organisation|group|country|address)"', form.text)
        assert asked[:4] == ["organisation", "group", "country", "q-name"]
        looked = await the.send(do="look", page=page)
        assert looked.status == 200
        for text in ("Train 40 teachers by June 2021", "ACME", "https://acme.example/teachers"):
            assert text in looked.text
        done = await the.send(kept(looked), page=page)
        assert (done.status, done.headers["location"]) == (303, f"{page}?sent=yes")
        told = await the.ask(f"{page}?sent=yes")
    assert "<script>" not in f"{first.raw}{form.raw}{looked.raw}{told.raw}"
    assert "14" in told.text
    assert ADDRESS not in told.text, "an address stands in no address line and on no last page"
    await leave(services, NOW)
    [mail] = office.to(ADDRESS)
    assert "Train 40" not in mail.as_string(), "anybody can give anybody's address"
    [proposal] = services.store.proposals.of_person(1)
    assert proposal.proposed.new.language == language
    assert proposal.proposed.new.country == "KE"
    assert proposal.proposed.new.answers["how"] == "By courses.\nTwo a month."
    assert proposal.proposed.agreed == {"pledge": f"{language} web 2"}
    assert (count(services, "pledge"), count(services, "consent")) == (0, 0)


@pytest.mark.parametrize("do", ["look", "send", "change", ""])
async def test_who_is_too_young_is_thanked_and_nothing_is_kept(services, do):
    before = everything(services)
    async with site(services, now) as the:
        page = await the.ask(f"{PAGE}?age=no&for=individual")
        assert "16 or older" in page.text
        assert "<form" not in page.raw
        for age in ("no", ""):
            asked = await the.send(ALONE, do, age=age)
            assert 'id="age-yes"' in asked.raw, "the question comes first"
            assert ADDRESS not in asked.text
    assert everything(services) == before


async def test_the_first_step_says_what_lacks(services):
    async with site(services, now) as the:
        fresh, bare = await the.ask(), await the.ask(f"{PAGE}?age=yes&for=nobody")
    assert 'role="alert"' not in fresh.raw
    assert '<a href="#for">' in bare.raw
    assert 'id="wrong-for"' in bare.raw
    assert 'id="wrong-age"' not in bare.raw
    assert 'value="yes" required checked' in bare.raw


WRONG = {
    "organisation": (" - ", "Please write something here."),
    "group": ("individual", "Please choose one of these."),
    "country": ("Atlantis", "We don’t know this place."),
    "q-name": ("word " * 21, "That has 21 words, and at most 20 are allowed: 1 must go."),
    "q-how": ("", "Please write something here."),
    "q-website": ("no page at all", "This is not the address of a page."),
    "accounts": ("orkut.com/acme", "I don’t know which network that is on."),
    "address": ("press at acme", "This is not an e-mail address."),
    "agree": ("", "Without this we can’t take your pledge."),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(services, name):
    text, reason = WRONG[name]
    async with site(services, now) as the:
        answer = await the.send(**{name: text})
    assert answer.status == 422
    assert answer.text.count(reason) == 2, "above the form, and at the field"
    assert f'<a href="#{name}">' in answer.raw
    field = re.search(rf'<(?:input|select|textarea)[^>]* id="{name}"[^>]*>', answer.raw)[0]
    assert 'aria-invalid="true"' in field
    assert f'aria-describedby="wrong-{name}' in field
    assert answer.raw.count('aria-invalid="true"') == 1
    for other in ("It helps.", "By courses.\nTwo a month.", "x.com/acme", 'value="Kenya"'):
        if name not in ("accounts", "country", "q-how"):
            assert other in answer.text, other
    if text.strip() and name != "group":
        assert text.strip() in answer.text
    assert count(services, "proposal") == 0


async def test_a_choice_stays_chosen_and_all_can_be_changed_after_a_look(services):
    async with site(services, now) as the:
        looked = await the.send(do="look", nudges="yes")
        form = await the.send(kept(looked), do="change")
    assert form.status == 200
    assert 'value="company" selected' in form.raw
    for name in ("t-topics-education", "agree", "nudges"):
        assert re.search(rf'name="{name}" value="yes"(?: required)? checked', form.raw), name
    assert "By courses.\nTwo a month.</textarea>" in form.text
    assert "6 of 20 words so far." in form.text


async def test_every_question_of_the_chat_is_asked_with_its_limits(services):
    form = services.active[0].forms["pledge"].fitting(Audience.ORGANIZATION)
    async with site(services, now) as the:
        page = await the.ask(FORM)
    words = services.renderer.words(services.active[0], "en").form("pledge")
    for question in form.questions:
        if not question.advice:
            assert words.question(question.id).ask in page.text, question.id
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


async def test_what_could_be_sharper_is_a_hint_and_stops_nobody(services):
    async with site(services, now) as the:
        vague = await the.send(do="look", **{"q-name": "Do more", "q-how": "Better"})
        sharp = await the.send(do="look")
        assert "By when?" in vague.text
        assert "By when?" not in sharp.text
        assert (await the.send(kept(vague))).status == 303


HOSTILE = "\"><script>alert(1)</script>{{7*7}}' onload=x javascript:alert(1)"


async def test_hostile_words_do_no_harm_on_any_step(services, office):
    evil = {"organisation": f"{BIDI}{HOSTILE}", "q-name": f"{HOSTILE}{BIDI}", "q-how": HOSTILE}
    async with site(services, now) as the:
        looked = await the.send(do="look", **evil)
        wrong = await the.send(do="look", **evil, address="")
        assert (await the.send(kept(looked))).status == 303
        await leave(services, NOW)
        [mail] = office.mails
        link = re.search(r"https://pages\.example(/pledge/\S+)", text_of(mail))[1]
        letter = await the.ask(link)
    assert (letter.status, wrong.status) == (200, 422)
    for page in (looked, wrong, letter):
        assert "<script>" not in page.raw
        assert "{{7*7}}" in page.text
        assert not re.search(r'<[^>"]*(?:"[^"]*"[^>"]*)*\sonload=', page.raw)
        assert not re.search(r'href="javascript', page.raw)
    shown = re.sub(r'value="[^"]*"', "", looked.raw)
    for turned in re.finditer(BIDI[0], shown):
        before = shown[: turned.start()]
        opened = before.count("<bdi>") - before.count("</bdi>")
        assert opened or before.rpartition("<")[2].startswith(("p>", "dd")), (
            "what turns is isolated"
        )
    assert BIDI[0] not in letter.text, "a sentence of ours is turned by nobody"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "https://pages.example"}, 303),
    ],
)
async def test_a_form_of_another_site_sends_nothing(services, headers, status):
    async with site(services, now) as the:
        assert (await the.send(headers=headers)).status == status
    assert count(services, "proposal") == (status == 303)


async def test_who_fills_in_what_nobody_sees_sends_nothing_and_is_told_so(services):
    async with site(services, now) as the:
        trapped = await the.send(website="https://spam.example")
        assert trapped.status == 422
        assert '<p class="trap">' not in trapped.raw, "a browser may have filled it in by itself"
        assert '<p class="trap">' in (await the.ask(FORM)).raw
    assert count(services, "proposal") == 0


async def test_a_body_has_a_bound_far_above_a_full_form(services):
    full = {"q-how": "界" * 4_000, "q-communicate": "界" * 90}
    async with site(services, now) as the:
        assert (await the.send(do="look", **full)).status == 200
        assert (await the.send(accounts="x" * 250_001)).status == 413
        assert (await the.send(accounts="x" * 6_001)).status == 422
    assert count(services, "proposal") == 0


async def test_one_client_sends_few_an_hour_and_loses_no_word(services, caplog):
    caplog.set_level(logging.DEBUG)
    clock = {"now": NOW}
    own = {"sec-fetch-site": "same-origin", "x-forwarded-for": "203.0.113.77"}
    other = own | {"x-forwarded-for": "2001:db8:7::1"}
    async with site(services, lambda: clock["now"]) as the:
        for number in range(hourly.MOST):
            sent = await the.send(headers=own, address=f"a{number}@acme.example")
            assert sent.status == 303
        late = await the.send(headers=own)
        assert late.status == 429
        assert kept(late)["q-how"] == TYPED["q-how"].replace("\r\n", "\n")
        assert "again in an hour" in late.text
        assert (await the.send(headers=other)).status == 303
        clock["now"] += timedelta(hours=1)
        assert (await the.send(headers=own)).status == 303
    said = "\n".join(record.getMessage() for record in caplog.records)
    for place in (said, everything(services)):
        assert "203.0.113" not in place
        assert "2001:db8:7" not in place


async def test_the_same_answer_for_an_address_that_is_known_written_to_or_gone(services, office):
    gone = "gone@acme.example"
    services.store.forgotten.remember("mail", gone, int(NOW.timestamp()))
    async with site(services, now) as the:
        answers = [await the.send() for _ in range(proposals.MOST + 2)]
        answers.append(await the.send(address=gone))
        answers.append(await the.send(address="New@ACME.example"))
    assert {(a.status, a.headers["location"], a.raw) for a in answers} == {
        (303, f"{PAGE}?sent=yes", "")
    }
    await leave(services, NOW)
    assert len(office.to(ADDRESS)) == proposals.MOST, "nobody is pestered"
    assert office.to(gone) == []
    assert len(office.to("new@acme.example")) == 1


async def test_when_too_many_wait_or_nothing_can_be_kept_the_words_stay(services, monkeypatch):
    def refuse(*_):
        raise StoreError("the disk is full")

    async with site(services, now) as the:
        monkeypatch.setattr(asking, "SHARE", 1)
        assert (await the.send()).status == 303
        full = await the.send(address="other@acme.example")
        monkeypatch.setattr(asking, "SHARE", 9)
        monkeypatch.setattr(services.store.proposals, "keep", refuse)
        broken = await the.send(address="other@acme.example")
    assert (full.status, broken.status) == (429, 503)
    for answer in (full, broken):
        assert kept(answer)["address"] == "other@acme.example"
        assert 'role="alert"' in answer.raw


async def test_whom_a_free_provider_gives_an_address_takes_no_place_from_others_there(
    services, monkeypatch
):
    monkeypatch.setattr(asking, "SHARE", 1)
    async with site(services, now) as the:
        for name in ("ana", "ben", "eva"):
            assert (await the.send(address=f"{name}@gmail.com")).status == 303
    for address in ("ana@acme.example", "ana@gmail.com", ""):
        free = proposals.is_shared(services, address)
        assert free is (address != "ana@acme.example")


def _without(services, why):
    settings, campaign = services.settings, services.active[0]
    return {
        "no mail": replace(services, dry={"mail": "no server"}),
        "nobody answers": replace(services, settings=replace(settings, privacy=None)),
        "a rehearsal": replace(services, rehearsal=True),
        "over": replace(services, active=(replace(campaign, end=NOW.date() - timedelta(days=1)),)),
        "shown only": services,
    }[why]


@pytest.mark.parametrize("why", ["no mail", "nobody answers", "a rehearsal", "over", "shown only"])
async def test_where_none_can_be_made_no_menu_leads_there_and_nothing_is_taken(services, why):
    changed = _without(services, why)
    async with site(changed, now, letters=why != "shown only") as the:
        page = await the.ask(f"/en/{CAMPAIGN}/")
        assert page.status == 200
        assert "/pledge" not in page.raw
        assert "No pledge can be made" in (await the.ask(FORM)).text
        sent = await the.send()
        assert sent.status == (405 if why == "shown only" else 200)
        assert "/pledge<" not in (await the.ask("/sitemap.xml")).raw
    assert count(services, "proposal") == 0


async def test_where_nobody_answers_the_page_leads_to_the_bot_where_there_is_one(services):
    joining.remember(services.store, "end_bot")
    async with site(_without(services, "nobody answers"), now) as the:
        assert f'href="{PAGE}"' in (await the.ask(f"/en/{CAMPAIGN}/")).raw
        page = await the.ask(FORM)
    assert 'href="https://t.me/end_bot?start=pledge"' in page.raw
    assert "<form" not in page.raw
