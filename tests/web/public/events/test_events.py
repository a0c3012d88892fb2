"""The pages of a campaign's events and of its roadmap, and the events in calendar feeds."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import house
import pytest
from icalendar import Calendar
from tree import languages

from bot.config import Web
from bot.files.frozen import read_files
from bot.library import shipped_root
from bot.model import Observance, YearlyDay
from bot.model.events import EventState, PlannedEvent
from bot.render import Renderer
from bot.web.public import PAGES
from bot.web.public.reader import Reader, Urls

GUIDE, PERENNIAL = "endchildlabour2021", "endchildlabour"
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
ROAD = datetime(2021, 3, 1, 10, tzinfo=UTC)
TALK = PlannedEvent(
    id="talk",
    source="a test",
    start=datetime(2027, 6, 12, 13, 30, tzinfo=UTC),
    end=datetime(2027, 6, 12, 14, 45, tzinfo=UTC),
    link="room",
    signup=True,
)
DAY = PlannedEvent(id="day", source="a test", observance="tree-day")


@pytest.fixture
def trees(tmp_path):
    built = of(tmp_path, TALK, DAY)
    yield built
    built.store.close()


def of(folder, *events, title="A talk"):
    """Services of a campaign that asks nothing and has these events."""
    day = Observance(id="tree-day", when=YearlyDay(month=5, day=1), source="a test")
    campaign = replace(
        house.campaign(house.action(), links={"room": "https://talks.example/room"}),
        events=events,
        observances={day.id: day},
    )
    words = folder / "content" / "en" / "trees" / "words.toml"
    words.parent.mkdir(parents=True, exist_ok=True)
    words.write_text(
        f'title = "Trees"\n[events.talk]\ntitle = "{title}"\nplace = "Hall <1>"\nabout = "On trees."\n',
        "utf-8",
    )
    built = house.services(folder, campaign)
    return replace(
        built,
        renderer=Renderer(read_files((folder, shipped_root())), built.library.campaigns),
        settings=replace(
            built.settings, web=Web(public_url="https://campaign.example", listen="127.0.0.1:0")
        ),
    )


def changed(services, *events):
    campaign = replace(services.library.campaigns["trees"], events=events)
    library = replace(services.library, campaigns={"trees": campaign})
    return replace(services, library=library, active=(campaign,))


def reader(services, now=NOW, **parts):
    return Reader(
        services=services,
        urls=Urls(origin="https://campaign.example", base=""),
        language="en",
        campaign=services.library.campaigns["trees"],
        now=now,
        parts=parts,
    )


async def fed(services, path="{campaign}/calendar-{audience}.ics", now=NOW, **parts):
    """The events of a feed, by the last part of their UID."""
    page = next(page for page in PAGES if page.path == path)
    file = await page.answer(reader(services, now, audience="individual", **parts))
    return {str(each["UID"]): each for each in Calendar.from_ical(file.content).walk("VEVENT")}


TALK_UID = "trees-event:talk-individual-0@drumbeat"


@pytest.mark.slow
@pytest.mark.parametrize("language", languages())
async def test_each_event_has_a_page_with_its_source(shown, asked, language):
    campaign = shown.library.campaigns[PERENNIAL]
    words = shown.renderer.words(campaign, language).events
    async with asked(shown, NOW) as ask:
        listed = unescape((await ask(f"/{language}/{PERENNIAL}/events")).text)
        for event in campaign.events:
            page = unescape((await ask(f"/{language}/{PERENNIAL}/events/{event.id}")).text)
            assert f"<h1>{words[event.id].title}</h1>" in page
            assert event.source in page
            assert words[event.id].title in listed
        assert (await ask(f"/{language}/{PERENNIAL}/events/nothing")).status == 404


@pytest.mark.slow
async def test_the_day_of_each_year_is_that_of_the_next(shown, asked):
    async with asked(shown, NOW) as ask:
        page = (await ask(f"/en/{PERENNIAL}/events")).text
    coming, over = page.split('id="past"')
    assert "12 June 2027" in coming
    assert [unescape(each) for each in re.findall(r'<p class="when">(.*?)</p>', over)] == [
        "11–13 February 2026",
        "15–20 May 2022",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", languages())
async def test_the_roadmap_says_what_was_planned_and_what_came_of_it_where_a_source_does(
    shown, asked, language
):
    campaign = shown.library.campaigns[GUIDE]
    words = shown.renderer.words(campaign, language).roadmap
    async with asked(shown, NOW) as ask:
        page = unescape((await ask(f"/{language}/{GUIDE}/roadmap")).text)
        events = (await ask(f"/{language}/{GUIDE}/events")).text
    steps = re.split(r'<li class="card" id="', page)[1:]
    assert [each.partition('"')[0] for each in steps] == [each.id for each in campaign.roadmap]
    told = 0
    for step, said in zip(campaign.roadmap, steps, strict=True):
        assert words[step.id].when in said
        assert step.source in said
        if step.came:
            told += 1
            assert words[step.id].came in said
            assert step.came.url in said
        else:
            assert (
                unescape(
                    str(
                        shown.renderer.page_words(campaign, language, fallback="en")["roadmap"][
                            "unknown"
                        ]
                    )
                )
                in said
            )
    assert told == 5
    assert len(re.findall('<article class="card"', events)) == len(campaign.events) == 15


async def test_an_event_stands_in_the_feeds_with_its_hours_and_place(trees):
    said = await fed(trees)
    talk = said[TALK_UID]
    assert talk["DTSTART"].dt == datetime(2027, 6, 12, 13, 30, tzinfo=UTC)
    assert talk["DTEND"].dt == datetime(2027, 6, 12, 14, 45, tzinfo=UTC)
    assert (talk["LOCATION"], talk["SUMMARY"], talk["SEQUENCE"]) == ("Hall <1>", "A talk", 0)
    assert talk["URL"] == "https://campaign.example/en/trees/events/talk"
    assert "https://talks.example/room" in talk["DESCRIPTION"]
    assert {
        uid: each["DTSTART"].dt for uid, each in said.items() if uid.startswith("trees-event:day")
    } == {f"trees-event:day-individual-{year}@drumbeat": date(year, 5, 1) for year in (2026, 2027)}
    [alone] = (await fed(trees, "{campaign}/events/{event}.ics", event="talk")).values()
    assert alone["UID"] == TALK_UID
    assert TALK_UID in await fed(trees, "{campaign}/calendar.ics")


async def test_a_move_counts_up_and_what_is_called_off_says_so(trees):
    await fed(trees)
    later = replace(TALK, start=TALK.start.replace(day=13), end=None, state=EventState.MOVED)
    moved = (await fed(changed(trees, later, DAY)))[TALK_UID]
    assert (moved["SEQUENCE"], moved["STATUS"]) == (1, "CONFIRMED")
    assert moved["DTSTART"].dt.day == 13
    assert "DTEND" not in moved
    off = changed(trees, replace(later, state=EventState.CANCELLED), DAY)
    for _ in range(2):
        cancelled = (await fed(off))[TALK_UID]
        assert (cancelled["SEQUENCE"], cancelled["STATUS"]) == (2, "CANCELLED")
    taken_out = (await fed(changed(trees, DAY)))[TALK_UID]
    assert (taken_out["STATUS"], taken_out["SUMMARY"]) == ("CANCELLED", "A talk")


async def test_what_is_over_or_without_a_day_can_not_be_kept(trees, asked):
    month = replace(TALK, start=None, end=None, month=date(2027, 6, 1), signup=False)
    async with asked(trees, NOW) as ask:
        page = unescape((await ask("/en/trees/events/talk")).text)
        assert "12 June 2027, 13:30 to 14:45 (UTC)" in page
        assert "Hall <1>" in page
        assert 'href="https://talks.example/room"' in page
        assert "/events/talk.ics" in page
    async with asked(trees, TALK.end) as ask:
        page = (await ask("/en/trees/events/talk")).text
        assert "talk.ics" not in page
        assert "talks.example" not in page
    async with asked(changed(trees, month), NOW) as ask:
        page = (await ask("/en/trees/events/talk")).text
        assert "June 2027" in page
        assert "talk.ics" not in page
        assert (await ask("/en/trees/events/talk.ics")).status == 404
        assert (await ask("/en/trees/roadmap")).status == 404


async def test_who_holds_an_event_is_named_in_the_reader_s_language(shown, asked):
    async with asked(shown, NOW) as ask:
        russian = (await ask(f"/ru/{PERENNIAL}/events/sixth-conference")).text
        english = (await ask(f"/en/{PERENNIAL}/events/sixth-conference")).text
    assert "Организаторы: Королевство Марокко и МОТ" in unescape(russian)
    assert "Kingdom of Morocco and ILO" in unescape(english)
