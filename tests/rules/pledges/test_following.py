"""Milestones on days counted from a pledge, and twelve months of its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import house
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Audience, Kind, QuietHours, YearlyDay
from bot.model.makers import AfterPledge, JourneyRules
from bot.model.pledge import Begun, Report
from bot.model.staff import MACHINE
from bot.rules import dates, journey
from bot.rules.journey import Met

SCHOOL = Audience.ORGANIZATION


def prompt(name, when, audiences=(SCHOOL,)):
    return replace(house.action(name, when=when, audiences=audiences), kind=Kind.PROMPT)


def campaign(*prompts, start=None, end=None, **rules):
    made = replace(house.campaign(*prompts), start=start, end=end)
    return replace(made, journey=JourneyRules(**rules))


MAY = prompt("may", YearlyDay(month=5, day=3))
OCTOBER = prompt("october", YearlyDay(month=10, day=3))
SOON = prompt("soon", AfterPledge(days=14))
LATER = prompt("a-year-on", AfterPledge(months=12))
PERENNIAL = campaign(MAY, OCTOBER, SOON, LATER, own_year=True)
SEPTEMBER = Begun(day=date(2027, 9, 15), slot=21_077)


@pytest.mark.parametrize(
    ("day", "wait", "comes"),
    [
        (date(2027, 9, 15), AfterPledge(months=3), date(2027, 12, 15)),
        (date(2027, 1, 31), AfterPledge(months=1), date(2027, 2, 28)),
        (date(2028, 1, 31), AfterPledge(months=1), date(2028, 2, 29)),
        (date(2027, 1, 31), AfterPledge(months=2), date(2027, 3, 31)),
        (date(2028, 2, 29), AfterPledge(months=12), date(2029, 2, 28)),
        (date(2028, 2, 29), AfterPledge(months=48), date(2032, 2, 29)),
        (date(2027, 12, 31), AfterPledge(months=14), date(2029, 2, 28)),
        (date(2028, 2, 22), AfterPledge(days=7), date(2028, 2, 29)),
        (date(2027, 12, 30), AfterPledge(days=2), date(2028, 1, 1)),
    ],
)
def test_the_day_is_right_at_the_ends_of_months_and_in_leap_years(day, wait, comes):
    assert dates.after(day, wait) == comes


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.integers(1, 60))
def test_months_never_leave_anybody_out_and_keep_their_order(day, months):
    comes = dates.after(day, AfterPledge(months=months))
    assert comes.year * 12 + comes.month == day.year * 12 + day.month + months
    assert comes.day == day.day or (comes + timedelta(days=1)).day == 1
    assert comes <= dates.after(day + timedelta(days=1), AfterPledge(months=months))


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        # 02:30 does not exist in Berlin on 28 March 2027, and comes twice on 31 October
        ("Europe/Berlin", date(2027, 3, 28), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2027, 10, 31), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2027, 10, 31), datetime(2027, 10, 30, 12, 30, tzinfo=UTC)),
    ],
)
def test_it_is_met_at_its_makers_hour_whatever_clocks_do(zone, day, instant):
    met = Met(zone=ZoneInfo(zone), minute=150, quiet=QuietHours(start=0, end=0))
    assert met.at(dates.after(day - timedelta(days=7), AfterPledge(days=7))) == instant


def days(campaign, day, begun=SEPTEMBER, audience=SCHOOL):
    steps = journey.year(campaign, audience, day, begun)
    return [(step.action, step.day.isoformat()) for step in steps]


def test_who_joins_late_gets_twelve_months_of_their_own_where_the_campaign_says_so():
    year = [
        ("soon", "2027-09-29"),
        ("october", "2027-10-03"),
        ("may", "2028-05-03"),
        ("a-year-on", "2028-09-15"),
    ]
    for day in (date(2027, 9, 15), date(2028, 1, 1), date(2028, 9, 15)):
        assert days(PERENNIAL, day) == year
    assert days(PERENNIAL, date(2028, 9, 16)) == [("october", "2028-10-03"), ("may", "2029-05-03")]
    shared = campaign(MAY, OCTOBER, SOON, LATER)
    assert days(shared, date(2027, 9, 15)) == [
        ("may", "2027-05-03"),
        ("soon", "2027-09-29"),
        ("october", "2027-10-03"),
    ]
    assert days(shared, date(2027, 9, 15), begun=None) == [
        ("may", "2027-05-03"),
        ("october", "2027-10-03"),
    ]


def test_what_follows_a_pledge_ends_with_its_campaign_and_is_for_its_audiences():
    dated = campaign(SOON, LATER, start=date(2027, 1, 1), end=date(2027, 12, 31))
    assert days(dated, date(2027, 12, 1)) == [("soon", "2027-09-29")]
    assert days(dated, date(2027, 12, 1), audience=Audience.COUNTRY) == []


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 4_000))
def test_each_day_lies_in_just_one_own_year(begun, later):
    day = begun + timedelta(days=later)
    first, last = journey.own_year(begun, day)
    assert first <= day <= last
    following, _ = journey.own_year(begun, last + timedelta(days=1))
    assert following == last + timedelta(days=1)


@given(
    st.builds(AfterPledge, days=st.integers(0, 1826), months=st.integers(0, 60)),
    st.integers(0, 7 * 86_400),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"]),
    st.integers(0, 1439),
)
def test_no_pledge_is_passed_by_that_something_follows_now(wait, late, made, zone, minute):
    made = made.replace(tzinfo=UTC)
    met = Met(zone=ZoneInfo(zone), minute=minute, quiet=QuietHours(start=0, end=0))
    due = met.at(dates.after(made.astimezone(met.zone).date(), wait))
    now = due + timedelta(seconds=late)
    first, last = journey.made_between(wait, timedelta(days=7), now)
    assert first <= made <= last


def report(action, slot):
    return Report(action=action, slot=slot, answered=1, link=None, by=MACHINE)


def test_what_was_reported_before_a_prompt_followed_the_pledge_counts_and_is_not_asked_again():
    reports = [report("soon", 20271003), report("october", 20271003), report("gone", 7)]
    done = journey.by_step(PERENNIAL, reports, SEPTEMBER)
    assert set(done) == {("soon", SEPTEMBER.slot), ("october", 20271003), ("gone", 7)}
    year = journey.year(PERENNIAL, SCHOOL, date(2027, 10, 4), SEPTEMBER)
    how_far = journey.progress(year, done, SEPTEMBER.day, date(2027, 10, 4))
    assert (how_far.done, how_far.of, [m.action for m in how_far.ahead]) == (
        2,
        4,
        ["may", "a-year-on"],
    )


@pytest.mark.parametrize(
    ("day", "begun", "there"),
    [
        (date(2028, 6, 14), SEPTEMBER, False),
        (date(2028, 6, 15), SEPTEMBER, True),
        (date(2029, 1, 1), SEPTEMBER, True),
        (date(2028, 6, 14), None, True),
    ],
)
def test_scale_up_is_open_so_long_after_the_pledge(day, begun, there):
    rules = JourneyRules(scale_up=AfterPledge(months=9))
    assert ("scale-up" in journey.offers(rules, day, begun)) is there
