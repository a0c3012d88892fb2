"""Drafts of posts, each kept under a number of its own."""

from dataclasses import replace

import house
import pytest

from bot.model.staff.drafts import Draft
from bot.store import Store

DRAFT = Draft(
    id=0, member="anna", campaign="trees", text="One.", channels=("telegram",), due="", at=5
)


@pytest.fixture
def drafts(tmp_path):
    house.begin(tmp_path / "test.db")
    store = Store(tmp_path / "test.db")
    yield store.drafts
    store.close()


def test_a_new_draft_gets_a_number_and_keeps_it(drafts):
    first, second = drafts.put(DRAFT, 5), drafts.put(replace(DRAFT, text="Two."), 5)
    assert first != second
    assert drafts.put(replace(DRAFT, id=first, text="One more."), 6) == first
    assert {each.id: each.text for each in drafts.all("anna")} == {
        first: "One more.",
        second: "Two.",
    }
    drafts.drop("anna", second)
    assert drafts.put(replace(DRAFT, id=second), 7) == second, "sent elsewhere, and changed here"
    assert drafts.find("anna", second).text == "One."
