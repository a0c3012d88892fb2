"""What can be said of results: standing at an age, sums of one network, and comparisons."""

import itertools
from datetime import date

import pytest

from bot.model import DeliveryKey
from bot.model.counting import OwnPost, Reactions, Reading
from bot.rules.results import (
    AGES,
    DAY,
    LAST,
    Standing,
    Sum,
    change,
    days_after,
    is_late,
    standing,
    summed,
)

SENT = 1_000_000


def post(number=1, *, network="x", receipt="71", readings=()) -> OwnPost:
    return OwnPost(
        key=DeliveryKey(number, 1, 0),
        campaign="trees",
        action="deed",
        day=date(2021, 5, 1),
        channel=f"our-{network}",
        network=network,
        url="",
        sent=SENT,
        receipt=receipt,
        readings=tuple(readings),
    )


def reading(age=1, *, after=1.0, **counts) -> Reading:
    return Reading(age=age, at=SENT + int(after * DAY), reactions=Reactions(**counts))


def test_what_is_read_late_for_one_age_is_not_yet_due_for_the_next():
    assert all(LAST[age] <= after for age, after in itertools.pairwise(AGES))


@pytest.mark.parametrize(
    ("of", "tells", "after", "is_"),
    [
        (post(readings=[reading(likes=0)]), True, 90, Standing.READ),
        (post(readings=[reading(gone=True)]), True, 90, Standing.GONE),
        (post(readings=[reading(7, likes=4)]), True, 90, Standing.MISSED),
        (post(), True, 0, Standing.AHEAD),
        (post(), True, 3, Standing.AHEAD),
        (post(), True, 3.1, Standing.MISSED),
        (post(), False, 3.1, Standing.UNTOLD),
        (post(receipt=""), True, 3.1, Standing.UNTOLD),
        # what was told before a channel was taken away stays told
        (post(readings=[reading(likes=4)]), False, 90, Standing.READ),
    ],
)
def test_how_a_post_stands_at_an_age(of, tells, after, is_):
    assert standing(of, 1, SENT + int(after * DAY), tells=tells) is is_


def test_what_was_read_late_says_so():
    assert not is_late(post(readings=[reading(after=1.2)]), 1)
    assert is_late(post(readings=[reading(after=1.3)]), 1)
    assert not is_late(post(), 1)
    assert days_after(post(), SENT + int(1.26 * DAY)) == 1.3


def test_sums_stand_by_network_and_say_of_how_many_posts():
    posts = [
        post(1, readings=[reading(likes=3, views=100)]),
        post(2, readings=[reading(likes=5, after=2)]),
        post(3, readings=[reading(gone=True)]),
        post(4),
        post(5, network="mastodon", readings=[reading(likes=90)]),
        post(6, network="telegram"),
    ]
    sums = summed(posts, 1, SENT + 2 * DAY, {"x": True, "mastodon": True, "telegram": False})
    assert list(sums) == ["mastodon", "telegram", "x"]
    x = sums["x"]
    assert (x.total, x.late) == (4, 1)
    assert x.posts == {Standing.READ: 2, Standing.GONE: 1, Standing.AHEAD: 1}
    assert (x.counts, x.known) == ({"likes": 8, "views": 100}, {"likes": 2, "views": 1})
    assert (x.each("likes"), x.each("views"), x.each("quotes")) == (4.0, 100.0, None)
    assert sums["telegram"].posts == {Standing.UNTOLD: 1}
    assert sums["telegram"].counts == {}


def test_of_an_age_at_which_nothing_was_read_nothing_is_known():
    [x] = summed([post(readings=[reading(7, likes=3)])], 1, SENT, {"x": True}).values()
    assert x.counts == {}


def sum_(likes: int | None, posts: int = 1) -> Sum:
    known = {} if likes is None else {"likes": posts}
    counts = {} if likes is None else {"likes": likes}
    return Sum(network="x", posts={Standing.READ: posts}, late=0, counts=counts, known=known)


@pytest.mark.parametrize(
    ("now", "before", "ratio", "why"),
    [
        (sum_(60, 2), sum_(40, 4), 3.0, ""),
        (sum_(20), sum_(0), None, "none"),
        (sum_(19), sum_(19), None, "few"),
        (sum_(0), sum_(20), 0.0, ""),
        (sum_(None), sum_(20), None, "unknown"),
        (sum_(20), sum_(None), None, "unknown"),
        (sum_(20), None, None, "unknown"),
        (None, None, None, "unknown"),
    ],
)
def test_months_are_compared_by_what_a_post_had_or_it_is_said_why_not(now, before, ratio, why):
    change_ = change(now, before, "likes")
    assert (change_.ratio, change_.why) == (ratio, why)
