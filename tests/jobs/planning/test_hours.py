"""Another hour for what goes to people: nothing leaves before, nobody is woken, nobody gets it
twice, and nobody misses it.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest

from bot.errors import Overtaken, UsageError
from bot.jobs.broadcasts import going, skipping, sweeps
from bot.jobs.planning import hours, plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff import posting
from bot.model import Audience, DeliveryKey, State
from bot.model.staff import Actor, Whom
from bot.rules import planner
from bot.times import epoch, from_epoch

pytestmark = pytest.mark.both

DAY = date(2021, 5, 1)
EVE = datetime(2021, 4, 30, 8, tzinfo=UTC)
NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
ANA = Actor("Ana")
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
"""Of the people by number: two in each zone, who want to be met at 9 and at 18 o'clock."""


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    monkeypatch.setattr("bot.store.sending.sweeps.STEP", 2)
    monkeypatch.setattr("bot.jobs.broadcasts.sweeps.PAUSE", 0)


@pytest.fixture
def services(tmp_path):
    made = house.services(
        tmp_path, house.campaign(house.action()), channels=(house.channel(),), quiet=house.NIGHT
    )
    made.store.people.add(
        house.person(n, zone=ZONES[n // 2], minute=(9 + n % 2 * 9) * 60) for n in range(6)
    )
    plan.sync(made, EVE)
    yield made
    made.store.close()


def give(services, clock, now, *, own=False):
    start = hours.start_of(services, clock, ANA, own=own)
    hours.delay(services, going.find(services, "1-1"), start, ANA, now)


async def left(services, until, start=EVE):
    """Plan and send, half an hour after half an hour; who got it when."""
    rows, now = {}, start
    dispatcher = Dispatcher(services, "telegram", start)
    while now <= until:
        await sweeps.run(services, now)
        plan.run(services, now)
        for second in range(3):
            await dispatcher.step(now + timedelta(seconds=second))
        sent = services.store.database.rows(
            "SELECT recipient FROM delivery WHERE state = :sent", {"sent": State.SENT}
        )
        for (person,) in sent:
            rows.setdefault(person - 1, f"{now:%d %H:%M}")
        now += timedelta(minutes=30)
    await dispatcher.close(now)
    return rows


async def test_nothing_leaves_before_an_instant_and_nobody_is_woken(services):
    give(services, datetime(2021, 5, 1, 13), EVE)
    assert going.standing(services, going.find(services, "1-1"), EVE) == "delayed"
    assert await left(services, NINE + timedelta(days=1)) == {
        0: "01 13:00",
        1: "01 18:00",
        # 22:00 in Tokyo: when they wake, with their whole grace from then
        2: "01 23:00",
        3: "01 23:00",
        # 9:00 in New York, their own hour, and 18:00
        4: "01 13:00",
        5: "01 22:00",
    }


async def test_a_day_later_each_gets_it_at_their_own_hour(services):
    give(services, datetime(2021, 5, 2), EVE, own=True)
    assert await left(services, NINE + timedelta(days=2)) == {
        0: "02 09:00",
        1: "02 18:00",
        2: "02 00:00",
        3: "02 09:00",
        4: "02 13:00",
        5: "02 22:00",
    }


async def test_what_has_left_stays_and_what_has_fanned_out_waits(services):
    plan.run(services, NINE)
    key = DeliveryKey(occurrence=1, channel=1, recipient=3)
    assert services.store.outbox.change(key, [State.QUEUED], State.SENT)
    late = replace(house.person(7), joined=epoch(NINE) + 60)
    services.store.people.add([late])
    give(services, datetime(2021, 5, 1, 12), NINE)
    claimed = services.store.outbox.claim(1, epoch(NINE), 9, services.store.holds.current())
    assert claimed == [], "also while the rows follow"
    got = await left(services, NINE + timedelta(days=1), NINE)
    assert got == {
        0: "01 12:00",
        1: "01 18:00",
        2: "01 09:00",
        3: "01 23:00",
        4: "01 13:00",
        5: "01 22:00",
        6: "01 12:00",
    }


async def test_it_may_be_given_again_sooner_too_and_goes_on_where_it_stood(services):
    plan.run(services, NINE)
    give(services, datetime(2021, 5, 3, 12), NINE)
    await sweeps.run(services, NINE)
    plan.run(services, NINE + timedelta(days=1))
    give(services, datetime(2021, 5, 2, 9), NINE + timedelta(days=1), own=True)
    got = await left(services, NINE + timedelta(days=2), NINE + timedelta(days=1))
    assert (len(got), got[0], got[1]) == (6, "02 09:00", "02 18:00")


async def test_who_moves_meanwhile_gets_it_once(services):
    plan.run(services, NINE)
    give(services, datetime(2021, 5, 1, 20), NINE)
    plan.move(services, 1, "Africa/Nairobi", 540, NINE + timedelta(hours=1))
    plan.move(services, 5, "Asia/Tokyo", 1080, NINE + timedelta(hours=1))
    got = await left(services, NINE + timedelta(days=1), NINE + timedelta(hours=2))
    assert sorted(got) == [*range(6)]
    assert got[0] == "02 05:00", "when they wake in Nairobi"
    assert services.store.database.value("SELECT count(*) FROM delivery") == 6


async def test_what_is_skipped_and_sent_after_all_keeps_its_hour(services):
    plan.run(services, NINE)
    about = going.find(services, "1-1")
    give(services, datetime(2021, 5, 2, 12), NINE)
    skipping.skip(services, about, ANA, NINE)
    with pytest.raises(Overtaken):
        give(services, datetime(2021, 5, 2, 13), NINE)
    await sweeps.run(services, NINE)
    skipping.again(services, about, ANA, NINE + timedelta(days=1))
    got = await left(services, NINE + timedelta(days=2), NINE + timedelta(days=1))
    assert (len(got), got[0], got[1]) == (6, "02 12:00", "02 18:00")


async def test_no_hour_that_has_passed_and_none_beyond_the_plan(services):
    for clock, said in (
        (datetime(2021, 4, 30, 7, 58), "passed everywhere"),
        (datetime(2021, 7, 30), "62 days"),
    ):
        with pytest.raises(UsageError, match=said):
            give(services, clock, EVE)
    [oneoff] = posting.announce(services, "News", Whom(audiences=(Audience.INDIVIDUAL,)), ANA, EVE)
    [about] = [each for each in going.near(services, EVE) if each.row.action == oneoff.action]
    start = hours.start_of(services, datetime(2021, 5, 1, 13), ANA, own=False)
    with pytest.raises(UsageError, match="as soon as it is made"):
        hours.delay(services, about, start, ANA, EVE)
    over = NINE + timedelta(days=4)
    with pytest.raises(Overtaken, match="its time is over"):
        give(services, datetime(2021, 5, 6), over)


async def test_the_hour_goes_with_the_day_that_the_data_move(services):
    give(services, datetime(2021, 5, 1, 13), EVE)
    occurrence = services.store.plan.occurrence(1)
    services.store.plan.move(1, replace(occurrence, day=date(2021, 5, 4)), epoch(EVE))
    assert services.store.waves.starts(1) == {}
    give(services, datetime(2021, 5, 4, 13), EVE)
    services.store.waves.expire(epoch(EVE + timedelta(days=9)), None)
    assert services.store.waves.starts(1) == {}


def test_a_clock_that_jumps_keeps_the_hour_that_it_does_not_show(services):
    """02:30 in Berlin on the last Sunday of March is 03:30 there."""
    start = hours.start_of(services, datetime(2021, 3, 28, 2, 30), ANA, own=True)
    berlin = planner.dates.zone("Europe/Berlin")
    due = planner.started_due(from_epoch(0), start, 60, berlin, house.NO_QUIET)
    assert due.astimezone(berlin).isoformat() == "2021-03-28T03:30:00+02:00"
    assert planner.started_closes(start, timedelta(hours=12)) > due
