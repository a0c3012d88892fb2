"""Planning: from data and subscribers to rows, once and at the right instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import house
import pytest
from helpers import no_descriptors

from bot.errors import OutOfResources
from bot.jobs.planning import plan
from bot.model import Audience, State, YearlyDay
from bot.model.person import BadZone, Status
from bot.rules import dates

pytestmark = pytest.mark.both


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rows(services):
    return services.store.database.rows(
        "SELECT occurrence, channel, recipient, state, due, expires FROM delivery ORDER BY 1, 2, 3"
    )


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*args, **kwargs):
        opened.append(house.services(tmp_path, *args, **kwargs))
        return opened[-1]

    yield build
    for services in opened:
        services.store.close()


def play(services, start: datetime, end: datetime, step: timedelta = timedelta(minutes=15)) -> None:
    now = start
    while now <= end:
        plan.run(services, now)
        now += step


def test_a_nudge_is_due_at_the_wished_local_minute(make):
    services = make(house.campaign(house.action()))
    services.store.people.add([house.person(zone="America/New_York", minute=8 * 60 + 30)])
    play(services, at("2021-04-29T00:00"), at("2021-05-02T12:00"))
    [(_, _, _, state, due, expires)] = rows(services)
    assert (
        datetime.fromtimestamp(due, ZoneInfo("America/New_York")).isoformat()
        == "2021-05-01T08:30:00-04:00"
    )
    assert expires - due == 12 * 3600
    assert state == State.QUEUED


def test_planning_twice_changes_nothing(make):
    services = make(house.campaign(house.action(post=True)))
    services.store.people.add([house.person(n) for n in range(5)])
    for _ in range(3):
        plan.run(services, at("2021-05-01T09:00"))
    assert len(rows(services)) == 6


def test_what_is_past_its_grace_makes_no_row(make):
    services = make(house.campaign(house.action(post=True, grace=timedelta(hours=2))))
    services.store.people.add([house.person()])
    plan.run(services, at("2021-05-01T11:00"))
    assert rows(services) == []


def test_what_is_late_but_within_its_grace_goes_out(make):
    services = make(house.campaign(house.action(post=True, grace=timedelta(hours=3))))
    services.store.people.add([house.person()])
    plan.run(services, at("2021-05-01T11:00"))
    assert [row[3] for row in rows(services)] == [State.QUEUED, State.QUEUED]


def test_who_joins_after_the_hour_gets_nothing_of_that_day(make):
    services = make(house.campaign(house.action()))
    services.store.people.add(
        [house.person(1), house.person(2, joined=int(at("2021-05-01T09:01").timestamp()))]
    )
    plan.run(services, at("2021-05-01T09:05"))
    assert [row[2] for row in rows(services)] == [1]


def test_a_newcomer_at_a_new_place_is_met_the_same_day(make):
    services = make(house.campaign(house.action()))
    services.store.people.add([house.person(1)])
    plan.run(services, at("2021-05-01T08:00"))
    services.store.people.add(
        [house.person(2, minute=12 * 60, joined=int(at("2021-05-01T08:30").timestamp()))]
    )
    play(services, at("2021-05-01T09:00"), at("2021-05-01T13:00"))
    assert [row[2] for row in rows(services)] == [1, 2]


def test_only_named_days_for_those_who_want_only_these(make):
    named = house.action("named", observance="tree-day")
    month = house.action("month", when=YearlyDay(month=5, day=10))
    services = make(house.campaign(named, month))
    services.store.people.add([house.person(1, named_only=True), house.person(2)])
    play(services, at("2021-04-30T00:00"), at("2021-05-11T12:00"), timedelta(hours=3))
    names = dict(services.store.database.rows("SELECT id, action FROM occurrence"))
    assert sorted((names[row[0]], row[2]) for row in rows(services)) == [
        ("month", 2),
        ("named", 1),
        ("named", 2),
    ]


def test_who_has_no_named_days_hears_everything_whatever_was_chosen(make):
    organization = (Audience.ORGANIZATION,)
    named = house.action("named", observance="tree-day")
    prompt = house.action("prompt", when=YearlyDay(month=5, day=10), audiences=organization)
    services = make(house.campaign(named, prompt))
    services.store.people.add(
        [
            house.person(1, named_only=True, audience=Audience.ORGANIZATION),
            house.person(2, named_only=True),
        ]
    )
    play(services, at("2021-04-30T00:00"), at("2021-05-11T12:00"), timedelta(hours=3))
    names = dict(services.store.database.rows("SELECT id, action FROM occurrence"))
    assert sorted((names[row[0]], row[2]) for row in rows(services)) == [
        ("named", 2),
        ("prompt", 1),
    ]


@pytest.mark.parametrize("status", [Status.STOPPED, Status.PAUSED, Status.BLOCKED])
def test_who_does_not_want_to_be_met_gets_no_row(make, status):
    services = make(house.campaign(house.action()))
    services.store.people.add([house.person(1), house.person(2)])
    services.store.people.mark([1], status)
    plan.run(services, at("2021-05-01T09:00"))
    assert [row[2] for row in rows(services)] == [2]


def test_each_audience_gets_its_own_occurrence_and_the_post_goes_out_once(make):
    services = make(
        house.campaign(house.action(audiences=(Audience.REGION, Audience.COUNTRY), post=True))
    )
    services.store.people.add(
        [
            house.person(1, audience=Audience.REGION),
            house.person(2, audience=Audience.COUNTRY),
            house.person(3),
        ]
    )
    plan.run(services, at("2021-05-01T09:00"))
    assert sorted(row[2] for row in rows(services)) == [0, 1, 2]


def test_a_bad_zone_is_reported_and_stops_nobody_else(make):
    services = make(house.campaign(house.action()))
    services.store.people.add([house.person(1, zone="Mars/Olympus"), house.person(2)])
    plan.run(services, at("2021-05-01T09:00"))
    assert [row[2] for row in rows(services)] == [2]
    assert services.store.people.problems() == [
        BadZone(zone="Mars/Olympus", problem="unknown time zone 'Mars/Olympus'", people=1)
    ]
    assert [alert.kind for alert in services.store.alerts.current()] == ["zone"]


@pytest.mark.sqlite
def test_a_zone_that_cant_be_opened_for_want_of_descriptors_is_no_unknown_zone(make):
    services = make(house.campaign(house.action()))
    services.store.people.add([house.person(1, zone="Pacific/Pitcairn")])
    ZoneInfo("Pacific/Fiji")
    dates.zone.cache_clear()
    ZoneInfo.clear_cache()
    with (
        no_descriptors(),
        pytest.raises(OutOfResources, match="Pacific/Pitcairn can't be read now"),
    ):
        plan.run(services, at("2021-05-01T09:00"))
    assert services.store.people.problems() == []
    plan.run(services, at("2021-05-01T17:00"))
    assert [row[2] for row in rows(services)] == [1]


def test_quiet_hours_move_the_wish_to_their_end_on_the_same_day(make):
    services = make(house.campaign(house.action()), quiet=house.NIGHT)
    services.store.people.add([house.person(1, minute=23 * 60), house.person(2, minute=3 * 60)])
    play(services, at("2021-04-30T00:00"), at("2021-05-01T12:00"))
    assert {datetime.fromtimestamp(row[4], UTC).isoformat() for row in rows(services)} == {
        "2021-05-01T08:00:00+00:00"
    }


def test_moving_where_the_hour_has_passed_gives_it_now_and_once(make):
    services = make(house.campaign(house.action(grace=timedelta(hours=2))))
    services.store.people.add(
        [house.person(1, zone="America/Los_Angeles"), house.person(2, zone="Asia/Tokyo")]
    )
    play(services, at("2021-04-29T12:00"), at("2021-05-01T10:00"))
    plan.move(services, 1, "Asia/Tokyo", 9 * 60, at("2021-05-01T10:00"))
    play(services, at("2021-05-01T10:00"), at("2021-05-03T00:00"))
    assert [(row[2], row[4]) for row in rows(services)] == [
        (1, int(at("2021-05-01T10:00").timestamp())),
        (2, int(at("2021-05-01T00:00").timestamp())),
    ]


def test_moving_to_where_the_hour_is_to_come_after_having_got_it_gives_nothing_twice(make):
    services = make(house.campaign(house.action()))
    services.store.people.add([house.person(1, zone="Asia/Tokyo")])
    play(services, at("2021-04-29T12:00"), at("2021-05-01T01:00"))
    plan.move(services, 1, "America/Los_Angeles", 9 * 60, at("2021-05-01T01:00"))
    play(services, at("2021-05-01T01:00"), at("2021-05-03T00:00"))
    assert len(rows(services)) == 1


@pytest.mark.parametrize(("joined", "nudges"), [("05:59", 1), ("06:00", 1), ("06:01", 0)])
def test_who_says_where_they_live_gets_nothing_that_was_due_there_before_they_joined(
    make, joined, nudges
):
    """They were shown it when they joined."""
    services = make(house.campaign(house.action()))
    play(services, at("2021-04-29T12:00"), at("2021-05-01T06:00"))
    instant = int(at(f"2021-05-01T{joined}").timestamp())
    services.store.people.add([house.person(1, joined=instant)])
    plan.move(services, 1, "Africa/Nairobi", 9 * 60, at("2021-05-01T06:10"))
    play(services, at("2021-05-01T06:10"), at("2021-05-03T00:00"))
    assert len(rows(services)) == nudges


def test_an_edit_moves_what_has_not_begun(make):
    first = house.action(post=True)
    services = make(house.campaign(first))
    services.store.people.add([house.person()])
    plan.run(services, at("2021-04-20T00:00"))
    moved = house.campaign(replace(first, when=YearlyDay(month=5, day=3)))
    services = replace(services, active=(moved,), mark="edited")
    changes = plan.diff(services, at("2021-04-20T01:00"))
    assert [(p.occurrence.day.day, o.day.day) for p, o in changes.move] == [(1, 3)]
    play(services, at("2021-04-20T01:00"), at("2021-05-04T00:00"), timedelta(hours=1))
    assert [datetime.fromtimestamp(row[4], UTC).isoformat() for row in rows(services)] == [
        "2021-05-03T09:00:00+00:00"
    ] * 2


def test_an_edit_cancels_what_is_taken_out(make):
    first, second = (
        house.action(post=True),
        house.action("other", post=True, when=YearlyDay(month=5, day=5)),
    )
    services = make(house.campaign(first, second))
    plan.run(services, at("2021-04-20T00:00"))
    services = replace(services, active=(house.campaign(second),), mark="edited")
    plan.run(services, at("2021-04-20T01:00"))
    states = dict(
        services.store.database.rows(
            "SELECT o.action, d.state FROM delivery d JOIN occurrence o ON o.id = d.occurrence"
        )
    )
    assert states == {"deed": State.CANCELLED, "other": State.PLANNED}


def test_what_has_begun_stays_as_it_was(make):
    first = house.action(post=True)
    services = make(house.campaign(first))
    plan.run(services, at("2021-04-30T12:00"))
    services = replace(services, active=(), mark="edited")
    changes = plan.diff(services, at("2021-04-30T12:30"))
    assert (changes.cancel, [p.occurrence.action for p, _ in changes.keep]) == ((), ["deed"])


def test_a_channel_that_needs_review_starts_awaiting(make):
    services = make(
        house.campaign(house.action(post=True)),
        channels=(house.channel(), house.channel("x", review=True)),
    )
    plan.run(services, at("2021-04-30T00:00"))
    assert [row[3] for row in rows(services)] == [State.PLANNED, State.AWAITING_APPROVAL]


def test_a_yielding_campaign_is_silent_on_the_others_observance(make):
    act = house.action("day", observance="tree-day", post=True)
    other = house.campaign(
        replace(act, campaign="woods"), campaign_id="woods", yields_to=("trees",)
    )
    services = make(house.campaign(act), other)
    plan.run(services, at("2021-04-30T00:00"))
    assert services.store.database.rows("SELECT campaign FROM occurrence") == [("trees",)]
