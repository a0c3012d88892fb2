"""A post is written anew by one person and approved by another, in a real browser, on a telephone
and at a desk.
"""

from dataclasses import replace

import pytest
from browser import NEEDS_BROWSER, faults, tab, tab_to
from fakes.base import free_port
from playwright.async_api import expect

from bot.jobs.sending import decisions
from bot.jobs.staff import logins

from .test_posts import EARLY, HERE, KEY, services

__all__ = ["services"]  # the fixture

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
]


async def judge(page):
    """Let axe look at the page, which is no wider than the screen."""
    assert await faults(page) == {}
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def enter(page, services, name, port, width):
    await page.context.clear_cookies()
    await page.set_viewport_size({"width": width, "height": 900})
    member = services.team.called(name)
    origin = f"http://127.0.0.1:{port}"
    await page.goto(logins.link(services, member, member.actor, EARLY, origin))
    await page.get_by_role("button").press("Enter")


async def is_overtaken(page, field, looks):
    """An answer that comes late, about an older text, changes nothing of what is shown."""
    late = []

    async def slowly(route):
        if late:
            await route.continue_()
        else:
            late.append(route)

    await page.route("**/measured", slowly)
    async with page.expect_request("**/measured"):
        await field.fill("An older text")
    await field.fill("A newer text")
    await expect(looks).to_have_text(["A newer text"])
    async with page.expect_response("**/measured") as answered:
        await late[0].continue_()
    await (await answered.value).finished()
    await page.wait_for_timeout(100)
    await expect(looks).to_have_text(["A newer text"])
    await page.unroute("**/measured")


async def is_cleared(page):
    """Send the post for clearance from its page, and clear it by the link, with the keyboard."""
    await page.goto(HERE)
    await page.get_by_role("link", name="Send for clearance").click()
    await page.get_by_label("Name or office").fill("The minister’s office")
    await page.get_by_role("button", name="Send for clearance").press("Enter")
    link = await page.get_by_role("status").locator("code").inner_text()
    await judge(page)
    await page.goto("/desk/clearances")
    await judge(page)
    await page.context.clear_cookies()
    await page.goto(link)
    await judge(page)
    await (await tab_to(page, "#name")).fill("Amal")
    await (await tab_to(page, "[value=clear]")).press("Enter")
    await expect(page.get_by_role("heading")).to_contain_text("Cleared, thank you")


async def test_a_post_is_written_anew_on_a_telephone_and_approved_at_a_desk(services):
    services = replace(services, settings=replace(services.settings, web=None))
    port = free_port()
    async with tab(services, EARLY, width=360, port=port) as page:
        await enter(page, services, "will", port, 360)
        await page.goto("/desk/calendar?month=2021-05")
        await judge(page)
        assert not await page.locator(".days thead").is_visible()
        async with page.expect_navigation():
            await (await tab_to(page, f".days a[href$='{HERE}']")).press("Enter")
        await judge(page)
        await page.get_by_role("link", name="Change the wording").click()
        field = page.get_by_label("The wording for telegram")
        await field.fill("Plant a tree. 🌳\n---\nThen <b>water</b> it.")
        looks = page.get_by_role("region", name="As it looks on telegram").locator("blockquote")
        await expect(looks).to_have_text(["Plant a tree. 🌳", "Then <b>water</b> it."])
        await is_overtaken(page, field, looks)
        await field.fill("Plant a tree. 🌳")
        told = page.get_by_role("status")
        await expect(told).to_contain_text("Length: 15 of 4,096")
        await expect(told).to_contain_text("It lacks the hashtag #Tag.")
        await judge(page)
        await page.get_by_role("button", name="Keep it", exact=True).click()
        await judge(page)
        await page.get_by_role("button", name="Keep it so").click()
        await expect(told).to_contain_text("Your wording is kept.")
        await page.goto("/desk/compose")
        await judge(page)
        await is_cleared(page)
        await enter(page, services, "ben", port, 1280)
        await page.goto("/desk/calendar?week=2021-05-01")
        await judge(page)
        assert await page.locator(".grid").is_visible()
        await page.goto("/desk/queue")
        await judge(page)
        await expect(page.locator("main")).to_contain_text("Cleared by Amal")
        await (await tab_to(page, f"[name='{KEY}'][type=checkbox]")).press("Space")
        await (await tab_to(page, "#ticked button")).press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("T – telegram: approved")
        await page.goto(HERE)
        await judge(page)
        await page.goto("/desk/compose")
        await judge(page)
    assert decisions.find(services, KEY).state.word == "planned"
    assert decisions.find(services, "1-2-0").state.word == "awaiting_approval"
