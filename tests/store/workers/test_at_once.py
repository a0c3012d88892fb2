"""Threads that claim, reserve and settle at once, each over a connection of its own: every row is
one thread's, and all together keep the pace.
"""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from threading import Event

import house
import pytest

from bot.model import State
from bot.model.outbox import Result, Scope
from bot.store import Store

NOW = 1_000_000
PEOPLE, WORKERS = 120, 4
MOST_POSTS = 5
MOST, SPAN, HOLD = 12, 150, 1000
"""Messages in a span, its length in milliseconds, and how long one may be held."""


@pytest.fixture
def stores(tmp_path):
    """A connection for each worker, and one to look."""
    house.begin(tmp_path / "test.db")
    with ExitStack() as stack:
        first, *others = (
            stack.enter_context(closing(Store(tmp_path / "test.db"))) for _ in range(WORKERS + 1)
        )
        house.due(first, PEOPLE, NOW)
        first.slots.make("telegram", MOST)
        yield first, others


def now() -> int:
    return time.time_ns() // 1_000_000


def work(store) -> tuple[list[int], list[int]]:
    """Whom this worker sent to, and when; it goes on until nothing is due."""
    token = store.leases.take("telegram", "a thread", NOW)
    people, left, over, results = [], [], [], []
    while results or store.outbox.has_due(1, NOW):
        with store.transaction(beside=True):
            assert store.outbox.settle(results, NOW) == []
            store.slots.say("telegram", over)
            at = now()
            slots = store.slots.reserve("telegram", 5, MOST, at, at + HOLD + SPAN)
            rows = (
                store.outbox.claim(1, NOW, len(slots), store.holds.current(), token=token)
                if slots and store.leases.renew(token, NOW)
                else []
            )
        over = [(slot, slot.since) for slot in slots[len(rows) :]]
        for slot, row in zip(slots, rows, strict=False):
            left.append(now())
            people.append(row.recipient)
            over.append((slot, left[-1] + SPAN))
        results = [Result(row, State.SENT) for row in rows]
        if not rows:
            time.sleep(0.005)
    return people, left


def test_every_row_is_claimed_once_and_all_together_keep_the_pace(stores):
    first, others = stores
    with ThreadPoolExecutor(WORKERS) as threads:
        done = list(threads.map(work, others))
    assert Counter(person for people, _ in done for person in people) == Counter(
        range(1, PEOPLE + 1)
    )
    assert first.database.column("SELECT DISTINCT state FROM delivery") == [State.SENT]
    left = sorted(at for _, times in done for at in times)
    for before, beyond in zip(left, left[MOST:], strict=False):
        assert beyond - before >= SPAN


def test_what_is_held_meanwhile_is_claimed_by_nobody_any_more(stores):
    first, others = stores
    held = Event()

    def claim(store) -> list[int]:
        claimed, more = [], True
        while more:
            was_held = held.is_set()
            with store.transaction(beside=True):
                rows = store.outbox.claim(1, NOW, 2, store.holds.current(), token=1)
            more = not was_held
            claimed += [row.recipient for row in rows if was_held]
            time.sleep(0.005)
        return claimed

    with ThreadPoolExecutor(WORKERS) as threads:
        claiming = [threads.submit(claim, store) for store in others]
        time.sleep(0.02)
        first.holds.put(Scope(), NOW)
        held.set()
        assert [each.result(20) for each in claiming] == [[]] * WORKERS
    states = {int(State.SENDING), int(State.QUEUED)}
    assert set(first.database.column("SELECT DISTINCT state FROM delivery")) == states


def post(store) -> int:
    """How many posts this worker claims until those of a day have all left."""
    token, count = store.leases.take("telegram", "a thread", NOW), 0
    while True:
        with store.transaction():
            posts = MOST_POSTS - store.outbox.posts_since(1, NOW - 1)
            if posts <= 0:
                return count
            rows = store.outbox.claim(1, NOW, 2, store.holds.current(), posts=posts, token=token)
            time.sleep(0.005)
        count += len(rows)


def test_all_together_claim_no_more_posts_than_a_day_has(stores):
    first, others = stores
    first.database.execute("DELETE FROM delivery")
    for number in range(3 * MOST_POSTS):
        deed = replace(house.DEED, action=f"deed {number}", nudge=False)
        first.intake.add_post(first.plan.add(deed), 1, State.QUEUED, NOW, NOW + 3600)
    with ThreadPoolExecutor(WORKERS) as threads:
        done = list(threads.map(post, others))
    assert sum(done) == MOST_POSTS
    assert first.outbox.posts_since(1, NOW) == MOST_POSTS
