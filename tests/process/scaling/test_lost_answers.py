"""The database is gone just when a turn has something to write: who sent it writes it later, and
what nobody knows of becomes uncertain.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import psycopg
import pytest
from cluster.far import built
from live import until

from bot.errors import StoreError
from bot.jobs.operations.turns import Turns
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch import lapsed
from bot.model import State
from bot.store.db.postgres.line import Line
from bot.store.workers.leases import OUT

pytestmark = pytest.mark.process

PEOPLE = 3


async def as_it_is(_name, work):
    await work()


def now():
    return datetime.now(UTC)


@pytest.fixture
def services(tmp_path, database):
    one = built(tmp_path, database, [], PEOPLE)
    for _ in range(3):
        plan.run(one, now())
    yield one
    one.store.close()


def turns_of(services):
    return Turns(lambda: services, now, as_it_is, lambda _: None, many=True)


def states(services):
    return Counter(map(State, services.store.database.column("SELECT state FROM delivery")))


async def test_what_landed_while_the_database_was_gone_is_written_by_who_sent_it(
    services, server, database
):
    network, answer, flying = services.networks["telegram"], asyncio.Event(), []
    taken = network.send

    async def send(message):
        flying.append(message)
        await answer.wait()
        return await taken(message)

    network.send, network.IN_FLIGHT = send, PEOPLE
    turns = turns_of(services)
    turn = asyncio.create_task(turns.take("telegram"))
    await until(lambda: len(flying) == PEOPLE)
    server.shut(database.name)
    answer.set()
    with pytest.raises(StoreError):
        await turn
    server.open(database.name)
    assert states(services) == {State.SENDING: PEOPLE}
    await turns.write_late()
    assert states(services) == {State.SENT: PEOPLE}
    assert services.store.leases.standing() == []


async def test_a_claim_whose_commit_has_no_answer_is_given_up_with_its_lease(services, monkeypatch):
    committed = Line._committed

    def broken_off(line):
        monkeypatch.undo()
        committed(line)
        raise psycopg.OperationalError("the connection is lost")

    claim = services.store.outbox.claim

    def claimed(*args, **kwargs):
        monkeypatch.setattr(Line, "_committed", broken_off)
        return claim(*args, **kwargs)

    services.store.outbox.claim = claimed
    turns = turns_of(services)
    with pytest.raises(StoreError):
        await turns.take("telegram")
    services.store.outbox.claim = claim
    lost = states(services)[State.SENDING]
    assert lost > 0
    assert await turns.take("telegram") is False
    for passed in (1.0, 1.0 + OUT):
        monkeypatch.setattr(lapsed, "elapsed", lambda passed=passed: passed)
        lapsed.run(services, now())
    assert states(services) == {State.UNCERTAIN: lost, State.SENT: PEOPLE - lost}
    assert services.store.leases.standing() == []
