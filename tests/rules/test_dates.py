"""Real days listed by year, real gaps and folds, and every zone there is over ten years."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import EasterOffset, ListedDates, NthWeekday, QuietHours, YearlyDay
from bot.rules.dates import days, instant, quiet_end, waking_minute

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
NIGHT = QuietHours(start=21 * 60, end=8 * 60)
ZONES = sorted(available_timezones())

zones = st.sampled_from(ZONES).map(ZoneInfo)
decade = st.dates(date(2019, 1, 1), date(2029, 12, 31))
minutes = st.integers(0, 1439)
quiet_hours = st.builds(QuietHours, start=minutes, end=minutes)
instants = st.datetimes(datetime(2019, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)).map(
    lambda t: t.replace(second=0, microsecond=0)
)


def local(moment, zone):
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def whole(year):
    return date(year, 1, 1), date(year, 12, 31)


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (2019, "04-21"),
        (2020, "04-12"),
        (2021, "04-04"),
        (2022, "04-17"),
        (2023, "04-09"),
        (2024, "03-31"),
        (2025, "04-20"),
        (2026, "04-05"),
        (2027, "03-28"),
        (2028, "04-16"),
        (2029, "04-01"),
        (2030, "04-21"),
    ],
)
def test_easter_and_the_days_counted_from_it(year, easter):
    sunday = date.fromisoformat(f"{year}-{easter}")
    assert days(EasterOffset(days=0), *whole(year)) == [sunday]
    assert days(EasterOffset(days=-2), *whole(year)) == [sunday - timedelta(days=2)]
    assert days(EasterOffset(days=49), *whole(year)) == [sunday + timedelta(days=49)]


def test_an_offset_from_easter_may_reach_into_the_neighbouring_year():
    assert days(EasterOffset(days=-100), *whole(2020)) == [date(2020, 1, 3), date(2020, 12, 25)]
    assert days(EasterOffset(days=-100), *whole(2021)) == []
    assert days(EasterOffset(days=270), *whole(2021)) == [date(2021, 1, 7), date(2021, 12, 30)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # World Fair Trade Day: the second Saturday of May
        (
            NthWeekday(month=5, nth=2, weekday=SATURDAY),
            ["2019-05-11", "2020-05-09", "2021-05-08", "2022-05-14", "2023-05-13", "2024-05-11"],
        ),
        # Thanksgiving in the United States: the fourth Thursday of November
        (
            NthWeekday(month=11, nth=4, weekday=THURSDAY),
            ["2019-11-28", "2020-11-26", "2021-11-25", "2022-11-24", "2023-11-23", "2024-11-28"],
        ),
        # Memorial Day in the United States: the last Monday of May
        (
            NthWeekday(month=5, nth=-1, weekday=MONDAY),
            ["2019-05-27", "2020-05-25", "2021-05-31", "2022-05-30", "2023-05-29", "2024-05-27"],
        ),
        # World Habitat Day: the first Monday of October
        (
            NthWeekday(month=10, nth=1, weekday=MONDAY),
            ["2019-10-07", "2020-10-05", "2021-10-04", "2022-10-03", "2023-10-02", "2024-10-07"],
        ),
        # the last and the last but one Sunday of December, where the month ends the year
        (
            NthWeekday(month=12, nth=-1, weekday=SUNDAY),
            ["2019-12-29", "2020-12-27", "2021-12-26", "2022-12-25", "2023-12-31", "2024-12-29"],
        ),
        (
            NthWeekday(month=12, nth=-2, weekday=SUNDAY),
            ["2019-12-22", "2020-12-20", "2021-12-19", "2022-12-18", "2023-12-24", "2024-12-22"],
        ),
    ],
)
def test_nth_weekdays_of_six_years(rule, expected):
    assert [day.isoformat() for day in days(rule, date(2019, 1, 1), date(2024, 12, 31))] == expected


def test_a_fifth_weekday_is_left_out_where_the_month_has_only_four():
    fifth = days(NthWeekday(month=2, nth=5, weekday=SATURDAY), date(2000, 1, 1), date(2030, 12, 31))
    assert fifth == [date(2020, 2, 29)]


def test_29_february_comes_in_leap_years_only_and_31_february_never():
    assert days(YearlyDay(month=2, day=29), date(1999, 1, 1), date(2024, 12, 31)) == [
        date(y, 2, 29) for y in range(2000, 2025, 4)
    ]
    assert days(YearlyDay(month=2, day=29), date(1900, 1, 1), date(1900, 12, 31)) == []
    assert days(YearlyDay(month=2, day=31), date(2000, 1, 1), date(2030, 12, 31)) == []


def test_a_yearly_day_is_given_once_a_year_and_both_ends_of_the_window_count():
    rule = YearlyDay(month=5, day=1)
    assert days(rule, date(2021, 5, 1), date(2023, 5, 1)) == [
        date(2021, 5, 1),
        date(2022, 5, 1),
        date(2023, 5, 1),
    ]
    assert days(rule, date(2021, 5, 2), date(2022, 4, 30)) == []
    assert days(rule, date(2021, 5, 1), date(2021, 5, 1)) == [date(2021, 5, 1)]
    assert days(rule, date(2022, 1, 1), date(2021, 1, 1)) == []


def test_listed_dates_are_sorted_and_each_given_once():
    rule = ListedDates(
        dates=(date(2022, 3, 1), date(2021, 3, 1), date(2022, 3, 1), date(2030, 1, 1))
    )
    assert days(rule, date(2021, 1, 1), date(2022, 12, 31)) == [date(2021, 3, 1), date(2022, 3, 1)]


@pytest.mark.parametrize(
    ("zone", "day", "wished", "utc", "clock"),
    [
        # an ordinary morning
        ("Asia/Kathmandu", "2021-05-01", "09:00", "2021-05-01 03:15", "2021-05-01 09:00"),
        # gaps: the offset before the jump holds, so the clock shows the time later by the jump
        ("Europe/Berlin", "2021-03-28", "02:30", "2021-03-28 01:30", "2021-03-28 03:30"),
        ("Europe/Berlin", "2021-03-28", "02:00", "2021-03-28 01:00", "2021-03-28 03:00"),
        ("America/New_York", "2021-03-14", "02:30", "2021-03-14 07:30", "2021-03-14 03:30"),
        ("America/Havana", "2021-03-14", "00:30", "2021-03-14 05:30", "2021-03-14 01:30"),
        ("Africa/Cairo", "2024-04-26", "00:15", "2024-04-25 22:15", "2024-04-26 01:15"),
        # Lord Howe moves its clocks by half an hour
        ("Australia/Lord_Howe", "2021-10-03", "02:15", "2021-10-02 15:45", "2021-10-03 02:45"),
        # folds: the first coming
        ("Europe/Berlin", "2021-10-31", "02:30", "2021-10-31 00:30", "2021-10-31 02:30"),
        ("America/New_York", "2021-11-07", "01:30", "2021-11-07 05:30", "2021-11-07 01:30"),
        ("Australia/Lord_Howe", "2021-04-04", "01:45", "2021-04-03 14:45", "2021-04-04 01:45"),
        # Samoa went over the date line and left out 30 December 2011
        ("Pacific/Apia", "2011-12-29", "09:00", "2011-12-29 19:00", "2011-12-29 09:00"),
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30 19:00", "2011-12-31 09:00"),
        ("Pacific/Apia", "2011-12-31", "09:00", "2011-12-30 19:00", "2011-12-31 09:00"),
        # the ends of the earth
        ("Pacific/Kiritimati", "2021-01-01", "00:00", "2020-12-31 10:00", "2021-01-01 00:00"),
        ("Etc/GMT+12", "2021-01-01", "23:59", "2021-01-02 11:59", "2021-01-01 23:59"),
    ],
)
def test_a_local_time_becomes_an_instant(zone, day, wished, utc, clock):
    hour, minute = map(int, wished.split(":"))
    found = instant(date.fromisoformat(day), hour * 60 + minute, ZoneInfo(zone))
    assert found.tzinfo is UTC
    assert found.strftime("%Y-%m-%d %H:%M") == utc
    assert local(found, zone) == clock


@settings(max_examples=400, deadline=None)
@given(zone=zones, day=decade, minute=minutes)
def test_in_every_zone_the_clock_shows_the_wished_time_or_one_later_by_the_gap(zone, day, minute):
    found = instant(day, minute, zone)
    wished = datetime.combine(day, time(*divmod(minute, 60)))
    shown = found.astimezone(zone)
    late = shown.replace(tzinfo=None) - wished
    if late == timedelta(0):
        assert shown.fold == 0, "the first of two comings"
        return
    # in a gap: exactly the difference of the offsets, and the offset before the jump was used
    before = wished.replace(tzinfo=zone, fold=0).utcoffset()
    assert late == shown.utcoffset() - before > timedelta(0)
    assert found == (wished - before).replace(tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(zone=zones, first=decade, minute=minutes)
def test_the_same_time_on_following_days_never_comes_earlier(zone, first, minute):
    moments = [instant(first + timedelta(days=ahead), minute, zone) for ahead in range(4)]
    assert moments == sorted(moments)
    assert len(set(moments)) == 4, "no zone leaves out a day in these ten years"


@pytest.mark.parametrize(
    ("zone", "now", "ends"),
    [
        ("Europe/Paris", "2021-05-01 19:00", "2021-05-02 08:00"),  # 21:00 there
        ("Europe/Paris", "2021-05-01 18:59", None),  # 20:59
        ("Europe/Paris", "2021-05-01 05:59", "2021-05-01 08:00"),  # 07:59
        ("Europe/Paris", "2021-05-01 06:00", None),  # 08:00
        # the night of the change is one hour shorter, and one hour longer
        ("Europe/Paris", "2021-03-27 22:00", "2021-03-28 08:00"),
        ("Europe/Paris", "2021-10-30 22:00", "2021-10-31 08:00"),
        # the night before the day that never was
        ("Pacific/Apia", "2011-12-30 08:00", "2011-12-31 08:00"),
    ],
)
def test_quiet_hours_end_at_their_local_end(zone, now, ends):
    found = quiet_end(datetime.fromisoformat(f"{now}+00:00"), ZoneInfo(zone), NIGHT)
    assert (found and local(found, zone)) == ends


def test_a_quiet_night_lasts_ten_eleven_or_twelve_hours_by_the_change():
    paris = ZoneInfo("Europe/Paris")
    starts = [
        instant(date(2021, month, day), NIGHT.start, paris)
        for month, day in ((3, 27), (5, 1), (10, 30))
    ]
    assert [quiet_end(start, paris, NIGHT) - start for start in starts] == [
        timedelta(hours=hours) for hours in (10, 11, 12)
    ]


def test_a_repeated_quiet_hour_is_quiet_twice():
    berlin, early = ZoneInfo("Europe/Berlin"), QuietHours(start=21 * 60, end=150)
    second_coming = datetime(2021, 10, 31, 1, 10, tzinfo=UTC)
    assert second_coming.astimezone(berlin).strftime("%H:%M %z") == "02:10 +0100"
    assert quiet_end(second_coming, berlin, early) == datetime(2021, 10, 31, 1, 30, tzinfo=UTC)


def test_an_end_inside_a_gap_moves_past_it():
    berlin, early = ZoneInfo("Europe/Berlin"), QuietHours(start=21 * 60, end=150)
    assert quiet_end(datetime(2021, 3, 28, 0, 0, tzinfo=UTC), berlin, early) == datetime(
        2021, 3, 28, 1, 30, tzinfo=UTC
    )


@settings(max_examples=400, deadline=None)
@given(zone=zones, now=instants, quiet=quiet_hours)
def test_when_quiet_hours_end_it_is_later_and_quiet_no_more(zone, now, quiet):
    end = quiet_end(now, zone, quiet)
    if end is None:
        return
    assert now < end <= now + timedelta(hours=50)
    assert quiet_end(end, zone, quiet) is None


@pytest.mark.parametrize(
    ("wished", "met"),
    [
        (9 * 60, 9 * 60),
        (8 * 60, 8 * 60),
        (8 * 60 - 1, 8 * 60),
        (0, 8 * 60),
        (23 * 60, 8 * 60),
        (21 * 60, 8 * 60),
        (21 * 60 - 1, 21 * 60 - 1),
    ],
)
def test_a_wished_time_in_quiet_hours_moves_to_their_end(wished, met):
    assert waking_minute(wished, NIGHT) == met


def test_quiet_hours_may_lie_within_one_day_and_may_be_none():
    siesta = QuietHours(start=13 * 60, end=15 * 60)
    assert [waking_minute(m * 60, siesta) for m in (12, 13, 14, 15)] == [
        12 * 60,
        15 * 60,
        15 * 60,
        15 * 60,
    ]
    never = QuietHours(start=0, end=0)
    assert all(waking_minute(m, never) == m for m in range(1440))
    assert quiet_end(datetime(2021, 5, 1, tzinfo=UTC), ZoneInfo("UTC"), never) is None
