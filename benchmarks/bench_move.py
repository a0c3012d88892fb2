"""`drumbeat move` of many rows (people, deliveries and results alike), killed in the middle and
started again, into a new file or an empty database of a server.

    python bench_move.py 5000000 --to postgresql://drumbeat@127.0.0.1/empty

The time is that of the second start, which copies what lacks and compares all. It is set against a
bare loop over all rows of the file that writes them into another one, and reads both again.
"""

import argparse
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from crowd import crowded

from bot.store.meta import LIVE

TOP = Path(__file__).resolve().parents[1]

_DELIVERIES = (
    "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires) SELECT 1,"
    " channel, id, 5, 1, 1700000000 + id, 1700086400 FROM person"
)

_RESULTS = (
    "INSERT INTO result (occurrence, channel, recipient, at, receipt) SELECT 1, channel, id,"
    " 1700000000 + id, 'receipt-' || id FROM person"
)


_TENTHS = 2
"""Copying is the first five of ten, comparing the others."""


def made(path: Path, rows: int) -> None:
    store = crowded(path, rows // 3)
    store.meta.claim(LIVE)
    store.keys.settle()
    with store.transaction():
        store.database.execute(_DELIVERIES)
        store.database.execute(_RESULTS)
    store.close()


def floor(source: Path, target: Path) -> float:
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as copy:
        made_by = "SELECT sql FROM sqlite_master WHERE sql NOT NULL AND tbl_name = ? ORDER BY type"
        began = time.perf_counter()
        for table in ("person", "delivery", "result"):
            for (sql,) in sorted(
                there.execute(made_by, (table,)), key=lambda row: row[0][7:8] != "T"
            ):
                copy.execute(sql)
            rows = there.execute(f"SELECT * FROM {table}")
            while page := rows.fetchmany(5_000):
                marks = ", ".join("?" * len(page[0]))
                copy.executemany(f"INSERT INTO {table} VALUES ({marks})", page)
                copy.commit()
            both = [database.execute(f"SELECT * FROM {table}") for database in (there, copy)]
            assert all(ours == theirs for ours, theirs in zip(*both, strict=True))
        return time.perf_counter() - began


def begun(source: Path, target: str, keys: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "move", "--db", str(source), "--to", target, "--json"],
        cwd=TOP,
        env={**os.environ, "DRUMBEAT_KEYS_FILE": str(keys)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def killed_half_way(move: subprocess.Popen[bytes]) -> None:
    """Kill a move once it says that so many tenths are done."""
    assert move.stderr is not None
    for told, _ in enumerate(move.stderr, 1):
        if told == _TENTHS:
            break
    move.send_signal(signal.SIGKILL)
    move.communicate()


def main(rows: int, target: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, keys = Path(folder, "old.db"), Path(folder, "old.db.keys")
        made(source, rows)
        bare = floor(source, Path(folder, "bare.db"))
        to = target or str(Path(folder, "new.db"))
        killed_half_way(begun(source, to, keys))
        began = time.perf_counter()
        again = begun(source, to, keys)
        said, errors = again.communicate()
        seconds = time.perf_counter() - began
        assert again.returncode == 0, errors.decode()
        moved = json.loads(said)["rows"]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(
            f"{moved:,} rows moved after a kill, the rest copied and all compared: {seconds:.0f} s,"
            f" at most {peak} MB; a bare loop between files {bare:.0f} s:"
            f" {seconds / bare:.1f} times"
        )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", type=int, nargs="?", default=600_000)
    asked.add_argument("--to", help="an empty database on a server")
    given = asked.parse_args()
    main(given.rows, given.to)
