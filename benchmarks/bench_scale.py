"""What a database on a server costs: against bare statements there, and against the file.

It starts a PostgreSQL of its own (fsync on, as it comes) and measures in one run:

- claims, reservations and results in batches, against a bare `UPDATE … RETURNING` of as many rows,
  and against bare statements that write what a delivery needs: claimed, settled, with its receipt;
  and by four claimers at once;
- durable sending by the dispatch job to a fast fake server, on a file and on the server, in CPU per
  message of its process, with PostgreSQL's own share apart; and so at 30 a second, where a commit
  holds three messages of an account;
- three workers with an account each against one with all three;
- the fan-out of one occurrence, against one `INSERT … SELECT` into the same table;
- a planner tick with nothing due, with few and with many subscribers.

    python benchmarks/bench_scale.py [--rows 20000] [--messages 6000] [--people 1000000]
"""

import argparse
import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import bench_dispatch as dispatching
import bench_fan_out as fanning
import bench_tick as ticking
import psutil
import psycopg
from bench_dispatch import CAMPAIGN, DUE, arrivals, serve
from crowd import NOON_AFTER, crowded, occurrence
from fast_server import TOKEN, cpu

from bot import app
from bot.cli.common import open_library
from bot.config import Privacy, load
from bot.jobs.planning import plan
from bot.jobs.rehearsal import population
from bot.jobs.services import Services
from bot.model import State
from bot.model.database import Server, Where
from bot.model.outbox import Result
from bot.networks.telegram.network import Network
from bot.store import Store

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from cluster import Cluster, running

ACCOUNTS = ("first", "second", "third")
BATCH = 50
ROUNDS = 3
UNPACED = 1_000.0
"""Messages a second of an account, more than it can send: as many slots are looked through."""

PACED = 30.0
CLAIMERS = 4
_AS_IT_COMES = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")

_BARE = (
    "UPDATE delivery SET state = 5 WHERE (occurrence, channel, recipient) IN (SELECT occurrence,"
    " channel, recipient FROM delivery WHERE channel = 1 AND due <= %s AND state IN (3, 4) AND"
    " state = 3 AND occurrence = %s ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED) AND state = 3"
    " RETURNING occurrence, channel, recipient"
)

_KEY = "d.occurrence = r.occurrence AND d.channel = 1 AND d.recipient = r.recipient"

_GIVEN = "unnest(%s::bigint[], %s::bigint[]) AS r (occurrence, recipient)"

_ALL_BARE = (
    f"UPDATE delivery d SET state = 5, due = 1, attempts = 1 FROM {_GIVEN} WHERE {_KEY}",
    "INSERT INTO result (occurrence, channel, recipient, at, receipt) SELECT r.occurrence, 1,"
    f" r.recipient, 1, '9' FROM {_GIVEN}",
)


@contextmanager
def server() -> Iterator[Cluster]:
    """A server that keeps its promises, unlike that of the tests."""
    with running() as cluster:
        assert cluster, "PostgreSQL is not installed"
        cluster.run("postgres", *(f"ALTER SYSTEM SET {name} = on" for name in _AS_IT_COMES))
        cluster.stop()
        cluster.start()
        yield cluster


def of_server(cluster: Cluster) -> float:
    """Return the seconds of a processor that the server has used, with all its processes."""
    main = psutil.Process(cluster.pid)
    mine = main.cpu_times()
    total: float = mine.user + mine.system + mine.children_user + mine.children_system
    for child in main.children():
        used = child.cpu_times()
        total += used.user + used.system
    return total


# claims and results


def claims(cluster: Cluster, rows: int, folder: Path) -> None:
    """Claim, reserve and settle so many rows; and claim as many barely, in turn."""
    where = cluster.empty("claims")
    with (
        closing(crowded(where, rows, 1, keys=folder / "keys")) as store,
        psycopg.connect(**where.connecting(), autocommit=True) as connection,
    ):
        ours, bare, whole = [], [], []
        for number in range(ROUNDS):
            _fill(store, range(3 * number + 1, 3 * number + 4))
            bare.append(rows / _bare(connection, 3 * number + 1, rows))
            whole.append(rows / _bare(connection, 3 * number + 2, rows, _ALL_BARE))
            ours.append(rows / _ours(store, rows))
        _fill(store, range(3 * ROUNDS + 1, 3 * ROUNDS + 5))
        with multiprocessing.get_context("spawn").Pool(CLAIMERS) as pool:
            at_once = pool.starmap(claimer, [(where, folder / "keys")] * CLAIMERS)
    done, empty, began, ended = zip(*at_once, strict=True)
    assert sum(done) == 4 * rows, "each row is one claimer's"
    mine, floor, three = (statistics.median(each) for each in (ours, bare, whole))
    print(
        f"claim, reserve and settle in batches of {BATCH}: {mine:,.0f} rows a second, bare"
        f" {floor:,.0f}: ratio {mine / floor:.2f} (target 0.8); bare with all that is written"
        f" {three:,.0f}: ratio {mine / three:.2f}; {CLAIMERS} at once"
        f" {sum(done) / (max(ended) - min(began)):,.0f}, {sum(empty)} claims of theirs empty"
    )


def _fill(store: Store, numbers: Iterable[int]) -> None:
    """Let a nudge of each of these occurrences be due for everybody."""
    for number in numbers:
        store.plan.add(occurrence(number))
    plan.open_waves(_planning(store), NOON_AFTER)
    while store.plan.fan_out(int(NOON_AFTER.timestamp())) is not None:
        pass
    store.database.execute("ANALYZE delivery")


def claimer(where: Where, keys: Path) -> tuple[int, int, float, float]:
    """Claim and settle until nothing is due; return rows, claims that came back empty though
    something was due, and when that began and ended.
    """
    now, done, empty, landed = int(NOON_AFTER.timestamp()), 0, 0, list[Result]()
    with closing(Store(where, keys=keys)) as store:
        holds, token = store.holds.current(), store.leases.take("telegram", "bench", now)
        began = time.monotonic()
        while landed or store.outbox.has_due(1, now):
            with store.transaction(beside=True):
                store.outbox.settle(landed, now)
                store.leases.renew(token, now)
                claimed = store.outbox.claim(1, now, BATCH, holds, token=token)
            landed = [Result(row, State.SENT, receipt="9") for row in claimed]
            done += len(claimed)
            empty += not claimed and store.outbox.has_due(1, now)
        return done, empty, began, time.monotonic()


def _planning(store: Store) -> Services:
    return fanning.planning(store)


def _bare(
    connection: psycopg.Connection, number: int, rows: int, then: tuple[str, ...] = ()
) -> float:
    began, done = time.perf_counter(), 0
    while done < rows:
        with connection.transaction():
            taken = connection.execute(_BARE, (2**40, number, BATCH)).fetchall()
            assert taken, "they are all there"
            people = [occurrence for occurrence, *_ in taken], [person for *_, person in taken]
            for statement in then:
                connection.execute(statement, people)
        done += len(taken)
    return time.perf_counter() - began


def _ours(store: Store, rows: int) -> float:
    now = int(NOON_AFTER.timestamp())
    holds, landed, done = store.holds.current(), list[Result](), 0
    store.slots.make("telegram", BATCH)
    token = store.leases.take("telegram", "bench", now)
    began, moment = time.perf_counter(), now * 1000
    while done < rows:
        moment += 1100
        with store.transaction(beside=True):
            store.outbox.settle(landed, now)
            store.slots.reserve("telegram", BATCH, BATCH, moment, moment + 1000)
            store.leases.renew(token, now)
            claimed = store.outbox.claim(1, now, BATCH, holds, token=token)
        landed = [Result(row, State.SENT, receipt="9") for row in claimed]
        done += len(claimed)
        assert claimed, "they are all there"
    store.outbox.settle(landed, now)
    return time.perf_counter() - began


# sending


def opened(where: Where, keys: Path, port: int, names: tuple[str, ...], pace: float) -> Services:
    """The services of a live run with so many accounts, the fake server in Telegram's place."""
    settings, problems = load(None)
    assert settings, problems
    channel = replace(settings.channels["telegram"], base_url=f"http://127.0.0.1:{port}")
    settings = replace(
        settings,
        database=where,
        keys=keys,
        active=(CAMPAIGN,),
        channels={name: replace(channel, name=name, account=name) for name in names},
        privacy=Privacy(controller="-", contact="-", retention=365, url=None),
    )
    Network.LIMITS = replace(Network.LIMITS, per_second=pace)
    tokens = {f"DRUMBEAT_{name.upper()}_TOKEN": TOKEN for name in names}
    return app.open_live(settings, open_library(settings, settings.active), environ=tokens)


def due(where: Where, keys: Path, port: int, each: int, pace: float) -> None:
    """Make so many nudges due on each account, which has its slots as if it had sent before."""
    made = opened(where, keys, port, ACCOUNTS, pace)
    for name in ACCOUNTS:
        made.store.slots.make(name, int(2 * pace))
        crowd = population.people(
            each, 1, channels=[made.channel_ids[name]], languages=["en"], joined=0
        )
        made.store.people.add(
            replace(one, address=str(10_000_000 + n), zone="Europe/Paris", minute=540)
            for n, one in enumerate(crowd)
        )
    plan.run(made, DUE - timedelta(days=2))
    plan.run(made, DUE)
    asyncio.run(app.close(made))


def send(
    where: Where, keys: Path, port: int, names: tuple[str, ...], pace: float, pipe: Connection
) -> None:
    """Be a process that sends all that is due on these accounts, once it is told to; tell its CPU
    seconds.
    """
    made = opened(where, keys, port, names, pace)
    pipe.send(None)
    pipe.recv()
    before = cpu()

    async def all_of_them() -> None:
        await asyncio.gather(
            *(dispatching.dispatch(made, 100, 600.0, account=name) for name in names)
        )
        pipe.send(cpu() - before)
        left = made.store.database.column(
            "SELECT c.name FROM delivery d JOIN channel c ON c.id = d.channel WHERE d.recipient > 0"
            " AND d.state <> 5"
        )
        assert not set(left) & set(names), "something did not leave"
        await app.close(made)

    asyncio.run(all_of_them())


def sent(
    where: Where,
    keys: Path,
    port: int,
    each: int,
    shares: tuple[tuple[str, ...], ...],
    pace: float = UNPACED,
) -> tuple[float, float]:
    """Send on all accounts, by a process for each share of them; return seconds, and CPU seconds of
    all these processes.
    """
    due(where, keys, port, each, pace)
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for names in shares:
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=send, args=(where, keys, port, names, pace, theirs))
        process.start()
        theirs.close()
        ours.recv()
        pipes.append(ours)
        processes.append(process)
    began = time.perf_counter()
    for pipe in pipes:
        pipe.send(None)
    spent = sum(pipe.recv() for pipe in pipes)
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return seconds, spent


def sending(cluster: Cluster, messages: int, folder: Path) -> None:
    """Send on a file, on the server by one process, and on the server by three."""
    each = messages // len(ACCOUNTS)
    ours, theirs = multiprocessing.Pipe()
    fake = multiprocessing.Process(target=serve, args=(theirs, 0.0), daemon=True)
    fake.start()
    port = ours.recv()
    one, three = (ACCOUNTS,), tuple((name,) for name in ACCOUNTS)
    file = sent(folder / "file.db", folder / "file.keys", port, each, one)
    alone = _on(cluster, "alone", folder, port, each, one)
    split = _on(cluster, "split", folder, port, each, three)
    taken, _ = arrivals(ours)
    # not everybody of a crowd gets a nudge
    count, uneven = divmod(len(taken), 3)
    assert not uneven, "the same messages are sent three times"
    paced_file = sent(folder / "paced.db", folder / "paced.keys", port, each, one, PACED)
    paced = _on(cluster, "paced", folder, port, each, one, PACED)
    fake.terminate()
    for name, (seconds, spent, *rest) in (
        ("a file", file),
        ("the server", alone),
        ("the server, three workers", split),
        ("a file at 30 a second", paced_file),
        ("the server at 30 a second", paced),
    ):
        share = f", PostgreSQL's {rest[0] / count * 1e6:.0f} µs beside" if rest else ""
        print(
            f"sent on {name}: {count / seconds:,.0f} a second, {spent / count * 1e6:.0f} µs of CPU"
            f" each{share}"
        )
    print(
        f"CPU on the server against the file: {alone[1] / file[1]:.2f} (target 2), at 30 a second"
        f" {paced[1] / paced_file[1]:.2f}"
    )
    print(
        f"three workers against one: {alone[0] / split[0]:.2f} × as fast (target 2.4, on cores of"
        f" their own), CPU each {split[1] / alone[1]:.2f}, PostgreSQL's {split[2] / alone[2]:.2f}"
    )


def _on(
    cluster: Cluster,
    name: str,
    folder: Path,
    port: int,
    each: int,
    shares: tuple[tuple[str, ...], ...],
    pace: float = UNPACED,
) -> tuple[float, float, float]:
    where: Server = cluster.empty(name)
    due_before = of_server(cluster)
    seconds, spent = sent(where, folder / f"{name}.keys", port, each, shares, pace)
    return seconds, spent, of_server(cluster) - due_before


# planning


def fan_out(cluster: Cluster, people: int, folder: Path) -> None:
    """Fan one occurrence out, against one statement."""
    with closing(crowded(cluster.empty("fan"), people, keys=folder / "keys.fan")) as store:
        store.database.execute("ANALYZE")
        floors, mine = [], []
        for number in range(2):
            planned = store.plan.add(occurrence(number))
            seconds, _ = fanning.ours(store, planned)
            floors.append(fanning.floor(store, 1_000_000 + number, planned))
            mine.append(seconds)
            store.database.execute("TRUNCATE delivery")
    ours, floor = statistics.median(mine), statistics.median(floors)
    print(
        f"fan-out of {people:,}: {ours:.1f} s, one statement {floor:.1f} s: ratio"
        f" {ours / floor:.2f} (target 1.5)"
    )


def tick(cluster: Cluster, many: int, folder: Path) -> None:
    """Tick with nothing due, with ten thousand people and with many, in turn."""
    houses = [
        ticking.house(cluster.empty(f"tick{people}"), people, folder / f"keys.{people}")
        for people in (10_000, many)
    ]
    for house in houses:
        house.store.database.execute("ANALYZE")
    rounds = [[_ticked(house) for house in houses] for _ in range(10)]
    few, full = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(
        f"tick with 10,000 people {few * 1e6:.0f} µs, with {many:,} {full * 1e6:.0f} µs: ratio"
        f" {full / few:.2f} (target 1.5)"
    )
    for house in houses:
        house.store.close()


def _ticked(house: Services) -> float:
    began = time.perf_counter()
    ticking.cpu(house)
    return (time.perf_counter() - began) / ticking.BATCH


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--messages", type=int, default=6_000)
    parser.add_argument("--people", type=int, default=1_000_000)
    given = parser.parse_args()
    with server() as cluster, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        claims(cluster, given.rows, folder)
        sending(cluster, given.messages, folder)
        fan_out(cluster, given.people, folder)
        tick(cluster, given.people, folder)


if __name__ == "__main__":
    main()
