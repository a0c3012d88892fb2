"""What several processes send for one account, broadcasts and replies, passes its limit in no
second: two dispatchers over one file, by a clock of the test's own.
"""

from collections import deque
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.store import Store

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
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


async def left(dispatchers, ticks: int, *, replies: bool = False) -> list[datetime]:
    """When each message left; with `replies`, the second answers somebody at each tick."""
    now, came, waits = NINE, [], deque()
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
