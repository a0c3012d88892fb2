"""An instance of an action is itself: what an edit of its days leaves the same."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.identity import REACH, KnownDay, by_place, identify, slot_of, turn


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(f"2021-{text}") for text in texts]


def known(*texts: str, closed: tuple[str, ...] = ()) -> list[KnownDay]:
    return [
        KnownDay(slot=slot_of(day), day=day, closed=text in closed)
        for text, day in zip(texts, days(*texts), strict=True)
    ]


def told(instances: list[KnownDay], *texts: str) -> dict[str, str]:
    """Which known day each wanted day is the instance of."""
    was = {instance.slot: f"{instance.day:%m-%d}" for instance in instances}
    return {
        f"{day:%m-%d}": was.get(slot, "new")
        for day, slot in identify(instances, days(*texts)).items()
    }


def test_an_instance_is_named_after_the_day_it_was_first_planned_for():
    assert identify([], days("03-10")) == {date(2021, 3, 10): 20210310}


def test_a_fixed_day_that_moves_stays_itself():
    assert told(known("05-01"), "05-03") == {"05-03": "05-01"}


def test_a_past_day_tidied_away_changes_no_other():
    assert told(known("03-01", "04-15", closed=("03-01",)), "04-15") == {"04-15": "04-15"}


def test_a_day_put_in_front_is_new_and_what_went_out_stays():
    assert told(known("03-10", closed=("03-10",)), "02-25", "03-10") == {
        "02-25": "new",
        "03-10": "03-10",
    }


def test_what_went_out_is_never_paired_again():
    assert told(known("03-10", closed=("03-10",)), "03-12") == {"03-12": "new"}


def test_open_ones_pair_in_order_with_new_days():
    assert told(known("05-01", "06-01", "07-01"), "05-02", "06-02", "07-02") == {
        "05-02": "05-01",
        "06-02": "06-01",
        "07-02": "07-01",
    }


@pytest.mark.parametrize(("days_on", "same"), [(31, True), (32, False)])
def test_a_day_moves_at_most_a_month(days_on, same):
    day = date(2021, 5, 1)
    instance = KnownDay(slot=slot_of(day), day=day, closed=False)
    slots = identify([instance], [day + timedelta(days=days_on)])
    assert (list(slots.values()) == [instance.slot]) is same


def test_what_is_too_far_from_one_day_may_be_near_the_next():
    assert told(known("01-01", "06-01"), "03-15", "06-02") == {"03-15": "new", "06-02": "06-01"}


def test_a_day_whose_first_instance_moved_away_gets_another_name():
    moved = [KnownDay(slot=20210310, day=date(2021, 3, 12), closed=False)]
    assert identify(moved, days("03-10", "03-12")) == {
        date(2021, 3, 10): 2021031002,
        date(2021, 3, 12): 20210310,
    }


def test_an_old_slot_is_the_days_place_in_its_year():
    two_years = [date(2021, 3, 1), date(2021, 9, 1), date(2022, 3, 1)]
    assert by_place(two_years) == {
        date(2021, 3, 1): 202100,
        date(2021, 9, 1): 202101,
        date(2022, 3, 1): 202200,
    }


def test_an_old_instance_keeps_the_turn_it_had():
    assert [turn(202100), turn(202103), turn(202200)] == [2021, 2024, 2022]


def test_the_months_of_a_year_take_turns():
    turns = [turn(slot_of(date(2021, month, 7))) for month in range(1, 13)]
    assert turns == list(range(turns[0], turns[0] + 12))
    assert turn(2021031002) == turn(20210310)


some_day = st.dates(date(2021, 1, 1), date(2021, 12, 31))


@given(
    st.lists(st.tuples(some_day, st.booleans()), max_size=12, unique_by=lambda pair: pair[0]),
    st.lists(some_day, max_size=12, unique=True).map(sorted),
)
def test_each_day_has_one_identity_and_no_two_share_one(pairs, wanted):
    instances = [KnownDay(slot=slot_of(day), day=day, closed=closed) for day, closed in pairs]
    slots = identify(instances, wanted)
    assert list(slots) == wanted
    assert len(set(slots.values())) == len(wanted)
    was = {instance.slot: instance for instance in instances}
    for day, slot in slots.items():
        instance = was.get(slot)
        if instance is not None and instance.day != day:
            assert not instance.closed
            assert instance.day not in wanted
            assert abs(instance.day - day) <= REACH
    assert all(slots[i.day] == i.slot for i in instances if i.day in slots)
