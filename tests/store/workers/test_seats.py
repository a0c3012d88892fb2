"""What one process of several does at a time."""

import pytest

from bot.store import Store
from bot.store.workers.seats import OUT


@pytest.fixture
def stores(tmp_path):
    """Two processes over one database."""
    both = Store(tmp_path / "a.db"), Store(tmp_path / "a.db")
    yield both
    for store in both:
        store.close()


def test_one_of_two_has_a_seat_until_it_leaves(stores):
    a, b = (store.seats for store in stores)
    assert a.sit("chat", "a", 0)
    assert not b.sit("chat", "b", 0)
    assert a.sit("chat", "a", 5)
    b.leave("chat", "b")
    assert a.holder("chat") == "a"
    a.leave("chat", "a")
    assert b.sit("chat", "b", 6)
    assert not a.sit("chat", "a", 7)


def test_a_seat_is_free_where_its_holder_gives_no_sign_of_life_and_no_sooner(stores):
    a, b = (store.seats for store in stores)
    assert a.sit("chat", "a", 1000)
    assert not b.sit("chat", "b", 0)
    assert a.sit("chat", "a", 1010)
    assert not b.sit("chat", "b", OUT - 1), "it lived meanwhile"
    assert not b.sit("chat", "b", OUT + 1)
    assert b.sit("chat", "b", 2 * OUT)
    assert not a.sit("chat", "a", 1040), "who slept has it no more"


def test_of_two_who_find_a_seat_left_one_has_it(stores):
    a, b = (store.seats for store in stores)
    assert a.sit("chat", "gone", 0)
    assert not a.sit("chat", "a", 0)
    assert not b.sit("chat", "b", 0)
    assert a.sit("chat", "a", OUT)
    assert not b.sit("chat", "b", OUT)
