"""What people take away of a public pledge: its files and its certificate."""

import io
from dataclasses import replace
from html import unescape

import docx
import pytest
from docx.oxml.ns import qn
from pledging.filling import fill
from pledging.publishing import CAMPAIGN, NOW, publish, publishing
from pypdf import PdfReader
from tree import drawn

from bot.conversation.people.start import RESULT
from bot.jobs.people import joining
from bot.model.pledge import PledgeState
from bot.model.staff import Actor

pytestmark = pytest.mark.slow
FILES = ("pledge.pdf", "pledge.docx", "certificate.pdf", "certificate.docx")


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


def path(number, file="", language="en"):
    """The address of a pledge's page, or of one of `FILES`."""
    kind, _, ending = file.partition(".")
    there = f"/{language}/{CAMPAIGN}/pledges/{number}"
    return f"{there}{'/certificate' if kind == 'certificate' else ''}{ending and '.'}{ending}"


def words(file, content):
    """What a reader finds in a file, each run of blanks as one."""
    if file.endswith(".pdf"):
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    else:
        text = "\n".join(each.text for each in docx.Document(io.BytesIO(content)).paragraphs)
    return " ".join(text.split())


@pytest.mark.parametrize("language", drawn())
@pytest.mark.parametrize("file", FILES)
async def test_a_file_says_who_what_and_where(services, asked, file, language):
    number = publish(services)
    services.store.journeys.report(number, "prompt-march", 202103, None, Actor.staff("anna"), 0)
    async with asked(services, NOW) as ask:
        answer = await ask(path(number, file, language))
    said = words(file, answer.content)
    table = services.renderer.table("public", language=language, fallback="en")["pledges"]
    told = ("We teach", "By courses", "It helps", table["milestones"], "https://acme.example")
    for part in ("Train 40 teachers", "ACME", table["verified"]["staff"].split()[0]):
        assert part in said
    for part in told:
        assert (part in said) is file.startswith("pledge")
    for private in ("hoopoes", "quilla", "1007"):
        assert private not in said
    assert answer.headers["content-disposition"].endswith(f'-{number}.{file.partition(".")[2]}"')


@pytest.mark.parametrize(("language", "marked"), [("en", set()), ("fr", {"en"})])
async def test_a_makers_own_words_name_their_language_where_the_file_has_another(
    services, asked, language, marked
):
    number = publish(services)
    async with asked(services, NOW) as ask:
        answer = await ask(path(number, "pledge.docx", language))
    runs = [
        run for each in docx.Document(io.BytesIO(answer.content)).paragraphs for run in each.runs
    ]
    own = {run.text for run in runs if list(run._r.iter(qn("w:lang")))}
    assert {tag.get(qn("w:val")) for run in runs for tag in run._r.iter(qn("w:lang"))} == marked
    assert ("Train 40 teachers" in own) is bool(marked)
    assert not any("ACME" in text or "https://" in text for text in own)


@pytest.mark.parametrize("language", drawn())
async def test_the_page_leads_to_each_file_and_the_certificate_is_a_page_too(
    services, asked, language
):
    number = publish(services)
    async with asked(services, NOW) as ask:
        page = unescape((await ask(path(number, language=language))).text)
        shown = unescape((await ask(path(number, "certificate", language))).text)
        for file in FILES:
            link = f'href="{path(number, file, language)}"'
            assert link in (shown if file.startswith("certificate") else page)
            assert (await ask(path(number, file, language))).status == 200
    assert "Train 40 teachers" in shown
    assert path(number, language=language) in shown


async def test_what_is_withdrawn_is_gone_with_all_its_files(services, asked):
    number = publish(services)
    async with asked(services, NOW) as ask:
        assert (await ask(path(number, "pledge.pdf"))).status == 200
        services.store.pledges.move(number, PledgeState.WITHDRAWN, Actor.staff("anna"), 0)
        for file in (*FILES, "certificate"):
            assert (await ask(path(number, file))).status == 410
            assert (await ask(path(number + 1, file))).status == 404
        for other in ("pledge.exe", "certificate.exe", "pledge.PDF"):
            assert (await ask(path(number, other))).status in {404, 410}


async def test_what_no_font_here_has_is_offered_in_word_alone(services, asked):
    number = publish(services, name="植树")
    async with asked(services, NOW) as ask:
        page = (await ask(path(number))).text
        certificate = (await ask(path(number, "certificate"))).text
        assert path(number, "pledge.pdf") not in page
        assert path(number, "certificate.pdf") not in certificate
        assert (await ask(path(number, "pledge.pdf"))).status == 404
        word = await ask(path(number, "pledge.docx"))
    assert "植树" in words("pledge.docx", word.content)


async def test_where_no_letter_leaves_its_makers_are_asked_in_the_chat_alone(services, asked):
    number = publish(services)
    fill(services, number)
    joining.remember(services.store, "campaign_bot")
    async with asked(services, NOW) as ask:
        page = await ask(f"{path(number)}/ask")
    assert page.status == 200
    assert f"https://t.me/campaign_bot?start={RESULT}{number}" in page.text
    assert "<form" not in page.text.partition("<main")[2].partition("</main")[0]


async def test_files_of_a_rehearsal_say_so_themselves(services, asked):
    number = publish(services)
    async with asked(replace(services, rehearsal=True), NOW) as ask:
        for file in FILES:
            answer = await ask(path(number, file))
            assert words(file, answer.content).startswith("A rehearsal")
            assert 'filename="rehearsal-' in answer.headers["content-disposition"]
