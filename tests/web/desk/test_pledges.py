"""Pledges at the desk: what waits, a pledge's page, and what is decided there."""

import re
from dataclasses import replace

import orchard
import pytest

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.conversation.words import Pressed
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.rules.alerts import PledgeTask
from bot.times import epoch
from tests.web.desk.conftest import NOW


@pytest.fixture
def pledge(services):
    """A submitted pledge of an organisation; its number."""
    return orchard.add_pledge(services)


def state(services, number):
    return services.store.pledges.get(number).state


def mark(told):
    return told.text.partition('name="mark" value="')[2].partition('"')[0]


async def test_what_waits_is_listed_and_decided_on_as_it_was_read(services, desk, pledge):
    async with desk(services) as sit:
        seat = await sit("approver")
        listed = await seat.gets("/desk/pledges")
        assert "Plant 40 trees ACME new, waits for approval" in listed.words
        shown = await seat.gets(f"/desk/pledges/{pledge}")
        assert "With spades" in shown.words
        assert "Nobody has made sure yet" in shown.words
        told = await seat.posts(f"/desk/pledges/{pledge}", {"act": "approve", "mark": mark(shown)})
        assert told.where == f"/desk/pledges/{pledge}?done=pledge_approved"
    assert state(services, pledge) is PledgeState.APPROVED
    [deed] = services.store.audit.read(verb="pledge.")
    assert (deed.by, deed.object) == ("member approver", str(pledge))


async def test_what_has_changed_meanwhile_is_not_approved_unread(services, desk, pledge):
    async with desk(services) as sit:
        seat = await sit("approver")
        read = mark(await seat.gets(f"/desk/pledges/{pledge}"))
        services.store.pledges.edit(
            pledge, {"name": "Fell 40 trees", "how": "By axe"}, Actor.person(1), 5
        )
        told = await seat.posts(f"/desk/pledges/{pledge}", {"act": "approve", "mark": read})
        assert told.status == 409
        assert "Nothing was changed: meanwhile somebody decided about it" in told.words
        assert "Fell 40 trees" in told.words, "the pledge as it is now"
        back = {"act": "return", "mark": read, "reason": "Which trees?"}
        assert "Which trees?" in (await seat.posts(f"/desk/pledges/{pledge}", back)).words
    assert state(services, pledge) is PledgeState.SUBMITTED


async def test_tasks_are_closed_where_there_are_any(services, desk, pledge):
    path, words = f"/desk/pledges/{pledge}", "We got in touch: close its tasks"
    async with desk(services) as sit:
        seat = await sit("approver")
        assert words not in (await seat.gets(path)).words
        task = PledgeTask(subject=PledgeTask.about(pledge, "need_help"), text="help")
        services.store.alerts.open(task, 5)
        assert words in (await seat.gets(path)).words
        await seat.posts(path, {"act": "attend"})
        assert words not in (await seat.gets(path)).words


async def test_a_whole_life_from_the_browser(services, desk, pledge):
    path = f"/desk/pledges/{pledge}"
    async with desk(services) as sit:
        seat = await sit("approver")
        read = mark(await seat.gets(path))
        sent = await seat.posts(path, {"act": "return", "mark": read, "reason": "Which trees?"})
        assert sent.where.endswith("done=pledge_returned")
        assert state(services, pledge) is PledgeState.REJECTED
        services.store.pledges.edit(
            pledge, {"name": "Plant 40 oaks", "how": "With spades"}, Actor.person(1), 5
        )
        services.store.pledges.move(pledge, PledgeState.SUBMITTED, Actor.person(1), 6)
        await seat.posts(path, {"act": "approve", "mark": mark(await seat.gets(path))})
        assert "Make it public" not in (await seat.gets(path)).words, "nobody made sure"
        await seat.posts(path, {"act": "verify", "way": "staff", "note": "Their letter"})
        assert "Somebody of you made sure of it on 1 May 2021." in (await seat.gets(path)).words
        assert (await seat.posts(path, {"act": "publish"})).where.endswith("done=pledge_published")
        assert state(services, pledge) is PledgeState.PUBLISHED
        services.store.pledges.edit(
            pledge, {"name": "Plant 50 oaks", "how": "With spades"}, Actor.person(1), 7
        )
        changed = await seat.gets(path)
        assert "<ins" in changed.text
        assert "Before: Plant 40 oaks" in changed.words
        listed = (await seat.gets("/desk/pledges")).words
        assert "changed, waits for approval" in listed


async def test_the_board_shows_who_is_where_and_only_those_asked_for(services, desk, pledge):
    services.store.pledges.move(pledge, PledgeState.APPROVED, Actor.staff("9"), 5)
    async with desk(services) as sit:
        seat = await sit("approver")
        board = (await seat.gets("/desk/pledges?journey=active")).text.partition('id="board"')[2]
        assert "Plant 40 trees" in board
        silent = (await seat.gets("/desk/pledges?journey=silent")).text.partition('id="board"')[2]
        assert "Plant 40 trees" not in silent
        reader = await sit("writer")
        for path in ("pledges", f"pledges/{pledge}"):
            assert (await reader.gets(f"/desk/{path}")).status == 403, "people are not for them"
        refused = await reader.posts(f"/desk/pledges/{pledge}", {"act": "publish"})
        assert refused.status == 403


async def test_a_public_pledge_that_waits_says_that_its_result_does(services, desk, pledge):
    store = services.store
    store.pledges.verify(pledge, "staff", Actor.staff("9"), 4, "Their letter")
    for moment, made in enumerate((PledgeState.APPROVED, PledgeState.PUBLISHED), 5):
        store.pledges.move(pledge, made, Actor.staff("9"), moment)
    store.journeys.keep_form("pledge", pledge, "trees", "scale-up", {"a": "b"}, 7, finished=True)
    async with desk(services) as sit:
        waits = (await (await sit("approver")).gets("/desk/pledges")).text.partition('id="board"')
    assert "what they found for bringing it further waits" in waits[0]
    assert "what they found" not in waits[2]


async def test_a_pledge_that_was_sent_back_is_found_by_its_state(services, desk, pledge):
    services.store.pledges.move(pledge, PledgeState.REJECTED, Actor.staff("9"), 5, "Which?")
    async with desk(services) as sit:
        seat = await sit("approver")
        for asked, there in (("", True), ("state=rejected", True), ("journey=active", False)):
            board = (await seat.gets(f"/desk/pledges?{asked}")).text.partition('id="board"')[2]
            assert (f'/desk/pledges/{pledge}"' in board) is there, asked


@pytest.mark.parametrize("number", ["0", "7", "x", "9" * 30, "-1"])
async def test_what_is_no_pledge_is_not_there(services, desk, pledge, number):
    async with desk(services) as sit:
        told = await (await sit("approver")).gets(f"/desk/pledges/{number}")
        assert told.status == 404


async def test_a_pledge_says_how_far_it_is_in_its_year_and_what_comes_next(services, desk, pledge):
    known = {"trees": orchard.campaign()}
    there = replace(services, library=replace(services.library, campaigns=known))
    async with desk(there) as sit:
        told = await (await sit("approver")).gets(f"/desk/pledges/{pledge}")
        assert "Steps done 0 of 11 in its year. Next: " in told.words
        assert ", 3 May 2021." in told.words


async def test_what_happened_is_told_in_the_language_of_who_reads_it(services, desk, pledge):
    services.store.pledges.move(pledge, PledgeState.APPROVED, Actor.staff("anna"), 86_400)
    async with desk(services) as sit:
        seat = await sit("approver")
        english = (await seat.gets(f"/desk/pledges/{pledge}")).text
        arabic = (await seat.gets(f"/desk/pledges/{pledge}", accept_language="ar")).text
    assert "<li>2 January 1970: approved</li>" in english
    assert "<li>2 يناير 1970: اعتُمد</li>" in arabic


async def test_what_happened_to_a_pledge_has_the_signs_of_its_language(services, desk, pledge):
    path = f"/desk/pledges/{pledge}"
    async with desk(services) as sit:
        seat = await sit("approver")
        read = mark(await seat.gets(path))
        await seat.posts(path, {"act": "return", "mark": read, "reason": "Which trees?"})
        for language, colon in (("en", ": "), ("fr", "\u00a0: "), ("zh", "：")):
            page = (await seat.gets(path, accept_language=language)).text
            history = page.partition("<details>")[2]
            assert f"{colon}<bdi>Which trees?</bdi>" in history
            assert all(colon in line for line in re.findall(r"<li>([^<]+)", history))


async def test_a_maker_was_checked_on_the_same_day_at_the_desk_and_in_the_chat(
    services, desk, pledge
):
    services = replace(services, settings=replace(services.settings, zone="Pacific/Kiritimati"))
    # 1 May still by UTC
    services.store.pledges.verify(pledge, "staff", Actor.staff("9"), epoch(NOW) + 5 * 3_600)
    async with desk(services) as sit:
        shown = (await (await sit("approver")).gets(f"/desk/pledges/{pledge}")).words
    user = str(services.team.called("approver").telegram)
    press = Pressed(topic="pledges", act="show", args=(str(pledge),))
    asked = Arrival(address=user, user=user, language="en", event=press)
    told = ChatEntry(lambda: services, "telegram").handle([asked], NOW)[0]
    assert "2 May 2021" in shown
    assert "2 May 2021" in " ".join(out.text for out in told)
