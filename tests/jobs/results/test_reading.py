"""Reading results: when each post is read, what is kept, and what lies in the way."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import house
import pytest
from fakes.base import message
from fakes.troubles import fake_of

from bot.errors import AccountRefused, RateLimited, Refused, TryLater
from bot.jobs.counting import cost
from bot.jobs.results import reading
from bot.jobs.results.reading import CALLS, Trouble
from bot.model import State
from bot.networks import load

MAY = date(2021, 5, 1)
SENT = datetime(2021, 5, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = "our-x: X answered 401: Unauthorized"


def days(count):
    return [MAY + n * DAY for n in range(count)]


async def test_a_post_is_read_a_day_a_week_and_a_month_after_it_left_and_once_at_each(play):
    played = play(days=[MAY])
    post = played.post(MAY)
    for age, likes in ((1, 5), (7, 9), (30, 11)):
        played.told(post, views=100 * age, likes=likes)
        assert await played.read(SENT + age * DAY - HOUR) == 0
        assert await played.read(SENT + age * DAY) == 1
        assert await played.read(SENT + age * DAY + HOUR) == 0
    assert played.rows() == [
        (post.occurrence, 1, 1, 0, 100, 5),
        (post.occurrence, 1, 7, 0, 700, 9),
        (post.occurrence, 1, 30, 0, 3000, 11),
    ]


async def test_what_is_not_told_is_kept_as_not_known_and_what_is_gone_as_gone(play):
    played = play(days=days(2))
    shown, gone = played.post(MAY), played.post(MAY + DAY)
    played.told(shown, likes=0)
    played.told(gone, gone=True)
    assert await played.read(SENT + 2 * DAY) == 2
    assert [row[3:] for row in played.rows()] == [(0, None, 0), (1, None, None)]


async def test_who_was_off_reads_late_while_it_still_stands_for_the_age_and_not_after(play):
    played = play(days=[MAY])
    post = played.post(MAY)
    assert await played.read(SENT + 2.9 * DAY) == 1
    assert await played.read(SENT + 14.1 * DAY) == 0
    assert await played.read(SENT + 59 * DAY) == 1
    assert await played.read(SENT + 61 * DAY) == 0
    assert [row[2] for row in played.rows()] == [1, 30]
    [shown] = played.services.store.results.posts("trees", MAY, MAY)
    assert [(r.age, r.at) for r in shown.readings] == [
        (1, int((SENT + 2.9 * DAY).timestamp())),
        (30, int((SENT + 59 * DAY).timestamp())),
    ]
    assert shown.key == post


async def test_what_did_not_leave_was_taken_back_or_has_no_receipt_is_not_asked_for(play):
    played = play(days=days(4))
    played.post(MAY, state=State.CANCELLED)
    played.post(MAY + DAY, state=State.FAILED)
    played.post(MAY + 2 * DAY, receipt=None)
    assert await played.read(SENT + 4 * DAY) == 0
    assert played.networks["our-x"].asked == []


async def test_a_thread_is_asked_for_by_its_first_post(play):
    played = play(days=[MAY])
    played.post(MAY, receipt="71,72,73")
    assert await played.read(SENT + DAY) == 1
    assert played.networks["our-x"].asked == [["71"]]


async def test_posts_are_asked_for_together_and_a_look_has_an_end(play):
    played = play(days=days(30))
    for day in days(30):
        played.post(day, sent=SENT)
    network = played.networks["our-x"]
    assert await played.read(SENT + DAY) == 2 * CALLS
    assert [len(asked) for asked in network.asked] == [2] * CALLS
    assert await played.read(SENT + DAY) == 30 - 2 * CALLS


async def test_whose_time_is_over_first_is_read_first(play):
    played = play(days=days(2))
    young = played.post(MAY, sent=SENT + DAY)
    old = played.post(MAY + DAY, sent=SENT)
    await played.read(SENT + 2.5 * DAY)
    assert played.networks["our-x"].asked == [[f"{old.occurrence}1", f"{young.occurrence}1"]]


@pytest.mark.parametrize("reason", ["dry", "paused", "telegram"])
async def test_a_channel_that_sends_nothing_or_tells_nothing_is_not_asked(play, reason):
    network = "telegram" if reason == "telegram" else "x"
    played = play(house.channel("our-x", network=network), days=[MAY])
    played.post(MAY)
    services = played.services
    if reason == "dry":
        services = replace(services, dry={"our-x": "no secret"})
    if reason == "paused":
        services.store.channels.pause("our-x", "refused", 5)
    assert await reading.run(services, SENT + DAY) == 0
    assert played.rows() == []


# what lies in the way


async def test_after_a_failure_a_channel_rests_longer_each_time_until_it_answers(play):
    played = play(days=[MAY])
    played.post(MAY)
    network, now = played.networks["our-x"], SENT + 7 * DAY
    network.down = [AccountRefused(WORDS), AccountRefused(WORDS)]
    assert await played.read(now) == 0
    assert await played.read(now + 14 * timedelta(minutes=1)) == 0
    assert len(network.asked) == 1
    assert await played.read(now + timedelta(minutes=15)) == 0
    assert await played.read(now + timedelta(minutes=44)) == 0
    assert len(network.asked) == 2
    trouble = Trouble.of(played.services, "our-x")
    assert trouble is not None
    assert (trouble.fails, trouble.words) == (2, WORDS)
    assert await played.read(now + timedelta(minutes=45)) == 1
    assert Trouble.of(played.services, "our-x") is None


async def test_staff_hear_of_an_account_that_is_refused_and_of_nothing_else(play):
    played = play(days=[MAY])
    played.post(MAY)
    network, now = played.networks["our-x"], SENT + 7 * DAY
    alerts = played.services.store.alerts
    network.down = [
        TryLater("our-x: down"),
        RateLimited("our-x: slow", retry_after=1),
        AccountRefused(WORDS),
        TryLater("our-x: down"),
    ]
    told = []
    for hours in range(0, 72, 12):
        await played.read(now + hours * HOUR)
        told.append([(alert.kind, alert.subject) for alert in alerts.current()])
    refused = [("results", "our-x")]
    assert told == [[], [], refused, refused, [], []]


async def test_a_rest_that_the_network_asks_for_is_kept_and_no_rest_is_longer_than_a_window(play):
    played = play(days=[MAY])
    played.post(MAY)
    network, now = played.networks["our-x"], SENT + 7 * DAY
    network.down = [RateLimited("our-x: slow down", retry_after=7200)]
    await played.read(now)
    assert await played.read(now + 119 * timedelta(minutes=1)) == 0
    assert await played.read(now + 2 * HOUR) == 1
    network.down = [TryLater("our-x: down")] * 20
    for hours in range(0, 24 * 20, 12):
        await played.read(SENT + 31 * DAY + hours * HOUR)
    assert [row[2] for row in played.rows()] == [7, 30]


async def test_a_clock_that_was_set_back_makes_nobody_wait_longer(play):
    played = play(days=[MAY])
    played.post(MAY)
    played.networks["our-x"].down = [TryLater("our-x: down")]
    await played.read(SENT + 7 * DAY + 5 * DAY)
    assert await played.read(SENT + 7 * DAY) == 1


async def test_what_is_refused_about_one_post_keeps_no_other_from_being_read(play):
    played = play(days=days(4))
    for day in days(4):
        played.post(day, sent=SENT)
    network = played.networks["our-x"]
    network.down = [Refused("our-x: X answered 400: no such id"), None]
    assert await played.read(SENT + DAY) == 2
    trouble = Trouble.of(played.services, "our-x")
    assert trouble is not None
    assert trouble.fails == 1


async def test_what_a_library_trips_over_is_no_end_of_the_job(play, caplog):
    played = play(days=[MAY])
    played.post(MAY)
    played.networks["our-x"].down = [ZeroDivisionError("secret")]
    assert await played.read(SENT + DAY) == 0
    trouble = Trouble.of(played.services, "our-x")
    assert trouble is not None
    assert trouble.words == "our-x: unexpected ZeroDivisionError; the log says more"


async def test_one_channel_that_fails_leaves_the_others(play):
    two = house.channel("our-x", network="x"), house.channel("our-b", network="bluesky")
    played = play(*two, days=[MAY])
    played.post(MAY)
    played.post(MAY, "our-b")
    played.networks["our-x"].down = [TryLater("our-x: down")]
    assert await played.read(SENT + DAY) == 1
    assert [row[1] for row in played.rows()] == [2]


# money


async def test_reading_is_paid_for_within_a_tenth_of_the_ceiling(play):
    channel = replace(house.channel("our-x", network="x"), ceiling=0.25)
    played = play(channel, days=days(12))
    for day in days(12):
        played.post(day, sent=SENT)
    assert await played.read(SENT + DAY) == 5
    trouble = Trouble.of(played.services, "our-x")
    assert trouble is not None
    assert "a tenth of the ceiling of $0.25" in trouble.words
    assert cost.spent(played.services, channel, SENT + DAY) == Decimal("0.025")


async def test_reading_takes_nothing_that_posting_has_used_up(play):
    channel = replace(house.channel("our-x", network="x"), ceiling=1.0)
    played = play(channel, days=days(3))
    for day in days(3):
        played.post(day, sent=SENT)
    cost.record(played.services, channel, cost.POST, 66, SENT)
    assert await played.read(SENT + DAY) == 2


@pytest.mark.slow
async def test_real_networks_are_read_through_their_servers_and_x_is_paid(play):
    names = ("x", "mastodon", "bluesky")
    played = play(*(house.channel(f"our-{name}", network=name) for name in names), days=[MAY])
    async with AsyncExitStack() as servers:
        networks = {}
        for name in names:
            fake = await servers.enter_async_context(fake_of(name)())
            networks[f"our-{name}"] = network = fake.build(load(name), patient=True)
            servers.push_async_callback(network.close)
            receipt = (await network.send(message("Good morning!"))).id
            played.post(MAY, f"our-{name}", receipt=receipt)
        services = replace(played.services, networks=networks)
        assert await reading.run(services, SENT + DAY) == 3
    assert [row[1:] for row in played.rows()] == [
        (1, 1, 0, 0, 0),
        (2, 1, 0, None, 0),
        (3, 1, 0, None, 0),
    ]
    [paid] = services.store.ledger.between(MAY, MAY + 2 * DAY)
    assert (paid.channel, paid.kind, paid.n, paid.micros) == ("our-x", "read", 1, 5_000)


async def test_a_month_of_a_post_a_day_costs_45_cents_on_x_and_nothing_elsewhere(play):
    two = house.channel("our-x", network="x"), house.channel("our-b", network="bluesky")
    played = play(*two, days=days(30))
    for day in days(30):
        played.post(day)
        played.post(day, "our-b")
    for number in range(62):
        await played.read(SENT + number * DAY)
    assert len(played.rows()) == 2 * 3 * 30
    costs = played.services.store.ledger.between(MAY, MAY + 70 * DAY)
    assert {(each.channel, each.kind) for each in costs} == {("our-x", "read")}
    assert sum(each.micros for each in costs) == 450_000
