"""What follows a pledge, on the pages for everybody: named with how long after it, without a day."""

import json
from datetime import UTC, datetime

import pytest

from bot.languages import said_wait

NOW = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "waits"),
    [
        ("en", ["2 weeks", "12 months", "10 days", "1 month"]),
        ("fr", ["2\xa0semaines", "12\xa0mois", "10\xa0jours", "1\xa0mois"]),
        ("es", ["2 semanas", "12 meses", "10 días", "1 mes"]),
        ("pt", ["2 semanas", "12 meses", "10 dias", "1 mês"]),
    ],
)
async def test_it_is_named_in_each_language_and_leads_to_its_page(shown, asked, language, waits):
    assert [said_wait(*each, language) for each in ((0, 14), (12, 0), (0, 10), (1, 0))] == waits
    folder = f"/{language}/endchildlabour"
    async with asked(shown, NOW) as ask:
        page = (await ask(f"{folder}/calendar/organization")).text
        section = page.partition('id="following"')[2].partition("</section>")[0]
        assert section.index(waits[0]) < section.index("prompt-begin") < section.index(waits[1])
        assert (await ask(f"{folder}/actions/prompt-look-back")).status == 200
        individuals = (await ask(f"{folder}/calendar")).text
    assert 'id="following"' not in individuals, "their pledges have no journey"


async def test_programs_are_told_how_long_after_a_pledge_it_comes(shown, asked):
    async with asked(shown, NOW) as ask:
        answer = await ask("/api/endchildlabour/calendar.json?audience=organization")
    listed = json.loads(answer.content)["actions"]
    waits = [(entry["id"], entry["after"]) for entry in listed if entry["after"]]
    assert waits == [("prompt-begin", "P14D"), ("prompt-look-back", "P12M")]
    ids = [entry["id"] for entry in listed]
    assert ids.index("prompt-december") < ids.index("prompt-begin"), "behind what has a day"
    assert {(entry["nudge"], entry["month"]) for entry in listed[-2:]} == {(None, None)}
