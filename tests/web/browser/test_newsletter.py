"""Signing up by e-mail in a real browser at the width of a telephone, as axe judges it; and the letter
of the calendar that comes then.
"""

import pytest
from browser import NEEDS_BROWSER, faults, tab
from helpers import at
from mailing.served import leave
from mailing.writer import CAMPAIGN

from bot.jobs.newsletter import signups
from bot.jobs.planning import plan

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-03-09T10:00")
WIDTH = 360
ANA = "ana@example.org"


async def look(page, step, folder):
    """What axe finds, and how much wider than the telephone the page is."""
    await page.screenshot(path=folder / f"{step}.png", full_page=True)
    wide = await page.evaluate("document.documentElement.scrollWidth") - WIDTH
    return await faults(page), max(0, wide)


async def test_somebody_signs_up_on_a_telephone_and_gets_a_letter_that_fits_it(
    services, office, tmp_path
):
    seen = {}
    async with tab(services, NOW, width=WIDTH) as page:
        await page.goto(f"/fr/{CAMPAIGN}/newsletter")
        seen["who"] = await look(page, "who", tmp_path)
        await page.locator("#age-yes").check()
        await page.locator("form button").first.click()
        await page.locator("form.asked button").click()
        seen["wrong"] = await look(page, "wrong", tmp_path)
        await page.locator("[name=calendar]").check()
        await page.locator("[name=address]").fill(ANA)
        await page.locator("[name=place]").fill("Russie")
        await page.locator("form.asked button").click()
        seen["which"] = await look(page, "which", tmp_path)
        await page.locator("[name=which]").first.check()
        await page.locator("form.asked button").click()
        seen["sent"] = await look(page, "sent", tmp_path)
        [person] = services.store.database.column("SELECT person FROM signup")
        [signup] = services.store.signups.of_person(person)
        assert signups.confirm(services, signup, NOW)
        contact = services.store.contacts.get(person)
        plan.move(services, person, "UTC", 11 * 60, NOW)
        plan.run(services, at("2021-03-09T11:00"))
        await leave(services, at("2021-03-09T11:00"))
        [letter] = office.to(ANA)
        await page.goto("about:blank")  # a mail program has no policy of ours
        await page.set_content(letter.get_body(("html",)).get_content())
        await page.screenshot(path=tmp_path / "letter.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTH
        buttons = await page.locator("a[href*='/done/']").count()
    assert seen == dict.fromkeys(seen, ({}, 0)), "by step"
    assert contact.country == "RU"
    assert buttons == 1
