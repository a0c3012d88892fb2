"""Whether waves end in time: what staff and the log are told, from a day before they begin."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.jobs.broadcasts import offers
from bot.jobs.operations import needs
from bot.jobs.planning import in_time, plan, waves
from bot.jobs.staff import sheet
from bot.jobs.ticks import TICKS
from bot.model.outbox import Scope
from bot.rules.alerts import WaveTooLong
from bot.store.planning.counts import Counts
from bot.times import epoch

EVE = datetime(2021, 4, 30, 12, tzinfo=UTC)
NOON = datetime(2021, 5, 1, 9, tzinfo=UTC)
"""When the people in these tests want their message."""


def test_what_is_late_of_a_country_is_known_soon_after_it_is_held(services):
    """Nobody who asks then has to wait until all are counted."""
    counts, moment = services.store.counts, epoch(EVE)
    waves_job = next(tick for tick in TICKS if tick.name == "waves")
    assert waves_job.live <= 5
    asyncio.run(waves_job.do(services, EVE))
    assert not counts.is_due(moment + 59)
    assert counts.is_due(moment + 60)
    services.store.holds.put(Scope(country="CM"), moment)
    assert counts.is_due(moment)
    asyncio.run(waves_job.do(services, EVE))
    assert not counts.is_due(moment)


@pytest.fixture
def services(tmp_path):
    """A hundred and twenty people, of whom 70 can be reached within a grace of two hours."""
    services = house.services(
        tmp_path,
        house.campaign(house.action(grace=timedelta(hours=2))),
        channels=(house.channel(per_second=0.01),),
    )
    services.store.people.add([house.person(n) for n in range(120)])
    yield services
    services.store.close()


def open_alarms(services):
    return [a for a in services.store.alerts.current() if a.kind == WaveTooLong.kind]


async def test_staff_hear_a_day_before_of_a_wave_that_cannot_end_in_time(services):
    plan.run(services, EVE)
    await in_time.run(services, EVE)
    [alarm] = open_alarms(services)
    assert alarm.subject == "trees/deed 2021-05-01 telegram"
    assert alarm.detail == {
        "campaign": "trees",
        "action": "deed",
        "day": "2021-05-01",
        "channel": "telegram",
        "messages": 120,
        "late": 50,
        "expires": int((NOON + timedelta(hours=2)).timestamp()),
    }
    assert alarm.text.startswith(
        "deed of 2021-05-01 on telegram: 50 of 120 messages can't leave within their grace, which"
        " ends at 2021-05-01 11:00 UTC"
    )
    waiting = needs.rows(services.settings, services.store, {}, EVE)
    assert [need.text for need in waiting] == [alarm.text]


async def test_the_alarm_ends_when_all_can_leave_in_time(services):
    plan.run(services, EVE)
    await in_time.run(services, EVE)
    services.store.holds.put(Scope(channel="telegram"), 0)
    await in_time.run(services, EVE)
    assert open_alarms(services) == []


async def test_what_has_fanned_out_in_part_is_counted_once(services, monkeypatch):
    plan.run(services, EVE)
    monkeypatch.setattr("bot.store.planning.plan.STEP_ROWS", 50)
    services.store.plan.fan_out(int(NOON.timestamp()))
    coming = list(waves.to_come(services.settings, services.store, {}, NOON))
    assert 0 < sum(wave.total for wave in coming) < 120
    [day] = waves.days(services.settings, services.store, {}, NOON, coming)
    assert (day.left, day.late, day.begins) == (120, 50, int(NOON.timestamp()))


async def test_one_count_serves_all_who_ask_for_two_minutes(services, monkeypatch):
    plan.run(services, EVE)
    await in_time.run(services, EVE)
    counted = []
    steps = Counts.steps
    monkeypatch.setattr(Counts, "steps", lambda *given: counted.append(1) or steps(*given))
    later = EVE + timedelta(seconds=119)
    await offers.counting(services, later)
    assert sheet.make(services, EVE.date() + timedelta(days=1), later)["waves"][0]["left"] == 120
    assert len(list(waves.to_come(services.settings, services.store, {}, later))) == 1
    assert counted == []
    await offers.counting(services, EVE + timedelta(seconds=120))
    assert counted == [1]
    services.store.holds.put(Scope(country="CM"), 0)
    await offers.counting(services, EVE + timedelta(seconds=121))
    assert counted == [1, 1], "whom a country's hold keeps back is counted"


async def test_waves_are_counted_in_steps_that_each_read_a_few_rows(services, monkeypatch):
    monkeypatch.setattr("bot.store.planning.counts.STEP", 50)
    plan.run(services, EVE)
    assert len(list(services.store.counts.steps(int(EVE.timestamp())))) == 3
    [(_, people)] = services.store.counts.now(int(EVE.timestamp())).coming
    assert people == 120
    noon = int(NOON.timestamp())
    plan.run(services, NOON)
    services.store.outbox.claim(1, noon, 30, services.store.holds.current())
    services.store.database.execute("UPDATE person SET country = 'CM' WHERE id <= 70")
    services.store.holds.put(Scope(country="CM"), 0)
    # ninety that wait in two steps, thirty in flight in one
    assert len(list(services.store.counts.steps(noon))) == 3
    [fanned] = services.store.counts.now(noon).fanned
    assert (fanned.total, fanned.free, fanned.flying) == (120, 50, 30)
    assert services.store.counts.now(noon).broadcast(1, 1) == (90, 90)


async def test_a_channel_that_is_dry_or_held_raises_no_alarm(services):
    plan.run(services, EVE)
    dry = {"telegram": "no secret"}
    assert list(waves.to_come(services.settings, services.store, dry, EVE)) == []
    services.store.holds.put(Scope(action="deed"), 0)
    [held] = waves.to_come(services.settings, services.store, {}, EVE)
    assert (held.total, held.free) == (120, 0)
    [day] = waves.days(services.settings, services.store, {}, EVE, [held])
    assert (day.left, day.held, day.late, day.ends) == (120, 120, 0, None)


async def test_waves_to_come_queue_behind_each_other_on_one_account(tmp_path):
    services = house.services(
        tmp_path,
        house.campaign(house.action("first"), house.action("second")),
        channels=(house.channel(per_second=1),),
    )
    services.store.people.add([house.person(n) for n in range(600)])
    plan.run(services, EVE)
    coming = waves.to_come(services.settings, services.store, {}, EVE)
    days = waves.days(services.settings, services.store, {}, EVE, coming)
    begins = int(NOON.timestamp())
    assert [(day.action, day.begins) for day in days] == [("first", begins), ("second", begins)]
    assert sorted(day.ends - begins for day in days) == pytest.approx([600, 1200], abs=30)
    services.store.close()


async def test_the_log_says_once_when_waves_begin_and_are_over(services, caplog):
    caplog.set_level(logging.INFO, logger="bot.jobs.planning.in_time")
    plan.run(services, EVE)
    assert await in_time.run(services, EVE) == 0
    assert caplog.messages == []
    plan.run(services, NOON)
    assert await in_time.run(services, NOON) == 1
    assert await in_time.run(services, NOON) == 1
    [begun] = caplog.messages
    assert begun == (
        "waves begin: trees/deed 2021-05-01 telegram, 120 messages, the last leaves about"
        " 2021-05-01 11:00 UTC, 50 can't leave in time"
    )
    assert await in_time.run(services, NOON + timedelta(hours=3)) == 0
    assert caplog.messages[1:] == [
        "waves over: nothing of trees/deed 2021-05-01 telegram waits any more"
    ]
    assert open_alarms(services) == []
