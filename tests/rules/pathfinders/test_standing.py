"""How far a country is on a day, from what happened with it."""

from datetime import date

import pytest

from bot.model.pathfinders import Happened, LifeEvent, Pathfinder, Pathfinders, ReviewOutcome
from bot.rules.pathfinders import is_due, months_after, standing


def event(kind, on=None, outcome=None, by=None, until=None):
    return LifeEvent(
        kind=Happened(kind),
        on=on and date.fromisoformat(on),
        by=by and date.fromisoformat(by),
        until=until and date.fromisoformat(until),
        outcome=outcome and ReviewOutcome(outcome),
        source="a letter",
    )


def on(day, *events, as_of="2040-01-01"):
    of = Pathfinders(
        source="a list",
        as_of=date.fromisoformat(as_of),
        review_months=12,
        hold_after=2,
        countries=(country := Pathfinder(code="CH", events=events),),
    )
    return standing(of, country, date.fromisoformat(day))


def said(at):
    return at and (at.state.value, at.since and str(at.since), at.due and str(at.due), at.missed)


INTEREST = event("interest", by="2030-05-19")
WORKSHOP = event("workshop", "2030-08-22", until="2030-08-23")
CONFIRMED = event("confirmed", "2031-02-10")
NEVER = "2031-02-10"


@pytest.mark.parametrize(
    ("day", "events", "expected"),
    [
        ("2030-05-18", (INTEREST,), None),
        ("2030-05-19", (INTEREST,), ("interest", None, None, 0)),
        ("2030-06-01", (event("interest", "2030-06-01"),), ("interest", "2030-06-01", None, 0)),
        # a workshop that was put off was not held
        ("2030-09-01", (INTEREST, event("postponed", "2030-08-01")), ("interest", None, None, 0)),
        ("2030-08-21", (INTEREST, WORKSHOP), ("interest", None, None, 0)),
        ("2030-08-23", (INTEREST, WORKSHOP), ("workshop", "2030-08-23", None, 0)),
        ("2031-02-10", (INTEREST, WORKSHOP, CONFIRMED), ("confirmed", NEVER, "2032-02-10", 0)),
    ],
)
def test_a_country_goes_from_interest_to_confirmation(day, events, expected):
    assert said(on(day, *events)) == expected


REVIEWED = event("review", "2032-01-15", "progress")
FAILED = event("review", "2032-01-15", "none")
JUSTIFIED = event("review", "2032-01-15", "justified")
PROGRESS = event("review", "2034-05-02", "progress")


@pytest.mark.parametrize(
    ("day", "events", "expected"),
    [
        ("2032-02-10", (), ("confirmed", NEVER, "2033-02-10", 1)),
        ("2032-02-09", (), ("confirmed", NEVER, "2032-02-10", 0)),
        ("2033-02-09", (), ("confirmed", NEVER, "2033-02-10", 1)),
        ("2033-02-10", (), ("on-hold", "2033-02-10", "2034-02-10", 2)),
        ("2034-02-11", (), ("on-hold", "2033-02-10", "2035-02-10", 3)),
        # a review before its day counts for its turn
        ("2032-02-09", (REVIEWED,), ("confirmed", NEVER, "2033-02-10", 0)),
        ("2033-02-10", (REVIEWED,), ("confirmed", NEVER, "2034-02-10", 1)),
        ("2034-02-10", (REVIEWED,), ("on-hold", "2034-02-10", "2035-02-10", 2)),
        # without progress and without a reason it is as if there had been none
        ("2033-02-10", (FAILED,), ("on-hold", "2033-02-10", "2034-02-10", 2)),
        ("2033-02-10", (JUSTIFIED,), ("confirmed", NEVER, "2034-02-10", 1)),
        # the last review of a turn is what it found
        (
            "2033-02-10",
            (FAILED, event("review", "2032-02-01", "justified")),
            ("confirmed", NEVER, "2034-02-10", 1),
        ),
        # progress takes a country off hold on its day, a justification doesn't
        ("2034-05-01", (PROGRESS,), ("on-hold", "2033-02-10", "2035-02-10", 3)),
        ("2034-05-02", (PROGRESS,), ("confirmed", "2034-05-02", "2036-02-10", 0)),
        (
            "2034-06-01",
            (event("review", "2034-05-02", "justified"),),
            ("on-hold", "2033-02-10", "2036-02-10", 3),
        ),
        # what is still to come is not known
        ("2033-03-01", (PROGRESS,), ("on-hold", "2033-02-10", "2034-02-10", 2)),
    ],
)
def test_two_reviews_in_a_row_that_lack_or_find_no_progress_put_a_country_on_hold(
    day, events, expected
):
    assert said(on(day, INTEREST, CONFIRMED, *events)) == expected


def test_a_list_that_nobody_looked_after_puts_no_country_on_hold_and_says_what_is_overdue():
    at = on("2036-01-01", INTEREST, CONFIRMED, as_of="2031-06-01")
    assert said(at) == ("confirmed", NEVER, "2032-02-10", 0)
    assert is_due(at, date(2036, 1, 1))
    # one review is missed where the list reaches beyond it
    at = on("2036-01-01", INTEREST, CONFIRMED, as_of="2032-06-01")
    assert said(at) == ("confirmed", NEVER, "2033-02-10", 1)


def test_a_review_is_due_from_a_month_before_and_never_before_the_confirmation():
    at = on("2031-12-01", INTEREST, CONFIRMED)
    assert not is_due(at, date(2032, 1, 10))
    assert is_due(at, date(2032, 1, 11))
    assert not is_due(on("2031-01-01", INTEREST, WORKSHOP), date(2031, 1, 1))
    assert not is_due(None, date(2031, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2031-01-31", 1, "2031-02-28"),
        ("2032-02-29", 12, "2033-02-28"),
        ("2032-02-29", 48, "2036-02-29"),
        ("2031-11-30", 3, "2032-02-29"),
        ("2031-12-15", 1, "2032-01-15"),
    ],
)
def test_months_end_where_the_month_does(day, months, expected):
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)
