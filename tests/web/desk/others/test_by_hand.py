"""Posts that people make by hand, at the desk."""

import house
import pytest

from bot.jobs.planning import plan
from bot.jobs.sending import holds, packs
from bot.jobs.staff import sheet
from bot.model import State
from bot.model.outbox import EVERYTHING, Scope
from bot.model.staff import Actor
from tests.web.desk.conftest import NOW


@pytest.fixture
def services(tmp_path, with_staff):
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", post=True)),
        channels=(house.channel("telegram", network="telegram", review=True),),
    )
    made = with_staff(made)
    yield made
    made.store.close()


async def test_a_post_of_a_paused_channel_is_made_by_hand(services, desk):
    plan.run(services, NOW)
    [post] = services.store.listing.entries()
    services.store.outbox.change(post.key, [post.state], State.PLANNED)
    services.store.channels.pause("telegram", "401", int(NOW.timestamp()))
    async with desk(services) as sit:
        seat = await sit("writer")
        shown = await seat.gets("/desk/by-hand")
        assert "I posted it" in shown.words
        wrong = await seat.posts("/desk/by-hand", {"pack": "1-1-0", "url": "not a link"})
        assert wrong.status == 409
        told = await seat.posts("/desk/by-hand", {"pack": "1-1-0", "url": "https://t.me/example/5"})
        assert told.where == "/desk/by-hand?done=by_hand"
        assert (await (await sit("reader")).posts("/desk/by-hand", {})).status == 403
    [entry] = services.store.listing.entries()
    assert (entry.state.word, entry.url) == ("sent", "https://t.me/example/5")


async def test_what_does_not_fit_is_said_in_the_reader_s_language(filled, desk):
    async with desk(filled) as sit:
        seat = await sit("writer")
        shown = await seat.gets("/desk/by-hand", accept_language="ru")
        english = await seat.gets("/desk/by-hand", accept_language="en")
    assert '<p class="note">Instagram ничего не принимает без картинки' in shown.text
    assert "Instagram takes nothing without a picture" in english.text
    assert "takes nothing" not in shown.text


async def test_who_writes_takes_no_post_from_a_channel_that_makes_it_by_itself(services, desk):
    plan.run(services, NOW)
    [post] = services.store.listing.entries()
    services.store.outbox.change(post.key, [post.state], State.QUEUED)
    claim = {"pack": "1-1-0", "url": "https://t.me/example/5"}
    async with desk(services) as sit:
        told = await (await sit("writer")).posts("/desk/by-hand", claim)
        assert (told.status, "somebody who approves says so" in told.words) == (409, True)
        [entry] = services.store.listing.entries()
        assert (entry.state, entry.url) == (State.QUEUED, None)
        # what was made by hand before the channel went on is not made twice
        assert (await (await sit("approver")).posts("/desk/by-hand", claim)).status == 303
    [entry] = services.store.listing.entries()
    assert entry.state is State.SENT


async def test_what_is_held_is_for_nobodys_hands_either(services, desk):
    plan.run(services, NOW)
    [post] = services.store.listing.entries()
    services.store.outbox.change(post.key, [post.state], State.PLANNED)
    services.store.channels.pause("telegram", "401", int(NOW.timestamp()))
    boss = Actor("ada")

    def listed():
        return {pack.network for pack in packs.packs(services, NOW)}

    offered = listed()
    assert "telegram" in offered
    assert len(offered) > 1, "and networks that have no channel"
    for scope, left in (
        (EVERYTHING, set()),
        (Scope(campaign="trees"), set()),
        (Scope(action="deed", language="en"), set()),
        (Scope(channel="telegram"), offered - {"telegram"}),
        (Scope(language="fr"), offered),
        (Scope(country="PE"), offered),
    ):
        holds.hold(services, scope, boss, NOW)
        assert listed() == left, str(scope)
        kinds = {need.kind for need in sheet.needs(services, NOW)}
        assert ("packs" in kinds) is ("telegram" in left)
        async with desk(services) as sit:
            page = await (await sit("writer")).gets("/desk/by-hand")
        assert ("I posted it" in page.words) is bool(left)
        services.store.holds.lift(scope)
    assert listed() == offered
