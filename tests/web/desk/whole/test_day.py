"""A whole day of a campaign at the desk, in two real browsers: one person writes a post anew, another
approves it, all is held and let go, it reaches two networks, and what people did with it is read.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from browser import NEEDS_BROWSER, tab
from fakes.base import free_port
from fakes.troubles import fake_of
from playwright.async_api import expect

from bot.jobs.services import Services
from bot.model.staff import Member, StaffRole
from bot.networks import load

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]

MORNING = datetime(2021, 5, 1, 7, tzinfo=UTC)
DUE = datetime(2021, 5, 1, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NAMES = ("mastodon", "bluesky")
ANNA = Member(name="anna", roles=frozenset({StaffRole.APPROVER}))
BEN = Member(name="ben", roles=frozenset({StaffRole.ADMIN}))
WORDING = "Plant a tree with your children. #Tag"

LIKED = {"favourites_count": 12, "reblogs_count": 3, "replies_count": 1}


@dataclass
class Played:
    """A desk over real servers of two networks, and what lives behind it, on a clock of its own."""

    services: Services
    fakes: dict
    origin: str
    lives: Callable
    now: datetime = MORNING

    async def until(self, now):
        """Let time pass, and what is due in it leave."""
        self.now = now
        await self.lives(self.services, now)

    def left(self):
        """The texts that each network has taken."""
        return {name: fake.texts for name, fake in self.fakes.items()}


@asynccontextmanager
async def played(folder, with_staff, lives):
    """A campaign of one day that posts on two networks, after both have looked at it."""
    async with AsyncExitStack() as stack:
        fakes, networks = {}, {}
        for name in NAMES:
            fakes[name] = fake = await stack.enter_async_context(fake_of(name)())
            networks[f"our-{name}"] = network = fake.build(load(name), patient=True)
            stack.push_async_callback(network.close)
        deed = house.action("deed", post=True, nudge=False, observance="tree-day")
        channels = [replace(network.channel, review=True) for network in networks.values()]
        made = house.services(folder, house.campaign(deed), channels=tuple(channels))
        stack.callback(made.store.close)
        made = with_staff(made, members=(ANNA, BEN))
        made = replace(made, networks=networks, settings=replace(made.settings, web=None))
        yield Played(made, fakes, f"http://127.0.0.1:{free_port()}", lives)


@asynccontextmanager
async def seats(day, enter):
    """The browsers of two people, each with a profile of its own, on one desk."""
    port = int(day.origin.rpartition(":")[2])
    async with tab(day.services, lambda: day.now, port=port) as anna:
        profile = await anna.context.browser.new_context(base_url=day.origin)
        async with profile:
            ben = await profile.new_page()

            async def come_in():
                for page, member in ((anna, ANNA), (ben, BEN)):
                    await enter(page, day.services, member, day.now, day.origin)

            yield anna, ben, come_in


def told(page):
    return page.get_by_role("status")


def section(page, name):
    return page.get_by_role("region", name=name)


async def writes_anew(anna):
    """From what needs somebody to the post, which gets another wording on one network."""
    await anna.get_by_role("link", name="wait for approval: 2").press("Enter")
    await anna.get_by_role("link", name="T – our-mastodon").press("Enter")
    await anna.get_by_role("link", name="Change the wording").press("Enter")
    await anna.get_by_label("The wording for our-mastodon").fill(WORDING)
    await anna.get_by_role("button", name="Keep it", exact=True).press("Enter")
    await expect(told(anna)).to_have_text(
        "Your wording is kept. It waits for the approval of somebody else."
    )
    await expect(anna.get_by_text("You wrote this yourself")).to_be_visible()
    await expect(anna.get_by_role("button", name="Approve")).to_have_count(0)


async def approves(ben):
    """All that waits is read and approved together."""
    await ben.reload()
    await ben.get_by_role("link", name="wait for approval: 2").press("Enter")
    mine = section(ben, "T – our-mastodon")
    await expect(mine).to_contain_text(WORDING)
    await expect(mine).to_contain_text("Written by anna.")
    for name in NAMES:
        await ben.get_by_label(f"Approve with others: T – our-{name}").press("Space")
    await ben.get_by_role("button", name="Approve all that are ticked").press("Enter")
    for name in NAMES:
        await expect(told(ben)).to_contain_text(f"T – our-{name}: approved")
    await expect(ben.get_by_text("Nothing waits for approval.")).to_be_visible()


async def holds(anna):
    """Two taps, from whatever page is open."""
    await anna.get_by_role("link", name="Hold everything").press("Enter")
    await anna.get_by_role("button", name="Hold everything now").press("Enter")
    await expect(told(anna)).to_contain_text("Nothing of it leaves")


async def releases(ben):
    """What is held is named on each page; what leaves first is shown before it leaves."""
    await ben.get_by_role("link", name="Today").press("Enter")
    await expect(section(ben, "What comes next").get_by_role("link")).to_have_text(["T", "T"])
    await ben.get_by_role("link", name="Held now").press("Enter")
    await expect(ben.get_by_text("by anna.")).to_be_visible()
    await ben.get_by_role("link", name="Let it go on: Everything").press("Enter")
    await expect(ben.get_by_role("listitem").filter(has_text="T – our-")).to_have_count(2)
    await ben.get_by_role("button", name="Let it go on").press("Enter")
    await expect(told(ben)).to_have_text("It goes on.")


async def sees_it_out(ben, day):
    """What left stands on the first page, with its hour and its address."""
    await ben.get_by_role("link", name="Today").press("Enter")
    left = section(ben, "What went out in the last two days").get_by_role("listitem")
    await expect(left).to_have_count(2)
    mine = left.filter(has_text="our-mastodon")
    await expect(mine).to_contain_text("1 May 2021, 09:31")
    [status] = day.fakes["mastodon"].statuses
    await expect(mine.get_by_role("link", name="See it there")).to_have_attribute(
        "href", status["url"]
    )


async def reads_results(anna):
    """The month that has begun is a link away from the one that is over."""
    await anna.get_by_role("link", name="Results").press("Enter")
    await anna.get_by_role("link", name="May 2021").press("Enter")
    await expect(anna.get_by_role("article")).to_contain_text(
        "Mastodon: 12 likes, 3 reposts and 1 reply"
    )
    chart = anna.get_by_role("img", name="Likes, reposts and replies together, for each post")
    await expect(chart).to_be_visible()
    posts = anna.get_by_role("table", name="Posts", exact=True)
    await expect(posts.get_by_role("row", name="our-mastodon 1 day – 12 3 1 –")).to_be_visible()


DEEDS = [
    ("post.rewritten", "member anna", "1-1-0"),
    ("post.approved", "member ben", "1-1-0"),
    ("post.approved", "member ben", "1-2-0"),
    ("hold.set", "member anna", "1"),
    ("hold.lifted", "member ben", "1"),
]
"""What the log keeps of the day, but for who came in."""


async def reads_the_log(ben, services):
    """Each decision stands there, with who made it."""
    await ben.get_by_role("link", name="Who did what").press("Enter")
    for deed in ("anna wrote a post anew 1-1-0", "ben approved a post 1-1-0"):
        await expect(ben.get_by_role("row", name=deed)).to_be_visible()
    kept = [(deed.verb, deed.by, deed.object) for deed in services.store.audit.read()]
    assert [deed for deed in reversed(kept) if not deed[0].startswith("desk.")] == DEEDS


async def test_from_the_wording_to_its_results_by_two_people_and_no_terminal(
    tmp_path, with_staff, lives, enter
):
    async with played(tmp_path, with_staff, lives) as day:
        await day.until(MORNING)
        async with seats(day, enter) as (anna, ben, come_in):
            await come_in()
            await writes_anew(anna)
            await approves(ben)
            await holds(anna)
            await day.until(DUE + 10 * MINUTE)
            assert day.left() == {"mastodon": [], "bluesky": []}, (
                "its hour passed while it was held"
            )
            await releases(ben)
            await day.until(DUE + 31 * MINUTE)
            assert day.left() == {"mastodon": [WORDING], "bluesky": ["A post #Tag"]}
            await sees_it_out(ben, day)
            [status] = day.fakes["mastodon"].statuses
            day.fakes["mastodon"].counts[status["id"]] = LIKED
            await day.until(DUE + DAY + 40 * MINUTE)
            await come_in()  # the desk is shut to who has asked for nothing for half a day
            await reads_results(anna)
            await reads_the_log(ben, day.services)
            assert day.left() == {"mastodon": [WORDING], "bluesky": ["A post #Tag"]}, "once each"
