"""Makers who might work together, at the desk: suggested with the reason, asked or never again."""

from dataclasses import replace

from bot.config import Web
from tests.jobs.pledges.test_introductions import NOW, office, services
from tests.web.desk.conftest import MEMBERS, ORIGIN

__all__ = ["office", "services"]  # the fixtures


def seated(services):
    web = Web(public_url=ORIGIN, listen="127.0.0.1:0")
    return replace(services, settings=replace(services.settings, members=MEMBERS, web=web))


async def test_a_pair_is_shown_with_its_reason_and_asked_once(services, desk):
    there = seated(services)
    async with desk(there, NOW) as sit:
        seat = await sit("approver")
        shown = await seat.gets("/desk/pledges/matches")
        assert "ACME" in shown.words
        assert "The first offers what the second needs" in shown.words
        two = {"first": "1", "second": "2"}
        told = await seat.posts("/desk/pledges/matches", {"act": "ask", **two})
        assert told.where == "/desk/pledges/matches?done=makers_asked"
        assert "asked, not both have answered" in (await seat.gets("/desk/pledges/matches")).words
        again = await seat.posts("/desk/pledges/matches", {"act": "ask", **two})
        assert again.status == 409


async def test_a_pair_can_be_left_out_for_good_and_only_by_who_decides(services, desk):
    there = seated(services)
    never = {"act": "never", "first": "1", "second": "2"}
    async with desk(there, NOW) as sit:
        assert (await (await sit("writer")).posts("/desk/pledges/matches", never)).status == 403
        seat = await sit("approver")
        assert (await seat.posts("/desk/pledges/matches", never)).where.endswith("never_again")
        shown = await seat.gets("/desk/pledges/matches")
        assert "No two pledges are worth introducing now." in shown.words
        for odd in ({"first": "x"}, {"first": "9" * 30}, {"act": "x"}):
            assert (await seat.posts("/desk/pledges/matches", {**never, **odd})).status == 404
