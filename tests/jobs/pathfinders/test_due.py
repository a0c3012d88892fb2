"""Staff are reminded of a review that is due, and of nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.config import load
from bot.jobs.operations import needs
from bot.model.pathfinders import Happened, LifeEvent


def event(kind, on):
    source = "a letter"
    return LifeEvent(kind=Happened(kind), on=on, by=None, until=None, outcome=None, source=source)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2032, 1, 10), []),
        (date(2032, 1, 11), ["MX"]),
        (date(2033, 1, 1), ["MX"]),
    ],
)
def test_a_review_is_a_need_from_a_month_before_until_it_stands_in_the_file(library, day, due):
    campaign = library.campaigns["endchildlabour"]
    of = campaign.pathfinders
    mexico = replace(of.country("MX"), events=(event("confirmed", date(2031, 2, 10)),))
    others = tuple(each for each in of.countries if each.code != "MX")
    there = replace(of, as_of=date(2031, 3, 1), countries=(mexico, *others))
    now = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    told = list(needs.reviews([replace(campaign, pathfinders=there)], now.date()))
    assert [each.kind for each in told] == ["country_review"] * len(due)
    assert [code for each in told for code in due if f"({code})" in each.text] == due
    assert list(needs.reviews([campaign], now.date())) == []


@pytest.mark.parametrize(("zone", "due"), [("UTC", False), ("Pacific/Kiritimati", True)])
def test_a_review_is_due_on_the_day_that_pages_have(library, zone, due):
    campaign = library.campaigns["endchildlabour"]
    of = campaign.pathfinders
    mexico = replace(of.country("MX"), events=(event("confirmed", date(2031, 2, 10)),))
    there = replace(campaign, pathfinders=replace(of, as_of=date(2031, 3, 1), countries=(mexico,)))
    settings = replace(load(None)[0], zone=zone)
    evening = datetime(2032, 1, 10, 18, tzinfo=UTC)
    told = needs.data(settings, library, [there], evening)
    assert ("country_review" in [each.kind for each in told]) is due
