"""The waves at the desk: how far they are, by a page and by events that go on by themselves."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import house
import pytest

from bot.jobs.planning import plan
from bot.jobs.planning.watched import watched
from bot.model.staff import Member, StaffRole
from bot.store.planning import progress
from bot.times import epoch
from bot.web.desk import live
from bot.web.desk.view import fragment

NINE = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
PEOPLE = tuple(
    Member(name=name, roles=frozenset({role}))
    for name, role in (("anna", StaffRole.APPROVER), ("rita", StaffRole.READER))
)


@pytest.fixture
def services(tmp_path, with_staff):
    """A nudge to twenty people, all due, at a pace of one in ten seconds."""
    made = with_staff(
        house.services(
            tmp_path,
            house.campaign(house.action("deed", post=True)),
            channels=(house.channel("telegram", per_second=0.1),),
        ),
        members=PEOPLE,
    )
    made.store.people.add([house.person(n, country="CM" if n < 5 else "PE") for n in range(20)])
    plan.run(made, NINE)
    made = replace(made, dry={})
    leave(made, 6)
    yield made
    made.store.close()


def leave(services, many):
    """Let so many messages to people have left."""
    services.store.database.execute(
        "UPDATE delivery SET state = 5 WHERE recipient > 0 AND recipient <= :many", {"many": many}
    )


def event(text):
    """What the first event of a stream says."""
    return json.loads(re.search(r"^event: waves\ndata: (.*)$", text, re.MULTILINE)[1])


async def test_a_page_says_how_far_a_wave_is_and_when_it_will_have_left(services, desk):
    async with desk(services, NINE) as sit:
        seat = await sit("rita")
        assert '<a href="/desk/outbox/waves">' in (await seat.gets("/desk/outbox")).text
        page = await seat.gets("/desk/outbox/waves")
        assert "T – 1 May 2021, telegram" in page.words
        assert "6 of 20 have left (30% are done)." in page.words
        assert '<progress max="20" value="6"' in page.text
        # fourteen at one in ten seconds
        assert (
            "14 messages have still to leave; the last in time leaves around 1 May 2021, 09:32"
            in (page.words)
        )
        listed = page.text.partition("data-events")[2]
        assert "09:32" in listed, "and beside each wave"
        assert 'id="said" role="status"' in page.text
        assert 'id="pause" type="button" hidden' in page.text


async def test_a_wave_to_come_says_when_it_begins(services, desk):
    async with desk(services, NINE - timedelta(hours=2)) as sit:
        page = await (await sit("rita")).gets("/desk/outbox/waves")
        assert "The first leave at 1 May 2021, 09:00." in page.words


async def test_events_give_what_the_page_shows_and_end_soon(services, desk):
    async with desk(services, NINE) as sit:
        seat = await sit("rita")
        told = await seat.gets("/desk/outbox/events")
        assert told.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert told.headers["cache-control"] == "no-store"
        assert told.text.startswith("retry: 2000\n\n")
        said = event(told.text)
        assert "6 of 20 have left" in said["html"]
        assert said["said"].startswith("14 messages have still to leave")
        stranger = await sit()
        assert (await stranger.gets("/desk/outbox/events")).where == "/desk/enter"


@pytest.mark.parametrize("language", ["ar", "fr", "zh"])
async def test_events_give_the_list_as_the_page_has_it(services, desk, language):
    async with desk(services, NINE) as sit:
        seat = await sit("rita")
        page = await seat.gets("/desk/outbox/waves", accept_language=language)
        told = await seat.gets("/desk/outbox/events", accept_language=language)
    assert event(told.text)["html"].strip() in page.text


def test_a_list_that_goes_on_by_itself_has_no_blanks_beside_signs_of_chinese():
    who = SimpleNamespace(language="zh", direction="ltr", words={})
    line = {"title": "植树： 一", "day": "", "channel": "", "most": 1, "ended": 0, "far": ""}
    made = fragment(who, "waves_list.html", waves=[line | {"notes": []}])
    assert "<strong>植树：一</strong>" in made


async def test_what_a_page_asks_by_itself_keeps_no_session_open(services, desk):
    async with desk(services, NINE) as sit:
        seat = await sit("rita")
        seat.clock[0] += timedelta(hours=11)
        assert (await seat.gets("/desk/outbox/events")).status == 200
        seat.clock[0] += timedelta(hours=1, minutes=1)
        assert (await seat.gets("/desk/outbox/events")).where == "/desk/enter"


async def test_a_stream_tells_what_is_new_until_it_ends(monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.01)
    monkeypatch.setattr(live, "LASTS", 60)
    seen = ["one", "one", "two"]

    async def look(passed):
        if len(seen) == 1:  # its time is over, however slow the machine is
            monkeypatch.setattr(live, "LASTS", 0)
        return {"said": seen.pop(0)}

    told = [part async for part in live.Streams().of("waves", look)]
    assert told == [
        "retry: 2000\n\n",
        'event: waves\ndata: {"said": "one"}\n\n',
        ": nothing new\n\n",
        'event: waves\ndata: {"said": "two"}\n\n',
    ]


async def test_where_many_watch_the_next_is_told_once_and_asks_later(monkeypatch):
    monkeypatch.setattr(live, "MOST", 2)
    monkeypatch.setattr(live, "LASTS", 60)
    streams = live.Streams()

    async def look(passed):
        return {"said": "so"}

    watching = [streams.of("waves", look) for _ in range(2)]
    assert [await anext(each) for each in watching] == ["retry: 2000\n\n"] * 2
    told = [part async for part in streams.of("waves", look)]
    assert told == ["retry: 15000\n\n", 'event: waves\ndata: {"said": "so"}\n\n']
    for each in watching:
        await each.aclose()
    assert await anext(streams.of("waves", look)) == "retry: 2000\n\n"


async def test_far_more_is_counted_in_steps_and_shared_for_some_seconds(services, monkeypatch):
    monkeypatch.setattr(progress, "STEP", 7)
    monkeypatch.setattr("bot.store.planning.counts.STEP", 7)
    (wave,) = await watched(services, NINE)
    assert (wave.messages, wave.sent, wave.ended, wave.left) == (20, 6, 6, 14)
    leave(services, 9)
    both = await asyncio.gather(*(watched(services, NINE + timedelta(seconds=s)) for s in (1, 2)))
    assert [each.sent for ((each),) in both] == [6, 6]
    (wave,) = await watched(services, NINE + timedelta(seconds=progress.KEPT))
    assert wave.sent == 9
    steps = services.store.progress.steps(1, 1, epoch(NINE) + 3600)
    next(steps)
    # others go by the count before
    assert services.store.progress.last(1, 1).sent == 9
    assert services.store.progress.last(7, 7) is None


async def test_a_wave_that_is_held_or_can_not_end_in_time_says_so(services, desk):
    sooner = "UPDATE delivery SET expires = :end WHERE recipient > 0"
    services.store.database.execute(sooner, {"end": epoch(NINE) + 60})
    async with desk(services, NINE) as sit:
        seat = await sit("rita")
        page = await seat.gets("/desk/outbox/waves")
        assert re.search(
            r"\b9 can’t leave before their time is over, at 1 May 2021, 09:31", page.words
        )
        anna = await sit("anna")
        await anna.posts("/desk/hold", {"what": "part", "country": "PE"})
        assert "14 are held." in (await seat.gets("/desk/outbox/waves")).words
