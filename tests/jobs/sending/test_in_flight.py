"""How many messages of an account are on their way, and how often what became of them is written."""

import asyncio
from datetime import UTC, datetime, timedelta

import house
import pytest
from typing_extensions import override

from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.pace import TOGETHER
from bot.model import State
from bot.networks.dry.network import Network as Dry

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
PEOPLE = 400
PACE = 50.0
TICK = timedelta(seconds=0.1)


class Far(Dry):
    """A network whose answers come when `answers` is set."""

    IN_FLIGHT = 4

    def __init__(self):
        super().__init__(house.channel(per_second=PACE), {})
        self.answers = asyncio.Event()

    @override
    async def send(self, message):
        await self.answers.wait()
        return await super().send(message)


@pytest.fixture
async def far(tmp_path):
    services = house.services(
        tmp_path,
        house.campaign(house.action()),
        channels=(house.channel(per_second=PACE),),
        window=0.25,
    )
    network = services.networks["telegram"] = Far()
    services.store.people.add(house.person(n) for n in range(PEOPLE))
    plan.run(services, NINE)
    yield network, services, Dispatcher(services, "telegram", NINE)
    services.store.close()


async def play(dispatcher, seconds):
    """Step as often as a live turn does; gives how many were in flight at most."""
    most = 0
    for tick in range(int(seconds / TICK.total_seconds())):
        await dispatcher.step(NINE + tick * TICK)
        most = max(most, dispatcher.in_flight)
        for _ in range(10):
            await asyncio.sleep(0)
    return most


@pytest.mark.parametrize("latency", [0.0, 0.5, 2.0])
async def test_as_many_are_in_flight_as_leave_while_two_answers_are_on_their_way(far, latency):
    _, _, dispatcher = far
    dispatcher._flight.latency = latency
    expected = max(Far.IN_FLIGHT, dispatcher.pacer.rate * (2 * latency + TOGETHER))
    assert abs(await play(dispatcher, 10) - expected) <= 1


@pytest.mark.sqlite
async def test_what_landed_and_what_leaves_next_share_a_commit(far):
    network, services, dispatcher = far
    network.answers.set()
    commits, claims = [], []
    connection, claim = services.store.database.tables.conn, services.store.outbox.claim

    def claimed(*args, **keys):
        claims.append(rows := claim(*args, **keys))
        return rows

    services.store.outbox.claim = claimed
    connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    await play(dispatcher, 8)
    connection.set_trace_callback(None)
    sent = [e for e in services.store.listing.entries() if e.state is State.SENT]
    assert len(sent) > 0.9 * 8 * PACE * 0.9
    assert len(commits) <= len([rows for rows in claims if rows]) + 2
    assert len(sent) > 3 * len(commits), "a claim takes several"
