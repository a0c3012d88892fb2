"""What is decided about many messages stands at once, and is carried out beside everything else."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.jobs.broadcasts import offers, skipping, sweeps
from bot.jobs.operations import status
from bot.jobs.planning import plan, waves
from bot.jobs.sending import decisions, holds
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import State
from bot.model.outbox import Result, Scope
from bot.model.outbox.broadcasts import Pace
from bot.model.staff import Actor
from bot.rules.alerts import DeliveriesUncertain
from bot.times import epoch

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
LATER = NINE + timedelta(days=2)
ANA = Actor("Ana")
PEOPLE = 50


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    monkeypatch.setattr("bot.store.sending.sweeps.STEP", 10)
    monkeypatch.setattr("bot.jobs.broadcasts.sweeps.PAUSE", 0)


@pytest.fixture
def services(tmp_path):
    channel = replace(house.channel(network="telegram"), paid_broadcast=True)
    services = house.services(tmp_path, house.campaign(house.action()), channels=(channel,))
    services.store.people.add(house.person(n) for n in range(PEOPLE))
    plan.run(services, NINE)
    services.store.broadcasts.put(1, 1, Pace.ASKED, PEOPLE, PEOPLE, epoch(NINE))
    yield services
    services.store.close()


def counts(services):
    return services.store.listing.counts()


def listed(services):
    [line] = offers.listed(services.settings, services.store, NINE)
    return line


def step(services):
    """One step of whatever is being carried out."""
    next(sweeps._steps(services, NINE))


async def test_a_broadcast_is_cancelled_at_once_and_its_rows_by_and_by(services):
    said = skipping.cancel(services, "1-1", ANA, NINE)
    assert "nothing more of it leaves. 10 messages that waited are cancelled" in said
    assert counts(services) == {State.QUEUED: 40, State.CANCELLED: 10}
    assert (listed(services).pace, listed(services).cancelled) == ("cancelling", 10)
    assert listed(services).share == 0.2
    claimed = services.store.outbox.claim(1, epoch(NINE), 50, services.store.holds.current())
    assert claimed == []
    assert waves.under_way(services.settings, services.store, {}, NINE) == []
    step(services)
    assert (listed(services).cancelled, listed(services).share) == (20, 0.4)
    [told] = status.run(
        services.settings, services.library, services.store, NINE, dry={}, runs=True
    ).as_json()["broadcasts"]
    assert (told["pace"], told["cancelled"], told["share"]) == ("cancelling", 20, 0.4)
    assert await sweeps.run(services, NINE) == 1
    assert counts(services) == {State.CANCELLED: PEOPLE}
    assert (listed(services).pace, listed(services).cancelled) == ("cancelled", PEOPLE)
    assert listed(services).share == 1
    assert await sweeps.run(services, NINE) == 0


async def test_others_have_their_turn_between_the_steps(services):
    skipping.cancel(services, "1-1", ANA, NINE)
    seen = []

    async def other():
        while len(seen) < 3:
            seen.append(counts(services)[State.CANCELLED])
            await asyncio.sleep(0)

    await asyncio.gather(sweeps.run(services, NINE), other())
    assert seen == [20, 30, 40]


async def test_where_no_process_runs_the_command_does_it_all(services):
    said = skipping.cancel(services, "1-1", ANA, NINE, alone=True)
    assert said == (
        "cancelled: deed on telegram; 50 messages that waited, and all that were still to come"
    )
    assert counts(services) == {State.CANCELLED: PEOPLE}


async def test_what_was_under_way_gets_no_other_try(services):
    row, *others = services.store.outbox.claim(1, epoch(NINE), 2, services.store.holds.current())
    skipping.cancel(services, "1-1", ANA, NINE, alone=True)
    services.store.outbox.settle(
        [
            Result(row, State.QUEUED, due=epoch(NINE) + 60, error="502"),
            Result(others[0], State.SENT),
        ],
        epoch(NINE),
    )
    assert counts(services) == {State.CANCELLED: PEOPLE - 1, State.SENT: 1}


async def test_a_hold_ends_once_all_that_is_late_has_its_new_grace(services):
    store = services.store
    holds.hold(services, Scope(action="deed"), ANA, NINE)
    released = holds.release(services, Scope(action="deed"), ANA, LATER, send_late=True)
    assert (released.lifted, released.renewed, released.follows) == (True, 10, True)
    [hold] = store.holds.all()
    assert hold.lifting
    assert store.outbox.claim(1, epoch(LATER), 50, store.holds.current()) == []
    await sweeps.run(services, LATER)
    assert store.holds.all() == []
    assert {entry.expires for entry in store.listing.entries()} == {epoch(LATER) + 12 * 3600}
    assert len(store.outbox.claim(1, epoch(LATER), 50, store.holds.current())) == 50


async def test_a_scope_that_is_held_again_while_it_is_released_stays_held(services):
    holds.hold(services, Scope(), ANA, NINE)
    [shown] = services.store.holds.all()
    holds.release(services, Scope(), ANA, LATER, send_late=True, shown=shown.id)
    assert not holds.release(services, Scope(), ANA, LATER, shown=shown.id).lifted
    assert holds.hold(services, Scope(), ANA, LATER)
    # it is another hold, which nobody has looked at yet
    assert not holds.release(services, Scope(), ANA, LATER, shown=shown.id).lifted
    await sweeps.run(services, LATER)
    [hold] = services.store.holds.all()
    assert (hold.scope, hold.lifting) == (Scope(), False)


async def test_the_alarm_of_what_is_uncertain_ends_with_the_last_of_it(services):
    store = services.store
    store.outbox.claim(1, epoch(NINE), PEOPLE, store.holds.current())
    store.outbox.recover(epoch(NINE))
    store.alerts.open(DeliveriesUncertain(subject="telegram", text="lost"), epoch(NINE))
    decisions.settle_many(services, 1, 1, ANA, NINE, send=False)
    assert counts(services) == {State.UNCERTAIN: 40, State.CANCELLED: 10}
    assert [alarm.kind for alarm in store.alerts.current()] == ["uncertain"]
    await sweeps.run(services, NINE)
    assert counts(services) == {State.CANCELLED: PEOPLE}
    assert store.alerts.current() == []


async def test_a_dispatcher_sends_nothing_of_what_is_being_cancelled_and_all_else(services):
    skipping.cancel(services, "1-1", ANA, NINE)
    dispatcher = Dispatcher(services, "telegram", NINE)
    assert await dispatcher.step(NINE + timedelta(seconds=5)) is None
    await dispatcher.close(NINE)
    assert counts(services) == {State.QUEUED: 40, State.CANCELLED: 10}
