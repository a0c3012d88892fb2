"""How to join in Telegram: where a bot has run, and nowhere else."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
import segno

from bot.jobs.people import joining

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
ADDRESS = "https://t.me/campaign_bot"


async def test_pages_lead_to_the_bot_once_one_has_run(shown, asked):
    async with asked(shown, NOW) as ask:
        assert "t.me" not in (await ask("/en/endchildlabour/")).text
        assert (await ask("/en/endchildlabour/join.svg")).status == 404
        joining.remember(shown.store, "campaign_bot")
        for path in ("/en/endchildlabour/", "/fr/endchildlabour/actions/childrens-day"):
            page = (await ask(path)).text
            assert f'href="{ADDRESS}"' in page
            assert "/endchildlabour/join.svg" in page


async def test_the_code_is_the_address_and_draws_itself_alone(shown, asked):
    joining.remember(shown.store, "campaign_bot")
    async with asked(shown, NOW) as ask:
        code = await ask("/en/endchildlabour/join.svg")
    assert (code.status, code.headers["content-type"]) == (200, "image/svg+xml")
    names = {element.tag.rpartition("}")[2] for element in ET.fromstring(code.text).iter()}
    assert names == {"svg", "g", "path"}
    drawn = segno.make(ADDRESS, error="q", micro=False).svg_inline(scale=4, light="white")
    paths = [path.get("d") for path in ET.fromstring(drawn).iter() if path.get("d")]
    assert [path for path in paths if path in code.text] == paths


async def test_an_archive_and_a_rehearsal_lead_nobody_there(shown, asked):
    joining.remember(shown.store, "campaign_bot")
    async with asked(shown, NOW) as ask:
        assert "t.me" not in (await ask("/en/endchildlabour2021/")).text
    async with asked(replace(shown, rehearsal=True), NOW) as ask:
        assert "t.me" not in (await ask("/en/endchildlabour/")).text
