"""Making a pledge in a real browser: by keyboard alone, without a script, and as axe judges it."""

import re
from dataclasses import replace

import pytest
from browser import NEEDS_BROWSER, faults, tab, tab_to
from fakes.mail import text_of
from helpers import at
from mailing.served import leave
from mailing.writer import ADDRESS, CAMPAIGN, TYPED
from tree import languages

from bot.jobs.people import joining
from bot.jobs.pledges import moderation
from bot.model.pledge import PledgeState
from bot.model.staff import Actor

pytestmark = [
    pytest.mark.slow,
    NEEDS_BROWSER,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-03-04T10:00")


async def steps(page, language):
    """Go through the steps, and yield the name of each once it is there."""
    where = f"/{language}/{CAMPAIGN}/pledge"
    await page.goto(where)
    yield "who"
    await page.goto(f"{where}?age=&for=")
    yield "nobody chosen"
    await page.goto(f"{where}?age=yes&for=organization")
    yield "form"
    await page.locator("button[value=look]").click()
    yield "wrong"
    for name in ("organisation", "country", "q-name", "q-how", "q-contribution", "address"):
        await page.locator(f"[name={name}]").fill(TYPED[name])
    await page.locator("[name=q-communicate]").fill("With posts")
    await page.locator("select[name=group]").select_option("company")
    await page.locator("[name=agree]").check()
    await page.locator("button[value=look]").click()
    yield "look"
    await page.locator("button[value=send]").click()
    yield "sent"


@pytest.mark.parametrize(
    ("language", "scheme"),
    [
        *(("fr", "light"), ("en", "dark")),
        *(
            pytest.param(each, "light", marks=pytest.mark.long)
            for each in languages()
            if each != "fr"
        ),
    ],
)
async def test_axe_has_nothing_to_say_and_nothing_is_wider_than_a_phone(services, language, scheme):
    wrong, seen = {}, []
    async with tab(services, NOW, width=360, color_scheme=scheme) as page:
        async for step in steps(page, language):
            seen.append(await page.title())
            wrong |= {f"{step}: {rule}": where for rule, where in (await faults(page)).items()}
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, step
    assert wrong == {}
    assert len(set(seen)) == 4, "what is wrong, what is to be looked over and what is left say so"


async def press(page, key="Enter"):
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def test_from_the_menu_to_the_letter_by_keyboard_alone(services, office):
    async with tab(services, NOW) as page:
        await page.goto(f"/en/{CAMPAIGN}/")
        await tab_to(page, "nav a[href$='/pledge']")
        await press(page)
        await tab_to(page, "[name=age]")
        await page.keyboard.press("Space")
        await tab_to(page, "[name=for]")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "button")
        await press(page)
        await tab_to(page, "[name=organisation]")
        await page.keyboard.type("ACME")
        await tab_to(page, "button[value=look]")
        await press(page)
        # what is wrong has the focus, and each line leads to its field
        assert await page.locator(":focus").get_attribute("role") == "alert"
        await tab_to(page, "[role=alert] a[href='#group']")
        await page.keyboard.press("Enter")
        await tab_to(page, "select, [name=country]")
        await page.locator("select[name=group]").focus()
        await page.keyboard.type("Comp")
        for name in ("q-name", "q-how", "q-contribution"):
            await tab_to(page, f"[name={name}]")
            await page.keyboard.type(TYPED[name].replace("\r\n", " "))
        await tab_to(page, "[name=q-communicate]")
        await page.keyboard.type("With posts")
        await tab_to(page, "[name=address]")
        await page.keyboard.type(ADDRESS)
        await tab_to(page, "[name=agree]")
        await page.keyboard.press("Space")
        await tab_to(page, "button[value=look]")
        await press(page)
        assert await page.locator("h1").inner_text() == "This is your pledge. Is it right?"
        await tab_to(page, "button[value=send]")
        await press(page)
        assert re.search(r"/pledge\?sent=yes$", page.url)
    await leave(services, NOW)
    assert len(office.to(ADDRESS)) == 1


async def test_a_screen_reader_hears_what_is_asked_and_what_is_wrong(services):
    async with tab(services, NOW, java_script_enabled=False) as page:
        await page.goto(f"/en/{CAMPAIGN}/pledge?age=yes&for=organization")
        await page.locator("button[value=look]").click()
        name = page.get_by_role("textbox", name="What is the name of your Action Pledge?")
        told = await name.get_attribute("aria-describedby")
        words = [await page.locator(f"#{each}").inner_text() for each in told.split()]
        assert words[0] == "Please write something here."
        assert words[1].startswith("At most 20 words.")
        assert await page.get_by_role("group", name="Which topics").count() == 1
        assert await page.locator(".trap input").get_attribute("tabindex") == "-1"
        assert await page.get_by_role("alert").count() == 1


async def test_a_maker_opens_their_pledge_and_sends_it_in_again(services, office):
    web = replace(services.settings.web, public_url="http://pages.example")
    plain = replace(services, settings=replace(services.settings, web=web))
    wrong = {}

    async def judge(page):
        wrong[await page.title()] = await faults(page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360

    async def follow(page):
        await leave(plain, NOW)
        told = text_of(office.to(ADDRESS)[-1])
        await page.goto(re.search(r"http://pages\.example(/(?:pledge|mine)/\S+)", told)[1])
        await judge(page)
        await page.locator("button[value=yes]").click()

    async with tab(plain, NOW, width=360) as page:
        async for _ in steps(page, "en"):
            pass
        await follow(page)
        moderation.decide(
            plain, 1, PledgeState.REJECTED, Actor.staff("anna"), NOW, "Which district?"
        )
        await page.goto("/en/mine")
        await judge(page)
        await page.locator("[name=address]").fill(ADDRESS)
        await page.locator("main button").click()
        await follow(page)
        assert page.url.endswith("/en/mine")
        await judge(page)
        await page.get_by_role("link", name="Train 40 teachers").click()
        assert await page.get_by_text("Which district?").is_visible()
        await page.get_by_label("What is the name of your").fill("")
        await page.get_by_role("button", name="Save and submit").click()
        await judge(page)
        await page.get_by_label("What is the name of your").fill("Train 40 teachers in Kwale")
        await page.get_by_role("button", name="Save and submit").click()
        assert await page.get_by_role("status").inner_text() == "Saved."
        await judge(page)
        assert await page.context.cookies("http://127.0.0.1/en/mine") != []
        assert await page.context.cookies(f"http://127.0.0.1/en/{CAMPAIGN}/") == []
    assert {title: found for title, found in wrong.items() if found} == {}
    assert plain.store.pledges.get(1).state is PledgeState.SUBMITTED


async def test_the_way_through_telegram_has_nothing_for_axe_to_say_and_a_code_to_be_read(services):
    joining.remember(services.store, "end_bot")
    async with tab(services, NOW, width=360, color_scheme="dark") as page:
        await page.goto(f"/en/{CAMPAIGN}/pledge")
        for name in ("age-yes", "for-individual", "by-telegram"):
            await page.locator(f"#{name}").check()
        await page.get_by_role("button", name="Go on").click()
        for name in ("q-name", "q-how", "q-contribution", "q-communicate"):
            await page.locator(f"[name={name}]").fill("By courses")
        await page.locator("[name=agree]").check()
        await page.locator("button[value=look]").click()
        await page.get_by_role("button", name="On to Telegram").click()
        wrong = await faults(page)
        code = await page.get_by_role("img", name="QR code").bounding_box()
        where = await page.get_by_role("link", name="Open it in Telegram").get_attribute("href")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert wrong == {}
    assert where.startswith("https://t.me/end_bot?start=w-")
    assert min(code["width"], code["height"]) >= 120, "large enough for a camera"
