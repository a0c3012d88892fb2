"""The job `history`: what is over is counted; what is old is pruned, once staff have had a day."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import house
import pytest

from bot.config import Privacy
from bot.jobs.people import history
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.ticks import TICKS
from bot.model import State
from bot.model.outbox import Result
from bot.rules.alerts import PruningBegins
from bot.store.tally import Stage
from bot.times import epoch

DAY = datetime(2021, 5, 1, 9, tzinfo=UTC)
OVER = DAY + timedelta(days=4)
OLD = DAY + timedelta(days=410)
PEOPLE = 5


@pytest.fixture
def services(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "PAUSE", 0)
    made = house.services(tmp_path, house.campaign(house.action(post=True)))
    made.store.people.add([house.person(n) for n in range(PEOPLE)])
    yield made
    made.store.close()


async def sent(services) -> None:
    """The day's post and nudges, as they leave."""
    plan.run(services, DAY)
    dispatcher = Dispatcher(services, "telegram", DAY)
    for second in range(5):
        await dispatcher.step(DAY + timedelta(seconds=second))
        await asyncio.sleep(0)
    await dispatcher.close(DAY + timedelta(seconds=5))
    assert services.store.listing.counts() == {State.SENT: PEOPLE + 1}


def kept_for(services, days: int):
    privacy = Privacy(controller="-", contact="-", retention=365, url=None, deliveries=days)
    return replace(services, settings=replace(services.settings, privacy=privacy))


def rows(services) -> list[tuple[object, ...]]:
    return services.store.database.rows("SELECT * FROM delivery ORDER BY 1, 2, 3")


def alarms(services) -> list[PruningBegins]:
    return [a for a in services.store.alerts.current() if a.kind == PruningBegins.kind]


async def test_a_day_that_is_over_is_counted_and_no_sooner(services):
    await sent(services)
    for moment, stage in ((DAY + timedelta(hours=1), Stage.OPEN), (OVER, Stage.COUNTED)):
        await history.run(services, moment)
        assert Stage(services.store.database.value("SELECT stage FROM occurrence")) is stage
    assert len(rows(services)) == PEOPLE + 1
    assert services.store.listing.counts() == {State.SENT: PEOPLE + 1}


async def test_staff_are_told_how_many_and_have_a_day(services):
    await sent(services)
    assert await history.run(services, OLD) == 0
    [alarm] = alarms(services)
    assert f"up to {PEOPLE} rows" in alarm.text
    assert len(rows(services)) == PEOPLE + 1
    assert await history.run(services, OLD + timedelta(hours=23)) == 0
    assert await history.run(services, OLD + timedelta(hours=24)) == PEOPLE
    assert len(rows(services)) == 1, "the post stays"
    assert alarms(services) == []
    assert services.store.listing.counts() == {State.SENT: PEOPLE + 1}


async def test_who_wants_it_sooner_than_before_is_told_again(services):
    await sent(services)
    await history.run(services, DAY + timedelta(days=200))
    assert alarms(services) == []
    assert await history.run(kept_for(services, 500), OLD + timedelta(days=100)) == 0
    await history.run(kept_for(services, 500), OLD + timedelta(days=101))
    assert len(rows(services)) == 1
    await sent_again(services)
    sooner = kept_for(services, 100)
    assert await history.run(sooner, OLD + timedelta(days=102)) == 0
    assert len(alarms(services)) == 1
    assert await history.run(sooner, OLD + timedelta(days=103)) == 1


async def sent_again(services) -> None:
    """A note that ended two hundred days ago."""
    number = services.store.database.value("SELECT id FROM occurrence")
    moment = epoch(DAY + timedelta(days=200))
    assert services.store.intake.add_note(number, 1, 1, moment, moment + 60)
    claimed = services.store.outbox.claim(1, moment, 1, services.store.holds.current())
    services.store.outbox.settle([Result(claimed[0], State.SENT)], moment)


async def test_what_is_kept_for_good_is_never_pruned_and_told_anew_when_it_is_to_be(services):
    await sent(services)
    await history.run(services, OLD)
    ever = kept_for(services, 0)
    assert await history.run(ever, OLD + timedelta(days=2)) == 0
    assert alarms(services) == []
    assert await history.run(services, OLD + timedelta(days=3)) == 0
    assert len(alarms(services)) == 1


async def test_pruning_stops_where_the_clock_is_no_longer_believed(services):
    await sent(services)
    await history.run(services, OLD)
    unsure = replace(services, steady=lambda: False)
    await history.run(unsure, OLD + timedelta(days=2))
    tick = next(tick for tick in TICKS if tick.name == "history")
    assert tick.final
    before = rows(services)
    await tick.do(unsure, OLD + timedelta(days=3))
    assert rows(services) == before


async def test_a_round_that_lasts_too_long_ends_and_the_next_one_goes_on(services, monkeypatch):
    await sent(services)
    await history.run(services, OLD)
    by_twos = partial(services.store.history.prune, step=2)
    monkeypatch.setattr(services.store.history, "prune", by_twos)
    with monkeypatch.context() as short:
        short.setattr(history, "ROUND", 0.0)
        assert await history.run(services, OLD + timedelta(days=1)) == 1, "beside the post"
    assert await history.run(services, OLD + timedelta(days=1, hours=1)) == PEOPLE - 1
    assert services.store.listing.counts() == {State.SENT: PEOPLE + 1}


async def test_nothing_is_planned_anew_for_who_moves_joins_or_stays(services):
    await sent(services)
    await history.run(services, OLD)
    await history.run(services, OLD + timedelta(days=1))
    left = rows(services)
    assert len(left) == 1
    services.store.people.add([house.person(9, zone="Asia/Tokyo", minute=8 * 60)])
    for days in (0, 1):
        # the same days again, by a clock that a person set back, and by today's
        for now in (DAY + timedelta(days=3 + days), OLD + timedelta(days=2 + days)):
            plan.run(replace(services, mark=f"edited {days}"), now)
            plan.move(services, 1, "Pacific/Honolulu", 10 * 60 + days, now)
    this_year = {row for row in rows(services) if row[5] < epoch(OLD)}
    assert this_year == set(left)
