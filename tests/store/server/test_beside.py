"""What several processes write at once on a server: claims, results, renewals and the fan-out go on
beside each other, and never beside what somebody decides.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing

import house
import pytest
from cluster import Cluster

from bot.errors import StoreError
from bot.model import State
from bot.model.outbox import Result, Scope
from bot.model.outbox.slots import Slot
from bot.model.outbox.waves import NewWave
from bot.store import Store
from bot.store.db.postgres import line
from bot.store.planning import plan

pytestmark = pytest.mark.sqlite  # played once, on a server of the tests' own

NOW = 1_000_000
EACH, WORKERS = 5, 4
PEOPLE = 30
BEFORE_THEY_COMMIT = 0.3
"""Seconds in which somebody who waits for nobody has long ended."""


@pytest.fixture
def stores(server: Cluster | None, tmp_path, request) -> Iterator[list[Store]]:
    """A connection for each worker and one more, where `PEOPLE` have a nudge that is due."""
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    name = f"t{abs(hash(request.node.nodeid)):x}"
    where = server.made(name)
    with ExitStack() as stack:
        made = [
            stack.enter_context(closing(Store(where, keys=tmp_path / "keys")))
            for _ in range(WORKERS + 1)
        ]
        for store in made:
            store.database.execute("SET lock_timeout = '5s'")
        first = made[0]
        house.due(first, PEOPLE, NOW)
        first.slots.make("one", EACH * WORKERS)
        yield made
    server.drop(name)


def claim(store: Store, most: int = EACH) -> list[int]:
    """Claim under a lease of one's own; return for whom."""
    token = store.leases.take("one", "a worker", NOW)
    with store.transaction(beside=True):
        return _claimed(store, token, most)


def _claimed(store: Store, token: int, most: int = EACH) -> list[int]:
    rows = store.outbox.claim(1, NOW, most, store.holds.current(), token=token)
    return [row.recipient for row in rows]


def test_claims_wait_for_nobody_and_pass_by_what_others_claim_and_reserve(stores):
    tokens = [store.leases.take("one", "a worker", NOW) for store in stores]
    people, slots = [], []
    with ExitStack() as open_at_once:
        for store, token in zip(stores, tokens, strict=True):
            open_at_once.enter_context(store.transaction(beside=True))
            assert store.leases.renew(token, NOW)
            slots += store.slots.reserve("one", EACH, EACH * WORKERS, NOW, NOW + 6)
            people += _claimed(store, token)
    assert people == list(range(1, EACH * (WORKERS + 1) + 1))
    assert sorted(slot.number for slot in slots) == list(range(EACH * WORKERS))


def reserved(store: Store, n: int) -> int:
    return len(store.slots.reserve("one", n, EACH * WORKERS, NOW, NOW + 6))


def test_no_more_is_taken_than_was_asked_for_however_a_server_goes_about_it(stores):
    """Where its statistics know of a single row at most, it looks for each row of the table whether
    the ones to be taken have it, and would choose others each time.
    """
    store, *_ = stores
    queued = {"queued": int(State.QUEUED), "sent": int(State.SENT)}
    store.database.execute("UPDATE slot SET free = :later", {"later": 2 * NOW})
    store.database.execute("UPDATE delivery SET state = :sent", queued)
    store.database.execute("ANALYZE slot, delivery")
    store.database.execute("UPDATE slot SET free = 0")
    store.database.execute("UPDATE delivery SET state = :queued", queued)
    for merely in ("hashagg", "sort"):
        store.database.execute(f"SET enable_{merely} = off")
    assert [reserved(store, 3), reserved(store, 2)] == [3, 2]
    assert [claim(store, 3), claim(store, 2)] == [[1, 2, 3], [4, 5]]


def test_a_claim_comes_by_its_deadlines_in_whatever_order_the_server_gives_it(stores):
    store, *_ = stores
    store.database.execute("UPDATE delivery SET expires = expires + 100 - recipient")
    store.database.execute("ANALYZE delivery")
    for by_index in ("nestloop", "mergejoin"):
        store.database.execute(f"SET enable_{by_index} = off")
    assert claim(store, 4) == [PEOPLE, PEOPLE - 1, PEOPLE - 2, PEOPLE - 3]


def test_what_meets_the_slots_of_all_is_alone(stores):
    """Two of them would wait for each other, each with slots that it has just spoken of."""
    ours, theirs, *_ = stores
    mine, others = (store.slots.reserve("one", 2, 4, NOW, NOW + 6) for store in (ours, theirs))
    with ours.transaction(beside=True), theirs.transaction(beside=True):
        ours.slots.say("one", [(slot, NOW + 5) for slot in mine])
        theirs.slots.say("one", [(slot, NOW + 5) for slot in others])
        for store in (ours, theirs):
            with pytest.raises(RuntimeError, match="must be alone"):
                store.slots.bound("one", NOW + 3)
            with pytest.raises(RuntimeError, match="must be alone"):
                store.slots.rest("one", NOW + 9)
    with ThreadPoolExecutor(1) as pool:
        with ours.transaction(beside=True):
            ours.slots.say("one", [(Slot(mine[0].number, NOW, NOW + 5), NOW + 4)])
            bound = pool.submit(theirs.slots.bound, "one", NOW + 3)
            assert not ended(bound)
        bound.result(10)
    assert ours.slots.first_free("one", 4) == NOW + 3


def test_what_a_claim_did_not_commit_is_claimed_by_another(stores):
    ours, theirs, *_ = stores

    def fail() -> None:
        with ours.transaction(beside=True):
            assert _claimed(ours, 0) == [1, 2, 3, 4, 5]
            assert claim(theirs) == [6, 7, 8, 9, 10]
            raise StoreError("the claim fails")

    with pytest.raises(StoreError, match="claim fails"):
        fail()
    assert claim(theirs) == [1, 2, 3, 4, 5]


def ended(taken: Future[object]) -> bool:
    return bool(wait([taken], BEFORE_THEY_COMMIT).done)


def hold(store: Store) -> int | None:
    with store.transaction():
        return store.holds.put(Scope(channel="one"), NOW)


def stop(store: Store) -> None:
    store.plan.cancel(1, NOW)


def forget(store: Store) -> None:
    store.database.execute("DELETE FROM delivery WHERE recipient > :five", {"five": EACH})


@pytest.mark.parametrize("decide", [hold, stop, forget])
def test_a_decision_waits_for_claims_under_way_and_is_known_to_every_later_one(stores, decide):
    ours, somebody, late, *_ = stores
    with ThreadPoolExecutor(2) as pool:
        with ours.transaction(beside=True):
            assert len(_claimed(ours, 0)) == EACH
            decided = pool.submit(decide, somebody)
            assert not ended(decided)
            later = pool.submit(claim, late)
            assert not ended(later), "it goes behind who waits longer"
        decided.result(10)
        assert later.result(10) == []
    sending = "SELECT count(*) FROM delivery WHERE state = :sending"
    assert ours.database.value(sending, {"sending": int(State.SENDING)}) == EACH


def test_nobody_claims_while_somebody_decides(stores):
    ours, somebody, *_ = stores
    with ThreadPoolExecutor(1) as pool:
        with somebody.transaction():
            somebody.holds.put(Scope(), NOW)
            later = pool.submit(claim, ours)
            assert not ended(later)
        assert later.result(10) == []


def test_results_are_written_beside_each_other_and_only_under_the_own_claim(stores):
    ours, theirs, *_ = stores
    tokens = [store.leases.take("one", "a worker", NOW) for store in (ours, theirs)]
    rows = [
        store.outbox.claim(1, NOW, EACH, store.holds.current(), token=token)
        for store, token in zip((ours, theirs), tokens, strict=True)
    ]
    stolen = [Result(row._replace(claim=tokens[1]), State.SENT) for row in rows[0]]
    assert theirs.outbox.settle(stolen, NOW) == stolen
    with ours.transaction(beside=True), theirs.transaction(beside=True):
        for store, mine in zip((ours, theirs), rows, strict=True):
            assert (
                store.outbox.settle([Result(r, State.SENT, receipt="9") for r in mine], NOW) == []
            )
    assert ours.database.value("SELECT count(*) FROM result") == 2 * EACH


# the fan-out


@pytest.fixture
def wave(stores, monkeypatch) -> int:
    """A wave for all people, of whom a step takes three."""
    monkeypatch.setattr(plan, "STEP_ROWS", 3)
    first = stores[0]
    number = first.plan.add(house.DEED)
    first.database.execute("DELETE FROM delivery")
    wave = NewWave(occurrence=number, place=1, due=NOW, expires=NOW + 3600)
    first.plan.add_waves(number, [wave], 1)
    for store in stores:
        store.plan._stride = 3
    return number


def fan_out(store: Store) -> int:
    made = 0
    while (more := store.plan.fan_out(NOW)) is not None:
        made += more
    return made


def test_all_that_fan_out_at_once_make_each_row_once(stores, wave):
    with ThreadPoolExecutor(len(stores)) as pool:
        made = list(pool.map(fan_out, stores))
    assert sum(made) == PEOPLE
    people = stores[0].database.column("SELECT recipient FROM delivery ORDER BY recipient")
    assert people == list(range(1, PEOPLE + 1))


def test_the_fan_out_waits_for_no_claim_and_no_claim_for_it(stores, wave):
    ours, theirs, *_ = stores
    with ours.transaction(beside=True):
        assert ours.plan.fan_out(NOW) == 3
        assert claim(theirs) == []
    with ours.transaction(beside=True):
        assert _claimed(ours, 0) == [1, 2, 3]
        assert theirs.plan.fan_out(NOW) == 3
        assert claim(theirs) == [4, 5, 6]


def while_a_step_is_open(stores: list[Store], write: Callable[[Store], object]) -> bool:
    """Return whether somebody could write while a step of the fan-out was not committed."""
    ours, theirs, *_ = stores
    with ThreadPoolExecutor(1) as pool:
        with ours.transaction(beside=True):
            ours.plan.fan_out(NOW)
            written = pool.submit(write, theirs)
            at_once = ended(written)
        written.result(10)
    return at_once


def test_nobody_joins_while_a_step_goes_by_the_highest_number(stores, wave):
    newcomer = [house.person(PEOPLE)]
    assert not while_a_step_is_open(stores, lambda store: store.people.add(newcomer))
    fan_out(stores[0])
    people = stores[0].database.column("SELECT id FROM person ORDER BY id")
    assert stores[0].database.column("SELECT recipient FROM delivery ORDER BY recipient") == people


# plans


def test_a_plan_of_a_small_table_is_not_kept_when_it_has_grown(stores, monkeypatch):
    store = stores[0]
    for person in range(1, 13):
        [row] = store.outbox.claim(1, NOW, 1, store.holds.current(), token=1)
        assert row.recipient == person
        assert store.outbox.settle([Result(row, State.SENT, receipt="9")], NOW) == []
    store.database.execute(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires) SELECT"
        " 2, 1, n, :sent, 0, 0, 0 FROM generate_series(1, 20000) n",
        {"sent": int(State.SENT)},
    )
    monkeypatch.setattr(line, "PLANS_LAST", -1)
    assert store.outbox.settle([], NOW) == []
    [settles] = store.database.column(
        "SELECT name FROM pg_prepared_statements WHERE statement LIKE 'UPDATE delivery%FROM json%'"
    )
    plan = "\n".join(store.database.column(f"EXPLAIN EXECUTE \"{settles}\" ('[]')"))
    assert "delivery_pkey" in plan, plan
