"""A rehearsed year with 10,000 subscribers, 500 pledges and 40 events: CPU per delivery, against a
bare loop on the same table; and the memory of it, also with 100,000.

The year is that of the shipped campaign, with as many events as it lacks spread over its days, each
a webinar of an hour and a half, every second one with places for fewer than sign up. The bare loop
takes the rehearsal's own file, makes every row *queued* again, and claims 50 and marks 50 per
commit, synchronous=FULL, until none is left: no text, no network, no people; the median of three
counts. Each part runs in a process of its own; CPU and peak memory are the system's figures for
that process.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from bot.store.db import Database

TOP = Path(__file__).resolve().parent.parent
CAMPAIGN = "endchildlabour2021"
FIRST = date(2021, 2, 1)
EVENT = """
[[event]]
id = "bench-{number}"
start = {day}T14:00:00
end = {day}T15:30:00
zone = "Europe/Paris"
signup = true
capacity = {places}
source = "invented for a measurement"
"""


def packed(folder: Path, events: int) -> Path:
    """A config.toml beside a copy of the campaign that has so many events to which people come."""
    own = folder / "campaigns" / CAMPAIGN
    shutil.copytree(TOP / "campaigns" / CAMPAIGN, own)
    table = own / "events.toml"
    there = tomllib.loads(table.read_text("utf-8"))["event"]
    more = events - sum(bool(each.get("signup")) for each in there)
    with table.open("a", encoding="utf-8") as file:
        for number in range(max(0, more)):
            day = FIRST + timedelta(days=30 + number * 290 // max(1, more))
            file.write(EVENT.format(number=number, day=day, places=50 if number % 2 else 500))
    for language in ("en", "fr", "es"):
        words = folder / "content" / language / CAMPAIGN
        shutil.copytree(TOP / "content" / language / CAMPAIGN, words)
        with (words / "words.toml").open("a", encoding="utf-8") as file:
            for number in range(max(0, more)):
                file.write(f'\n[events.bench-{number}]\ntitle = "Invented event {number}"\n')
    config = folder / "config.toml"
    shipped = (TOP / "config.toml").read_text("utf-8")
    config.write_text(shipped.replace("roots = []", f'roots = ["{folder}"]', 1), "utf-8")
    return config


def rehearsed(
    config: Path, file: Path, subscribers: int, pledges: int
) -> tuple[dict, int, float, float]:
    """(report, deliveries, CPU seconds, peak MB) of a rehearsal in its own process."""
    command = [
        *(sys.executable, "-m", "bot", "rehearse", "--campaign", CAMPAIGN, "--json"),
        *("--subscribers", str(subscribers), "--pledges", str(pledges)),
        *("--db", str(file), "--config", str(config)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=TOP)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"the rehearsal ended with {status}"
    process.returncode = 0
    report = json.loads(output)
    assert report["duplicates"] == 0, "duplicates"
    # what would wait for a link was claimed and settled as well
    handled = report["deliveries"]["sent"] + sum(text["deliveries"] for text in report["waiting"])
    return report, handled, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


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


def main(small: int = 10_000, large: int = 100_000, pledges: int = 500, events: int = 40) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, config = folder / "small.db", packed(folder, events)
        report, sent, cpu, memory = rehearsed(config, file, small, pledges)
        floor = median(bare / rows for rows, bare in (bare_loop(file) for _ in range(3))) * 1e6
        ours = cpu / sent * 1e6
        print(
            f"{small:,} subscribers, {pledges} pledges, {events} events: {sent:,} deliveries,"
            f" {ours:.0f} µs of CPU each; bare loop {floor:.0f} µs"
        )
        print(f"ratio {ours / floor:.1f} (target 4.5); peak memory {memory:.0f} MB (target 150)")
        print(", ".join(f"{kind} {n['sent']:,}" for kind, n in report["kinds"].items()))
        if large:
            _, _, cpu, more = rehearsed(config, folder / "large.db", large, pledges)
            print(
                f"{large:,} subscribers: {cpu:.0f} s of CPU, peak memory {more:.0f} MB,"
                f" {more - memory:+.0f} MB (target +30)"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
