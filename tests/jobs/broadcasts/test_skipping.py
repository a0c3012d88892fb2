"""A broadcast that staff skip, and send after all: who gets it, and that nobody gets it twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.errors import Overtaken
from bot.jobs.broadcasts import announcements, going, skipping, sweeps
from bot.jobs.planning import plan
from bot.jobs.sending import decisions
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff import posting
from bot.model import Audience, DeliveryKey, State
from bot.model.outbox.broadcasts import Pace
from bot.model.staff import Actor, Whom
from bot.networks.dry.network import Network

pytestmark = pytest.mark.both

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
OVER = NINE + timedelta(days=3)
ANA = Actor("Ana")


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    monkeypatch.setattr("bot.store.sending.sweeps.STEP", 2)
    monkeypatch.setattr("bot.jobs.broadcasts.sweeps.PAUSE", 0)


class Kept(Network):
    """Keeps to whom it sent."""

    def __init__(self, *given):
        super().__init__(*given)
        self.sent = []

    async def send(self, message):
        self.sent.append(message)
        return await super().send(message)


@pytest.fixture
def services(tmp_path):
    """Five people who are met at nine, and three at noon."""
    made = house.services(
        tmp_path, house.campaign(house.action(post=True)), channels=(house.channel(),)
    )
    made = replace(made, networks={"telegram": Kept(house.channel(), {})})
    made.store.people.add(house.person(n) for n in range(5))
    made.store.people.add(house.person(n, minute=12 * 60) for n in range(5, 8))
    plan.run(made, NINE)
    yield made
    made.store.close()


def got(services):
    return sorted(m.key.recipient for m in services.networks["telegram"].sent if m.address)


def states(services, occurrence):
    return {
        State(state): n
        for state, n in services.store.database.rows(
            "SELECT state, count(*) FROM delivery WHERE occurrence = :id AND recipient > 0 GROUP BY"
            " state",
            {"id": occurrence},
        )
    }


async def send(services, now):
    """Plan and send all that may leave at an instant."""
    await sweeps.run(services, now)
    plan.run(services, now)
    dispatcher = Dispatcher(services, "telegram", now - timedelta(minutes=5))
    for _ in range(9):
        now += timedelta(seconds=1)
        await dispatcher.step(now)
    await dispatcher.close(now)


async def test_who_has_not_got_it_does_not_get_it_also_where_it_has_not_fanned_out(services):
    about = going.find(services, "1-1")
    services.store.outbox.change(
        DeliveryKey(occurrence=1, channel=1, recipient=1), [State.QUEUED], State.SENT
    )
    skipping.skip(services, about, ANA, NINE)
    assert going.standing(services, about, NINE) == "skipped"
    await send(services, NINE)
    await send(services, NOON)
    assert got(services) == []
    assert states(services, 1) == {State.SENT: 1, State.CANCELLED: 4}
    with pytest.raises(Overtaken, match="was cancelled by Ana"):
        skipping.skip(services, about, ANA, NOON)


async def test_what_is_sent_after_all_goes_to_each_who_lacks_it_and_to_nobody_twice(services):
    about, before = going.find(services, "1-1"), NINE - timedelta(minutes=1)
    decisions.cancel(services, "1-1-2", ANA, NINE)
    skipping.skip(services, about, ANA, before)
    await send(services, NOON)
    late = replace(house.person(9), joined=int(NOON.timestamp()) - 60)
    services.store.people.add([late])
    skipping.again(services, about, ANA, NOON)
    assert going.standing(services, about, NOON) == "going"
    await send(services, NOON)
    alone, came_later = 2, 9
    assert got(services) == sorted({*range(1, 9)} - {alone, came_later})
    assert services.store.broadcasts.find(1, 1) is None, "staff may be asked about its pace again"
    skipping.skip(services, about, ANA, NOON)
    skipping.again(services, about, ANA, NOON)
    await send(services, NOON + timedelta(minutes=5))
    assert len(got(services)) == 7, "nobody gets it twice"
    with pytest.raises(Overtaken, match="nobody skipped it"):
        skipping.again(services, about, ANA, NOON)


async def test_what_is_taken_back_before_its_rows_are_cancelled_loses_none(services):
    about = going.find(services, "1-1")
    skipping.skip(services, about, ANA, NINE)
    skipping.again(services, about, ANA, NINE)
    skipping.skip(services, about, ANA, NINE)
    skipping.again(services, about, ANA, NINE)
    await send(services, NOON)
    assert got(services) == [*range(1, 9)]


async def test_after_its_grace_nothing_is_decided_and_nothing_leaves_that_is_too_late(services):
    about = going.find(services, "1-1")
    skipping.skip(services, about, ANA, NINE)
    await sweeps.run(services, NINE)
    ten_pm = NINE + timedelta(hours=13)
    skipping.again(services, about, ANA, ten_pm)
    await send(services, ten_pm)
    assert got(services) == [6, 7, 8], "the grace of those at nine is over"
    for act in (skipping.skip, skipping.again):
        with pytest.raises(Overtaken, match="its time is over"):
            act(services, about, ANA, OVER)


async def test_a_pace_that_was_paid_for_is_the_free_one_after_all(services):
    services.store.broadcasts.put(1, 1, Pace.PAID, 8, 5, 0)
    about = going.find(services, "1-1")
    skipping.skip(services, about, ANA, NINE)
    skipping.again(services, about, ANA, NINE)
    assert services.store.broadcasts.find(1, 1).pace is Pace.FREE


async def test_an_announcement_stops_on_the_way_and_goes_on(services, monkeypatch):
    monkeypatch.setattr("bot.store.staff.staff.STEP_ROWS", 3)
    [oneoff] = posting.announce(
        services, "News", Whom(audiences=(Audience.INDIVIDUAL,)), ANA, NINE - timedelta(days=2)
    )
    assert services.store.oneoffs.fan_out(oneoff, int(NOON.timestamp())) == 3
    [about] = [each for each in going.near(services, NINE) if each.row.id == 2]
    skipping.skip(services, about, ANA, NINE)
    assert announcements.run(services) == 0
    skipping.again(services, about, ANA, NINE)
    assert announcements.run(services) == 5
    await sweeps.run(services, NINE)
    assert states(services, 2) == {State.QUEUED: 8}
