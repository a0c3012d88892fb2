"""What follows a pledge, on the pages for everybody: named with how long after it, without a day."""

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
