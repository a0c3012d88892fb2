"""A report of a country: staff make a link, its focal point answers on the page or in the chat, and
staff decide; over a real socket and through the terminal.
"""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.mail import post_office
from helpers import at
from mailing.served import leave, services_in
from mailing.writer import CAMPAIGN, everything, kept, site
from player import TEXTS, Player
from tree import drawn, languages

from bot.errors import Overtaken, UsageError
from bot.jobs.pathfinders import documents, reports
from bot.jobs.people import joining, retention
from bot.jobs.texts import kinds
from bot.languages import locale, said_day
from bot.model import Audience
from bot.model.outbox import ActionDay
from bot.model.pathfinders.report import LINK_DAYS, ReportState
from bot.model.staff import Actor
from bot.rules import forms

pytestmark = pytest.mark.slow
NOW = at("2021-03-04T10:00")
ANNA = Actor.staff("anna")
OPEN = {
    "q-since": "Our <b>law</b> of 2020.",
    "q-highlights": "A workshop.",
    "q-opportunities": "A summit.",
    "q-what-next": "A budget.",
}
"""The answers that are needed."""


@pytest.fixture
def office():
    with post_office() as made:
        yield made


@pytest.fixture
def services(tmp_path, library, office):
    built = services_in(tmp_path, library, office, answer=30.0)
    joining.remember(built.store, "end_bot")
    yield built
    built.store.close()


def now():
    return NOW


def asked(services, code="MX", named="Ministry of Labour"):
    """The number and the secret of a report that staff ask for."""
    campaign = services.library.campaigns[CAMPAIGN]
    return reports.ask(services, campaign, code, named, ANNA, NOW)


def there(services, number=1):
    return services.store.country_reports.get(number)


def page_of(secret, language="en"):
    return f"/{language}/{CAMPAIGN}/report/{secret}"


async def agreed(the, page):
    done = await the.send({"agree": "yes"}, "agree", page)
    assert (done.status, done.headers["location"]) == (303, page)
    return await the.ask(page)


def decide(services, *, show=True, number=1):
    mark = forms.mark(there(services, number).answers)
    reports.decide(services, number, mark, ANNA, NOW, show=show)


async def test_a_link_ends_on_the_day_that_the_settings_clock_has(services):
    _, secret = asked(services)
    ends = NOW + timedelta(days=LINK_DAYS)
    async with site(services, now) as the:
        said = (await agreed(the, page_of(secret))).text
    far = replace(services, settings=replace(services.settings, zone="Pacific/Kiritimati"))
    async with site(far, now) as the:
        later = (await the.ask(page_of(secret))).text
    days = [said_day(each, "long", "en") for each in (ends, ends + timedelta(days=1))]
    assert f"until {days[0]}" in said
    assert f"until {days[1]}" in later


@pytest.mark.parametrize("language", drawn())
async def test_from_the_link_to_the_page_of_the_country(services, language):
    number, secret = asked(services)
    page, public = page_of(secret, language), f"/{language}/{CAMPAIGN}/countries/MX"
    assert reports.links(services, there(services, number), secret, language) == [
        f"https://pages.example{page}",
        f"https://t.me/end_bot?start=f-{secret}",
    ]
    async with site(services, now) as the:
        first = await the.ask(page)
        assert first.status == 200
        assert "Ministry of Labour" in first.text
        assert first.headers["x-robots-tag"].startswith("noindex")
        assert first.headers["cache-control"] == "no-store"
        before = everything(services)
        assert (await the.send({}, "agree", page)).status == 422
        assert (await the.send(OPEN, "finish", page)).status == 422
        assert everything(services) == before, "nothing is kept before they agree"
        form = await agreed(the, page)
        assert len(re.findall(r'<textarea [^>]*name="q-', form.raw)) == 24
        assert "{country}" not in form.text
        assert "{month}" not in form.text
        assert "182" in form.text
        done = await the.send(kept(form) | OPEN, "finish", page)
        assert done.headers["location"] == f"{page}?finished=yes"
        hidden = await the.ask(public)
        assert "A workshop." not in hidden.text
        decide(services)
        shown = await the.ask(public)
        assert "Our &lt;b&gt;law&lt;/b&gt; of 2020." in shown.raw
        for kind in ("docx", "pdf"):
            assert f'href="{public}/1.{kind}"' in shown.raw
            assert (await the.ask(f"{public}/1.{kind}", binary=True)).status == 200
            mine = await the.ask(f"{page}/answers.{kind}", binary=True)
            assert mine.content[:4] == {"docx": b"PK\x03\x04", "pdf": b"%PDF"}[kind]
        decide(services, show=False)
        assert "A workshop." not in (await the.ask(public)).text
        for name in ("1.pdf", "2.pdf", "report.txt", "x.docx"):
            assert (await the.ask(f"{public}/{name}")).status == 404, name


async def test_it_goes_on_where_it_was_and_what_changes_is_shown_to_nobody(services):
    number, secret = asked(services)
    page, public = page_of(secret), f"/en/{CAMPAIGN}/countries/MX"
    async with site(services, now) as the:
        form = await agreed(the, page)
        saved = await the.send(kept(form) | {"q-cl-budget": "2 %"}, "save", page)
        assert saved.headers["location"] == f"{page}?saved=yes"
        assert there(services).state is ReportState.OPEN
        form = await the.ask(page)
        assert "2 %</textarea>" in form.raw
        wrong = await the.send(kept(form) | {"q-since": "?"}, "finish", page)
        assert wrong.status == 422
        assert 'href="#q-what-next"' in wrong.raw
        # somebody else saved meanwhile: nothing is lost on either side
        stale = kept(form)
        await the.send(kept(form) | {"q-cl-budget": "3 %"}, "save", page)
        over = await the.send(stale | OPEN, "finish", page)
        assert (over.status, "A workshop." in over.text) == (422, True)
        form = await the.ask(page)
        await the.send(kept(form) | OPEN | {"q-cl-budget": "3 %"}, "finish", page)
        old = forms.mark(there(services).answers)
        decide(services)
        form = await the.ask(page)
        await the.send(kept(form) | OPEN | {"q-highlights": "Two workshops."}, "finish", page)
        assert there(services).state is ReportState.WAITS
        assert "A summit." not in (await the.ask(public)).text
        with pytest.raises(Overtaken):
            reports.decide(services, number, old, ANNA, NOW, show=True)
        told = json.loads((await the.ask(f"{page}/export.json")).raw)
        assert told["answers"]["highlights"] == "Two workshops."
        assert (await the.send({}, "forget", page)).status == 422
        gone = await the.send({"sure": "yes"}, "forget", page)
        assert gone.status == 200
        assert (await the.ask(page)).status == 404
    assert "Two workshops." not in everything(services)


async def test_no_other_link_opens_anything_and_old_ones_end(services):
    _, secret = asked(services)
    clock = {"now": NOW}
    async with site(services, lambda: clock["now"]) as the:
        for other in ("x" * 22, secret[:-1], secret.swapcase(), "%00", ""):
            assert (await the.ask(page_of(other))).status == 404, other
        assert (await the.ask(page_of(secret).replace(CAMPAIGN, "endchildlabour"))).status == 404
        foreign = {"sec-fetch-site": "cross-site"}
        assert (await the.send({"agree": "yes"}, "agree", page_of(secret), foreign)).status == 403
        assert secret not in everything(services)
        clock["now"] = NOW + timedelta(days=91)
        assert (await the.ask(page_of(secret))).status == 404
    retention.run(services, NOW + timedelta(days=91))
    assert there(services) is None


def test_what_is_shown_outlives_its_link_and_nobody_stands_beside_it(services):
    number, _ = asked(services)
    reports.agree(services, there(services), "en 1", NOW)
    reports.keep(services, number, {"since": "A law."}, "en", NOW, finished=True)
    assert [need.id for need in services.store.country_reports.waiting()] == [number]
    decide(services)
    retention.run(services, NOW + timedelta(days=120))
    assert (there(services).named, there(services).open) == ("", False)
    assert there(services).state is ReportState.SHOWN


def test_only_a_country_of_the_campaign_is_asked_and_of_somebody(services):
    for code, named in (("CH", "x"), ("MX", ""), ("MX", "x" * 201)):
        with pytest.raises(UsageError):
            asked(services, code, named)
    number, _ = asked(services)
    with pytest.raises(UsageError):
        reports.keep(services, number, {"since": "x"}, "en", NOW, finished=False)
    with pytest.raises(UsageError):
        decide(services)
    with pytest.raises(UsageError):
        reports.end(services, 99, ANNA, NOW)


def parts(text):
    """The parts of a report by their titles, without numbers."""
    found = re.split(r"^##+ (?:\d\\?\. )?(.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], map(str.strip, found[1::2]), strict=True))


def test_the_report_has_the_eight_parts_of_the_template_and_says_what_is_not_known(services):
    campaign = services.library.campaigns[CAMPAIGN]
    of = campaign.pathfinders
    mexico = replace(of.country("MX"), steps=("one", "two"))
    empty = documents.whole(services, campaign, of.country("GH"), "en", NOW.date()).text
    assert re.findall(r"^## (.+)$", empty, re.MULTILINE) == [
        "1. Cover page",
        "2. Table of contents",
        "3. Executive Summary",
        "4. Context and background",
        "5. Priorities",
        "6. Roadmap (Operational Plan)",
        "7. Funding gap",
        "8. Information on Alliance 8.7 focal point",
    ]
    assert re.findall(r"^### (.+)$", empty, re.MULTILINE) == ["Priorities", "Actions", "Partners"]
    assert empty.count("*Not known yet.*") == 7
    assert "its day is not known; it was so on 19 May 2020" in empty
    known = replace(campaign, pathfinders=replace(of, countries=(mexico,)))
    services.library.campaigns[CAMPAIGN] = known
    try:
        number, _ = asked(services)
        reports.agree(services, there(services), "en 1", NOW)
        answers = {"since": "A <b>law</b>.", "next-steps": "two", "what-next": "Money."}
        reports.keep(services, number, answers, "es", NOW, finished=True)
        hidden = documents.whole(services, known, mexico, "en", NOW.date()).text
        assert "Money." not in hidden
        decide(services)
        told = parts(documents.whole(services, known, mexico, "en", NOW.date()).text)
    finally:
        services.library.campaigns[CAMPAIGN] = campaign
    assert "Supply Chains and the modernisation of inspection protocols" in told["Priorities"]
    assert "- two (done)" in told["Actions"]
    assert "- one (open)" in told["Actions"]
    assert "Money." in told["Actions"]
    assert '<span lang="es">' in told["Executive Summary"]
    assert "<b>" not in told["Executive Summary"]
    assert told["Funding gap"] == "*Not known yet.*"


def chat(services, user="7", language="en"):
    network = services.networks["telegram"]
    return Player(services, network, language=language, now=NOW.isoformat(), user=user)


async def said(player, *lines):
    for line in lines:
        await player.line(line)
    return player.said


JOIN = ("> [English]", "> [Yes, I am old enough and I agree]")


async def test_in_the_chat_the_same_is_asked_one_by_one_and_the_page_goes_on_there(services):
    _, secret = asked(services)
    player = chat(services)
    told = await said(player, f"> /start f-{secret}", *JOIN)
    assert "Mexico" in told
    assert there(services).person == 1
    await said(player, "> Nothing is kept yet")
    assert not there(services).answers
    told = await said(player, f"> /start f-{secret}", "> [I agree, let’s begin]")
    assert "1/24" in told
    assert "SNA production boundary" in told
    told = await said(player, "> 5 %, 100,000", "> [Leave this out]", "> [Back]")
    assert "2/24" in told
    told = await said(player, "> Later found", "> [Go on later]", "> [Go on]")
    assert "3/24" in told
    answers = there(services).answers
    assert (answers["cl-standard"], answers["cl-customized"]) == ("5 %, 100,000", "Later found")
    # nobody else opens it in a chat
    other = chat(services, "8")
    assert "opens nothing any more" in await said(other, f"> /start f-{secret}", *JOIN)
    async with site(services, now) as the:
        form = await the.ask(page_of(secret))
        assert "5 %, 100,000" in form.text
        typed = {"q-cl-standard": "5 %, 100,000", "q-cl-customized": "Later found"}
        await the.send(kept(form) | OPEN | typed, "finish", page_of(secret))
    told = await said(player, f"> /start f-{secret}")
    assert "A workshop." in told
    assert "Staff of the campaign read it now" in told
    told = await said(player, "> [✎ 22]", "> Two workshops.")
    assert "Two workshops." in told
    assert there(services).answers["highlights"] == "Two workshops."
    await said(player, "> /forget", "> [Yes, delete everything]")
    assert "Two workshops." not in everything(services)


@pytest.mark.parametrize("language", languages())
async def test_the_chat_asks_in_each_language_and_ends_with_a_document(services, language):
    number, secret = asked(services)
    player = chat(services, language=language)

    def label(name):
        return f"> [{TEXTS.label(name, language)}]"

    age = services.settings.chat.age
    own = locale(language).get_language_name(language)
    await said(player, f"> /start f-{secret}", f"> [{own}]")
    await player.line(label("agree"))
    told = await said(player, label("pledge_agree"))
    form, words = reports.form_of(services, there(services)), reports.worded
    asks = words(services, there(services), language, NOW.date()).form("progress")
    for question in form.questions:
        ask = asks.question(question.id).ask.replace("\u202f", " ").replace("\u00a0", " ")
        assert ask in told, question.id
        told = await said(player, label("leave_out") if not question.required else "> 2020")
    assert "2020" in told
    assert TEXTS.text("country.finished", language, {}).replace("\u202f", " ") in told
    assert there(services).state is ReportState.WAITS
    assert (number, age > 0, there(services).language) == (1, True, language)


async def test_next_steps_are_ticked(services):
    campaign = services.library.campaigns[CAMPAIGN]
    of = campaign.pathfinders
    mexico = replace(of.country("MX"), steps=("one", "two"))
    known = replace(campaign, pathfinders=replace(of, countries=(mexico,)))
    services.library.campaigns[CAMPAIGN] = known
    try:
        number, secret = asked(services)
        form = reports.form_of(services, there(services))
        answers = {
            each.id: ""
            for each in form.questions[: form.questions.index(form.question("next-steps"))]
        }
        services.store.country_reports.agree(number, "en 1", 1)
        reports.keep(services, number, answers, "en", NOW, finished=False)
        player = chat(services)
        told = await said(player, f"> /start f-{secret}", *JOIN)
        assert "next steps were identified" in told
        told = await said(player, "> [two]")
        assert "[✓ two]" in told
        await said(player, "> [one]", "> [✓ two]", "> [That’s all]")
        assert there(services).answers["next-steps"] == "one"
        async with site(services, now) as the:
            page = await the.ask(page_of(secret))
        assert re.search(r'name="t-next-steps-one" value="yes" checked', page.raw)
        assert not re.search(r'name="t-next-steps-two" value="yes" checked', page.raw)
    finally:
        services.library.campaigns[CAMPAIGN] = campaign


async def letters_of(services, office, now):
    """The plain text of each letter that leaves now."""
    before = len(office.mails)
    await leave(services, now)
    return [
        mail.get_body(("plain",)).get_content().replace("\u2060", "")
        for mail in office.mails[before:]
    ]


async def test_who_answers_on_the_page_hears_by_letter_what_is_decided(services, office):
    number, secret = asked(services)
    page = page_of(secret)
    async with site(services, now) as the:
        form = await agreed(the, page)
        wrong = await the.send(kept(form) | OPEN | {"mail": "no address"}, "finish", page)
        assert (wrong.status, 'href="#mail"' in wrong.raw) == (422, True)
        await the.send(kept(form) | OPEN | {"mail": "focal@example.org"}, "finish", page)
        assert 'value="focal@example.org"' in (await the.ask(page)).raw
        mark = forms.mark(there(services).answers)
        for bad in ("", "x" * 1_001):
            with pytest.raises(UsageError):
                reports.send_back(services, number, mark, bad, ANNA, NOW)
        reports.send_back(services, number, mark, "Which <b>law</b>?", ANNA, NOW)
        assert there(services).state is ReportState.RETURNED
        form = await the.ask(page)
        assert "Sent back by staff" in form.text
        assert "Which &lt;b&gt;law&lt;/b&gt;?" in form.raw
        [told] = await letters_of(services, office, NOW)
        assert [mail["To"] for mail in office.mails] == ["focal@example.org"]
        assert "Staff of the campaign send your report on Mexico back to you." in told
        assert "They write: Which <b>law</b>?" in told
        await the.send(kept(form) | OPEN | {"q-since": "Law 7."}, "finish", page)
        assert there(services).reason == ""
        mark = forms.mark(there(services).answers)
        reports.decide(services, number, mark, ANNA, NOW + timedelta(minutes=1), show=True)
        [told] = await letters_of(services, office, NOW + timedelta(minutes=5))
        assert f"https://pages.example/en/{CAMPAIGN}/countries/MX" in told
        # the address goes with the field
        form = await the.ask(page)
        await the.send(kept(form) | OPEN | {"q-since": "Law 7.", "mail": ""}, "finish", page)
        assert there(services).mailed is None
    assert "focal@example.org" not in everything(services)


async def test_an_address_ends_with_its_report_and_by_the_link_in_each_letter(services, office):
    for number in (1, 2):
        asked(services)
        reports.agree(services, there(services, number), "en 1", NOW)
        report = there(services, number)
        reports.keep(services, number, {"since": "A law."}, "en", NOW, finished=True)
        reports.hear_by_mail(services, report, "focal@example.org", "en", NOW)
    decide(services)
    assert there(services, 1).mailed == there(services, 2).mailed
    reports.end(services, 2, ANNA, NOW)
    assert "focal@example.org" in everything(services)
    retention.run(services, NOW + timedelta(days=120))
    assert there(services).mailed is None
    assert "focal@example.org" not in everything(services)


async def test_who_answers_in_the_chat_hears_there_and_staff_decide_there_too(services):
    _, secret = asked(services)
    player, staff = chat(services), chat(services, "99")
    await said(player, f"> /start f-{secret}", *JOIN, "> [I agree, let’s begin]")
    assert "No report of a country is waiting" in await said(staff, "> /countries")
    answers = {"since": "Our law of 2020.", "highlights": "A workshop."}
    reports.keep(services, 1, answers, "en", NOW, finished=True)
    told = await said(staff, "> /countries")
    assert "1. Mexico (asked of Ministry of Labour)" in told
    told = await said(staff, "> [1]")
    assert "Our law of 2020." in told
    assert "no child may be recognisable" in told
    told = await said(staff, "> [Send it back]", "> Which law?")
    assert "is sent back. Whoever answers it is told." in told
    assert (there(services).state, there(services).reason) == (ReportState.RETURNED, "Which law?")
    [sent] = notes_of(services, 1)
    assert "They write: Which law?" in sent
    told = await said(player, f"> /start f-{secret}")
    assert there(services).person == 1
    changed = answers | {"since": "Law 7 of 2020."}
    reports.keep(services, 1, changed, "en", NOW, finished=True)
    await said(staff, "> /countries 1")
    reports.keep(services, 1, answers, "en", NOW, finished=True)
    await said(staff, "> [No child is recognisable: show it]")
    assert there(services).state is ReportState.WAITS, "the answers are others by now"
    await said(staff, "> /countries 1", "> [No child is recognisable: show it]")
    assert there(services).state is ReportState.SHOWN
    assert "/countries/MX" in notes_of(services, 1)[-1]
    assert "don’t know" in await said(player, "> /countries")


def notes_of(services, person):
    """What decisions tell somebody, as it leaves now."""
    rows = services.store.database.rows(
        "SELECT o.action FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE d.recipient"
        " = :person AND o.action LIKE 'country:%' ORDER BY o.id",
        {"person": person},
    )
    every = []
    for (action,) in rows:
        about = ActionDay(
            campaign=CAMPAIGN, action=action, audience=Audience.COUNTRY, day=NOW.date()
        )
        body = kinds.nudge_body(
            services, about, "telegram", language="en", pledge=False, recipient=person, buttons=True
        )
        every.append(body.text)
    return every
