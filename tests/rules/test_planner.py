"""Active campaigns beside each other: while one runs that another yields to, what both do for the
same people comes from the first alone.
"""

from dataclasses import replace
from datetime import date

import house
import pytest

from bot.library import read, shipped_root
from bot.model import Audience, Kind, YearlyDay
from bot.model.makers import Group
from bot.rules import planner

PLEDGED = (Audience.REGION, Audience.COUNTRY, Audience.ORGANIZATION)


def thing(action_id, day, kind=Kind.SHARE, audiences=(Audience.INDIVIDUAL,), **more):
    return replace(
        house.action(action_id, when=YearlyDay(month=4, day=day), audiences=audiences, **more),
        kind=kind,
    )


def two(mine, theirs, **dates):
    """A campaign of every year, and one that it yields to."""
    other = replace(house.campaign(*theirs, campaign_id="year"), **dates)
    return house.campaign(*mine, campaign_id="always", yields_to=("year",)), other


def planned(campaigns, year=2021):
    return [
        (o.campaign, o.action, o.audience.word)
        for o in planner.occurrences(campaigns, date(year, 1, 1), date(year, 12, 31))
    ]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Kind.PROMPT, {}),
        (Kind.OPENING, {"nudge": False, "post": True}),
        (Kind.READ, {}),
        (Kind.ANNOUNCE, {"requires": "pledge"}),
    ],
)
def test_a_yielding_campaign_rests_where_the_other_does_the_same(kind, more):
    # of the other things of a month it does not matter which they are
    theirs = kind if kind in (Kind.PROMPT, Kind.OPENING) else Kind.SHARE
    both = two([thing("mine", 3, kind, **more)], [thing("theirs", 20, theirs, **more)])
    assert planned(both) == [("year", "theirs", "individual")]
    assert planned(both[:1]) == [("always", "mine", "individual")], "alone it plays"


@pytest.mark.parametrize("kind", [Kind.OPENING, Kind.SHARE])
def test_what_the_other_does_not_do_does_not_rest(kind):
    both = two([thing("mine", 3, Kind.PROMPT)], [thing("theirs", 20, kind)])
    assert planned(both) == [("always", "mine", "individual"), ("year", "theirs", "individual")]


def test_it_rests_only_while_the_other_runs():
    both = two(
        [thing("mine", 3, Kind.PROMPT)],
        [thing("theirs", 20, Kind.PROMPT)],
        start=date(2021, 4, 4),
        end=date(2022, 4, 30),
    )
    assert planned(both) == [
        ("always", "mine", "individual"),
        ("year", "theirs", "individual"),
    ], "it begins on the day after"
    assert planned(both, 2022) == [("year", "theirs", "individual")]
    assert planned(both, 2023) == [("always", "mine", "individual")]


def test_people_whom_the_other_does_not_ask_are_asked_as_ever():
    both = two(
        [thing("mine", 3, Kind.PROMPT, PLEDGED)],
        [thing("theirs", 20, Kind.PROMPT, (Audience.ORGANIZATION,))],
    )
    assert planned(both) == [
        ("always", "mine", "country"),
        ("always", "mine", "region"),
        ("year", "theirs", "organization"),
    ]


def test_a_named_day_rests_only_where_the_other_keeps_the_same_day():
    day = replace(thing("mine", 3), observance="tree-day")
    assert planned(two([day], [replace(day, id="theirs")])) == [("year", "theirs", "individual")]
    other_day = replace(day, id="theirs", observance="bird-day")
    assert len(planned(two([day], [other_day, thing("month", 20)]))) == 3


def test_who_leads_yields_to_none_of_the_others():
    always, year = two([], [])
    third = house.campaign(campaign_id="third")
    assert [one.id for one in planner.leading([always, third, year])] == ["third", "year"]
    assert [one.id for one in planner.leading([always, third])] == ["always", "third"]
    assert planner.leading([]) == []


def test_both_shipped_campaigns_together_ask_nobody_twice():
    library, _ = read([shipped_root()])
    year, perennial = library.campaigns["endchildlabour2021"], library.campaigns["endchildlabour"]
    mixed = planner.occurrences([perennial, year], date(2021, 1, 1), date(2021, 12, 31))
    alone = planner.occurrences([year], date(2021, 1, 1), date(2021, 12, 31))
    before = [one for one in mixed if one.day.month == 1]
    assert {one.campaign for one in before} == {"endchildlabour"}
    assert {one.action for one in before} == {"choose-one", "opening-january", "prompt-january"}
    assert [one for one in mixed if one.day.month > 1] == alone
    assert {
        one.campaign
        for one in planner.occurrences([perennial, year], date(2022, 1, 1), date(2022, 12, 31))
    } == {"endchildlabour"}


def test_named_days_can_be_chosen_where_a_campaign_that_goes_on_has_them():
    named = thing("day", 3, audiences=(Audience.INDIVIDUAL,), observance="tree-day")
    prompt = thing("month", 20, Kind.PROMPT, PLEDGED)
    over = replace(house.campaign(named, prompt), end=date(2021, 12, 31))
    assert planner.having_named_days([over], date(2021, 12, 31)) == {Audience.INDIVIDUAL}
    assert planner.having_named_days([over], date(2022, 1, 1)) == set()
    posted = house.campaign(replace(named, nudge=False, post=True))
    assert planner.having_named_days([posted], date(2021, 1, 1)) == set(), "nobody hears of a post"


def test_what_goes_to_those_without_named_days_counts_as_if_it_were_one():
    named = thing("day", 3, audiences=(Audience.INDIVIDUAL,), observance="tree-day")
    month = thing("month", 10)
    prompt = thing("prompt", 20, Kind.PROMPT, PLEDGED)
    year = planner.occurrences(
        [house.campaign(named, month, prompt)], date(2021, 1, 1), date(2021, 12, 31)
    )
    assert {o.action: o.named for o in year} == {"day": True, "month": False, "prompt": True}


def test_those_are_addressed_to_whom_a_campaign_that_goes_on_has_something_to_say():
    campaign = replace(house.campaign(thing("month", 10)), end=date(2021, 12, 31))
    group = Group(id="school", audience=Audience.ORGANIZATION, source="the plan")
    for_groups = replace(campaign, groups={"school": group})
    assert planner.addressed([campaign], date(2021, 5, 1)) == {Audience.INDIVIDUAL}
    assert planner.addressed([for_groups], date(2021, 5, 1)) == {
        Audience.INDIVIDUAL,
        Audience.ORGANIZATION,
    }
    assert planner.addressed([campaign], date(2022, 1, 1)) == set()
