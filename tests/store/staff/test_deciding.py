"""What waits for staff among pledges, from an index of that alone."""

import pytest

from bot.model import Audience
from bot.model.pledge import NewPledge, PledgeState
from bot.store import Store
from bot.store.db import Database

NOW = 1_614_600_000
NEW = NewPledge(
    campaign="trees",
    audience=Audience.INDIVIDUAL,
    stakeholder="",
    organisation="",
    country="DE",
    language="en",
    answers={"name": "Plant 40 trees"},
)


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "test.db")
    yield opened
    opened.close()


@pytest.fixture
def pledged(store):
    """A function that makes a pledge and moves it to these states, a second after the other."""

    def make(*states, at=NOW):
        number = store.pledges.begin(NEW, "person 1", at)
        for later, state in enumerate(states, start=1):
            store.pledges.move(number, state, "staff anna", at + later)
        return number

    return make


def test_what_waits_is_what_staff_decide_about_the_longest_first(store, pledged):
    public = (PledgeState.SUBMITTED, PledgeState.APPROVED, PledgeState.PUBLISHED)
    submitted = pledged(PledgeState.SUBMITTED, at=NOW + 50)
    approved = pledged(*public[:2], at=NOW + 10)
    edited, _ = (pledged(*public, at=NOW) for _ in range(2))
    store.pledges.edit(edited, {"name": "Plant 50 trees"}, "person 1", NOW + 30)
    pledged()
    pledged(PledgeState.SUBMITTED, PledgeState.REJECTED)
    assert list(store.deciding.waiting(store.deciding.results()).items()) == [
        (approved, NOW + 12),
        (edited, NOW + 30),
        (submitted, NOW + 51),
    ]


@pytest.mark.sqlite
def test_no_pledge_is_read_that_waits_for_nobody(store, monkeypatch):
    asked, rows = list[str](), Database.rows
    monkeypatch.setattr(
        Database, "rows", lambda db, sql, params={}: asked.append(sql) or rows(db, sql, params)
    )
    assert store.deciding.waiting(store.deciding.results()) == {}
    steps = [step for *_, step in rows(store.database, f"EXPLAIN QUERY PLAN {asked[1]}")]
    assert steps == ["SCAN p USING INDEX pledge_to_decide"]
    blank = {"form": "scale-up", "published": 5}
    steps = [step for *_, step in rows(store.database, f"EXPLAIN QUERY PLAN {asked[0]}", blank)]
    assert "SEARCH e USING INDEX pledge_event_result (pledge=? AND at>?)" in steps
