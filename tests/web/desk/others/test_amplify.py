"""Posts of pledge-makers at the desk: the checklist, by two people where a child is shown."""

import re

import orchard
import pytest

from bot.model.share import Candidate, ReviewState
from bot.times import from_epoch

CLEAR = {
    "account": "yes",
    "shown": "no",
    "child": "no",
    "consent": "no",
    "risk": "no",
    "dignity": "no",
    "place": "no",
}
CHILD = {**CLEAR, "shown": "yes", "child": "yes", "consent": "yes"}


@pytest.fixture
def number(services):
    """A post of a pledge-maker that waits; its number."""
    row = Candidate(
        network="mastodon",
        uri="https://m.example/1",
        post="1",
        url="https://m.example/@acme/1",
        author="acme@m.example",
        pledge=orchard.add_pledge(services),
        text="We planted 12 trees <b>today</b>",
        media=True,
        posted=from_epoch(1),
        channel=None,
    )
    services.store.amplify.add([row], 1)
    return services.store.amplify.all()[0].id


def state(services, number):
    return services.store.amplify.get(number).state


async def test_a_clear_post_goes_its_way(services, desk, number):
    async with desk(services) as sit:
        seat = await sit("approver")
        listed = await seat.gets("/desk/amplify")
        assert "A post of ACME on Mastodon We planted 12 trees <b>today</b>" in listed.words
        shown = await seat.gets(f"/desk/amplify/{number}")
        assert "&lt;b&gt;today&lt;/b&gt;" in shown.text
        assert "Could it put a child at risk" in shown.words
        told = await seat.posts(f"/desk/amplify/{number}", {"act": "answer", **CLEAR})
        assert told.where == f"/desk/amplify/{number}?done=review_approved"
    assert state(services, number) is ReviewState.APPROVED


async def test_where_a_child_is_shown_two_people_look(services, desk, number):
    path = f"/desk/amplify/{number}"
    async with desk(services) as sit:
        first, second = await sit("approver"), await sit("admin")
        told = await first.posts(path, {"act": "answer", **CHILD})
        assert told.where.endswith("done=review_second")
        assert "You were the first to look" in (await first.gets(path)).words
        again = await first.posts(path, {"act": "answer", **CHILD})
        assert (again.status, state(services, number)) == (409, ReviewState.SECOND)
        await second.posts(path, {"act": "answer", **CHILD})
    assert state(services, number) is ReviewState.APPROVED


async def test_what_is_not_answered_or_tells_of_a_risk_goes_nowhere(services, desk, number):
    path = f"/desk/amplify/{number}"
    async with desk(services) as sit:
        seat = await sit("approver")
        lacking = await seat.posts(path, {"act": "answer", "shown": "no"})
        assert lacking.status == 409
        assert (await seat.posts(path, {"act": "answer", **CLEAR, "way": "x"})).status == 409
        blocked = await seat.posts(path, {"act": "answer", **CLEAR, "risk": "unknown"})
        assert blocked.where.endswith("done=review_blocked")
        refused = await seat.posts(path, {"act": "reject"})
        assert refused.where.endswith("done=review_rejected")
        assert (await seat.gets("/desk/amplify/x")).status == 404
        assert (await (await sit("writer")).posts(path, {"act": "reject"})).status == 403
    assert state(services, number) is ReviewState.REJECTED


async def test_the_list_has_the_first_of_what_waits_and_the_last_of_what_went_out(services, desk):
    rows = [
        Candidate(
            network="mastodon",
            uri=f"https://m.example/{number}",
            post=f"{number}",
            url=f"https://m.example/@acme/{number}",
            author=f"a{number}@m.example",
            pledge=0,
            text="We planted",
            media=False,
            posted=from_epoch(1),
            channel=None,
        )
        for number in range(1, 113)
    ]
    amplify = services.store.amplify
    amplify.add(rows, 1)
    for number in range(1, 61):
        amplify.change(number, [ReviewState.WAITING], ReviewState.APPROVED)
    async with desk(services) as sit:
        seat = await sit("approver")
        told = await seat.gets("/desk/amplify")
    shown = [int(number) for number in re.findall(r'href="/desk/amplify/(\d+)"', told.text)]
    assert shown == [*range(61, 111), *range(60, 10, -1)]
    assert "And 2 more." in told.words
