"""Broadcasts at the pace that is paid for, over a real socket, against a Telegram that sells it."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import house
import pytest
from fakes import base, telegram

from bot.jobs.broadcasts import offers, skipping
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.line import Line
from bot.model import Secret, State
from bot.model.outbox import Result
from bot.model.outbox.broadcasts import Pace
from bot.model.staff import Actor
from bot.networks.telegram.network import Network

pytestmark = pytest.mark.slow

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
FREE, PAID = 30, 200
SOLD = 250
"""Messages a second that the server takes: they bunch up on their way through a busy machine."""
ANA = Actor("Ana")


class Seller(telegram.Fake):
    """Sells a faster pace, and keeps what came when, and whether it was to be paid for."""

    def __init__(self):
        super().__init__()
        self.pace, self.sells, self.paid_pace, self.rest = FREE, True, SOLD, 1
        self.stars = Decimal(1_000)
        self.came: list[tuple[float, bool]] = []

    async def answer(self, request):
        if request.path.endswith("sendMessage"):
            body = json.loads(await request.read())
            self.came.append((time.monotonic(), bool(body.get("allow_paid_broadcast"))))
        return await super().answer(request)


class Watched(Network):
    """Keeps when each message was sent."""

    def __init__(self, *given):
        super().__init__(*given)
        self.left: list[float] = []

    async def send(self, message):
        self.left.append(time.monotonic())
        return await super().send(message)

    @property
    def busiest(self):
        """The most that left within one second."""
        return max(sum(at <= t < at + 1 for t in self.left) for at in self.left)


class World:
    """An account that may pay, and a broadcast to so many people, which is due."""

    def __init__(self, folder, fake, people, **keys):
        keys = {"paid_broadcast": True, "per_second": float(PAID), **keys}
        channel = replace(house.channel(network="telegram", posts=False), **keys)
        made = house.services(folder, house.campaign(house.action()), channels=(channel,))
        own = base.channel("telegram", base_url=fake.url, target=fake.target)
        secrets = {name: Secret(value) for name, value in fake.secrets.items()}
        self.network = Watched(own, secrets)
        self.services = replace(made, networks={channel.name: self.network})
        self.store, self.channel = made.store, channel
        addresses = [str(1000 + n) for n in range(people)]
        fake.chats |= {a: {"id": int(a), "type": "private"} for a in addresses}
        self.store.people.add(replace(house.person(n), address=a) for n, a in enumerate(addresses))
        plan.run(self.services, NINE)
        self.began = time.monotonic()
        self.dispatcher = Dispatcher(self.services, channel.name, NINE)
        self.store.broadcasts.put(1, 1, Pace.ASKED, people, people, int(NINE.timestamp()))

    def now(self):
        return NINE + timedelta(seconds=time.monotonic() - self.began)

    async def sends(self, seconds, until=lambda: False):
        stopping = asyncio.Event()
        turn = asyncio.create_task(self.dispatcher.turn(self.now, stopping))
        for _ in range(int(seconds / 0.02)):
            if turn.done() or until():
                break
            await asyncio.sleep(0.02)
        stopping.set()
        await turn

    def states(self):
        return Counter(entry.state for entry in self.store.listing.entries())

    def broadcast(self):
        return self.store.broadcasts.find(1, 1)

    def spent(self):
        day = NINE.date()
        return sum(each.n for each in self.store.ledger.between(day, day))

    def pays(self):
        return offers.pay(self.services, "1-1", ANA, NINE)


@pytest.fixture
async def seller(tmp_path):
    async with Seller() as fake:
        worlds = []

        def world(people, **keys):
            worlds.append(World(tmp_path, fake, people, **keys))
            return fake, worlds[-1]

        yield world
        for each in worlds:
            await each.network.close()
            each.store.close()


async def test_without_a_yes_nothing_is_paid_and_it_leaves_at_the_free_pace(seller):
    fake, world = seller(100)
    await world.sends(8)
    assert world.states() == {State.SENT: 100}
    assert not any(paid for _, paid in fake.came)
    assert world.network.busiest <= FREE
    assert (fake.billed, world.spent()) == (0, 0)


async def test_after_a_yes_it_leaves_at_the_paid_pace_and_never_faster(seller):
    fake, world = seller(600)
    assert "600 messages, at most 60.0 Stars ($0.85)" in world.pays()
    await world.sends(20)
    assert world.states() == {State.SENT: 600}
    assert all(paid for _, paid in fake.came)
    assert world.network.busiest <= PAID
    times = [at for at, _ in fake.came]
    assert len(times) / (times[-1] - times[0]) > 2 * FREE, "on a busy machine, too"
    assert fake.floods == fake.inside == 0
    assert world.broadcast().paid == world.spent() == 600
    assert 0 < fake.billed <= 600, "the bill is never higher than what is recorded"


async def test_no_more_is_paid_for_than_was_said(seller):
    fake, world = seller(130)
    world.store.database.execute("UPDATE broadcast SET messages = 80")
    world.pays()
    await world.sends(10)
    assert world.states() == {State.SENT: 130}
    assert Counter(paid for _, paid in fake.came) == {True: 80, False: 50}
    assert world.spent() == 80
    assert fake.floods == 0


async def test_the_ceiling_ends_the_paid_pace_and_nobody_misses_anything(seller):
    fake, world = seller(130, ceiling=0.12)
    world.store.broadcasts.decide(1, 1, [Pace.ASKED], Pace.PAID, ANA, 0)
    await world.sends(10)
    assert world.states() == {State.SENT: 130}
    paid = sum(was for _, was in fake.came)
    assert paid == 85, "at $0.00141 each"


async def test_a_yes_beyond_the_ceiling_is_no_yes(seller):
    _, world = seller(130, ceiling=0.12)
    with pytest.raises(Exception, match=r"would pass the ceiling .* room for 85 messages"):
        world.pays()
    assert world.broadcast().pace is Pace.ASKED


async def test_a_no_stops_at_once_what_is_under_way(seller):
    fake, world = seller(400)
    world.pays()
    await world.sends(5, until=lambda: len(fake.came) > 100)
    offers.free(world.services, "1-1", ANA, NINE)
    before = len(fake.came)
    await world.sends(3)
    assert len(fake.came) > before
    assert not any(paid for _, paid in fake.came[before:])
    assert world.broadcast().paid == world.spent() == before


async def test_without_stars_it_goes_on_at_the_free_pace_and_staff_hear_of_it(seller):
    fake, world = seller(150)
    fake.stars = Decimal(5)
    world.pays()
    await world.sends(12)
    assert world.states() == {State.SENT: 150}
    assert fake.stars == 0
    [alarm] = world.store.alerts.current()
    assert (alarm.kind, alarm.subject) == ("unpaid", "1-1")
    assert "balance_too_low" in alarm.text.lower()
    broadcast = world.broadcast()
    assert broadcast.pace is Pace.FREE
    assert 50 <= broadcast.paid == world.spent() < 150


async def test_where_paid_broadcasts_are_not_enabled_three_rests_end_the_try(seller):
    fake, world = seller(150)
    fake.sells = False
    world.pays()
    await world.sends(25)
    assert world.states() == {State.SENT: 150}
    assert world.broadcast().pace is Pace.FREE
    assert 2 <= fake.floods <= 3
    assert [alarm.kind for alarm in world.store.alerts.current()] == ["unpaid"]


async def test_a_reply_is_never_paid_for_and_waits_for_no_broadcast(seller):
    fake, world = seller(600)
    world.pays()
    line = Line(world.dispatcher, world.now)
    passed_by = []

    async def reply():
        await asyncio.sleep(1)
        for _ in range(20):
            before = len(world.network.left)
            async with line.turn() as may:
                passed_by.append(len(world.network.left) - before)
                assert may
                await world.network._client.answer("1001", "Hello", None)
            await asyncio.sleep(0.05)

    await asyncio.gather(world.sends(20), reply())
    assert sum(not paid for _, paid in fake.came) == 20
    # in messages, as many as leave in a tenth of a second: seconds are the machine's
    assert max(passed_by) < PAID / 10
    assert fake.floods == 0
    assert world.states() == {State.SENT: 600}


async def test_a_crash_lets_no_more_be_paid_for_than_was_said(seller):
    fake, world = seller(100)
    world.pays()
    holds = world.store.holds.current()
    paying = world.dispatcher._allowance.paying
    [channel] = paying.first(world.dispatcher.pacer, [world.channel], NINE.timestamp())
    with world.store.transaction():
        paying._on = True
        rows = paying.claim(channel, NINE.timestamp(), 40, holds, posts=None)
    assert len(rows) == 40
    world.store.outbox.recover(int(NINE.timestamp()))  # as the next start does
    assert world.broadcast().paid == 40
    world.dispatcher = Dispatcher(world.services, world.channel.name, NINE)
    await world.sends(5)
    assert world.states() == {State.SENT: 60, State.UNCERTAIN: 40}
    assert world.broadcast().paid == 100
    assert len(fake.came) == 60


async def test_what_is_given_back_counts_in_the_month_in_which_it_was_booked(seller):
    _, world = seller(10)
    world.pays()
    last = datetime(2021, 5, 31, 23, 59, 59, tzinfo=UTC)
    paying = world.dispatcher._allowance.paying
    world.store.database.execute("UPDATE occurrence SET closes = closes + 3000000")
    paying._on = True
    with world.store.transaction():
        rows = paying.claim(
            world.channel, last.timestamp(), 10, world.store.holds.current(), posts=None
        )
    assert len(rows) == 10
    june = last + timedelta(seconds=5)
    paying.settle([Result(row, State.QUEUED, counted=False) for row in rows[:4]], june.timestamp())
    spent = {
        each.day.month: each.n for each in world.store.ledger.between(last.date(), june.date())
    }
    assert spent == {5: 6}
    assert world.broadcast().paid == 6


async def test_what_is_cancelled_is_not_sent_and_neither_is_what_was_to_come(seller):
    fake, world = seller(50)
    later = replace(house.person(70, minute=10 * 60), address="5555")
    world.store.people.add([later])
    plan.run(world.services, NINE)
    assert "50 messages that waited" in skipping.cancel(world.services, "1-1", ANA, NINE)
    plan.run(world.services, NINE + timedelta(hours=2))
    await world.sends(1)
    assert world.states() == {State.CANCELLED: 50}
    assert fake.came == []
    with pytest.raises(Exception, match="was cancelled by Ana"):
        world.pays()


async def test_the_balance_is_asked_for_where_it_may_be_spent(seller):
    fake, world = seller(1)
    fake.stars = Decimal(12_345)
    assert await world.network.probe() == "@drum_bot"
    assert world.network.remarks == ()
    world.network.channel = replace(world.network.channel, paid_broadcast=True)
    await world.network.probe()
    assert "12,345 Stars on the balance, enough for 123,450 messages" in world.network.remarks[0]
