"""Calls at the desk: what was sent, the checklist before everybody sees it, and surveys."""

from dataclasses import replace

import pytest

from bot.jobs.calls import entries
from bot.model.calls.entry import Call, CallKind, EntryState, Sent
from tests.web.desk.conftest import NOW

pytestmark = pytest.mark.slow
CLEAR = dict.fromkeys(("shown", "child", "consent", "risk", "dignity", "place"), "no")


def sent(services, text="A <b>poem</b>", *, shows=True):
    new = Sent(
        campaign=services.active[0].id,
        call="art",
        language="en",
        name="Ana",
        text=text,
        link="",
        contact="ana@example.org",
        shows=shows,
    )
    return entries.send(services, new, NOW)


async def test_what_was_sent_becomes_a_favourite_by_the_checklist_alone(services, desk):
    sent(services)
    sent(services, "For you", shows=False)
    store = services.store.entries
    async with desk(services) as sit:
        seat = await sit("approver")
        page = await seat.gets("/desk/calls")
        assert page.words.count("waits for you") == 2
        one = await seat.gets("/desk/calls/sent/1")
        assert "A &lt;b&gt;poem&lt;/b&gt;" in one.text
        assert "ana@example.org" in one.words
        bare = await seat.posts("/desk/calls/sent/1", {"act": "answer"})
        assert ("Answer each question" in bare.words, store.get(1).state) == (
            True,
            EntryState.WAITS,
        )
        done = await seat.posts("/desk/calls/sent/1", {"act": "answer", **CLEAR})
        assert done.where.endswith("done=entry_favourite")
        assert store.get(1).state is EntryState.FAVOURITE
        hers = await seat.gets("/desk/calls/sent/2")
        assert "nobody else" in hers.words
        assert 'value="answer"' not in hers.text
        await seat.posts("/desk/calls/sent/1", {"act": "drop"})
        assert store.get(1).state is EntryState.PRIVATE
        assert (await seat.gets("/desk/calls/sent/9")).status == 404


async def test_staff_open_and_close_a_call_and_see_on_today_what_waits(services, desk):
    art = Call(id="art", kind=CallKind.STORY, source="us")
    services = replace(services, active=(replace(services.active[0], calls=(art,)),))
    form = {"call": f"{services.active[0].id}/art"}
    sent(services)
    async with desk(services) as sit:
        reader, approver = await sit("reader"), await sit("approver")
        assert "Things sent to calls that wait for you: 1" in (await reader.gets("/desk/")).words
        assert (await reader.posts("/desk/calls", form | {"act": "open"})).status == 403
        assert "closed" in (await approver.gets("/desk/calls")).words
        done = await approver.posts("/desk/calls", form | {"act": "open"})
        assert done.where == "/desk/calls?done=call_opened"
        page = await approver.gets("/desk/calls")
        assert 'value="close"' in page.text
        assert 'value="open"' not in page.text
        again = await approver.posts("/desk/calls", form | {"act": "open"})
        assert "It is open already." in again.words
        done = await approver.posts("/desk/calls", form | {"act": "close"})
        assert done.where == "/desk/calls?done=call_closed"
        other = await approver.posts("/desk/calls", {"call": "x/y", "act": "open"})
        assert other.status in (404, 409, 422)
