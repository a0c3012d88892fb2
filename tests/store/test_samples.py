"""Samples are only ever added; the ledger adds up exactly."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.errors import IntegrityError
from bot.model.counting import Sample, Spent
from bot.store import Store

NOON = datetime(2021, 6, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Sample(
    tag="#tree",
    network="mastodon",
    source="one.example",
    query="GET /api/v1/tags/tree",
    start=NOON,
    end=NOON + HOUR,
    resolution=3600,
    reposts=False,
    collected=NOON + 2 * HOUR,
    uses=7,
    boosts=3,
    authors=5,
    blind=("posts that are not public", "„Anführung“"),
)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    yield store
    store.close()


def count(store):
    return store.database.value("SELECT count(*) FROM sample")


def test_a_sample_comes_back_as_it_was(store):
    full = replace(ONE, pledgers=2, reposts=True)
    assert store.samples.add([ONE, full]) == 2
    assert store.samples.within("#tree", NOON, NOON + HOUR) == [ONE, full]


def test_the_same_answer_once_more_is_no_sample(store):
    store.samples.add([ONE])
    assert store.samples.add([replace(ONE, collected=NOON + 9 * HOUR)]) == 0
    assert count(store) == 1


@pytest.mark.parametrize(
    "revision",
    [{"uses": 8}, {"boosts": 4}, {"boosts": None}, {"authors": 6}, {"pledgers": 0}, {"blind": ()}],
    ids=lambda r: next(iter(r)),
)
def test_a_revision_is_a_new_sample_and_the_old_one_stays(store, revision):
    store.samples.add([ONE])
    revised = replace(ONE, collected=NOON + 3 * HOUR, **revision)
    assert store.samples.add([revised]) == 1
    assert store.samples.within("#tree", NOON, NOON + HOUR) == [ONE, revised]


def test_a_number_that_comes_back_is_a_revision_too(store):
    later = [
        replace(ONE, uses=uses, collected=NOON + n * HOUR) for n, uses in enumerate((7, 8, 7, 7))
    ]
    assert [store.samples.add([each]) for each in later] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "other",
    [
        {"tag": "#bush"},
        {"network": "x"},
        {"source": "two.example"},
        {"query": "other"},
        {"end": NOON + 2 * HOUR},
        {"reposts": True},
        {"beside": "#wood"},
    ],
    ids=lambda o: next(iter(o)),
)
def test_another_window_source_or_query_is_another_sample(store, other):
    assert store.samples.add([ONE, replace(ONE, **other)]) == 2


def test_samples_are_never_changed_or_deleted(store):
    store.samples.add([ONE])
    for statement in ("UPDATE sample SET uses = 1", "DELETE FROM sample"):
        with pytest.raises(IntegrityError, match="only ever added"):
            store.database.execute(statement)
    assert store.samples.within("#tree", NOON, NOON + HOUR) == [ONE]


def test_only_windows_that_touch_the_time_are_found(store):
    store.samples.add([ONE])
    assert store.samples.within("#tree", NOON + HOUR, NOON + 2 * HOUR) == []
    assert store.samples.within("#tree", NOON - HOUR, NOON) == []
    assert store.samples.within("#tree", NOON + HOUR / 2, NOON + 2 * HOUR) == [ONE]
    assert store.samples.within("#bush", NOON, NOON + HOUR) == []


def test_other_hashtags_stand_beside_the_campaigns(store):
    other = replace(ONE, tag="#wood", beside="#tree")
    store.samples.add([ONE, other])
    assert store.samples.within("#tree", NOON, NOON + HOUR) == [ONE]
    assert store.samples.within("#wood", NOON, NOON + HOUR) == [], "nobody tracks it for itself"
    assert store.samples.beside("#tree", NOON, NOON + HOUR) == [other]


def test_all_or_none_of_a_collection_is_kept(store, monkeypatch):
    broken = replace(ONE, uses=9)
    object.__setattr__(broken, "network", None)
    with pytest.raises(IntegrityError):
        store.samples.add([ONE, broken])
    assert count(store) == 0


def test_blind_spots_are_json_in_plain_letters(store):
    store.samples.add([ONE])
    text = store.database.value("SELECT blind FROM sample")
    assert json.loads(text) == list(ONE.blind)
    assert "„" in text


def test_the_ledger_adds_up_exactly(store):
    day = date(2021, 6, 12)
    for _ in range(60):
        store.ledger.add(day, "x", "x", "post", 1, Decimal("0.015"))
    store.ledger.add(day, "x", "x", "count", 3, Decimal("0.015"))
    store.ledger.add(day + timedelta(days=1), "x-fr", "x", "post_with_link", 1, Decimal("0.2"))
    assert store.ledger.between(day, day) == [
        Spent(day=day, channel="x", account="x", kind="count", n=3, micros=15_000),
        Spent(day=day, channel="x", account="x", kind="post", n=60, micros=900_000),
    ]
    assert store.ledger.spent(["x"], day, day + timedelta(days=1)) == 1_115_000
    assert store.ledger.spent(["other"], day, day) == 0
