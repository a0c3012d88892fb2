"""Calendar files, read back by two parsers and held against the lines that RFC 5545 allows."""

import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from bot.model import Audience
from bot.rules.ics import About, Event, Published, calendar, called_off, revised
from bot.text import without_controls

STAMP = datetime(2021, 1, 2, 3, 4, 5, tzinfo=UTC)
LINE = re.compile(
    rb'[A-Z0-9-]+(;[A-Z0-9-]+=("[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*:[^\x00-\x08\x0a-\x1f\x7f]*'
)


def event(**changes):
    plain = {
        "campaign": "spring",
        "action": "first-day",
        "audience": Audience.INDIVIDUAL,
        "slot": 202100,
        "day": date(2021, 5, 1),
        "title": "Share a card",
        "text": "Spring is here #Spring",
        "hashtags": ("#Spring", "#SpringAgain"),
        "links": ("https://example.org/a?b=1&c=2", "https://example.org/b"),
        "categories": ("share", "Spring"),
    }
    return Event(**plain | changes)


def made(*events, now=STAMP, **about):
    states = revised(events, (), now)
    return calendar(
        [(each, states[each.key]) for each in events],
        About(**{"name": "Spring, and more"} | about),
    )


def only(data):
    (component,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return component


def state(published):
    return published.sequence, published.modified, published.cancelled


def lines(data):
    """Split and unfold strictly, and hold each line against the grammar of RFC 5545 §3.1."""
    assert data.endswith(b"\r\n")
    folded = data.removesuffix(b"\r\n").split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in folded)
    assert max(map(len, folded)) <= 75, "octets, not characters"
    for line in folded:
        line.decode("utf-8")  # no letter is cut in two
    whole = data.removesuffix(b"\r\n").replace(b"\r\n ", b"").replace(b"\r\n\t", b"").split(b"\r\n")
    assert all(LINE.fullmatch(line) for line in whole)
    return whole


def test_an_event_says_all_there_is_to_say():
    (found,) = icalendar.Calendar.from_ical(made(event())).walk("VEVENT")
    assert found["UID"] == "spring-first-day-individual-202100@drumbeat"
    assert found["SUMMARY"] == "Share a card"
    assert found.decoded("DTSTART") == date(2021, 5, 1)
    assert found.decoded("DTEND") == date(2021, 5, 2)
    assert found["DTSTART"].params["VALUE"] == "DATE"
    assert found.decoded("DTSTAMP") == STAMP
    assert (
        found["DESCRIPTION"] == "Spring is here"
        " #Spring\n\n#SpringAgain\n\nhttps://example.org/a?b=1&c=2\nhttps://example.org/b"
    )
    assert found["URL"] == "https://example.org/a?b=1&c=2"
    assert [str(category) for category in found["CATEGORIES"].cats] == ["share", "Spring"]
    assert found["TRANSP"] == "TRANSPARENT"
    assert found.decoded("LAST-MODIFIED") == STAMP
    assert (found["SEQUENCE"], found["STATUS"]) == (0, "CONFIRMED")


def test_a_feed_says_what_it_is_and_how_often_to_ask():
    whole = icalendar.Calendar.from_ical(
        made(
            event(),
            colour=("#0b5cad", "royalblue"),
            source="https://a.example/en/spring/calendar.ics",
            page="https://a.example/en/spring/",
        )
    )
    assert whole["VERSION"] == "2.0"
    assert whole["NAME"] == whole["X-WR-CALNAME"] == "Spring, and more"
    assert "drumbeat" in whole["PRODID"]
    assert whole["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert whole.decoded("REFRESH-INTERVAL") == timedelta(hours=12)
    assert whole["X-PUBLISHED-TTL"] == "PT12H"
    assert (whole["COLOR"], whole["X-APPLE-CALENDAR-COLOR"]) == ("royalblue", "#0b5cad")
    assert whole["SOURCE"] == "https://a.example/en/spring/calendar.ics"
    assert whole["URL"] == "https://a.example/en/spring/"
    # RFC 5546: what is sent as PUBLISH must name an organizer, and no server keeps a METHOD
    assert "METHOD" not in whole


def test_the_audience_is_named_where_all_are_in_one_feed():
    for_all = event(whom="For everyone")
    assert only(made(for_all, naming=True))["SUMMARY"] == "Share a card · For everyone"
    assert only(made(for_all))["SUMMARY"] == "Share a card"
    assert only(made(event(), naming=True))["SUMMARY"] == "Share a card"


def test_a_note_stands_over_the_feed_and_in_each_event():
    data = made(event(text="Do it.", hashtags=(), links=()), note="A rehearsal.")
    whole = icalendar.Calendar.from_ical(data)
    assert whole["DESCRIPTION"] == whole["X-WR-CALDESC"] == "A rehearsal."
    assert only(data)["DESCRIPTION"] == "A rehearsal.\n\nDo it."


def test_an_event_leads_to_its_page_and_says_so_for_apps_that_show_no_url():
    page = "https://a.example/en/spring/actions/first-day"
    made_event = only(made(event(page=page, hashtags=(), links=("https://example.org/",))))
    assert made_event["URL"] == page
    assert made_event["DESCRIPTION"] == f"Spring is here #Spring\n\nhttps://example.org/\n\n{page}"


def test_an_independent_parser_reads_the_same():
    text = made(
        event(),
        event(action="second", day=date(2021, 12, 31), text=None, links=()),
    ).decode()
    first, second = IcsCalendarStream.calendar_from_ics(text).events
    assert (first.uid, first.summary) == (
        "spring-first-day-individual-202100@drumbeat",
        "Share a card",
    )
    assert (first.dtstart, first.dtend, first.dtstamp, first.last_modified) == (
        date(2021, 5, 1),
        date(2021, 5, 2),
        STAMP,
        STAMP,
    )
    assert (first.sequence, first.status) == (0, "CONFIRMED")
    assert first.description.startswith("Spring is here #Spring\n\n#SpringAgain")
    assert str(first.url) == "https://example.org/a?b=1&c=2"
    assert list(first.categories) == ["share", "Spring"]
    assert (second.dtstart, second.dtend) == (date(2021, 12, 31), date(2022, 1, 1))
    assert (second.description, second.url) == ("Share a card\n\n#Spring #SpringAgain", None)


def test_the_same_instance_keeps_its_uid_whatever_else_changes():
    before = event()
    after = event(
        day=date(2021, 5, 8), title="Other words", text=None, hashtags=(), links=(), categories=()
    )
    assert before.uid == after.uid
    others = [
        event(campaign="a"),
        event(action="b"),
        event(audience=Audience.REGION),
        event(slot=202101),
    ]
    assert len({other.uid for other in [before, *others]}) == 5


def test_the_same_data_give_the_same_bytes_in_whatever_order_they_come():
    other = event(action="another")
    assert made(event(), other) == made(other, event())
    later = made(event(), now=STAMP + timedelta(days=1))
    changed = [(a, b) for a, b in zip(lines(made(event())), lines(later), strict=True) if a != b]
    assert changed == [
        (b"DTSTAMP:20210102T030405Z", b"DTSTAMP:20210103T030405Z"),
        (b"LAST-MODIFIED:20210102T030405Z", b"LAST-MODIFIED:20210103T030405Z"),
    ]


# What was said before.


LATER = STAMP + timedelta(days=3)


@pytest.mark.parametrize(
    "changes",
    [
        {"day": date(2021, 5, 8)},
        {"title": "Share two cards"},
        {"text": "Other words"},
        {"hashtags": ("#Spring",)},
        {"links": ()},
        {"categories": ("learn",)},
        {"page": "https://a.example/"},
        {"whom": "For everyone"},
    ],
    ids=str,
)
def test_whatever_changes_counts_up(changes):
    first = revised([event()], (), STAMP)
    assert [state(each) for each in first.values()] == [(0, STAMP, False)]
    (second,) = revised([event(**changes)], first.values(), LATER).values()
    assert state(second) == (1, LATER, False)


def test_what_says_the_same_stays_as_it_was():
    first = revised([event()], (), STAMP)
    assert revised([event()], first.values(), LATER) == first


def test_what_was_taken_out_is_called_off_once_and_counts_up_when_it_is_back():
    first = revised([event()], (), STAMP)
    off = revised([], first.values(), LATER)
    assert [state(each) for each in off.values()] == [(1, LATER, True)]
    assert revised([], off.values(), LATER + timedelta(days=1)) == off
    again = revised([event()], off.values(), LATER + timedelta(days=2))
    assert [state(each) for each in again.values()] == [(2, LATER + timedelta(days=2), False)]


def test_a_clock_that_was_set_back_lets_nothing_change_before_it_did():
    first = revised([event()], (), LATER)
    (second,) = revised([event(title="Other")], first.values(), STAMP).values()
    assert state(second) == (1, LATER, False)
    assert [e.modified for e in revised([], first.values(), STAMP).values()] == [LATER]


def test_what_is_called_off_says_so_under_its_uid():
    first = revised([event()], (), STAMP)
    (off,) = revised([], first.values(), LATER).values()
    data = calendar([(called_off(off), off)], About(name="Spring"))
    lines(data)
    component = only(data)
    assert (component["STATUS"], component["SEQUENCE"]) == ("CANCELLED", 1)
    assert (component["UID"], component["SUMMARY"]) == (event().uid, "Share a card")
    assert component.decoded("DTSTART") == date(2021, 5, 1)
    (read,) = IcsCalendarStream.calendar_from_ics(data.decode()).events
    assert (read.status, read.sequence, read.last_modified) == ("CANCELLED", 1, LATER)


def test_what_is_published_can_be_told_from_what_was():
    (first,) = revised([event()], (), STAMP).values()
    assert isinstance(first, Published)
    assert (first.key, first.day, first.title) == (event().key, date(2021, 5, 1), "Share a card")


def test_a_longer_hashtag_does_not_stand_for_a_shorter_one():
    (found,) = icalendar.Calendar.from_ical(made(event(text="#SpringAgain", links=()))).walk(
        "VEVENT"
    )
    assert found["DESCRIPTION"] == "#SpringAgain\n\n#Spring"


def test_an_event_with_nothing_to_say_has_its_title_as_description():
    component = only(made(event(text=None, hashtags=(), links=(), categories=())))
    assert component["DESCRIPTION"] == "Share a card"
    assert not {"URL", "CATEGORIES"} & set(component)


def test_what_may_stand_in_no_line_is_left_out():
    component = only(made(event(title="a\x00b\x1bc", text="one\r\ntwo\x07", hashtags=(), links=())))
    assert (component["SUMMARY"], component["DESCRIPTION"]) == ("abc", "one\ntwo")


@pytest.mark.parametrize(
    "title",
    [
        "a, b; c\\d",
        "Añadir «más»",
        "Partagez\u202f!",
        "اليوم العالمي",
        "👩🏽‍🌾" * 40,
        "x" * 300,
        "é" * 74,
    ],
)
def test_awkward_titles_come_back_as_they_were(title):
    data = made(event(title=title))
    lines(data)
    (found,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert found["SUMMARY"] == title
    assert IcsCalendarStream.calendar_from_ics(data.decode()).events[0].summary == title


letters = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200).filter(
    lambda text: text.strip() == text and without_controls(text) == text
)


@settings(max_examples=100, deadline=None)
@given(
    title=letters,
    paragraphs=st.lists(letters, max_size=4),
    day=st.dates(date(2019, 1, 1), date(2030, 12, 31)),
)
def test_any_text_makes_lines_that_the_standard_allows(title, paragraphs, day):
    text = "\n".join(paragraphs) or None
    data = made(event(title=title, text=text, hashtags=(), links=(), day=day))
    assert b"BEGIN:VEVENT" in lines(data)
    (found,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert found["SUMMARY"] == title
    assert found["DESCRIPTION"] == (text or title)
