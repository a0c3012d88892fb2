"""Calendar files, read back by two parsers and held against the lines that RFC 5545 allows."""

import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from bot.model import Audience
from bot.rules.ics import Event, calendar

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


def made(*events, **options):
    return calendar(events, **{"name": "Spring, and more", "stamp": STAMP} | options)


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
    assert "LAST-MODIFIED" not in found


def test_the_file_has_a_name_and_is_plainly_published():
    whole = icalendar.Calendar.from_ical(made(event()))
    assert (whole["VERSION"], whole["METHOD"]) == ("2.0", "PUBLISH")
    assert whole["NAME"] == whole["X-WR-CALNAME"] == "Spring, and more"
    assert "drumbeat" in whole["PRODID"]


def test_an_independent_parser_reads_the_same():
    modified = datetime(2020, 12, 31, 12, tzinfo=UTC)
    text = made(
        event(),
        event(action="second", day=date(2021, 12, 31), text=None, links=()),
        modified=modified,
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
        modified,
    )
    assert first.description.startswith("Spring is here #Spring\n\n#SpringAgain")
    assert str(first.url) == "https://example.org/a?b=1&c=2"
    assert list(first.categories) == ["share", "Spring"]
    assert (second.dtstart, second.dtend) == (date(2021, 12, 31), date(2022, 1, 1))
    assert (second.description, second.url) == ("#Spring #SpringAgain", None)


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


def test_the_same_data_give_the_same_bytes():
    assert made(event()) == made(event())
    stamped_later = made(event(), stamp=STAMP + timedelta(days=1))
    changed = [
        (a, b) for a, b in zip(lines(made(event())), lines(stamped_later), strict=True) if a != b
    ]
    assert changed == [(b"DTSTAMP:20210102T030405Z", b"DTSTAMP:20210103T030405Z")]


def test_a_longer_hashtag_does_not_stand_for_a_shorter_one():
    (found,) = icalendar.Calendar.from_ical(made(event(text="#SpringAgain", links=()))).walk(
        "VEVENT"
    )
    assert found["DESCRIPTION"] == "#SpringAgain\n\n#Spring"


def test_an_event_with_nothing_to_share_has_no_description():
    (found,) = icalendar.Calendar.from_ical(
        made(event(text=None, hashtags=(), links=(), categories=()))
    ).walk("VEVENT")
    assert not {"DESCRIPTION", "URL", "CATEGORIES"} & set(found)


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
    lambda text: text.strip() == text
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
    assert found.get("DESCRIPTION") == text
