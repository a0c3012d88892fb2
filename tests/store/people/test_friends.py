"""Links by which people invite friends, in the database."""

import house
import pytest

from bot.model.who import Who
from bot.store import Store
from bot.store.people.friends import MOST


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "drumbeat.db")
    opened.channels.ensure((house.channel(),))
    opened.people.add([house.person(1), house.person(2)])
    yield opened
    opened.close()


def test_each_link_counts_each_address_once_and_up_to_its_limit(store):
    mine, theirs = (store.friends.code(person, 5) for person in (1, 2))
    assert mine != theirs
    assert len(mine) == 22
    assert store.friends.code(1, 9) == mine
    counted = [
        store.friends.count(code, "telegram", address)
        for code in (mine, theirs, "nobody's")
        for address in ("Anna@Example.org", "anna@example.org", "b")
    ]
    assert counted == [True, False, True, True, False, True, False, False, False]
    assert (store.friends.came(1), store.friends.came(2), store.friends.came(3)) == (2, 2, 0)
    for number in range(MOST):
        store.friends.count(mine, "telegram", str(number))
    assert store.friends.came(1) == MOST
    digests = store.database.column("SELECT digest FROM friend_came")
    assert len(set(digests)) == len(digests), "one person is another hash for each link"


def test_a_link_is_exported_and_forgotten_with_its_person(store):
    code = store.friends.code(1, 5)
    store.friends.count(code, "telegram", "b")
    who = Who(person=1, channel=1, address="1001")
    assert store.friends.of(who) == {"invite_link": {"made": "1970-01-01T00:00:05Z", "came": 1}}
    store.forgotten.forget_at(1, "telegram", "1001", 9)
    assert store.friends.of(who) == {}
    assert not store.friends.count(code, "telegram", "c")
    assert store.database.rows("SELECT * FROM friend_came") == []
