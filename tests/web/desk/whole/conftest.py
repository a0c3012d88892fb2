"""People at the desk in a real browser, and the life of the process behind it."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff import logins
from bot.jobs.ticks import TICKS

SOON = timedelta(minutes=1)


async def _lives(services, until, *, without=()):
    for tick in TICKS:
        if tick.live is not None and tick.name not in without:
            await tick.do(services, until)
    for account in accounts(services):
        dispatcher = Dispatcher(services, account, until - SOON)
        again = await dispatcher.step(until)
        while again is not None and again <= until + SOON:
            again = await dispatcher.step(again)
        await dispatcher.close(until)


async def _enter(page, services, member, now, origin):
    await page.goto(logins.link(services, member, member.actor, now, origin))
    await page.get_by_role("button", name="Open the desk").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Today")


@pytest.fixture
def lives():
    """Do each job of the living process at an instant, but for those named in `without`; and let
    leave what is due.
    """
    return _lives


@pytest.fixture
def enter():
    """Bring a member in by a link, as people come to the desk."""
    return _enter
