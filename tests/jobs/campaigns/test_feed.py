"""The calendar feeds of the shipped campaigns, read by two independent readers; and what a feed
remembers of what it said.
"""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream
from tree import languages

from bot.files.frozen import read_files
from bot.jobs.campaigns import feed
from bot.jobs.campaigns.calendar import window
from bot.library import shipped_root
from bot.model import Audience, YearlyDay
from bot.render import Renderer
from bot.rules import planner
from bot.store import Store

NOW = datetime(2021, 3, 4, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
CAMPAIGNS = ("endchildlabour", "endchildlabour2021")
AUDIENCES = (None, *Audience)


def page(language, campaign, action):
    return f"https://a.example/{language}/{campaign}/{action or ''}"


@pytest.fixture
def trees(tmp_path):
    """Services of a campaign with two actions, and pages that have words."""
    return with_actions(tmp_path, house.action("plant"), house.action("water", when=day(6, 12)))


def day(month, number):
    return YearlyDay(month=month, day=number)


def with_actions(folder, *actions, texts=None, database="test.db"):
    campaign = house.campaign(*actions)
    built = house.services(folder, campaign, texts=texts, database=database)
    files = read_files((folder, shipped_root()))
    return replace(built, renderer=Renderer(files, built.library.campaigns))


def given(services, now=NOW, *, language="en", audience=None, action=None, campaign=None):
    wanted = feed.Wanted(
        campaign=campaign or services.active[0],
        language=language,
        audience=audience,
        action=action,
        pages=page,
        source="https://a.example/calendar.ics",
    )
    return asyncio.run(feed.feed(services, wanted, now))


def events(made):
    return {str(e["UID"]): e for e in icalendar.Calendar.from_ical(made.content).walk("VEVENT")}


def brief(made):
    return {
        uid.split("-")[1]: (event["SEQUENCE"], event["STATUS"], event.decoded("DTSTART"))
        for uid, event in events(made).items()
    }


# The shipped campaigns, in every language, for every audience.


@pytest.fixture(scope="module")
def shipped(tmp_path_factory, library):
    built = house.services(tmp_path_factory.mktemp("shipped"))
    active = tuple(library.campaigns[name] for name in CAMPAIGNS)
    renderer = Renderer(library.files, library.campaigns)
    return replace(built, library=library, active=active, renderer=renderer)


def of_actions(services, name):
    """A shipped campaign without its events, which each feed has whomever it is for."""
    return replace(services.library.campaigns[name], events=())


def dated(campaign, audience):
    """What lies in a feed's days: (action, audience, day)."""
    start, end = feed.span(campaign, NOW.date())
    return {
        (action.id, each, on)
        for action in campaign.actions
        if action.asks
        for on, _ in planner.instances(action, start, end)
        for each in action.audiences
        if audience in (None, each)
    }


@pytest.mark.slow
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", CAMPAIGNS)
def test_two_readers_find_every_day_of_every_audience(shipped, name, language):
    campaign = of_actions(shipped, name)
    for audience in AUDIENCES:
        made = given(shipped, campaign=campaign, language=language, audience=audience)
        ours = events(made)
        theirs = {
            e.uid: e for e in IcsCalendarStream.calendar_from_ics(made.content.decode()).events
        }
        wanted = dated(campaign, audience)
        assert len(ours) == len(theirs) == made.events == len(wanted)
        assert made.content.count(b"BEGIN:VEVENT") == len(wanted), "no event comes twice"
        assert ours.keys() == theirs.keys()
        said = {(e["SUMMARY"], e["DTSTART"].to_ical(), e["DESCRIPTION"]) for e in ours.values()}
        assert len(said) == len(ours), "vdirsyncer takes events that say the same for one"
        for uid, event in ours.items():
            other = theirs[uid]
            assert event.decoded("DTSTART") == other.dtstart
            assert event.decoded("DTEND") == other.dtend == other.dtstart + timedelta(days=1)
            assert str(event["SUMMARY"]) == other.summary
            assert str(event["DESCRIPTION"]) == other.description
            assert str(event["URL"]) == str(other.url)
            assert str(event["URL"]) in other.description
            assert (event["SEQUENCE"], other.sequence) == (0, 0)
            assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED") == NOW
        assert {(action_of(e), e.decoded("DTSTART")) for e in ours.values()} == {
            (action, on) for action, _, on in wanted
        }


def action_of(event):
    return str(event["URL"]).rpartition("/")[2]


@pytest.mark.slow
@pytest.mark.parametrize("language", languages())
def test_the_feed_of_all_holds_those_of_each_and_says_whom_an_event_is_for(shipped, language):
    campaign = of_actions(shipped, "endchildlabour2021")
    parts = [
        events(given(shipped, campaign=campaign, language=language, audience=audience))
        for audience in Audience
    ]
    whole = events(given(shipped, campaign=campaign, language=language))
    assert len(whole) == sum(map(len, parts))
    for one, other in itertools.combinations(parts, 2):
        assert not one.keys() & other.keys()
    said = feed.audiences(shipped.renderer, campaign, language)
    assert len(set(said.values())) == len(Audience)
    for audience, part in zip(Audience, parts, strict=True):
        for uid, event in part.items():
            assert str(whole[uid]["SUMMARY"]) == f"{event['SUMMARY']} · {said[audience.word]}"


def test_a_feed_is_called_after_campaign_and_audience(shipped):
    campaign = shipped.library.campaigns["endchildlabour2021"]
    title = shipped.renderer.words(campaign, "fr").title
    made = given(shipped, campaign=campaign, language="fr", audience=Audience.REGION)
    whole = icalendar.Calendar.from_ical(made.content)
    assert whole["X-WR-CALNAME"] == whole["NAME"] == f"{title} · Pour les régions"
    assert whole["URL"] == "https://a.example/fr/endchildlabour2021/"


def test_a_campaign_that_goes_on_shows_this_year_and_the_next(shipped):
    perennial, dated_one = (shipped.library.campaigns[name] for name in CAMPAIGNS)
    assert feed.span(perennial, date(2026, 11, 29)) == (date(2026, 1, 1), date(2027, 12, 31))
    assert feed.span(dated_one, date(2026, 11, 29)) == window(dated_one, None, NOW.date())
    ending = replace(perennial, end=date(2027, 3, 1))
    assert feed.span(ending, date(2026, 11, 29))[1] == date(2027, 3, 1)
    begun = replace(perennial, start=date(2026, 5, 1))
    assert feed.span(begun, date(2026, 11, 29))[0] == date(2026, 5, 1)


# What was said before.


def test_the_same_data_give_the_same_bytes_on_any_day_and_after_a_restart(trees):
    first = given(trees)
    assert given(trees, LATER) == first
    trees.store.close()
    again = replace(trees, store=Store(trees.settings.database))
    assert given(again, LATER) == first
    assert first.modified == NOW


def test_an_edit_counts_up_one_event_alone(trees, tmp_path):
    campaign = in_2021(trees.active[0])
    first = given(trees, campaign=campaign)
    words = "{% block title %}Water{% endblock %}{% block nudge %}Water it.{% endblock %}"
    edited = with_actions(tmp_path, *campaign.actions, texts={"water": words})
    second = given(edited, LATER, campaign=campaign)
    assert second.modified == LATER
    changed = {uid for uid, event in events(second).items() if event != events(first)[uid]}
    assert {uid.split("-")[1] for uid in changed} == {"water"}
    assert brief(second)["water"] == (1, "CONFIRMED", date(2021, 6, 12))
    assert brief(second)["plant"] == (0, "CONFIRMED", date(2021, 5, 1))


def in_2021(campaign):
    return replace(campaign, start=date(2021, 1, 1), end=date(2021, 12, 31))


def test_a_day_that_moves_stays_the_same_event(trees, tmp_path):
    campaign = in_2021(trees.active[0])
    before = given(trees, campaign=campaign)
    plant, water = campaign.actions
    moved = replace(water, when=day(6, 19), slots={date(2021, 6, 19): 20210612})
    after = given(trees, LATER, campaign=replace(campaign, actions=(plant, moved)))
    assert events(after).keys() == events(before).keys()
    assert brief(after)["water"] == (1, "CONFIRMED", date(2021, 6, 19))


def test_what_is_taken_out_is_called_off_and_what_is_put_back_is_confirmed(trees):
    campaign = in_2021(trees.active[0])
    plant, _ = campaign.actions
    given(trees, campaign=campaign)
    less = replace(campaign, actions=(plant,))
    off = given(trees, LATER, campaign=less)
    assert brief(off) == {
        "plant": (0, "CONFIRMED", date(2021, 5, 1)),
        "water": (1, "CANCELLED", date(2021, 6, 12)),
    }
    (gone,) = [event for uid, event in events(off).items() if "water" in uid]
    assert (str(gone["SUMMARY"]), gone["URL"]) == ("T", "https://a.example/en/trees/")
    assert IcsCalendarStream.calendar_from_ics(off.content.decode()).events[1].status == "CANCELLED"
    assert given(trees, LATER + timedelta(days=1), campaign=less) == off
    back = given(trees, LATER + timedelta(days=2), campaign=campaign)
    assert brief(back)["water"] == (2, "CONFIRMED", date(2021, 6, 12))


def test_what_is_over_leaves_the_feed_without_being_called_off(trees):
    given(trees)
    in_2022 = given(trees, datetime(2022, 2, 1, tzinfo=UTC))
    days = {event.decoded("DTSTART").year for event in events(in_2022).values()}
    assert days == {2022, 2023}
    assert {event["STATUS"] for event in events(in_2022).values()} == {"CONFIRMED"}
    assert in_2022.modified == datetime(2022, 2, 1, tzinfo=UTC)
    assert {each.day.year for each in trees.store.feeds.published("trees", "en")} == {2022, 2023}


def test_each_language_counts_by_itself(trees, tmp_path):
    given(trees)
    given(trees, language="fr")
    words = "{% block title %}Water{% endblock %}{% block nudge %}Water it.{% endblock %}"
    edited = with_actions(tmp_path, *trees.active[0].actions, texts={"water": words})
    assert brief(given(edited, LATER))["water"][0] == 1
    assert [each.sequence for each in edited.store.feeds.published("trees", "fr")] == [0] * 4


def test_only_what_was_given_can_be_called_off(trees):
    campaign = in_2021(trees.active[0])
    _, water = campaign.actions
    given(trees, campaign=campaign, action="plant")
    assert brief(given(trees, LATER, campaign=replace(campaign, actions=(water,)))).keys() == {
        "plant",
        "water",
    }
    assert given(trees, campaign=campaign, action="water").events == 1


def test_a_feed_of_one_audience_leaves_those_of_others_alone(trees):
    both = (Audience.INDIVIDUAL, Audience.COUNTRY)
    campaign = in_2021(trees.active[0])
    shared = replace(campaign, actions=(replace(campaign.actions[0], audiences=both),))
    given(trees, campaign=shared)
    only = replace(shared, actions=(replace(shared.actions[0], audiences=both[:1]),))
    assert brief(given(trees, LATER, campaign=only, audience=both[0]))["plant"][:2] == (
        0,
        "CONFIRMED",
    )
    assert brief(given(trees, LATER, campaign=only, audience=both[1]))["plant"][:2] == (
        1,
        "CANCELLED",
    )


def test_a_store_that_cant_be_written_still_gives_what_it_knows(trees):
    first = given(trees)
    trees.store.close()
    reading = Store(trees.settings.database, readonly=True)
    try:
        assert given(replace(trees, store=reading), LATER) == first
        other = given(replace(trees, store=reading), LATER, language="fr")
        assert other.modified == LATER
        assert reading.feeds.published("trees", "fr") == []
    finally:
        reading.close()


def test_a_feed_of_a_rehearsal_says_so_in_each_event(trees):
    made = given(replace(trees, rehearsal=True))
    whole = icalendar.Calendar.from_ical(made.content)
    assert whole["DESCRIPTION"].startswith("A rehearsal:")
    assert all(e["DESCRIPTION"].startswith("A rehearsal:") for e in events(made).values())


def test_others_have_their_turn_while_a_feed_is_made(trees):
    async def both():
        turns, ended = 0, False

        async def others():
            nonlocal turns
            while not ended:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(others())
        wanted = feed.Wanted(campaign=trees.active[0], language="en", pages=page)
        await feed.feed(trees, wanted, NOW)
        ended = True
        await task
        return turns

    assert asyncio.run(both()) >= len(trees.active[0].actions)
