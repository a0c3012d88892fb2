"""A world-wide wave at a size that no machine here has: many bots, fifty million subscribers, N
workers on one PostgreSQL, second by second, by measured costs. No database.

It prints when the wave is over, what the database writes, and what bounds it first. A model is
worth what it was held against: at the end stand figures that were measured, what the model says of
them, and by how much it misses.

    python sim_scale.py --bots 200 --people 50000000 --workers 8
"""

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.jobs.rehearsal.population import inhabited_zones

STEP = 10
"""Seconds that go by at once."""

PACE = 30.0
"""Messages a second that Telegram takes of one bot."""

MESSAGE = 1.25e-3
"""Seconds of a worker's CPU for a message: 1.21 and 1.28 at 30 a second, `bench_dispatch.py`."""

COMMIT = 0.17e-3
"""Seconds of one fsync, on the disk of the figures of 29 November 2026; a slow disk takes 5e-3."""

FAN_OUT_ROW = 12.7e-6
"""Seconds for a delivery of a fan-out through the store, of a million on a busy machine
(README.md)."""

MOST_COMMITS = 10
"""Commits of an account in a second: each writes what has landed and claims what leaves next
(docs/design.md)."""

CLAIM = 100
"""Most rows of one claim (`bot/store/sending/statements.py`)."""


@dataclass(frozen=True)
class Claims:
    """What one transaction takes that settles what has landed and claims as many, in seconds."""

    fixed: float
    row: float

    def seconds(self, rows: float, commits: float) -> float:
        """Return what a database is busy for with so many rows in so many transactions."""
        return commits * (self.fixed + COMMIT) + rows * self.row


NOW = Claims(fixed=1.84e-3, row=27e-6)
"""PostgreSQL's CPU for a transaction of the product, with slots, lease and people, and for what a
turn looks at before it: 602 µs a message at 30 a second, of which 3.2 share one; by the row what
lies between claims of 3 and of 50, 0.73 and 2.0 ms (30 November 2026)."""

MANY = 33
"""Messages in a transaction where as many leave as can."""

BEFORE = Claims(fixed=COMMIT, row=(1.8e-3 + 2.0e-3) / 50)
"""The claim and settlement of the figures below: 1.8 ms for 50 rows claimed, 2.0 ms for a loop that
settles them, a commit for each of the two."""

BEFORE_FAN_OUT_ROW = 0.148 / 10_000
"""146 to 151 ms for 10,000 rows, the channel looked up for each."""


@dataclass(frozen=True)
class House:
    """What the wave meets."""

    bots: int
    people: int
    workers: int
    #: seconds in a second that the database works: its cores, or 1 where one process at a time
    #: may write
    database: float
    claims: Claims = NOW

    def ceilings(self) -> dict[str, float]:
        """Return the messages a second that each part can take, if the others could take more."""
        # a busy database gets fewer and larger transactions
        return {
            "the networks' pace for these bots": self.bots * PACE,
            "the workers' CPU": self.workers / MESSAGE,
            "the database": self.database / (self.claims.seconds(CLAIM, 1) / CLAIM),
        }


@dataclass
class Played:
    """What came of it."""

    #: seconds from the first zone's instant to the last message, and to the last zone's instant
    ended: int = 0
    last_due: int = 0
    #: most messages that waited, for how long at most, and most sent in a second
    waiting: float = 0.0
    late: float = 0.0
    sent: float = 0.0
    #: most rows written in a second, and most of the database's time that claims take
    rows: float = 0.0
    busy: float = 0.0
    #: transactions of the second with most messages
    commits: float = 0.0


def instants(people: int) -> dict[int, float]:
    """Return how many people have nine o'clock at which second, the zones alike: from the first."""
    day = datetime(2026, 11, 20, tzinfo=UTC).date()
    zones = Counter(
        int(datetime.combine(day, time(9), ZoneInfo(zone)).timestamp())
        for zone, _ in inhabited_zones()
    )
    share, first = people / zones.total(), min(zones)
    return {at - first: share * zones[at] for at in sorted(zones)}


def play(house: House) -> Played:
    """Let one wave go round the world."""
    due, played = instants(house.people), Played()
    played.last_due, ceiling = max(due), min(house.ceilings().values())
    to_come, queued, at = 0.0, 0.0, 0
    while at <= played.last_due or to_come + queued >= 1:
        to_come += sum(n for second, n in due.items() if at - STEP < second <= at)
        # one process fans out at a time, and claims have the rest
        fanning = min(to_come * FAN_OUT_ROW / STEP, 1.0, house.database / 2)
        fanned, sent = fanning * STEP / FAN_OUT_ROW, min(queued, ceiling * STEP)
        commits = _commits(house, sent / STEP, house.database - fanning)
        to_come, queued, at = to_come - fanned, queued + fanned - sent, at + STEP
        played.waiting = max(played.waiting, queued + to_come)
        played.late = max(played.late, (queued + to_come) / ceiling)
        # claimed, settled, its result
        played.rows = max(played.rows, (3 * sent + fanned) / STEP)
        if sent / STEP > played.sent:
            played.sent, played.commits = sent / STEP, commits
            played.busy = house.claims.seconds(sent / STEP, commits) / house.database
    played.ended = at
    return played


def _commits(house: House, sent: float, room: float) -> float:
    """Return the transactions of a second: ten of each bot, fewer and larger ones where the
    database has no room for them.
    """
    most = (room - sent * house.claims.row) / (house.claims.fixed + COMMIT)
    return min(sent, house.bots * MOST_COMMITS, max(sent / CLAIM, most))


def told(house: House) -> None:
    """Print what becomes of a wave."""
    played, ceilings = play(house), house.ceilings()
    bound, *others = sorted(ceilings, key=ceilings.__getitem__)
    print(
        f"{house.people:,} people, {house.bots} bots, {house.workers} workers, a database of"
        f" {house.database:g} s of work a second"
    )
    print(
        f"  over {played.ended / 3600:.1f} h after the first zone's hour,"
        f" {max(0, played.ended - played.last_due) / 60:.0f} min after the last one's; most late"
        f" {played.late / 60:.0f} min, most waiting {played.waiting:,.0f}"
    )
    print(
        f"  at most {played.sent:,.0f} messages, {played.rows:,.0f} rows written and"
        f" {played.commits:,.0f} transactions of claims a second, for which"
        f" {house.bots * MOST_COMMITS:,} are wished; they take {played.busy:.0%} of the database"
    )
    print(f"  bound first by {bound}: {ceilings[bound]:,.0f} a second", end="")
    print("".join(f"; then by {each}: {ceilings[each]:,.0f}" for each in others))


def held_against_what_was_measured() -> None:
    """Print what the model says of measurements (PostgreSQL 15, two shared cores, fsync on): the
    first two of today's statements, the others of those of 29 November 2026.
    """
    one = 50 / BEFORE.seconds(50, 1)
    for what, modelled, measured in (
        (
            "messages for a second of the server's CPU, of which 33 share a transaction",
            MANY / (NOW.fixed + MANY * NOW.row),
            12_050,
        ),
        ("four claimers at once against one, in batches of 50, per cent", 200, 134),
        ("claim and settle 50 in a commit, one claimer, rows/s", one, 8_500),
        # client and server on the same two cores: no more than one of them works for two claimers
        ("the same, four claimers and SKIP LOCKED", one, 7_000),
        ("fan-out of 1,000,000, rows/s", 10_000 / (10_000 * BEFORE_FAN_OUT_ROW + COMMIT), 70_000),
    ):
        missed = modelled / measured - 1
        print(f"  {what}: modelled {modelled:,.0f}, measured {measured:,}: misses by {missed:+.0%}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--bots", type=int, default=200)
    asked.add_argument("--people", type=int, default=50_000_000)
    asked.add_argument("--workers", type=int, default=8)
    asked.add_argument("--cores", type=float, default=2, help="cores of the database")
    given = asked.parse_args()
    house = House(given.bots, given.people, given.workers, given.cores)
    told(house)
    print("  the same where one process at a time may write:")
    told(replace(house, database=1.0))
    print("held against what was measured:")
    held_against_what_was_measured()


if __name__ == "__main__":
    main()
