"""Texts that programs suggest: staff see each beside what stands there, use it or drop it."""

import re
from datetime import timedelta

import pytest

from bot.errors import UsageError
from bot.jobs.machines import suggestions
from bot.jobs.machines.declined import Declined
from bot.jobs.staff import posting
from bot.model import DeliveryKey, State
from bot.model.staff import FORMER_STAFF, Actor
from bot.times import epoch
from tests.web.desk.conftest import NOW

WRITER = Actor.member("writer")


@pytest.fixture
def post(services):
    """A post of staff that is to come; its id."""
    own = posting.publish(
        services,
        "As it was",
        [services.settings.channels["telegram"]],
        NOW + timedelta(days=1),
        Actor.member("admin"),
        NOW,
    )
    [entry] = services.store.posts.about(own.action)
    return str(entry.key)


def suggest(services, post, text="A better text", now=NOW):
    return suggestions.wording(services, post, text, "It is shorter", WRITER, now)


def mark(page):
    return re.search(r'name="mark" value="(\w+)"', page.text)[1]


async def test_a_wording_that_is_used_is_whose_who_used_it_and_waits_for_another(
    services, desk, post
):
    number = suggest(services, post)
    async with desk(services) as sit:
        seat = await sit("approver")
        today = await seat.gets("/desk/")
        assert "Suggestions of programs: 1" in today.words
        page = await seat.gets("/desk/suggestions")
        for said in ("A better text", "As it was", "It is shorter", "Suggested for writer"):
            assert said in page.words
        form = {"number": str(number), "do": "use", "mark": mark(page)}
        assert (await seat.posts("/desk/suggestions", form)).where.endswith("suggestion_used")
        assert (await seat.posts("/desk/suggestions", form)).status == 409
        assert "No suggestion waits" in (await seat.gets("/desk/suggestions")).words
    entry = services.store.listing.entry(DeliveryKey(*map(int, post.split("-"))))
    assert (entry.state, posting.shown(services, entry).parts) == (
        State.AWAITING_APPROVAL,
        ("A better text",),
    )
    with pytest.raises(UsageError, match="somebody else must approve"):
        posting.let_go(services, entry.key, Actor.member("approver"), NOW)
    verbs = [deed.verb for deed in services.store.audit.read(verb="suggestion.")]
    assert verbs == ["suggestion.used", "suggestion.made"]


async def test_nobody_writes_over_what_they_did_not_see(services, desk, post):
    number = suggest(services, post)
    async with desk(services) as sit:
        seat = await sit("writer")
        seen = mark(await seat.gets("/desk/suggestions"))
        key = DeliveryKey(*map(int, post.split("-")))
        posting.rewrite(services, key, "Changed meanwhile", Actor.member("admin"), NOW)
        form = {"number": str(number), "do": "use", "mark": seen}
        assert (await seat.posts("/desk/suggestions", form)).where.endswith("done=changed")
        assert services.store.suggestions.waiting()[0] == 1
        form["do"] = "drop"
        assert (await seat.posts("/desk/suggestions", form)).where.endswith("suggestion_dropped")
    assert services.store.suggestions.waiting()[0] == 0


async def test_a_translation_is_shown_for_whoever_keeps_the_files(services, desk):
    given = ("trees", "deed", "en", "<b>Bonjour</b>", "", WRITER, NOW)
    number = suggestions.translation(services, *given)
    async with desk(services) as sit:
        page = await (await sit("reader")).gets("/desk/suggestions")
        assert "<b>Bonjour</b>" in page.words
        assert "It is taken over" not in page.words  # a reader decides nothing
        seat = await sit("writer")
        form = {"number": str(number), "do": "use", "mark": ""}
        assert (await seat.posts("/desk/suggestions", form)).where.endswith("suggestion_used")


def test_what_can_not_be_used_is_not_kept(services, post):
    wrong = [
        lambda: suggest(services, "9-9-0"),
        lambda: suggest(services, post, "x" * 9_000),
        lambda: suggest(services, post, " "),
        lambda: suggest(services, post, now=NOW + timedelta(days=9)),
        lambda: suggestions.translation(services, "trees", "no", "en", "x", "", WRITER, NOW),
        lambda: suggestions.translation(services, "trees", "deed", "xx", "x", "", WRITER, NOW),
    ]
    for suggested in wrong:
        with pytest.raises(UsageError):
            suggested()
    assert services.store.suggestions.waiting()[0] == 0


def test_a_program_that_does_not_stop_is_stopped(services, post, monkeypatch):
    monkeypatch.setattr(suggestions, "MOST", 2)
    suggest(services, post)
    suggest(services, post)
    with pytest.raises(Declined, match="wait until they have"):
        suggest(services, post)


def test_who_is_forgotten_is_named_by_no_suggestion(services, post):
    suggest(services, post)
    writer = services.team.called("writer")
    services.store.forgotten.forget_at(1, "telegram", "101", epoch(NOW), member=writer)
    assert [each.by for each in services.store.suggestions.undecided()] == [FORMER_STAFF]
