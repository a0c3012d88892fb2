"""Fan-out of one occurrence to 1,000,000 subscribers, against one INSERT … SELECT in one
transaction into the same table of the same file.

Both go into a fresh occurrence of the same file in turn, five times each; the ratio is of the
medians. The longest transaction is how long the write lock was held. Once with everybody in one
zone, in one wave; once spread over all zones, with all waves due at once as after a day of
downtime.
"""

import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from crowd import NOON_AFTER, crowded, occurrence

from bot.jobs.planning import plan
from bot.model import QuietHours

ROUNDS = 5


def floor(store, occurrence_id: int, waves_of: int) -> float:
    """The same rows, from the waves of an occurrence that is planned already, in one statement."""
    began = time.perf_counter()
    with store.database.transaction():
        store.database.execute(
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires) "
            "SELECT :occurrence, 1, p.id, 3, 0, w.due, w.expires FROM person p CROSS JOIN wave w "
            "WHERE w.place = p.place AND w.occurrence = :waves_of ORDER BY p.id",
            {"occurrence": occurrence_id, "waves_of": waves_of},
        )
    return time.perf_counter() - began


def timed_transactions(database) -> list[float]:
    """Lengths of all transactions from now on, in seconds."""
    held: list[float] = []
    plain = type(database).transaction

    @contextmanager
    def transaction(**how):
        with plain(database, **how):
            began = time.perf_counter()
            yield
        held.append(time.perf_counter() - began)

    database.transaction = transaction
    return held


def planning(store) -> SimpleNamespace:
    """What of services planning asks for."""
    return SimpleNamespace(store=store, settings=SimpleNamespace(quiet=QuietHours(start=0, end=0)))


def ours(store, occurrence_id: int) -> tuple[float, float]:
    """(seconds, longest transaction), waves included."""
    services = planning(store)
    now = int(NOON_AFTER.timestamp())
    held = timed_transactions(store.database)
    began = time.perf_counter()
    plan.open_waves(services, NOON_AFTER)
    while True:
        if store.plan.fan_out(now) is None:
            break
    seconds = time.perf_counter() - began
    rows = store.database.value(
        "SELECT count(*) FROM delivery WHERE occurrence = :id", {"id": occurrence_id}
    )
    assert rows == store.people.count(), f"{rows} rows"
    return seconds, max(held)


def measure(people: int, zones: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = crowded(Path(folder) / "bench.db", people, zones)
        floors, mine, locks = [], [], []
        for number in range(ROUNDS):
            planned = store.plan.add(occurrence(number))
            seconds, longest = ours(store, planned)
            floors.append(floor(store, 1_000_000 + number, planned))
            mine.append(seconds)
            locks.append(longest)
            store.database.execute("DELETE FROM delivery")
        ratio = statistics.median(mine) / statistics.median(floors)
        print(
            f"{people:,} people in {store.people.newest_place()} zones: floor"
            f" {statistics.median(floors):.2f} s, ours {statistics.median(mine):.2f} s"
        )
        print(
            f"  ratio {ratio:.2f}, longest transaction {max(locks) * 1000:.0f} ms (targets 1.5 and"
            " 100 ms)"
        )
        store.close()


def main(people: int = 1_000_000) -> None:
    measure(people, 1)
    measure(people, None)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
