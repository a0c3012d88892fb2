"""Search among public pledges: the same asked of a file with many and of one with few, in turn, in
one run.

For each thing that is looked for it prints the median of its CPU in both files and their ratio,
which shall be at most 2; then what it takes to show a pledge and to take one out, within the
transaction that does it.

    python benchmarks/bench_search.py [--few 1000] [--many 100000] [--rounds 41]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from promises import VOCABULARY, Kind, let_be_found, pledges

from bot.model.public import Wanted
from bot.store import Store

TARGET = 2

KIND = Kind(
    campaign="trees",
    groups=tuple(f"group{n}" for n in range(9)),
    topics=tuple(f"topic{n}" for n in range(8)),
)


def filled(path: Path, count: int) -> Store:
    """A file with so many public pledges."""
    began, store = time.perf_counter(), Store(path)
    with store.transaction():
        let_be_found(store, dict(enumerate(pledges(KIND, count), start=1)))
    store.database.empty_log()
    size = path.stat().st_size / 1e6
    print(f"{count:,} pledges: {size:.0f} MB, {time.perf_counter() - began:.0f} s", flush=True)
    return store


def searches(few: Store) -> dict[str, Wanted]:
    """What is looked for, by name; something fits also where there are few."""
    every = Wanted(campaign=KIND.campaign)
    often = VOCABULARY[0]
    seldom = few.database.value(
        "SELECT term FROM pledge_term WHERE kind = 'word' AND n = 1 ORDER BY term"
    )
    return {
        "nothing": every,
        "a beginning of two letters": replace(every, words=VOCABULARY[30][:2]),
        "a beginning of five letters": replace(every, words=VOCABULARY[30][:5]),
        "a common word": replace(every, words=often),
        "two common words": replace(every, words=f"{VOCABULARY[1]} {often}"),
        "a rare word": replace(every, words=seldom),
        "a rare word and a common one": replace(every, words=f"{often} {seldom}"),
        "three filters": replace(
            every, group=KIND.groups[0], progress="done", topic=KIND.topics[0]
        ),
        "three filters and a word": replace(
            every, words=often, group=KIND.groups[0], progress="done", language="en"
        ),
        "pledges further back": replace(every, after=(1, 500)),
    }


def took(do: Callable[[], object]) -> float:
    """CPU seconds."""
    began = time.process_time()
    do()
    return time.process_time() - began


def compare(what: str, does: list[Callable[[], object]], rounds: int) -> None:
    """Print the medians of doing it in both files, in turn, and their ratio."""
    times = [[took(do) for do in does] for _ in range(rounds)]
    few, many = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
    most = max(times[n][1] for n in range(rounds)) * 1e3
    print(f"{what}: {few:.2f} ms of CPU and {many:.2f} (at most {most:.1f}), {many / few:.2f}")


def main(few: int, many: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = [filled(Path(folder) / f"{count}.db", count) for count in (few, many)]
        print(f"each at most {TARGET} times as long among {many:,} as among {few:,}:")
        for what, wanted in searches(stores[0]).items():
            looks = [lambda store=store: store.search.find(wanted) for store in stores]  # noqa: B023
            compare(what, looks, rounds)
        out = [iter(range(few // 2, few)) for _ in stores]
        hides = [lambda s=s, n=n: s.search.hide(next(n)) for s, n in zip(stores, out, strict=True)]
        compare("a pledge taken out", hides, rounds)
        new = list(pledges(KIND, rounds, seed=1))
        put = [iter(enumerate(new, start=few // 2)) for _ in stores]
        shows = [lambda s=s, n=n: s.search.show(*next(n)) for s, n in zip(stores, put, strict=True)]
        compare("a pledge shown", shows, rounds)
        for store in stores:
            store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=41)
    given = parser.parse_args()
    main(given.few, given.many, given.rounds)
