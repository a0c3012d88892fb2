"""What staff are asked about a broadcast that may leave faster for a price, and what they decide."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest

from bot import networks
from bot.errors import UsageError
from bot.jobs.broadcasts import offers, skipping
from bot.jobs.counting import cost
from bot.jobs.planning import plan, waves
from bot.model import State
from bot.model.outbox.broadcasts import Pace
from bot.model.staff import Actor
from bot.model.who import Who
from bot.rules.pacing import Pacer
from bot.times import epoch

EVE = datetime(2021, 4, 30, 12, tzinfo=UTC)
"""The day before, on which waves are open and nothing has left."""

ANA = Actor("Ana")


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(people, **keys):
        channel = replace(house.channel(network="telegram"), **{"paid_broadcast": True, **keys})
        made = house.services(tmp_path, house.campaign(house.action()), channels=(channel,))
        opened.append(made)
        made.store.people.add(house.person(n) for n in range(people))
        plan.run(made, EVE)
        return made

    yield build
    for services in opened:
        services.store.close()


async def test_staff_are_told_the_price_before_it_begins_and_once(make):
    services = make(1_900)
    assert await offers.run(services, EVE) == 1
    assert await offers.run(services, EVE + timedelta(minutes=1)) == 0
    [alarm] = services.store.alerts.current()
    assert (alarm.kind, alarm.subject) == ("broadcast", "1-1")
    assert alarm.detail["price"] == 190.0
    assert alarm.detail["usd"] == 2.68
    assert (alarm.detail["minutes_free"], alarm.detail["minutes_paid"]) == (2, 1)
    assert "at most 190.0 Stars ($2.68)" in alarm.text
    [line] = offers.listed(services.settings, services.store, EVE)
    assert (line.id, line.pace, line.messages, line.paid, line.by) == (
        "1-1",
        "asked",
        1_900,
        0,
        None,
    )


@pytest.mark.parametrize(("people", "keys"), [(1_800, {}), (1_900, {"paid_broadcast": False})])
async def test_nobody_is_asked_about_what_leaves_within_a_minute_or_may_not_be_paid_for(
    make, people, keys
):
    services = make(people, **keys)
    assert await offers.run(services, EVE) == 0
    assert services.store.alerts.current() == []
    assert offers.listed(services.settings, services.store, EVE) == []


async def test_what_was_too_small_to_ask_about_is_asked_about_once_it_grows(make):
    services = make(1_000)
    assert await offers.run(services, EVE) == 0
    services.store.people.add(house.person(n) for n in range(1_000, 1_900))
    assert await offers.run(services, EVE + timedelta(minutes=1)) == 0, "counted a minute ago"
    assert await offers.run(services, EVE + timedelta(minutes=3)) == 1
    [line] = offers.listed(services.settings, services.store, EVE)
    assert (line.pace, line.messages) == ("asked", 1_900)
    assert await offers.run(services, EVE + timedelta(minutes=6)) == 0


async def test_what_nobody_answered_is_over_with_its_day(make):
    services = make(1_900)
    await offers.run(services, EVE)
    await offers.run(services, EVE + timedelta(days=4))
    assert services.store.alerts.current() == []
    assert services.store.broadcasts.find(1, 1).pace is Pace.FREE


async def test_a_question_stands_while_messages_wait_and_no_longer(make):
    services = make(1_900)
    await offers.run(services, EVE)
    nine = EVE + timedelta(hours=21)
    plan.run(services, nine)
    await offers.run(services, nine)
    assert services.store.broadcasts.find(1, 1).pace is Pace.ASKED
    services.store.database.execute(f"UPDATE delivery SET state = {State.SENT:d}")
    await offers.run(services, nine)
    assert services.store.broadcasts.find(1, 1).pace is Pace.FREE


async def test_the_name_of_who_decided_goes_when_they_are_forgotten(make):
    services = make(1_900)
    await offers.run(services, EVE)
    offers.free(services, "1-1", Actor.staff("77"), EVE)
    services.store.broadcasts.forget(Who(person=None, channel=1, address="77"), epoch(EVE))
    broadcast = services.store.broadcasts.find(1, 1)
    assert (broadcast.pace, "77" in broadcast.by) == (Pace.FREE, False)


async def test_staff_are_asked_anew_when_the_day_moves(make):
    services = make(1_900)
    await offers.run(services, EVE)
    skipping.cancel(services, "1-1", ANA, EVE)
    occurrence = services.store.plan.occurrence(1)
    later = replace(occurrence, day=occurrence.day + timedelta(days=3))
    services.store.plan.move(1, later, epoch(EVE))
    assert services.store.broadcasts.find(1, 1) is None
    eve = EVE + timedelta(days=3)
    plan.open_waves(services, eve)
    await offers.run(services, eve)
    assert services.store.broadcasts.find(1, 1).pace is Pace.ASKED


async def test_who_decides_is_kept_and_ends_the_question(make):
    services = make(1_900)
    await offers.run(services, EVE)
    assert "1,900 messages, at most 190.0 Stars" in offers.pay(services, "1-1", ANA, EVE)
    assert services.store.alerts.current() == []
    assert services.store.broadcasts.find(1, 1).by == ANA
    assert offers.free(services, "1-1", ANA, EVE) == "deed on telegram leaves at the free pace"
    assert services.store.broadcasts.find(1, 1).pace is Pace.FREE


async def test_two_broadcasts_never_share_the_room_below_the_ceiling(make):
    services = make(1_900, ceiling=4.0)
    await offers.run(services, EVE)
    other = services.store.plan.add(
        replace(services.store.plan.occurrence(1), action="other", day=EVE.date())
    )
    services.store.broadcasts.put(other, 1, Pace.PAID, 1_900, 1_900, 0)
    with pytest.raises(UsageError, match="leaves room for 936 messages"):
        offers.pay(services, "1-1", ANA, EVE)
    assert cost.affordable(services, services.settings.channels["telegram"], "paid_message", EVE)


async def test_what_is_over_takes_no_room_below_the_ceiling(make):
    services = make(1_900, ceiling=4.0)
    await offers.run(services, EVE)
    past = replace(services.store.plan.occurrence(1), action="past", day=date(2021, 4, 1))
    services.store.broadcasts.put(services.store.plan.add(past), 1, Pace.PAID, 1_900, 1_900, 0)
    assert offers.pay(services, "1-1", ANA, EVE).startswith("paid for")


async def test_what_is_cancelled_before_it_begins_is_no_wave_to_come(make):
    services = make(1_900)
    await offers.run(services, EVE)
    waves = services.store.plan.coming
    assert [wave.action for wave in waves(epoch(EVE))] == ["deed"]
    skipping.cancel(services, "1-1", ANA, EVE)
    assert waves(epoch(EVE)) == []


async def test_what_is_paid_for_ends_as_fast_as_it_is_paid(make):
    services = make(1_900)
    await offers.run(services, EVE)

    def lasts():
        coming = list(waves.to_come(services.settings, services.store, {}, EVE))
        [day] = waves.days(services.settings, services.store, {}, EVE, coming)
        return day.ends - day.begins

    assert 60 < lasts() < 70
    offers.pay(services, "1-1", ANA, EVE)
    assert 0 < lasts() < 3
    offers.free(services, "1-1", ANA, EVE)
    assert 60 < lasts() < 70


async def test_who_moves_gets_nothing_of_a_broadcast_that_is_cancelled(make):
    services = make(1_900)
    people = services.store.people
    people.add([house.person(2_000, minute=20 * 60)])
    nine = EVE + timedelta(hours=21)
    plan.run(services, nine)
    await offers.run(services, nine)
    assert "1,900 messages that waited" in skipping.cancel(services, "1-1", ANA, nine, alone=True)
    evening = people.find(1, house.person(2_000).address)
    plan.move(services, evening, "UTC", 9 * 60, nine)
    plan.run(services, nine + timedelta(hours=12))
    assert services.store.listing.counts() == {State.CANCELLED: 1_900}


@pytest.mark.parametrize("ref", ["", "1", "2-1", "1-1-0", "x-1", "1" * 30 + "-1"])
async def test_an_id_that_means_no_broadcast_is_told_so(make, ref):
    services = make(1)
    with pytest.raises(UsageError, match="no such broadcast"):
        offers.pay(services, ref, ANA, EVE)


# what a channel's table may say


@pytest.mark.parametrize(
    ("network", "keys", "words"),
    [
        ("x", {"nudges": False, "paid_broadcast": True}, "paid_broadcast: x sells no faster pace"),
        ("telegram", {"per_second": 1_000.0}, "with paid_broadcast = true"),
        ("telegram", {"per_second": 1_001.0, "paid_broadcast": True}, "per_second = 1000 or less"),
        (
            "mastodon",
            {"nudges": False, "per_second": 99.0, "base_url": "https://m.example"},
            "granted_per_second",
        ),
    ],
)
def test_a_pace_that_the_account_may_not_have_is_a_problem(network, keys, words):
    channel = replace(house.channel(network=network), **keys)
    [problem] = networks.problems([channel], "config.toml")
    assert words in str(problem)


@pytest.mark.parametrize("keys", [{}, {"per_second": 30.0}, {"paid_broadcast": True}])
def test_a_pace_that_it_may_have_is_none(keys):
    channel = replace(house.channel(network="telegram"), **keys)
    assert networks.problems([channel], "config.toml") == []


# the pace


def test_what_left_at_another_limit_still_counts():
    pacer = Pacer(1_000.0, now=0.0)
    for _ in range(100):
        pacer.take(1, 1.0)
        pacer.left(1.0)
    pacer.change(30.0, now=1.1)
    assert pacer.allowed(1.5) == 0, "100 left within the second"
    assert pacer.allowed(2.2) > 0
    assert pacer.limit == 30.0


def test_replies_keep_their_own_limit_beside_what_is_paid_for():
    pacer = Pacer(30.0, now=0.0, reserve=3)
    pacer.change(1_000.0, now=0.0, replies=30.0)
    left = 0
    while pacer.reply(1.0) == 0.0:
        pacer.answered(1.0)
        left += 1
    assert left == 30
    taken = 0
    for step in range(20):
        now = 1.0 + step * 0.05
        n = pacer.allowed(now)
        pacer.take(n, now)
        for _ in range(n):
            pacer.left(now)
        taken += n
    assert 900 < taken <= 970, "what is left of 1,000 beside the replies"
