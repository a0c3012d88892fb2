"""What several processes send for one account, broadcasts and replies, passes its limit in no
second: two dispatchers over one file, by a clock of the test's own.
"""

from collections import deque
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.clock import elapsed
from bot.errors import StoreError
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch import slots
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.slots import HOLD
from bot.model import State
from bot.networks.dry.network import Network
from bot.store import Store

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LIMIT = 30
TICK = timedelta(milliseconds=50)


@pytest.fixture
def dispatchers(tmp_path):
    """Two processes' dispatchers of the account, for which 600 nudges are due."""
    services = house.services(
        tmp_path,
        house.campaign(house.action(grace=timedelta(hours=3))),
        channels=(house.channel(per_second=LIMIT),),
    )
    services.store.people.add(house.person(n) for n in range(600))
    plan.run(services, NINE)
    with closing(services.store), closing(Store(services.settings.database)) as other:
        others = replace(services, store=other)
        yield [Dispatcher(each, "telegram", NINE) for each in (services, others)]


def sent(dispatcher) -> int:
    return sum(dispatcher.tally.results(1).values())


async def left(dispatchers, ticks: int, *, replies: bool = False, begin=NINE) -> list[datetime]:
    """When each message left; with `replies`, the second answers somebody at each tick."""
    now, came, waits = begin, [], deque()
    for _ in range(ticks):
        now += TICK
        before = sum(map(sent, dispatchers))
        for dispatcher in dispatchers:
            await dispatcher.step(now)
            await dispatcher.close(now)
        came += [now] * (sum(map(sent, dispatchers)) - before)
        if replies and dispatchers[1].reply(now.timestamp()) == 0:
            came.append(now)
            waits.append(now)
        while waits:
            waits.popleft()
            dispatchers[1].answered(now.timestamp())
    return came


@pytest.mark.parametrize("replies", [False, True])
async def test_two_processes_never_pass_the_limit_and_together_use_it(dispatchers, replies):
    came = await left(dispatchers, 300, replies=replies)
    for first, beyond in zip(came, came[LIMIT:], strict=False):
        assert beyond - first > timedelta(seconds=1)
    assert len(came) >= 0.85 * LIMIT * 15
    assert all(map(sent, dispatchers))


async def test_a_rest_that_one_was_asked_for_holds_for_the_other(dispatchers):
    first, second = dispatchers
    await left([first, second], 20)
    now = NINE + 21 * TICK
    first.limited(5.0, now.timestamp())
    before = sent(second)
    for _ in range(90):
        now += TICK
        await second.step(now)
        await second.close(now)
    assert sent(second) == before
    assert second.reply(now.timestamp()) > 0
    now = NINE + timedelta(seconds=12)
    for _ in range(5):
        now += TICK
        await second.step(now)
        await second.close(now)
    assert sent(second) > before


async def test_one_that_is_alone_on_its_file_asks_nobody(dispatchers):
    first, _ = dispatchers
    first._services.store.database.hold_sender_lock()
    assert await left([first], 20)
    assert first._services.store.database.rows("SELECT * FROM slot") == []


async def test_after_a_429_to_one_both_go_on_a_tenth_slower(dispatchers):
    first, second = dispatchers
    await left(dispatchers, 40)
    first.limited(2.0, (NINE + 41 * TICK).timestamp())
    now, came = NINE + timedelta(seconds=4), []
    for _ in range(200):
        now += TICK
        before = sum(map(sent, dispatchers))
        for dispatcher in dispatchers:
            await dispatcher.step(now)
            await dispatcher.close(now)
        came += [now] * (sum(map(sent, dispatchers)) - before)
    slower = 28  # nine tenths, and what has been regained by now
    for one, beyond in zip(came, came[slower:], strict=False):
        assert beyond - one > timedelta(seconds=1)
    assert [round(each.pacer.rate / LIMIT / 0.98, 1) for each in dispatchers] == [0.9, 0.9]
    assert second.pacer.state().complained == first.pacer.state().complained


async def test_a_reply_whose_process_was_suspended_asks_again(dispatchers, monkeypatch):
    _, second = dispatchers
    now = (NINE + timedelta(seconds=1)).timestamp()
    assert second.reply(now) == 0
    passed = elapsed() + HOLD
    monkeypatch.setattr(slots, "elapsed", lambda: passed)
    assert second.is_late(now + HOLD)
    assert not second.is_late(now + HOLD)
    assert second.reply(now + HOLD + 1) == 0
    assert not second.is_late(now + HOLD + 1)


async def test_a_clock_that_was_set_back_stops_neither_and_nothing_is_sent_faster(dispatchers):
    back = timedelta(hours=1)
    await left(dispatchers, 60, begin=NINE + back)
    for each in dispatchers:
        each._services = replace(each._services, leapt=lambda: -back.total_seconds())
        each._allowance._services = each._services
    before = [sent(each) for each in dispatchers]
    came = await left(dispatchers, 200, replies=True, begin=NINE + 60 * TICK)
    for one, beyond in zip(came, came[LIMIT:], strict=False):
        assert beyond - one > timedelta(seconds=1)
    # the slots of before are free again once none of their messages can be under way
    assert len(came) > LIMIT * (200 * TICK.total_seconds() - HOLD - 2) / 2
    assert all(sent(each) > had for each, had in zip(dispatchers, before, strict=True))


async def test_slots_that_others_are_just_reserving_let_no_reply_leave(dispatchers, monkeypatch):
    _, second = dispatchers
    now = NINE.timestamp()
    second._services.store.slots.make("telegram", LIMIT)
    monkeypatch.setattr(second._services.store.slots, "reserve", lambda *_: [])
    assert second.reply(now) > 0


async def test_slots_that_were_made_in_vain_are_made_again(dispatchers, monkeypatch):
    first, _ = dispatchers
    store, now = first._services.store, NINE + TICK

    def fail(*_):
        raise StoreError("the server is gone")

    with monkeypatch.context() as away:
        away.setattr(store.slots, "reserve", fail)
        with pytest.raises(StoreError):
            await first.step(now)
    assert await left([first], 20)


async def test_what_was_claimed_before_a_suspension_leaves_in_no_slot_that_others_may_have(
    dispatchers, monkeypatch
):
    first, _ = dispatchers
    take, asleep = first._allowance.take, 0.0

    def suspended(n, moment):
        nonlocal asleep
        take(n, moment)
        asleep += HOLD

    with monkeypatch.context() as sleeps:
        sleeps.setattr(slots, "elapsed", lambda: elapsed() + asleep)
        sleeps.setattr(first._allowance, "take", suspended)
        assert await left([first], 3) == []
    assert asleep > 0, "something was claimed"
    states = first._services.store.database.column("SELECT DISTINCT state FROM delivery")
    assert states == [State.QUEUED]
    assert await left([first], 20, begin=NINE + timedelta(seconds=10))


@pytest.fixture
def limited(tmp_path):
    """Two processes' dispatchers of an account with a limit of so many a day, and twelve posts."""
    actions = [house.action(f"deed{n}", nudge=False, post=True, grace=2 * DAY) for n in range(12)]
    channel = house.channel(per_second=LIMIT)
    services = house.services(tmp_path, house.campaign(*actions), channels=(channel,))
    plan.run(services, NINE)
    network = Network(channel, {}, limits=replace(Network.LIMITS, per_day=5))
    services = replace(services, networks={"telegram": network})
    with closing(services.store), closing(Store(services.settings.database)) as other:
        others = replace(services, store=other)
        yield [Dispatcher(each, "telegram", NINE) for each in (services, others)]


async def test_two_processes_keep_the_limit_of_a_day_together(limited):
    assert len(await left(limited, 60)) == 5
    tomorrow = NINE + DAY - timedelta(minutes=1)
    assert len(await left(limited, 60, begin=tomorrow)) == 0
    assert len(await left(limited, 60, begin=tomorrow + timedelta(minutes=2))) == 5
