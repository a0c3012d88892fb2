"""A planner tick with nothing due: its CPU with 1,000,000 subscribers against 10,000, in one run.

Both files are open at the same time and ticked in turn, so that the machine's load falls on both
alike.
"""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from crowd import crowded, occurrence

from bot.jobs.planning import plan
from bot.model import QuietHours
from bot.model.database import Where

TICKS = 2_000
BATCH = 100


def house(path: Where, people: int, keys: Path | None = None) -> SimpleNamespace:
    """Services whose occurrence has opened, with all its waves still to come."""
    store = crowded(path, people, keys=keys)
    store.plan.add(occurrence(1))
    services = SimpleNamespace(
        store=store,
        settings=SimpleNamespace(quiet=QuietHours(start=0, end=0)),
        mark="bench",
        active=(),
        steady=lambda: True,
    )
    now = datetime(2021, 4, 30, 8, tzinfo=UTC)
    store.meta.put("planned", f"bench {now.date()}")
    plan.run(services, now)
    assert store.plan.next_instant(int(now.timestamp()), 0) is not None, "waves are open"
    return services


def cpu(services: SimpleNamespace) -> float:
    now = datetime(2021, 4, 30, 8, tzinfo=UTC)
    began = time.process_time()
    for n in range(BATCH):
        assert plan.run(services, now + timedelta(seconds=n)) == 0
    return (time.process_time() - began) / BATCH


def main(small: int = 10_000, large: int = 1_000_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        houses = [house(Path(folder) / f"{people}.db", people) for people in (small, large)]
        rounds = [[cpu(services) for services in houses] for _ in range(TICKS // BATCH)]
        few, many = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"tick with {small:,} people {few * 1e6:.0f} µs, with {large:,} people {many * 1e6:.0f}"
            " µs of CPU"
        )
        print(f"ratio {many / few:.2f} (target 1.5)")
        for services in houses:
            services.store.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
