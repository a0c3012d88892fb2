"""Posts that people make by hand, at the desk."""

from bot.jobs.planning import plan
from bot.model import State
from tests.web.desk.conftest import NOW


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
