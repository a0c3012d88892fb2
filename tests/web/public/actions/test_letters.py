"""A letter to those who decide on the page of its action: to copy, or to open in a mail program."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from tree import languages

from bot.model.makers import Decider

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
CAMPAIGN = "endchildlabour"


def letters(page):
    """(address, subject, body) of each link into a mail program."""
    for link in re.findall(r'href="(mailto:[^"]*)"', page):
        parts = urlsplit(unescape(link))
        fields = parse_qs(parts.query, strict_parsing=True)
        yield unquote(parts.path), fields["subject"][0], fields["body"][0]


@pytest.mark.parametrize("language", languages())
async def test_the_letter_opens_in_a_mail_program_with_gaps_for_its_writer(shown, asked, language):
    async with asked(shown, NOW) as ask:
        page = (await ask(f"/{language}/{CAMPAIGN}/actions/write-letter")).text
        other = (await ask(f"/{language}/{CAMPAIGN}/actions/share-art")).text
    words = shown.renderer.table("public", language=language, fallback="en")["action"]
    [(address, subject, body)] = letters(page)
    assert address == ""
    assert f"<strong>{subject}</strong>" in unescape(page)
    for gap in ("own", "name", "place"):
        assert words[f"letter_{gap}"] in body.split("\r\n"), "each stands on a line of its own"
    assert "{" not in body, "no gap of the template is left"
    assert words["letter_hint"] in unescape(page)
    assert not list(letters(other)), "an action without a letter has none"


async def test_who_can_get_it_stands_there_with_page_and_day(shown, asked):
    campaign = shown.library.campaigns[CAMPAIGN]
    read = date(2026, 11, 1)
    office = Decider(
        id="office", country="CH", page="https://p.example/a", read=read, email="a+b@p.example"
    )
    chamber = replace(office, id="chamber", email="", page="https://p.example/b")
    known = replace(campaign, deciders={"office": office, "chamber": chamber})
    async with asked(replace(shown, active=(known,)), NOW) as ask:
        page = (await ask(f"/en/{CAMPAIGN}/actions/write-letter")).text
    assert [address for address, *_ in letters(page)] == ["", "a+b@p.example"]
    assert len({body for *_, body in letters(page)}) == 1
    for place in ("https://p.example/a", "https://p.example/b"):
        assert f'<a href="{place}" rel="noreferrer">' in page
    assert "1 Nov 2026" in unescape(page)
    assert "Your town hall" not in page, "no hint beside names"
