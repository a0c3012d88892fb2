"""A rehearsed year with 10,000 subscribers: CPU per delivery, against a bare loop on the same
table; and the memory of it, also with 100,000.

The bare loop takes the rehearsal's own file, makes every row *queued* again, and claims 50 and
marks 50 per commit, synchronous=FULL, until none is left: no text, no network, no people. Each part
runs in a process of its own; CPU and peak memory are the system's figures for that process.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.store.db import Database

CAMPAIGN = "endchildlabour2021"


def rehearsed(file: Path, subscribers: int) -> tuple[int, float, float]:
    """(deliveries, CPU seconds, peak MB) of a rehearsal in its own process."""
    command = [
        sys.executable,
        "-m",
        "bot",
        "rehearse",
        "--campaign",
        CAMPAIGN,
        "--subscribers",
        str(subscribers),
        "--db",
        str(file),
        "--json",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parent.parent
    )
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"the rehearsal ended with {status}"
    process.returncode = 0
    report = json.loads(output)
    assert report["duplicates"] == 0, "duplicates"
    # what would wait for a link was claimed and settled as well
    handled = report["deliveries"]["sent"] + sum(text["deliveries"] for text in report["waiting"])
    return handled, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def bare_loop(file: Path) -> tuple[int, float]:
    """(deliveries, CPU seconds) of claiming 50 and marking 50 per commit."""
    database = Database(file)
    database.execute("UPDATE delivery SET state = 3")
    channels = [row[0] for row in database.rows("SELECT DISTINCT channel FROM delivery")]
    began, done = time.process_time(), 0
    for channel in channels:
        while True:
            with database.transaction():
                rows = database.rows(
                    "UPDATE delivery SET state = 4, attempts = attempts + 1 WHERE (occurrence,"
                    " channel, recipient) IN (SELECT occurrence, channel, recipient FROM delivery"
                    " WHERE channel = :channel AND due <= 9999999999 AND state IN (3, 4) AND state"
                    " = 3 ORDER BY due, occurrence, recipient LIMIT 50) AND state = 3 RETURNING"
                    " occurrence, channel, recipient",
                    {"channel": channel},
                )
                database.many(
                    "UPDATE delivery SET state = 5 WHERE occurrence = :o AND channel = :c AND"
                    " recipient = :r AND state = 4",
                    [{"o": o, "c": c, "r": r} for o, c, r in rows],
                )
            if not rows:
                break
            done += len(rows)
    seconds = time.process_time() - began
    database.close()
    return done, seconds


def main(small: int = 10_000, large: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "small.db"
        sent, cpu, memory = rehearsed(file, small)
        rows, bare = bare_loop(file)
        ours, floor = cpu / sent * 1e6, bare / rows * 1e6
        print(
            f"{small:,} subscribers: {sent:,} deliveries, {ours:.0f} µs of CPU each; bare loop"
            f" {floor:.0f} µs"
        )
        print(f"ratio {ours / floor:.1f} (target 5); peak memory {memory:.0f} MB (target 150)")
        if large:
            _, cpu, more = rehearsed(Path(folder) / "large.db", large)
            print(
                f"{large:,} subscribers: {cpu:.0f} s of CPU, peak memory {more:.0f} MB,"
                f" {more - memory:+.0f} MB (target +30)"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
