"""Every subscriber gets each occurrence exactly once, at the right local hour: in all zones, over
ten years, through every clock change, on the move.
"""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import house
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.jobs.planning import plan
from bot.model import ListedDates, YearlyDay

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
DAYS = st.dates(date(2018, 1, 2), date(2027, 12, 30))
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def due_rows(services) -> dict[int, int]:
    found = services.store.database.rows("SELECT recipient, due FROM delivery ORDER BY recipient")
    assert len(found) == len(dict(found)), "nobody has two rows"
    return dict(found)


def tick_through(
    services,
    day: date,
    at: dict[datetime, list] | None = None,
    step: timedelta = timedelta(minutes=30),
) -> None:
    """Tick from two days before to two days after `day`, with what else happens `at` an instant."""
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    end = now + timedelta(days=4, hours=12)
    events = sorted((at or {}).items())
    while now <= end:
        while events and events[0][0] <= now:
            for do in events.pop(0)[1]:
                do()
        plan.run(services, now)
        now += step


def expected(day: date, zone: str, minute: int) -> datetime:
    """RFC 5545 by the standard library alone: in a gap the offset before it, in a fold the
    first.
    """
    naive = datetime(day.year, day.month, day.day, minute // 60, minute % 60)
    return naive.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def year_day(services_day: date):
    return house.action(when=ListedDates(dates=(services_day,)), grace=timedelta(hours=12))


@SLOW
@given(
    day=DAYS,
    people=st.lists(
        st.tuples(st.sampled_from(ZONES), st.integers(0, 1439)), min_size=1, max_size=40
    ),
)
def test_everybody_is_met_once_at_the_wished_hour(day, people):
    with tempfile.TemporaryDirectory() as folder:
        services = house.services(Path(folder), house.campaign(year_day(day)))
        services.store.people.add(
            house.person(n, zone=zone, minute=minute) for n, (zone, minute) in enumerate(people)
        )
        tick_through(services, day)
        dues = due_rows(services)
        services.store.close()
    assert {n: datetime.fromtimestamp(due, UTC) for n, due in dues.items()} == {
        n: expected(day, zone, minute) for n, (zone, minute) in enumerate(people, start=1)
    }


@SLOW
@given(
    day=DAYS,
    first=st.tuples(st.sampled_from(ZONES), st.integers(0, 1439)),
    second=st.tuples(st.sampled_from(ZONES), st.integers(0, 1439)),
    after=st.integers(0, 4 * 48),
)
def test_who_moves_is_met_once_where_they_live_or_at_once_where_the_hour_has_passed(
    day, first, second, after
):
    moved = (
        datetime(day.year, day.month, day.day, tzinfo=UTC)
        - timedelta(days=2)
        + after * timedelta(minutes=30)
    )
    with tempfile.TemporaryDirectory() as folder:
        services = house.services(Path(folder), house.campaign(year_day(day)))
        services.store.people.add([house.person(1, zone=first[0], minute=first[1])])
        tick_through(services, day, {moved: [lambda: plan.move(services, 1, *second, moved)]})
        dues = due_rows(services)
        services.store.close()
    old, new = expected(day, *first), expected(day, *second)
    # The tick before the move has met everybody whose hour had come by then.
    met_before = old <= moved - timedelta(minutes=30)
    late_tick = moved - timedelta(minutes=30) < old <= moved
    wanted = {old} if met_before else {old, max(new, moved)} if late_tick else {max(new, moved)}
    assert set(dues) == {1}
    assert datetime.fromtimestamp(dues[1], UTC) in wanted


def test_ten_years_of_one_zone_with_clock_changes_keep_the_local_hour(tmp_path):
    services = house.services(
        tmp_path,
        house.campaign(house.action(when=YearlyDay(month=3, day=28), grace=timedelta(hours=6))),
    )
    services.store.people.add([house.person(1, zone="Europe/Berlin", minute=150)])
    for year in range(2018, 2028):
        tick_through(services, date(year, 3, 28), step=timedelta(hours=1))
    rows = services.store.database.rows("SELECT due FROM delivery ORDER BY due")
    services.store.close()
    local = [
        datetime.fromtimestamp(due, ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M")
        for (due,) in rows
    ]
    # In 2021 and 2027 the clocks went forward on that day at 02:00: 02:30 did not exist and became
    # 03:30.
    assert local == [
        f"{year}-03-28 {'03' if year in (2021, 2027) else '02'}:30" for year in range(2018, 2028)
    ]
