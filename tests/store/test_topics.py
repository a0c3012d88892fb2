"""The contracts of the smaller topics: people, channels, alerts, approvals, holds, meta."""

from dataclasses import replace
from pathlib import Path

import house
import pytest

from bot.errors import IntegrityError, WrongDatabase
from bot.model import Audience, DeliveryKey, Picture, Rendered
from bot.model.channel import Resting
from bot.model.outbox import Scope
from bot.model.person import BadZone, Status
from bot.rules.alerts import read
from bot.store import Store
from bot.store.meta import LIVE, REHEARSAL
from bot.store.sending.approvals import digest

KEY = DeliveryKey(occurrence=3, channel=1, recipient=0)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    store.channels.ensure([house.channel("one"), house.channel("two", network="x")])
    yield store
    store.close()


# people


def test_who_is_there_already_stays_as_they_are(store):
    assert store.people.add([house.person(1), house.person(2)]) == 2
    assert store.people.add([house.person(2, country="CM"), house.person(3)]) == 1
    assert (store.people.count(), store.people.countries()) == (3, [])


def test_the_same_address_on_another_channel_is_another_person(store):
    assert store.people.add([house.person(1), house.person(1, channel_id=2)]) == 2
    assert [store.people.address(n) for n in (1, 2, 3)] == ["1001", "1001", None]


def test_subscribing_is_all_or_nothing(store):
    def broken():
        yield house.person(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.people.add(broken())
    assert store.people.count() == 0


def test_people_who_want_the_same_share_a_place(store):
    store.people.add(
        [
            house.person(1),
            house.person(2),
            house.person(3, minute=1),
            house.person(4, audience=Audience.REGION),
        ]
    )
    assert [store.people.where(n).id for n in (1, 2, 3, 4)] == [1, 1, 2, 3]
    assert [(p.id, p.minute) for p in store.people.places_from(Audience.INDIVIDUAL, 0)] == [
        (1, 540),
        (2, 1),
    ]
    assert [p.id for p in store.people.places_from(Audience.INDIVIDUAL, 1)] == [2]
    assert (store.people.newest_place(), store.people.where(99)) == (3, None)


def test_a_place_with_a_problem_is_out_until_it_is_mended(store):
    store.people.add(
        [
            house.person(1, zone="Mars/Olympus"),
            house.person(2),
            house.person(3, zone="Mars/Olympus"),
        ]
    )
    store.people.set_problem(1, "unknown")
    assert [p.id for p in store.people.places_from(Audience.INDIVIDUAL, 0)] == [2]
    assert store.people.problems() == [BadZone(zone="Mars/Olympus", problem="unknown", people=2)]


def test_people_are_counted_by_status(store):
    store.people.add(house.person(n, country=code) for n, code in enumerate(("PE", "CM", "PE")))
    store.people.mark([1, 2], Status.BLOCKED)
    assert (
        store.people.count(),
        store.people.count(Status.ACTIVE),
        store.people.count(Status.BLOCKED),
    ) == (3, 1, 2)
    assert store.people.countries() == ["CM", "PE"]


# channels


def test_a_channel_keeps_its_id_for_ever(store):
    again = store.channels.ensure(
        [house.channel("three"), house.channel("two", network="telegram")]
    )
    assert dict(again) == {"one": 1, "two": 2, "three": again["three"]}
    assert again["three"] > 2
    assert store.channels.networks()[2] == "telegram"


def test_a_pause_is_one_until_it_ends(store):
    assert [store.channels.pause("two", "401", 10), store.channels.pause("two", "again", 20)] == [
        True,
        False,
    ]
    assert [(p.name, p.since, p.reason) for p in store.channels.paused()] == [("two", 10, "401")]
    assert [store.channels.resume("two"), store.channels.resume("two")] == [True, False]
    assert store.channels.paused() == []


def test_an_accounts_pace_is_remembered(store):
    assert store.channels.pacing("us") is None
    store.channels.keep_pacing("us", "{}")
    store.channels.keep_pacing("us", '{"a": 1}')
    assert store.channels.pacing("us") == '{"a": 1}'


def test_an_account_rests_until_it_goes_on(store):
    first = Resting(account="us", since=10.5, until=12.5, rests=1, reason="502")
    longer = replace(first, until=20.5, rests=2)
    store.channels.keep_rest(first)
    store.channels.keep_rest(longer)
    assert store.channels.resting() == {"us": longer}
    assert [store.channels.end_rest("us"), store.channels.end_rest("us")] == [True, False]
    assert store.channels.resting() == {}


# alerts


def test_an_alert_is_raised_once_until_its_cause_is_gone(store):
    assert store.alerts.open(read("paused", "one", "first", {}), 10)
    assert not store.alerts.open(read("paused", "one", "newer words", {}), 20)
    assert store.alerts.open(read("paused", "two", "other", {}), 15)
    assert [(a.at, a.subject, a.text, a.told) for a in store.alerts.current()] == [
        (10, "one", "newer words", False),
        (15, "two", "other", False),
    ]
    store.alerts.close("paused", "one", 30)
    assert [a.subject for a in store.alerts.current()] == ["two"]
    assert store.alerts.open(read("paused", "one", "back again", {}), 40)


# approvals


def test_an_approval_freezes_text_picture_and_who(store, tmp_path):
    picture = tmp_path / "tree.png"
    picture.write_bytes(b"green")
    body = Rendered(
        text="words",
        language="en",
        picture=Picture(path=picture, data=picture.read_bytes(), alt="a tree"),
    )
    store.approvals.freeze(KEY, body, "ada", 10)
    found = store.approvals.find(3, 1)
    assert (found.text, found.picture, found.alt, found.approved_by, found.at) == (
        "words",
        "tree.png",
        "a tree",
        "ada",
        10,
    )
    assert found.digest == digest(body)
    store.approvals.freeze(KEY, Rendered(text="other", language="en"), "bob", 20)
    assert (store.approvals.find(3, 1).text, store.approvals.find(3, 1).approved_by) == (
        "other",
        "bob",
    )
    store.approvals.drop(KEY)
    assert store.approvals.find(3, 1) is None


def test_anything_that_people_see_changes_the_digest():
    green = Picture(path=Path("tree.png"), data=b"green", alt="a tree")
    bodies = [
        Rendered(text="words", language="en"),
        Rendered(text="words ", language="en"),
        Rendered(text="words", language="en", picture=green),
        Rendered(text="words", language="en", picture=replace(green, alt="an oak")),
        Rendered(text="words", language="en", picture=replace(green, data=b"brown")),
    ]
    digests = [digest(body) for body in bodies]
    assert len(set(digests)) == 5
    assert digest(replace(bodies[0], language="fr")) == digests[0]


# holds and meta


def test_a_channel_that_nobody_knows_is_never_taken_for_every_one(store):
    with pytest.raises(IntegrityError):
        store.holds.put(Scope(channel="gone"), 5)
    store.holds.put(Scope(), 5)
    assert not store.holds.lift(Scope(channel="gone"))
    assert [hold.scope for hold in store.holds.all()] == [Scope()]


def test_a_hold_is_one_and_has_words(store):
    assert [store.holds.put(Scope(), 5), store.holds.put(Scope(), 6)] == [1, None]
    store.holds.put(Scope(channel="two", country="CM", action="deed"), 7)
    assert [str(hold.scope) for hold in store.holds.all()] == [
        "everything",
        "channel two, country CM, action deed",
    ]
    assert [
        store.holds.number(Scope()),
        store.holds.number(Scope(channel="two")),
        store.holds.lift(Scope(channel="two")),
        store.holds.lift(Scope()),
    ] == [
        1,
        None,
        False,
        True,
    ]
    assert not store.holds.current().everything


def test_a_file_belongs_to_run_or_to_rehearse_and_never_to_both(store):
    store.meta.claim(LIVE)
    store.meta.claim(LIVE)
    with pytest.raises(WrongDatabase, match="`drumbeat run`"):
        store.meta.claim(REHEARSAL)


def test_a_value_is_set_and_set_again(store):
    assert store.meta.get("a") is None
    store.meta.put("a", "1")
    store.meta.put("a", "2")
    assert store.meta.get("a") == "2"


def test_a_value_inside_a_transaction_is_part_of_it(store):
    def crash():
        with store.database.transaction():
            store.meta.put("a", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert store.meta.get("a") is None
