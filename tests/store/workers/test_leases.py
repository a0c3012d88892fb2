"""Leases: a result is taken under the claim's own lease alone, and what a dead one left is
uncertain.
"""

from contextlib import ExitStack, closing
from datetime import date, timedelta

import house
import pytest

from bot.errors import IntegrityError
from bot.model import Audience, Occurrence, State
from bot.model.outbox import Result
from bot.store import Store
from bot.store.workers.leases import OUT, SAFE

NOW = 1_000_000
PEOPLE = 5


@pytest.fixture
def stores(tmp_path):
    """Two workers' connections to one file, in which five nudges are due."""
    house.begin(tmp_path / "test.db")
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(closing(Store(tmp_path / "test.db"))) for _ in range(2)
        )
        first.channels.ensure([house.channel("one")])
        first.people.add(house.person(n) for n in range(PEOPLE))
        number = first.plan.add(
            Occurrence(
                campaign="trees",
                action="deed",
                audience=Audience.INDIVIDUAL,
                slot=202100,
                day=date(2021, 5, 1),
                grace=timedelta(hours=1),
                nudge=True,
                post=True,
                named=False,
            )
        )
        for person in range(1, PEOPLE + 1):
            first.intake.add_nudge(number, 1, person, NOW, NOW + 3600)
        yield first, second


def claim(store, limit=PEOPLE, *, token=None):
    token = store.leases.take("telegram", "a machine", NOW) if token is None else token
    return token, store.outbox.claim(1, NOW, limit, store.holds.current(), token=token)


def states(store):
    rows = store.database.column("SELECT state FROM delivery ORDER BY recipient")
    return [State(state).word for state in rows]


def texts(store):
    return store.database.column("SELECT receipt FROM result ORDER BY recipient")


def ended(store, token, passed):
    """What the job does with each lease that others have left."""
    for _ in range(2):
        for lease in store.leases.out(passed):
            assert lease.token == token
            assert store.leases.end(lease.token, lease.beats)
            store.outbox.give_up(lease.token, NOW)
        passed += OUT


def test_no_two_claims_have_a_row_in_common_and_each_comes_sorted(stores):
    first, second = stores
    (_, mine), (_, others) = claim(first, 3), claim(second)
    assert [row.recipient for row in mine + others] == [1, 2, 3, 4, 5]
    assert claim(first)[1] == []


def test_a_result_is_taken_under_the_claim_s_own_lease_alone(stores):
    first, second = stores
    _, rows = claim(first)
    other = second.leases.take("telegram", "another", NOW)
    strange = [Result(row._replace(claim=other), State.SENT, receipt="no") for row in rows]
    assert second.outbox.settle(strange, NOW) == strange
    assert (states(first), texts(first)) == (["sending"] * PEOPLE, [])
    assert first.outbox.settle([Result(row, State.SENT, receipt="yes") for row in rows], NOW) == []
    assert (states(first), texts(first)) == (["sent"] * PEOPLE, ["yes"] * PEOPLE)


def test_who_was_taken_for_dead_settles_nothing_and_is_told(stores):
    first, second = stores
    token, rows = claim(first)
    first.outbox.settle([Result(rows[0], State.SENT, receipt="in time")], NOW)
    ended(second, token, 0.0)
    assert states(second) == ["sent", *["uncertain"] * 4]
    late = [Result(row, State.SENT, receipt="late") for row in rows[1:3]]
    back = [Result(row, State.QUEUED, counted=False) for row in rows[3:]]
    assert first.outbox.settle([*late, *back], NOW) == [*late, *back]
    assert states(second) == ["sent", *["uncertain"] * 4]
    assert texts(second) == ["in time", None, None, None, None]
    assert not first.leases.renew(token, NOW)


def test_a_row_that_another_claimed_anew_is_the_others(stores):
    first, second = stores
    token, [row, *_] = claim(first)
    ended(second, token, 0.0)
    assert second.outbox.change(row.key, [State.UNCERTAIN], State.QUEUED)
    _, [anew] = claim(second, 1)
    assert anew.key == row.key
    assert first.outbox.settle([Result(row, State.QUEUED, counted=False)], NOW)
    assert states(second)[0] == "sending"
    assert second.outbox.settle([Result(anew, State.SENT, receipt="42")], NOW) == []
    assert (states(second)[0], texts(second)[0]) == ("sent", "42")


def test_a_renewed_lease_outlives_all_who_watch_it_whatever_their_clocks_say(stores):
    first, second = stores
    token, _ = claim(first)
    for beat in range(20):
        assert second.leases.out(beat * (OUT - 1)) == []
        assert first.leases.renew(token, NOW - beat * 3600)
    assert second.leases.out(20 * (OUT - 1)) == []
    assert [lease.token for lease in second.leases.out(20 * (OUT - 1) + OUT)] == [token]


def test_a_lease_that_was_renewed_while_somebody_decided_is_not_ended(stores):
    first, second = stores
    token, _ = claim(first)
    second.leases.out(0)
    [lease] = second.leases.out(OUT)
    assert first.leases.renew(token, NOW)
    assert not second.leases.end(token, lease.beats)
    assert [lease.token for lease in second.leases.standing()] == [token]


def test_a_holder_relies_on_its_lease_for_less_than_others_wait(stores):
    leases = stores[0].leases
    leases.mine[7] = 100.0
    assert SAFE < OUT
    assert leases.is_safe(7, 100.0 + SAFE - 0.01)
    assert not leases.is_safe(7, 100.0 + SAFE)
    assert not leases.is_safe(8, 100.0)


def test_a_start_beside_others_gives_up_what_has_no_lease_and_a_start_alone_all(stores):
    first, second = stores
    claim(first, 2)
    claim(second, 2, token=0)
    assert second.outbox.give_up_orphans(NOW) == 2
    assert states(first) == ["sending", "sending", "uncertain", "uncertain", "queued"]
    assert second.outbox.recover(NOW) == 2
    assert (second.leases.standing(), states(first)[:2]) == ([], ["uncertain"] * 2)


@pytest.mark.sqlite
def test_what_was_in_flight_when_a_backup_was_made_is_uncertain_where_it_is_restored(
    stores, tmp_path
):
    first, _ = stores
    token, rows = claim(first, 2)
    first.database.copy_to(tmp_path / "backup.db")
    with closing(Store(tmp_path / "backup.db")) as backup:
        assert sum(backup.restored.mark_uncertain(NOW, NOW, "restored").values()) == PEOPLE
        assert states(backup) == ["uncertain"] * PEOPLE
        late = [Result(row, State.SENT, receipt="late") for row in rows]
        assert backup.outbox.settle(late, NOW) == late
        ended(backup, token, 0.0)
        assert (states(backup), backup.leases.standing()) == (["uncertain"] * PEOPLE, [])


def test_a_token_never_comes_twice(stores):
    first, second = stores
    token = first.leases.take("telegram", "a machine", NOW)
    first.leases.end(token)
    assert second.leases.take("telegram", "a machine", NOW) > token
    with pytest.raises(IntegrityError):
        second.database.execute(
            "INSERT INTO lease SELECT id, account, holder, since, renewed, beats FROM lease"
        )
