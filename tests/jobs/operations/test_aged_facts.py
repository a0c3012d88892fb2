"""Staff are asked for the newer figure before a fact grows old, until one stands in its place."""

from dataclasses import replace
from datetime import date

import pytest
from tree import TOP

from bot.jobs.operations import needs
from bot.library import read

YEAR = read([TOP])[0].campaigns["endchildlabour2021"]
OLD = ["endchildlabour2021/forced-labour", "endchildlabour2021/modern-slavery"]


@pytest.mark.parametrize(
    ("day", "subjects"),
    [
        (date(2021, 5, 26), []),
        (date(2021, 5, 27), OLD),
        (date(2021, 6, 10), OLD),
    ],
    ids=str,
)
def test_it_is_asked_a_fortnight_before_and_of_what_nothing_newer_replaces(day, subjects):
    assert [need.subject for need in needs.facts([YEAR], day)] == subjects


def test_it_says_which_fact_until_when_and_what_to_write():
    before, after = (next(needs.facts([YEAR], date(2021, 6, day))) for day in (9, 10))
    assert before.kind == after.kind == "fact"
    assert before.text == (
        "campaigns/endchildlabour2021/campaign.toml: facts.forced-labour may be said until"
        " 2021-06-09; look for the newer figure, write it there with its source and days (or as a"
        " fact of its own, which replaced_by names here), then `drumbeat reload`"
    )
    assert "facts.forced-labour expired on 2021-06-09; look for" in after.text
    assert after.detail == {"fact": "forced-labour", "day": "2021-06-09"}


def test_a_fact_without_an_end_is_not_asked_for():
    endless = {name: replace(fact, expires=None) for name, fact in YEAR.facts.items()}
    assert list(needs.facts([replace(YEAR, facts=endless)], date(2030, 1, 1))) == []
