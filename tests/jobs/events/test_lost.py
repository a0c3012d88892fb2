"""What somebody signed up for and the data have no longer: they see it with what became of it, in the
chat and on the page of their letters, and leave it there; staff see the counts of all that is kept.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import house
import pytest

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.chat.people.commands import idle
from bot.config import Web
from bot.conversation.words import Command, Pressed
from bot.files.frozen import read_files
from bot.jobs.events import gone, telling
from bot.jobs.events.board import board
from bot.jobs.texts import letters
from bot.jobs.texts.events import reference
from bot.library import shipped_root
from bot.model import YearlyDay
from bot.model.events import EventKey, EventNote, EventState, NoteKind, Standing
from bot.model.staff import Actor
from bot.render import Renderer
from bot.rules import dates
from bot.rules.tokens import Purpose
from bot.times import epoch
from bot.web import build
from bot.web.server import Server
from tests.jobs.events.test_telling import EARLY, KEY, TALK, now_with, sign, without_it

pytestmark = pytest.mark.both
ANNA = Actor.staff("anna")


@pytest.fixture
def services(tmp_path):
    campaign = replace(house.campaign(house.action()), events=(TALK,))
    words = tmp_path / "content" / "en" / "trees" / "words.toml"
    words.parent.mkdir(parents=True)
    words.write_text('title = "Trees"\n[events.talk]\ntitle = "A talk"\n', "utf-8")
    built = house.services(tmp_path, campaign)
    files = read_files((tmp_path, shipped_root()))
    library = replace(built.library, files=files)
    built.store.people.add(house.person(number) for number in (1, 2))
    yield replace(built, library=library, renderer=Renderer(files, library.campaigns))
    built.store.close()


def said(services, event, now=EARLY):
    """The text of the answer to who signed up first, and its buttons."""
    entry = ChatEntry(lambda: services, "telegram")
    arrival = Arrival(address="1001", user="1001", language="en", event=event)
    [message] = entry.handle([arrival], now)[0]
    return message.text, [key.label for row in message.keyboard for key in row]


def listed(services, now=EARLY):
    return said(services, Command(name="events"), now)[0].splitlines()[-1]


def shown(services, what="show", now=EARLY):
    return said(services, Pressed(topic="events", act=what, args=(reference(KEY),)), now)


def test_the_chat_lists_what_left_the_data_with_what_became_of_it(services):
    sign(services, 1)
    lost = without_it(services)
    assert "events" not in idle(lost, EARLY.date()), "/events stands in the menu"
    assert listed(lost) == "• A talk: no longer announced"
    text, keys = shown(lost)
    assert "isn’t known here yet what becomes of it" in text
    assert "You are signed up." in text
    assert "12 Jun 2027" in text
    assert "I can’t come" in keys[0]
    gone.call_off(lost, "trees", "talk", ANNA, EARLY)
    assert listed(lost) == "• A talk: called off"
    assert "It was called off." in shown(lost)[0]
    later = TALK.end + timedelta(hours=1)
    assert listed(lost, later).endswith("(over)")


def test_what_the_data_call_off_says_so_in_the_chat(services):
    sign(services, 1)
    off = now_with(services, replace(TALK, state=EventState.CANCELLED))
    assert listed(off) == "• A talk: called off"
    assert "It was called off." in shown(off)[0]


def test_who_leaves_what_left_the_data_is_forgotten_and_sees_it_no_longer(services):
    sign(services, 1)
    lost = without_it(services)
    assert "no longer signed up for “A talk”" in shown(lost, "leave")[0]
    assert lost.store.events.guest(KEY, 1) is None
    assert listed(lost) == "No event is known that is still to come."
    assert "events" in idle(lost, EARLY.date())


def test_nobody_was_at_what_was_called_off(services):
    sign(services, 1)
    off = now_with(services, replace(TALK, state=EventState.CANCELLED))
    late = TALK.end + timedelta(days=1)
    assert shown(services, now=late)[1][0] == "I was there"
    text, keys = shown(off, now=late)
    assert "It was called off." in text
    assert "I was there" not in keys
    shown(off, "there", now=late)  # by a button of before
    assert off.store.events.guest(KEY, 1).came is None


async def test_the_page_of_a_letter_asks_nobody_whether_they_were_at_what_was_called_off(services):
    sign(services, 1)
    off = now_with(services, replace(TALK, state=EventState.CANCELLED))
    late = TALK.end + timedelta(days=1)
    assert "I was there" in (await page(services, now=late))[1]
    status, text = await page(off, now=late)
    assert (status, "It was called off." in text, "I was there" in text) == (200, True, False)
    await page(off, "POST", now=late, answer="there")
    assert off.store.events.guest(KEY, 1).came is None


async def test_the_page_of_a_letter_is_there_for_who_has_a_zone_that_nobody_knows(services):
    sign(services, 1)
    services.store.database.execute("UPDATE place SET zone = 'Europe/Nowhere'", {})
    status, text = await page(services)
    assert (status, "12 Jun 2027" in text) == (200, True)


async def page(services, method="GET", *, now=EARLY, **form):
    number = services.store.events.note(EventNote(key=KEY, kind=NoteKind.WEEK, sequence=0))
    settings = replace(
        services.settings, web=Web(public_url="https://pages.example", listen="127.0.0.1:0")
    )
    with_pages = replace(services, settings=settings)
    link = letters.link(with_pages, Purpose.EVENT, 1, number, now=EARLY.timestamp())
    server = Server(build(lambda: with_pages, lambda: now), "127.0.0.1:0")
    await server.start()
    try:
        where = link.replace("https://pages.example", f"http://127.0.0.1:{server.port}")
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, where, data=form or None) as answer,
        ):
            return answer.status, re.sub(r"<[^>]*>", " ", await answer.text())
    finally:
        await server.stop()


async def test_the_page_of_a_letter_shows_what_left_the_data_and_lets_leave_it(services):
    sign(services, 1)
    lost = without_it(services)
    status, text = await page(lost)
    assert (status, "A talk" in text) == (200, True)
    assert "It is no longer announced" in text
    gone.call_off(lost, "trees", "talk", ANNA, EARLY)
    assert "It was called off." in (await page(lost))[1]
    status, text = await page(lost, "POST", answer="leave")
    assert (status, "You are not on the list" in text) == (200, True)
    assert lost.store.events.guest(KEY, 1) is None


def test_what_left_the_data_is_still_by_the_clock_of_its_place(services):
    start = datetime(2027, 6, 12, 15, 30, tzinfo=dates.zone("Europe/Paris"))
    at_noon = replace(TALK, start=start, end=start + timedelta(hours=1))
    [campaign] = services.active
    there = now_with(services, at_noon)
    sign(there, 1, event=at_noon)
    telling.look(there, campaign, at_noon, EARLY)
    [row] = [row for row in board(without_it(there), EARLY) if row.gone]
    assert (row.event.start, str(row.event.start.tzinfo)) == (start, "Europe/Paris")
    assert str(row.event.end.tzinfo) == "Europe/Paris"


def test_staff_see_the_counts_of_earlier_years_and_of_what_left_while_they_are_kept(services):
    yearly = replace(TALK, id="day", observance="day", start=None, end=None)
    [campaign] = services.active
    observance = house.campaign(
        house.action(observance="day", when=YearlyDay(month=4, day=2))
    ).observances["day"]
    both = replace(campaign, events=(yearly,), observances={"day": observance})
    library = replace(services.library, campaigns={"trees": both})
    sign(services, 1)
    there = replace(services, library=library, active=(both,))
    store = there.store.events
    last_year, this_year = EventKey("trees", "day", 2026), EventKey("trees", "day", 2027)
    for key in (last_year, this_year):
        telling.look(there, both, replace(yearly, slot=key.slot), EARLY)
        store.join(key, 2, Standing.COMES, 0, 2**40, epoch(EARLY))
    store.was_there(last_year, 2, epoch(EARLY))
    rows = [(row.key, row.state, row.over, row.counts.comes) for row in board(there, EARLY)]
    assert rows == [
        (last_year, "planned", True, 1),
        (this_year, "planned", True, 1),
        (KEY, "gone", False, 1),
    ]
    [first, *_] = board(there, EARLY)
    assert (first.event.day.year, first.counts.there) == (2026, 1)
    gone.call_off(there, "trees", "talk", ANNA, EARLY)
    assert [row.state for row in board(there, EARLY)][-1] == "cancelled"
    store.leave(last_year, 2)
    assert last_year not in [row.key for row in board(there, EARLY)]
